"""A large organisation's accounts as columns in memory: any filter over all of them in milliseconds.

The database answers most tiles. It cannot count 300,000 filtered accounts in one tile of Japan within
50 ms (docs/adr/0008-account-tiles.md), so for such organisations each process keeps what filters look
at as arrays. Before each use they follow the organisation's change clock inside the caller's own
transaction, so an answer is never older than the clock the caller has read.
"""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from fieldcrm.core.db import read_clock
from fieldcrm.mapview.rules import CellSum, Criteria, Tile

Mask = NDArray[np.bool_]

NEVER = np.iinfo(np.int32).max
NOT_PLACED = -1
NOT_SET = -1
NEVER_VISITED = -np.iinfo(np.int32).max
OUTSIDE = -1

# One row for each combination of what few accounts differ in; in it the accounts, packed end to end.
# Whoever is deleted or without a place comes too: they must leave the columns.
_CHANGED = """
    select kind, rank, tags, owner_id, team_id, max(change_seq),
           string_agg(uuid_send(id), ''),
           string_agg(int8send(case when deleted_at is null then coalesce(qk, -1) else -1 end), ''),
           string_agg(int2send(status), ''),
           string_agg(int2send(coalesce(win_prob, -1::smallint)), ''),
           string_agg(int4send(coalesce(due_on - date '1970-01-01', 2147483647)), ''),
           string_agg(int4send(coalesce(floor(extract(epoch from last_visit_at) / 60)::int, -2147483647)),
                      ''),
           string_agg(int4send(coalesce(municipality_code::int, -1)), ''),
           string_agg(float8send(coalesce(lon, 0)), ''), string_agg(float8send(coalesce(lat, 0)), '')
      from accounts
     where org_id = %(org_id)s::bigint and change_seq > %(seq)s
     group by 1, 2, 3, 4, 5
"""
_PACKED = ("u8", ">i8", ">i2", ">i2", ">i4", ">i4", ">i4", ">f8", ">f8")
_ROW = np.dtype(
    [
        ("id_high", "u8"), ("id_low", "u8"), ("qk", "i8"), ("order", "i8"), ("status", "i2"), ("win", "i2"),
        ("due", "i4"), ("visited", "i4"), ("municipality", "i4"), ("party", "i4"), ("label", "i4"),
        ("lon", "f8"), ("lat", "f8"),
    ]
)  # fmt: skip


class Columns:
    """The accounts of one organisation, as of ``seq`` of its change clock.

    The first ``_sorted`` of them are in the order of their quadkeys, so that a tile is one slice of them;
    those behind came later and are looked at one by one. Whoever changes leaves his place and comes last.
    """

    def __init__(self, org_id: int) -> None:
        self.org_id = org_id
        self.seq = -1
        self._lock = threading.Lock()
        self._size = 0
        self._sorted = 0
        self._dead = 0
        self._data: dict[str, NDArray[Any]] = {name: np.empty(0, kind) for name, kind in _fields()}
        # Owner and team; kind, rank and tags: each combination once, accounts hold its number.
        self._parties: dict[tuple[Any, Any], int] = {}
        self._labels: dict[tuple[str, str | None, frozenset[str]], int] = {}

    def __len__(self) -> int:
        return self._size - self._dead

    def list_cells(self, session: Session, tile: Tile, criteria: Criteria) -> list[CellSum]:
        """Return the sums of a tile's cells over the accounts that meet the criteria."""
        with self._lock:
            self._follow(session)
            return self._sum(tile, criteria)

    def follow(self, session: Session) -> None:
        """Take in what changed since the last time."""
        with self._lock:
            self._follow(session)

    def _follow(self, session: Session) -> None:
        newest = read_clock(session, self.org_id)
        if newest <= self.seq:
            return
        driver: Any = session.connection().connection.driver_connection
        given = {"org_id": self.org_id, "seq": self.seq}
        groups = driver.cursor(binary=True).execute(_CHANGED, given).fetchall()
        if groups:
            self._take_in(groups)
        self.seq = max(newest, *(group[5] for group in groups)) if groups else newest

    def _take_in(self, groups: list[Any]) -> None:
        high_low, qk, status, win, due, visited, municipality, lon, lat = (
            np.frombuffer(b"".join(group[6 + at] for group in groups), np.dtype(kind))
            for at, kind in enumerate(_PACKED)
        )
        counts = [len(group[6]) // 16 for group in groups]
        parties = [_number(self._parties, (group[3], group[4])) for group in groups]
        labels = [_number(self._labels, (group[0], group[1], frozenset(group[2]))) for group in groups]
        fresh = {
            "id_high": high_low[0::2], "id_low": high_low[1::2], "qk": qk, "order": qk, "status": status,
            "win": win, "due": due, "visited": visited, "municipality": municipality, "lon": lon, "lat": lat,
            "party": np.repeat(parties, counts), "label": np.repeat(labels, counts),
        }  # fmt: skip
        self._bury(fresh["id_high"], fresh["id_low"])
        placed = fresh["qk"] != NOT_PLACED
        self._append({name: values[placed] for name, values in fresh.items()})

    def _bury(self, high: NDArray[Any], low: NDArray[Any]) -> None:
        """Take the accounts out; an id is two halves, matched by the random one first."""
        if self._size == 0:
            return
        changed = set(zip(high.tolist(), low.tolist(), strict=True))
        at = np.flatnonzero(np.isin(self._data["id_low"][: self._size], low))
        at = at[self._data["qk"][at] != NOT_PLACED]
        pairs = zip(self._data["id_high"][at].tolist(), self._data["id_low"][at].tolist(), strict=True)
        found = at[[pair in changed for pair in pairs]] if len(at) else at
        self._data["qk"][found] = NOT_PLACED
        self._dead += len(found)

    def _append(self, fresh: dict[str, NDArray[Any]]) -> None:
        added = len(fresh["qk"])
        if self._size + added > len(self._data["qk"]) or self._dead * 4 > self._size:
            self._rebuild(fresh)
            return
        end = self._size + added
        for name, values in fresh.items():
            self._data[name][self._size : end] = values
        self._size = end

    def _rebuild(self, fresh: dict[str, NDArray[Any]]) -> None:
        """Drop the dead, take in these, put all in order, and leave room for an eighth more."""
        alive = np.flatnonzero(self._data["qk"][: self._size] != NOT_PLACED)
        order = np.argsort(np.concatenate((self._data["qk"][alive], fresh["qk"])), kind="stable")
        for name, kind in _fields():
            grown = np.empty(len(order) + len(order) // 8, kind)
            grown[: len(order)] = np.concatenate((self._data[name][alive], fresh[name]))[order]
            self._data[name] = grown
        self._size = self._sorted = len(order)
        self._dead = 0

    def _sum(self, tile: Tile, criteria: Criteria) -> list[CellSum]:
        chosen = np.concatenate([self._choose(rows, tile, criteria) for rows in self._candidates(tile)])
        if not len(chosen):
            return []
        data = self._data
        first = tile.first_quadkey >> tile.cell_shift
        status = data["status"][chosen]
        statuses = int(status.max()) + 1
        bins = ((data["qk"][chosen] >> tile.cell_shift) - first) * statuses + status
        win = data["win"][chosen]
        n = np.bincount(bins)
        win_n = np.bincount(bins, weights=win != NOT_SET)
        win_sum = np.bincount(bins, weights=np.maximum(win, 0))
        lon, lat = (np.bincount(bins, weights=data[name][chosen]) for name in ("lon", "lat"))
        used = np.flatnonzero(n)
        table = np.column_stack([values[used] for values in (n, win_n, win_sum, lon, lat)]).tolist()
        return [
            (first + at // statuses, at % statuses, int(one[0]), int(one[1]), *one[2:])
            for at, one in zip(used.tolist(), table, strict=True)
        ]

    def _candidates(self, tile: Tile) -> list[slice]:
        """Return where the accounts of a tile are: in a slice of those in order, and among the late."""
        order = self._data["order"][: self._sorted]
        start, end = np.searchsorted(order, (tile.first_quadkey, tile.end_quadkey)).tolist()
        return [slice(start, end), slice(self._sorted, self._size)]

    def _choose(self, rows: slice, tile: Tile, criteria: Criteria) -> NDArray[Any]:
        data = {name: values[rows] for name, values in self._data.items()}
        found: NDArray[Any] = np.flatnonzero(self._mask(data, tile, criteria)) + rows.start
        return found

    def _mask(self, data: dict[str, NDArray[Any]], tile: Tile, criteria: Criteria) -> Mask:
        """Return who is in the tile and meets the criteria; the same as ``predicates.where``."""
        mask: Mask = (data["qk"] >= tile.first_quadkey) & (data["qk"] < tile.end_quadkey)
        if criteria.statuses:
            mask &= np.isin(data["status"], np.array(criteria.statuses, np.int16))
        if criteria.win_min is not None:
            mask &= (data["win"] >= criteria.win_min) & (data["win"] != NOT_SET)
        if criteria.win_max is not None:
            mask &= (data["win"] <= criteria.win_max) & (data["win"] != NOT_SET)
        if criteria.is_overdue:
            mask &= data["due"] < _day(criteria)
        _keep_covered(mask, data, criteria)
        if _asks_party(criteria):
            mask &= np.array([_is_party(*one, criteria) for one in self._parties])[data["party"]]
        if criteria.kind is not None or criteria.rank is not None or criteria.tag is not None:
            mask &= np.array([_is_label(*one, criteria) for one in self._labels])[data["label"]]
        return mask


def _keep_covered(mask: Mask, data: dict[str, NDArray[Any]], criteria: Criteria) -> None:
    """Take out of the mask who fails what is asked of visits and of the municipality."""
    visited = data["visited"]
    if criteria.is_never_visited:
        mask &= visited == NEVER_VISITED
    if criteria.visited_since is not None:
        mask &= visited >= _minute(criteria.visited_since)
    if criteria.covered_since is not None:
        has_cadence = data["due"] != NEVER
        in_cadence = has_cadence & (visited != NEVER_VISITED) & (data["due"] >= _day(criteria))
        mask &= in_cadence | (~has_cadence & (visited >= _minute(criteria.covered_since)))
    if criteria.municipality_code is not None:
        mask &= data["municipality"] == int(criteria.municipality_code)
    if criteria.is_outside:
        mask &= data["municipality"] == OUTSIDE


def _day(criteria: Criteria) -> int:
    return int((np.datetime64(criteria.today, "D") - np.datetime64(0, "D")).astype(int))


def _minute(at: datetime) -> int:
    # A day begins with a whole minute, everywhere.
    return int(at.timestamp()) // 60


def _fields() -> list[tuple[str, np.dtype[Any]]]:
    return [(name, _ROW[name]) for name in _ROW.names or ()]


def _number(known: dict[Any, int], one: Any) -> int:
    return known.setdefault(one, len(known))


def _asks_party(criteria: Criteria) -> bool:
    return (
        criteria.reach is not None
        or criteria.owner_id is not None
        or criteria.is_unowned
        or bool(criteria.team_ids)
    )


def _is_party(owner_id: Any, team_id: Any, criteria: Criteria) -> bool:
    reach = criteria.reach
    if reach is not None:
        is_mine = owner_id is not None and owner_id == reach.user_id
        is_pool = owner_id is None and team_id is None
        if not (is_mine or is_pool or team_id in reach.team_ids):
            return False
    if criteria.owner_id is not None and owner_id != criteria.owner_id:
        return False
    if criteria.is_unowned and owner_id is not None:
        return False
    return not criteria.team_ids or team_id in criteria.team_ids


def _is_label(kind: str, rank: str | None, tags: frozenset[str], criteria: Criteria) -> bool:
    if criteria.kind is not None and kind != criteria.kind:
        return False
    if criteria.rank is not None and rank != criteria.rank:
        return False
    return criteria.tag is None or criteria.tag in tags
