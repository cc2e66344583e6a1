"""Geometry against computations written another way."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcrm.core.geo import CELL_ZOOM, is_on_earth, mercator_point, point, quadkey, web_mercator

lons = st.floats(-180, 180, allow_nan=False)
lats = st.floats(-85.05, 85.05, allow_nan=False)


def _reference_tile(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    """The slippy map's tile, by the sine form of the projection."""
    n = 1 << zoom
    s = math.sin(math.radians(lat))
    x = (lon + 180) / 360 * n
    y = (0.5 - math.log((1 + s) / (1 - s)) / (4 * math.pi)) * n
    return min(n - 1, max(0, math.floor(x))), min(n - 1, max(0, math.floor(y)))


def _reference_morton(x: int, y: int) -> int:
    """Interleave bit by bit."""
    return sum(((x >> bit & 1) << 2 * bit) | ((y >> bit & 1) << 2 * bit + 1) for bit in range(CELL_ZOOM))


@given(lons, lats)
def test_quadkey_is_the_morton_number_of_the_cell(lon: float, lat: float) -> None:
    size = 1 << CELL_ZOOM
    key = quadkey(lon, lat)
    x = sum((key >> 2 * bit & 1) << bit for bit in range(CELL_ZOOM))
    y = sum((key >> 2 * bit + 1 & 1) << bit for bit in range(CELL_ZOOM))
    assert key == _reference_morton(x, y)
    expected_x, expected_y = _reference_tile(lon, lat, CELL_ZOOM)
    # On the very edge of a cell the two forms may differ by rounding.
    assert abs(x - expected_x) <= 1
    assert abs(y - expected_y) <= 1
    assert 0 <= key < size * size


@pytest.mark.parametrize(
    ("lon", "lat", "zoom", "tile"),
    [
        (139.767125, 35.681236, 14, (14552, 6451)),
        (135.495951, 34.702485, 10, (897, 406)),
        (0.0, 0.0, 1, (1, 1)),
    ],
)
def test_shifting_gives_the_tile_of_a_lower_zoom(
    lon: float, lat: float, zoom: int, tile: tuple[int, int]
) -> None:
    assert _reference_tile(lon, lat, zoom) == tile
    assert quadkey(lon, lat) >> 2 * (CELL_ZOOM - zoom) == _reference_morton(*tile)


@pytest.mark.parametrize(("lon", "lat"), [(180, 90), (-180, -90), (180, -90), (-180, 90)])
def test_corners_of_the_earth_have_a_cell(lon: float, lat: float) -> None:
    assert 0 <= quadkey(lon, lat) < 1 << 2 * CELL_ZOOM


@given(lons, lats)
def test_web_mercator_can_be_undone(lon: float, lat: float) -> None:
    x, y = web_mercator(lon, lat)
    assert math.degrees(x / 6_378_137) == pytest.approx(lon, abs=1e-9)
    assert math.degrees(2 * math.atan(math.exp(y / 6_378_137)) - math.pi / 2) == pytest.approx(lat, abs=1e-9)


def test_longitude_comes_first() -> None:
    written = point(139.7, 35.6).compile(compile_kwargs={"literal_binds": True})
    assert str(written) == "geography(ST_MakePoint(139.7, 35.6))"
    assert mercator_point(139.7, 35.6).data.startswith("POINT(15551332")
    assert mercator_point(139.7, 35.6).srid == 3857


def test_what_is_on_earth() -> None:
    assert is_on_earth(139, 35)
    assert is_on_earth(-180, 90)
    for lon, lat in ((35, 139), (math.nan, 35), (139, math.inf)):
        assert not is_on_earth(lon, lat)
