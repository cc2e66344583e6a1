"""From a point to the towns around it: reverse geocoding and the prefecture a coordinate lies in."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from fieldcrm.geocoding.gazetteer import STEM, Gazetteer
from fieldcrm.geocoding.rules import Place

EARTH_RADIUS_M = 6_371_009.0
# No land of Japan is farther from a town point than this; beyond it is the sea or another country.
FARTHEST_TOWN_M = 20_000.0
# A coordinate this near to a town of the next prefecture may be in either: borders are not in the data.
BORDER_M = 3_000.0
_NEIGHBOURS = 24

Floats = NDArray[np.float64]


class Places:
    """Every town point in a tree of unit vectors, so that distances are true everywhere in the country."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        lon, lat, home, kind = (np.asarray(column) for column in gazetteer.arrays())
        self._rows = np.flatnonzero(kind != STEM)
        self._tree = cKDTree(_unit_vectors(lon[self._rows] / 1e6, lat[self._rows] / 1e6), balanced_tree=False)
        prefectures = [municipality.prefecture for municipality in gazetteer.municipalities]
        self._prefecture_names = sorted(set(prefectures))
        number = {name: index for index, name in enumerate(self._prefecture_names)}
        of_municipality = np.array([number[name] for name in prefectures], dtype=np.int16)
        self._home = home[self._rows]
        self._prefecture = of_municipality[self._home]

    @cached_property
    def _number(self) -> dict[str, int]:
        return {name: index for index, name in enumerate(self._prefecture_names)}

    def nearest(self, lon: float, lat: float) -> Place | None:
        """Return the nearest town, or None in the sea and abroad."""
        distance, index = self._query(np.array([lon]), np.array([lat]), 1)
        if not distance[0, 0] <= FARTHEST_TOWN_M:
            return None
        home = self._gazetteer.municipalities[int(self._home[index[0, 0]])]
        row = int(self._rows[index[0, 0]])
        town = self._gazetteer.town_name(row)
        point = self._gazetteer.town_point(row)
        return Place(home.prefecture, home.name, home.code, town, *point, round(float(distance[0, 0]), 1))

    def prefectures(self, lons: ArrayLike, lats: ArrayLike) -> list[str | None]:
        """Return the prefecture of each point, None in the sea, abroad and for what is no coordinate."""
        distance, index = self._query(np.asarray(lons, float), np.asarray(lats, float), 1)
        near = distance[:, 0] <= FARTHEST_TOWN_M
        numbers = self._prefecture[np.where(near, index[:, 0], 0)]
        return [self._prefecture_names[n] if ok else None for n, ok in zip(numbers, near, strict=True)]

    def municipality_codes(self, lons: ArrayLike, lats: ArrayLike) -> list[str | None]:
        """Return the municipality of each point by its nearest town, None in the sea and abroad."""
        distance, index = self._query(np.asarray(lons, float), np.asarray(lats, float), 1)
        near = distance[:, 0] <= FARTHEST_TOWN_M
        known = self._gazetteer.municipalities
        homes = self._home[np.where(near, index[:, 0], 0)]
        return [known[home].code if ok else None for home, ok in zip(homes.tolist(), near, strict=True)]

    def agree(self, lons: ArrayLike, lats: ArrayLike, prefectures: Sequence[str | None]) -> list[bool]:
        """Return whether each point may lie in the prefecture named beside it, border zone included."""
        distance, index = self._query(np.asarray(lons, float), np.asarray(lats, float), _NEIGHBOURS)
        wanted = np.array([self._number.get(name or "", -1) for name in prefectures], dtype=np.int16)
        limit = np.minimum(distance[:, :1] + BORDER_M, FARTHEST_TOWN_M)
        near = distance <= limit
        same = self._prefecture[np.where(near, index, 0)] == wanted[:, None]
        return [bool(answer) for answer in (near & same).any(axis=1)]

    def _query(self, lons: Floats, lats: Floats, count: int) -> tuple[Floats, NDArray[np.intp]]:
        """Return (metres, index) of the nearest towns, each (points, count); infinite for no coordinate."""
        valid = (np.abs(lons) <= 180) & (np.abs(lats) <= 90)
        vectors = _unit_vectors(np.where(valid, lons, 0.0), np.where(valid, lats, 0.0))
        chord, index = self._tree.query(vectors, k=np.arange(1, count + 1))
        metres = 2 * EARTH_RADIUS_M * np.arcsin(np.minimum(chord / 2, 1))
        return np.where(valid[:, None], metres, np.inf), index


def _unit_vectors(lons: Floats, lats: Floats) -> Floats:
    lon, lat = np.radians(lons), np.radians(lats)
    return np.column_stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))
