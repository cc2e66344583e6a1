"""Reads of the map: sums of cells, and points. Each statement is made for one index.

Statements go to the driver as text: a tile is asked for often, and this leaves it only the database's
own time. Row-level security applies as everywhere; ``org_id`` is named besides (one range, one index).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from fieldcrm.mapview.predicates import Parameters, where
from fieldcrm.mapview.rules import EXTENT, CellSum, Criteria, Tile

# Sums as float8: exact for integers of this size, and several times as fast as numeric.
ROLL_UP = """
    select id >> %(shift)s, (id & 65535)::int, sum(n), sum(win_n), sum(win_sum),
           sum(lon_sum::float8) / 1e6, sum(lat_sum::float8) / 1e6
      from account_cells
     where org_id = %(org_id)s::bigint and id >= %(first)s and id < %(end)s
     group by 1, 2
"""
_TOTAL = "select coalesce(sum(n), 0) from account_cells where org_id = %(org_id)s::bigint"

_BY_QUADKEY = """
    select a.qk >> %(shift)s, a.status, count(*), count(a.win_prob), coalesce(sum(a.win_prob), 0),
           sum(a.lon), sum(a.lat)
      from accounts a
     where a.org_id = %(org_id)s::bigint and a.deleted_at is null
       and a.qk >= %(first)s and a.qk < %(end)s{conditions}
     group by 1, 2
"""

_DRAWN = """
    a.id::text as id, a.status, coalesce(a.win_prob, -1)::int as win_prob,
    coalesce(a.due_on < %(today)s, false)::int as overdue, (a.precision < 5)::int as approx, a.name,
    coalesce(a.rank, '') as rank, coalesce(a.owner_id::text, '') as owner_id
"""
# What stands there for null; a tile leaves it out.
_UNSET = ("", -1)

# By their very quadkeys: a range and a filter would let the planner follow the filter's index.
_LONE = """
    select a.qk >> %(shift)s as cell, a.lon, a.lat, {drawn}
      from accounts a
     where a.org_id = %(org_id)s::bigint and a.deleted_at is null
       and a.qk = any(%(keys)s::bigint[]){conditions}
"""

# West and north edges belong to the tile, east and south to its neighbours: nobody is drawn twice.
# `&&` finds the candidates through the index; its boxes are of single precision, a metre too wide.
_POINTS = """
    select st_asmvt(p, 'accounts', {extent}, 'geom')
      from (select st_asmvtgeom(a.geom_3857, st_makeenvelope(%(w)s, %(s)s, %(e)s, %(n)s, 3857),
                                {extent}, 0, false) as geom,
                   a.id::text as id, a.status, a.win_prob,
                   coalesce(a.due_on < %(today)s, false)::int as overdue,
                   (a.precision < 5)::int as approx, a.name, a.rank, a.owner_id::text as owner_id
              from accounts a
             where a.org_id = %(org_id)s::bigint and a.deleted_at is null
               and a.geom_3857 && st_makeenvelope(%(w)s, %(s)s, %(e)s, %(n)s, 3857)
               and st_x(a.geom_3857) >= %(w)s and st_x(a.geom_3857) < %(e)s
               and st_y(a.geom_3857) > %(s)s and st_y(a.geom_3857) <= %(n)s{conditions}) as p
"""


class LoneAccount(NamedTuple):
    """The only account of a cell, with what is drawn of it."""

    cell: int
    lon: float
    lat: float
    properties: dict[str, str | int]


def count_placed(session: Session, org_id: int) -> int:
    """Return how many living accounts of the organisation have a place."""
    return int(_ask(session, _TOTAL, {"org_id": org_id}).scalar_one())


def list_cells_of_roll_up(session: Session, org_id: int, tile: Tile) -> list[CellSum]:
    """Return the sums of a tile's cells over all accounts (zoom 9 or less)."""
    return _sums(_ask(session, ROLL_UP, quadkey_range(org_id, tile)))


def list_cells_by_quadkey(session: Session, org_id: int, tile: Tile, criteria: Criteria) -> list[CellSum]:
    """Return the sums of a tile's cells over the accounts that meet the criteria."""
    conditions, given = where(criteria)
    given |= quadkey_range(org_id, tile)
    return _sums(_ask(session, cells_statement(conditions), given))


def list_lone_accounts(
    session: Session, org_id: int, tile: Tile, *, quadkeys: Sequence[int], criteria: Criteria
) -> list[LoneAccount]:
    """Return the accounts at quadkeys of which each is known to be the only one of its cell."""
    conditions, given = where(criteria)
    given |= {"org_id": org_id, "shift": tile.cell_shift, "keys": list(quadkeys)}
    found = _ask(session, _LONE.format(drawn=_DRAWN, conditions=conditions), given)
    names = list(found.keys())[3:]
    return [_lone(row, names) for row in found.cursor.fetchall()]


def encode_points(session: Session, org_id: int, tile: Tile, criteria: Criteria) -> bytes:
    """Return the layer ``accounts`` of a tile with every account that meets the criteria."""
    conditions, given = where(criteria)
    return bytes(_ask(session, points_statement(conditions), given | box(org_id, tile)).scalar_one())


def cells_statement(conditions: str) -> str:
    """Return the statement for the sums of a quadkey range under conditions of ``predicates.where``."""
    return _BY_QUADKEY.format(conditions=conditions)


def points_statement(conditions: str) -> str:
    """Return the statement for the layer of a tile's points under such conditions."""
    return _POINTS.format(extent=EXTENT, conditions=conditions)


def quadkey_range(org_id: int, tile: Tile) -> Parameters:
    """Return the parameters of a statement over the range of a tile."""
    first, end = tile.first_quadkey, tile.end_quadkey
    return {"org_id": org_id, "first": first, "end": end, "shift": tile.cell_shift}


def box(org_id: int, tile: Tile) -> Parameters:
    """Return the parameters of a statement over the square of a tile."""
    return {"org_id": org_id, **dict(zip("wsen", tile.bounds_m, strict=True))}


def _sums(found: Any) -> list[CellSum]:
    # The driver's own tuples: there are hundreds, and a row of SQLAlchemy's costs more than the sum itself.
    sums: list[CellSum] = found.cursor.fetchall()
    return sums


def _lone(row: tuple[Any, ...], names: Sequence[str]) -> LoneAccount:
    cell, lon, lat, *drawn = row
    properties = {name: value for name, value in zip(names, drawn, strict=True) if value not in _UNSET}
    return LoneAccount(cell, lon, lat, properties)


def _ask(session: Session, statement: str, given: Parameters) -> Any:
    return session.connection().exec_driver_sql(statement, given)
