"""Shapes of municipalities and prefectures, derived from town points alone: pure geometry in Web Mercator.

Every place belongs to the municipality of its nearest town (Voronoi cells); land is what lies near a town,
with gaps closed. Borders are simplified as one coverage before the coast is cut, so neighbours never part.
"""

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fieldcrm.core.geo import EARTH_RADIUS_M
from fieldcrm.geocoding.basemap_waters import WATERS

Points = NDArray[np.float64]
Shapes = NDArray[np.object_]

# A town reaches this far; land then recedes by SHORE_M, since towns lie some way behind the coast.
TOWN_REACH_M = 2_500.0
SHORE_M = 1_400.0
# Gaps narrower than twice this are mountains between towns, unless they are among the known waters.
GAP_M = 8_000.0
# Web Mercator exaggerates by 1/cos(latitude); the middle of the country stands for all where it hardly shows.
_SCALE = 1.22
_THIN_M = 1_800.0


def mercator(lons: Points, lats: Points) -> Points:
    """Return Web Mercator x, y of shape (n, 2)."""
    x = np.radians(lons) * EARTH_RADIUS_M
    y = np.log(np.tan(np.pi / 4 + np.radians(lats) / 2)) * EARTH_RADIUS_M
    return np.column_stack((x, y))


def cells(points: Points) -> Shapes:
    """Return the Voronoi cell of each (distinct) point, as polygons that share their vertices exactly."""
    # scipy costs a third of a second to import, and every process knows the task that builds the basemap.
    from scipy.spatial import Voronoi

    low, high = points.min(axis=0), points.max(axis=0)
    middle, reach = (low + high) / 2, float((high - low).max()) * 4 + 1e5
    # Four far corners close the cells of the outermost points.
    corners = middle + reach * np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]])
    diagram = Voronoi(np.vstack((points, corners)))
    regions = [diagram.regions[index] for index in diagram.point_region[: len(points)]]
    lengths = [len(region) + 1 for region in regions]
    closed = [vertex for region in regions for vertex in (*region, region[0])]
    rings = shapely.linearrings(diagram.vertices[closed], indices=np.repeat(np.arange(len(regions)), lengths))
    return np.asarray(shapely.polygons(rings))


def dissolve(shapes: Shapes, owner: NDArray[Any]) -> tuple[Shapes, NDArray[Any]]:
    """Return the union of the shapes of each owner, and the owners, in order; shapes must share vertices."""
    order = np.argsort(owner, kind="stable")
    owners, starts = np.unique(owner[order], return_index=True)
    groups = np.split(shapes[order], starts[1:])
    return np.array([shapely.coverage_union_all(group) for group in groups]), owners


def land(points: Points) -> shapely.Geometry:
    """Return where the country is: near a town, or in a gap between towns that is no known water."""
    _, kept = np.unique(np.round(points / _THIN_M), axis=0, return_index=True)
    near = shapely.union_all(shapely.buffer(shapely.points(points[kept]), TOWN_REACH_M * _SCALE, quad_segs=2))
    near = shapely.simplify(near, 150)
    closed = _grow(_grow(near, GAP_M), -GAP_M)
    whole = shapely.union_all(shapely.polygons(shapely.get_exterior_ring(shapely.get_parts(closed))))
    waters = shapely.union_all([shapely.make_valid(shapely.Polygon(_outline(outline))) for outline in WATERS])
    open_water = shapely.difference(shapely.intersection(waters, whole), near)
    return _grow(shapely.difference(shapely.union(whole, near), open_water), -SHORE_M)


def _outline(outline: tuple[tuple[float, float], ...]) -> Points:
    lons, lats = np.array(outline).T
    return mercator(lons, lats)


def _grow(shape: shapely.Geometry, by_m: float) -> shapely.Geometry:
    return shapely.buffer(shape, by_m * _SCALE, quad_segs=3)


def clip(shapes: Shapes, mask: shapely.Geometry) -> Shapes:
    """Return each shape's part within the mask; what lies wholly inside is returned as it is."""
    shapely.prepare(mask)
    clipped = shapes.copy()
    for index in np.flatnonzero(~shapely.contains_properly(mask, shapes)):
        shape = shapes[index]
        # Cutting the mask to the shape's box first saves most of the work.
        nearby = shapely.clip_by_rect(mask, *shapely.bounds(shape))
        clipped[index] = shapely.intersection(shape, shapely.make_valid(nearby))
    return clipped


def shared_borders(shapes: Shapes) -> list[tuple[int, int, shapely.Geometry]]:
    """Return (one, other, line) for every pair of neighbours: the border they share, vertex by vertex."""
    rings, owner = shapely.get_rings(shapes, return_index=True)
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    same_ring = ring[1:] == ring[:-1]
    starts, ends, owners = (
        coordinates[:-1][same_ring],
        coordinates[1:][same_ring],
        owner[ring[:-1][same_ring]],
    )
    flip = (starts[:, 0] > ends[:, 0]) | ((starts[:, 0] == ends[:, 0]) & (starts[:, 1] > ends[:, 1]))
    edges = np.where(flip[:, None], np.hstack((ends, starts)), np.hstack((starts, ends)))
    order = np.lexsort(edges.T[::-1])
    edges, owners = edges[order], owners[order]
    twins = np.flatnonzero((edges[1:] == edges[:-1]).all(axis=1))
    pairs = np.sort(np.column_stack((owners[twins], owners[twins + 1])), axis=1)
    lines: Shapes = np.asarray(shapely.linestrings(edges[twins].reshape(-1, 2, 2)))
    found, group = np.unique(pairs, axis=0, return_inverse=True)
    order = np.argsort(group, kind="stable")
    parts = np.split(lines[order], np.cumsum(np.bincount(group))[:-1])
    borders = [shapely.line_merge(shapely.MultiLineString(list(part))) for part in parts]
    return [(int(one), int(other), line) for (one, other), line in zip(found, borders, strict=True)]
