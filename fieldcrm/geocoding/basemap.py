"""Builds the embedded basemap into its reference tables, in one transaction, as the owner of the tables."""

from __future__ import annotations

from collections.abc import Iterable

import psycopg
import shapely

from fieldcrm.geocoding.basemap_areas import Area, AreaBuilder, Border
from fieldcrm.geocoding.basemap_names import Name, names
from fieldcrm.geocoding.gazetteer import Gazetteer

# Raise when what is built from the same data changes.
BUILD_VERSION = 2
_SRID = 3857


def build_key(data_key: str) -> str:
    """Return the version of a basemap built from this data by this code."""
    return f"{data_key}-{BUILD_VERSION}"


def is_built(connection: psycopg.Connection, key: str) -> bool:
    """Return whether the tables already hold this version."""
    return (
        connection.execute("select 1 from basemap_builds where data_key = %s", (key,)).fetchone() is not None
    )


def build(
    connection: psycopg.Connection, gazetteer: Gazetteer, key: str, *, only_prefecture: str | None = None
) -> None:
    """Replace the basemap; readers see the former one until this commits."""
    shapes = list(AreaBuilder(gazetteer, only_prefecture=only_prefecture).build())
    labels = (name for name in names(gazetteer) if only_prefecture in (None, name.prefecture))
    with connection.transaction():
        connection.execute("delete from place_names; delete from place_areas; delete from place_borders")
        _store_areas(connection, [shape for shape in shapes if isinstance(shape, Area)])
        _store_borders(connection, [shape for shape in shapes if isinstance(shape, Border)])
        _store_names(connection, labels)
        connection.execute("delete from basemap_builds")
        connection.execute("insert into basemap_builds (data_key, built_at) values (%s, now())", (key,))
    for table in ("place_names", "place_areas", "place_borders"):
        connection.execute(f"analyze {table}")


def _store_areas(connection: psycopg.Connection, areas: list[Area]) -> None:
    statement = "copy place_areas (code, level, generalisation, name, prefecture, geom_3857) from stdin"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for area in areas:
            row = (area.code, area.level, area.generalisation, area.name, area.prefecture, _ewkb(area.shape))
            copy.write_row(row)


def _store_borders(connection: psycopg.Connection, borders: list[Border]) -> None:
    statement = "copy place_borders (id, level, generalisation, geom_3857) from stdin"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for number, border in enumerate(borders):
            copy.write_row((number, border.level, border.generalisation, _ewkb(border.shape)))


def _store_names(connection: psycopg.Connection, labels: Iterable[Name]) -> None:
    columns = "id, level, name, name_en, municipality, prefecture, min_zoom, max_zoom, rank, geom_3857"
    statement = f"copy place_names ({columns}) from stdin"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for number, label in enumerate(labels):
            point = f"SRID={_SRID};POINT({label.x} {label.y})"
            texts = (label.text, label.text_en)
            zooms = (label.min_zoom, label.max_zoom, label.rank)
            copy.write_row((number, label.level, *texts, label.municipality, label.prefecture, *zooms, point))


def _ewkb(shape: shapely.Geometry) -> str:
    return str(shapely.to_wkb(shapely.set_srid(shape, _SRID), hex=True, include_srid=True))
