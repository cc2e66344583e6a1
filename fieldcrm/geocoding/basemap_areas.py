"""The areas and borders of the embedded basemap, in three generalisations, from the gazetteer."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from fieldcrm.geocoding import basemap_shapes as shapes
from fieldcrm.geocoding.gazetteer import STEM, Gazetteer

PREFECTURE, MUNICIPALITY = 1, 2

# Metres (Mercator) that a border may be moved to save vertices: far, middle and near view.
TOLERANCES_M = (2_500.0, 700.0, 150.0)


@dataclass(frozen=True, slots=True)
class Area:
    """A prefecture's or municipality's shape; `code` is the national one (two or five digits)."""

    level: int
    generalisation: int
    code: str
    name: str
    prefecture: str
    shape: shapely.Geometry


@dataclass(frozen=True, slots=True)
class Border:
    """A line between two prefectures or two municipalities of one prefecture."""

    level: int
    generalisation: int
    shape: shapely.Geometry


class AreaBuilder:
    """Builds all generalisations from one set of Voronoi cells and one land mask."""

    def __init__(self, gazetteer: Gazetteer, *, only_prefecture: str | None = None) -> None:
        self._municipalities = gazetteer.municipalities
        points, home = _towns(gazetteer, only_prefecture)
        self._cells, self._owners = shapes.dissolve(shapes.cells(points), home)
        self._land = shapes.land(points)

    def build(self) -> Iterator[Area | Border]:
        """Yield everything to be stored."""
        for generalisation, tolerance_m in enumerate(TOLERANCES_M):
            coverage = np.asarray(shapely.coverage_simplify(self._cells, tolerance_m))
            coast = shapely.make_valid(shapely.simplify(self._land, tolerance_m / 4))
            yield from self._areas(coverage, coast, generalisation)
            yield from self._borders(coverage, coast, generalisation)

    def _areas(self, coverage: shapes.Shapes, coast: shapely.Geometry, generalisation: int) -> Iterator[Area]:
        prefecture_codes = np.array([self._code(owner)[:2] for owner in self._owners])
        whole, codes = shapes.dissolve(coverage, prefecture_codes)
        names = {self._code(owner)[:2]: self._municipalities[owner].prefecture for owner in self._owners}
        for code, shape in zip(codes, shapes.clip(whole, coast), strict=True):
            yield Area(PREFECTURE, generalisation, str(code), names[code], names[code], _polygons(shape))
        if generalisation == 0:
            return
        for owner, shape in zip(self._owners, shapes.clip(coverage, coast), strict=True):
            home = self._municipalities[owner]
            yield Area(
                MUNICIPALITY, generalisation, self._code(owner), home.name, home.prefecture, _polygons(shape)
            )

    def _borders(
        self, coverage: shapes.Shapes, coast: shapely.Geometry, generalisation: int
    ) -> Iterator[Border]:
        shared = shapes.shared_borders(coverage)
        lines = shapes.clip(np.array([line for _, _, line in shared]), coast)
        for (one, other, _), line in zip(shared, lines, strict=True):
            between_prefectures = self._prefecture(one) != self._prefecture(other)
            if not line.is_empty and (between_prefectures or generalisation > 0):
                yield Border(PREFECTURE if between_prefectures else MUNICIPALITY, generalisation, line)

    def _code(self, owner: int) -> str:
        return self._municipalities[owner].code or f"x{owner}"

    def _prefecture(self, index: int) -> str:
        return self._municipalities[int(self._owners[index])].prefecture


def _towns(gazetteer: Gazetteer, only_prefecture: str | None) -> tuple[shapes.Points, NDArray[np.uint16]]:
    lon, lat, home, kind = (np.asarray(column) for column in gazetteer.arrays())
    wanted = kind != STEM
    if only_prefecture is not None:
        ids = [place.id for place in gazetteer.municipalities if place.prefecture == only_prefecture]
        wanted &= np.isin(home, ids)
    points = shapes.mercator(lon[wanted] / 1e6, lat[wanted] / 1e6)
    # Two towns at one point would share a cell.
    _, first = np.unique(points, axis=0, return_index=True)
    return points[first], home[wanted][first]


def _polygons(shape: shapely.Geometry) -> shapely.Geometry:
    """Return the polygons of a shape, without the lines and points that cutting may leave."""
    parts = shapely.get_parts(shape)
    return shapely.MultiPolygon(list(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]))
