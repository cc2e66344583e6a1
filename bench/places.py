"""Where the measured accounts are: around Japanese cities, dense in the middle and thin far out."""

import math

import numpy as np
from numpy.typing import NDArray

from fieldcrm.core.geo import EARTH_RADIUS_M

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# Longitude, latitude, people in thousands: the weight of each city.
CITIES = (
    (139.767, 35.681, 14000), (139.638, 35.444, 3770), (135.502, 34.694, 2750), (136.907, 35.181, 2330),
    (141.354, 43.062, 1970), (130.402, 33.590, 1640), (135.183, 34.691, 1500), (139.703, 35.531, 1540),
    (135.768, 35.012, 1450), (139.646, 35.862, 1340), (132.455, 34.385, 1190), (140.872, 38.268, 1090),
    (140.123, 35.607, 980), (130.875, 33.883, 920), (135.483, 34.573, 820), (137.726, 34.711, 780),
    (139.036, 37.902, 780), (130.742, 32.803, 740), (139.373, 35.571, 720), (133.935, 34.655, 720),
    (138.383, 34.977, 680), (140.300, 36.340, 270), (139.481, 35.925, 350), (130.558, 31.596, 590),
    (136.625, 36.594, 460), (132.766, 33.839, 500), (133.531, 33.560, 320), (134.047, 34.343, 410),
    (134.559, 34.066, 250), (129.873, 32.750, 400), (131.613, 33.238, 470), (131.424, 31.911, 400),
    (127.681, 26.212, 1100), (140.740, 40.824, 270), (141.153, 39.704, 290), (140.103, 39.720, 300),
    (140.363, 38.241, 240), (140.468, 37.750, 280), (139.060, 36.391, 330), (139.884, 36.566, 510),
    (137.213, 36.696, 410), (136.222, 36.065, 260), (138.568, 35.664, 190), (138.181, 36.651, 370),
    (136.722, 35.391, 400), (136.509, 34.719, 270), (135.868, 35.004, 340), (135.833, 34.685, 350),
    (135.168, 34.226, 350), (134.238, 35.504, 180), (133.051, 35.472, 200), (131.471, 34.186, 190),
    (143.195, 42.924, 160), (142.365, 43.771, 330), (140.729, 41.769, 250), (144.382, 42.985, 160),
)  # fmt: skip


def positions(rng: np.random.Generator, count: int) -> tuple[Floats, Floats, Integers]:
    """Return longitudes, latitudes and the number of the city of each account."""
    table = np.array(CITIES)
    city = rng.choice(len(CITIES), size=count, p=table[:, 2] / table[:, 2].sum())
    spread_km = 2.5 + np.sqrt(table[city, 2]) / 6
    # Half a normal distribution, half with a heavy tail: suburbs and villages.
    distance_km = np.abs(rng.standard_normal(count)) * spread_km
    distance_km *= np.where(rng.random(count) < 0.25, 1 + rng.pareto(2.2, count), 1.0)
    distance_km = np.minimum(distance_km, 90)
    angle = rng.random(count) * 2 * math.pi
    lat = table[city, 1] + distance_km * np.sin(angle) / 111.2
    lon = table[city, 0] + distance_km * np.cos(angle) / (111.2 * np.cos(np.radians(lat)))
    # Addresses repeat: a fifth stand at the point of their town, as a gazetteer gives it.
    at_town = rng.random(count) < 0.2
    return np.where(at_town, lon.round(2), lon), np.where(at_town, lat.round(2), lat), city.astype(np.int64)


def web_mercator(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return x, y in metres, as fieldcrm.core.geo does for one point."""
    x = np.radians(lon) * EARTH_RADIUS_M
    y = np.log(np.tan(math.pi / 4 + np.radians(lat) / 2)) * EARTH_RADIUS_M
    return x, y


def quadkeys(x: Floats, y: Floats) -> Integers:
    """Return the Morton number of each point's z20 tile, as fieldcrm.core.geo.quadkey does."""
    size = 1 << 20
    circumference = 2 * math.pi * EARTH_RADIUS_M
    column = np.clip(((x / circumference + 0.5) * size).astype(np.int64), 0, size - 1)
    row = np.clip(((0.5 - y / circumference) * size).astype(np.int64), 0, size - 1)
    return _spread(column) | _spread(row) << 1


def _spread(value: Integers) -> Integers:
    for shift, mask in (
        (16, 0x0000FFFF0000FFFF),
        (8, 0x00FF00FF00FF00FF),
        (4, 0x0F0F0F0F0F0F0F0F),
        (2, 0x3333333333333333),
        (1, 0x5555555555555555),
    ):
        value = (value | value << shift) & mask
    return value
