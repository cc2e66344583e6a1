"""Vector tiles of the embedded basemap: layers `areas`, `boundaries` and `places`."""

from __future__ import annotations

from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

LAST_ZOOM: Final = 24
# From this zoom on: municipalities instead of prefectures; which generalisation.
_MUNICIPALITIES_FROM: Final = 8
_MIDDLE_FROM: Final = 7
_NEAR_FROM: Final = 10
# A city of wards is drawn as a municipality, a quarter as a town: what tells them apart is the zoom.
_LEVELS: Final = "(array['prefecture', 'municipality', 'municipality', 'town', 'town'])[level]"

_TILE: Final = """
with bounds as (select ST_TileEnvelope(:z, :x, :y) as tile),
areas as (
    select (array['prefecture', 'municipality'])[level] as level, code, name, prefecture,
           ST_AsMVTGeom(geom_3857, tile, 4096, 64) as geom
    from place_areas, bounds
    where level = {level} and generalisation = {generalisation} and geom_3857 && tile
),
boundaries as (
    select (array['prefecture', 'municipality'])[level] as level,
           ST_AsMVTGeom(geom_3857, tile, 4096, 64) as geom
    from place_borders, bounds
    where generalisation = {generalisation} and level <= {level} and geom_3857 && tile
),
places as (
    select {levels} as level, name, name_en, rank, ST_AsMVTGeom(geom_3857, tile, 4096, 0) as geom
    from place_names, bounds
    where geom_3857 && tile and min_zoom <= {zoom} and max_zoom >= {zoom}
    {nearest}
)
select coalesce((select ST_AsMVT(areas, 'areas') from areas where geom is not null), '')
    || coalesce((select ST_AsMVT(boundaries, 'boundaries') from boundaries where geom is not null), '')
    || coalesce((select ST_AsMVT(places, 'places') from places where geom is not null), '')
"""

# At street zoom a tile may lie between the points of towns; it is named after the nearest all the same.
_STREET_FROM: Final = 15
_NEAREST: Final = """
    union all (
        select 'town', name, name_en, 1000000, ST_AsMVTGeom(ST_Centroid(tile), tile, 4096, 0)
        from place_names, bounds
        where ST_DWithin(geom_3857, ST_Centroid(tile), 3000) and level in (4, 5) and max_zoom >= {zoom}
            and not exists (
                select from place_names where geom_3857 && tile and min_zoom <= {zoom} and max_zoom >= {zoom}
            )
        order by geom_3857 <-> ST_Centroid(tile)
        limit 1
    )
"""


def basemap_tile(session: Session, z: int, x: int, y: int) -> bytes:
    """Return the tile as MVT, empty where there is nothing; ValueError for a tile that does not exist."""
    if not (0 <= z <= LAST_ZOOM and 0 <= x < 1 << z and 0 <= y < 1 << z):
        raise ValueError(f"no tile {z}/{x}/{y}")
    # Literals, not parameters: the partial indexes of names are chosen by the zoom.
    statement = _TILE.format(
        level=2 if z >= _MUNICIPALITIES_FROM else 1,
        generalisation=2 if z >= _NEAR_FROM else 1 if z >= _MIDDLE_FROM else 0,
        zoom=z,
        levels=_LEVELS,
        nearest=_NEAREST.format(zoom=z) if z >= _STREET_FROM else "",
    )
    tile: bytes | memoryview = session.execute(text(statement), {"z": z, "x": x, "y": y}).scalar_one()
    return bytes(tile)


def basemap_version(session: Session) -> str:
    """Return what the basemap was built from, for the tiles' ETag; empty before the first build."""
    return session.execute(text("select data_key from basemap_builds")).scalar() or ""
