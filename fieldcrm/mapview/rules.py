"""Pure decisions of the map: tiles and their cells, what a request asks for, cells into clusters."""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from fieldcrm.core.geo import CELL_ZOOM, EARTH_RADIUS_M, quadkey_of_column_and_row, web_mercator

MAX_ZOOM = 22
POINT_ZOOM = 14
"""From this zoom on every account is drawn by itself."""
ROLL_UP_ZOOM = 9
"""Up to this zoom the roll-up of cells answers what nobody filtered."""
LONE_POINT_ZOOM = 10
"""From this zoom on a cell with one account shows the account instead of a cluster."""
CELLS_ACROSS_BITS = 3
"""A tile is 2^3 = 8 cells across: clusters stand about 64 px apart on a tile of 512 px."""
EXTENT = 4096

_HALF_WORLD_M = math.pi * EARTH_RADIUS_M


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile of the usual scheme: column x from the west, row y from the north, at zoom z."""

    z: int
    x: int
    y: int

    @property
    def is_on_map(self) -> bool:
        """Return whether there is such a tile."""
        return 0 <= self.z <= MAX_ZOOM and 0 <= self.x < 1 << self.z and 0 <= self.y < 1 << self.z

    @property
    def first_quadkey(self) -> int:
        """Return the first z20 quadkey inside (tiles up to zoom 20)."""
        return quadkey_of_column_and_row(self.x, self.y) << 2 * (CELL_ZOOM - self.z)

    @property
    def end_quadkey(self) -> int:
        """Return the first z20 quadkey behind the tile."""
        return self.first_quadkey + (1 << 2 * (CELL_ZOOM - self.z))

    @property
    def cell_shift(self) -> int:
        """Return how far to shift a z20 quadkey right to get the number of its cluster's cell."""
        return 2 * (CELL_ZOOM - self.z - CELLS_ACROSS_BITS)

    @property
    def bounds_m(self) -> tuple[float, float, float, float]:
        """Return west, south, east, north in Web Mercator metres; neighbours share them to the bit."""
        side = 2 * _HALF_WORLD_M / (1 << self.z)
        return (
            self.x * side - _HALF_WORLD_M,
            _HALF_WORLD_M - (self.y + 1) * side,
            (self.x + 1) * side - _HALF_WORLD_M,
            _HALF_WORLD_M - self.y * side,
        )

    def places(self, points: Iterable[tuple[float, float]]) -> list[tuple[int, int]]:
        """Return the positions of longitudes and latitudes inside the tile, 0..4095 from its north-west."""
        west, south, east, north = self.bounds_m
        across, down = EXTENT / (east - west), EXTENT / (north - south)
        found = []
        for lon, lat in points:
            x_m, y_m = web_mercator(lon, lat)
            # Cut towards zero: what lies a hair outside is moved to the edge in any case.
            column, row = int((x_m - west) * across), int((north - y_m) * down)
            if not (0 <= column < EXTENT and 0 <= row < EXTENT):
                column, row = min(max(column, 0), EXTENT - 1), min(max(row, 0), EXTENT - 1)
            found.append((column, row))
        return found


@dataclass(frozen=True, slots=True)
class Reach:
    """What a person sees: their own, that of these teams, and what belongs to nobody."""

    user_id: uuid.UUID | None
    team_ids: tuple[uuid.UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Criteria:
    """Which accounts a tile shows. ``reach`` is None for who sees the whole organisation.

    ``covered_since``: visited within their cadence, or since then where they have none; ``is_outside``:
    in no municipality that we know.

    Its ``repr`` is the same in every process (tuples in order, no sets): it marks a tile's freshness.
    """

    today: date
    reach: Reach | None = None
    statuses: tuple[int, ...] = ()
    owner_id: uuid.UUID | None = None
    is_unowned: bool = False
    team_ids: tuple[uuid.UUID, ...] = ()
    is_overdue: bool = False
    is_never_visited: bool = False
    visited_since: datetime | None = None
    covered_since: datetime | None = None
    municipality_code: str | None = None
    is_outside: bool = False
    win_min: int | None = None
    win_max: int | None = None
    kind: str | None = None
    rank: str | None = None
    tag: str | None = None

    @property
    def is_everything(self) -> bool:
        """Return whether all accounts of the organisation are shown."""
        return self == Criteria(today=self.today)


CellSum = tuple[int, int, int, int, float, float, float]
"""The accounts of one status in one cell, as they come from the database: cell, status, n, win_n, win_sum,
lon_sum, lat_sum (their number and what their averages are made of)."""


@dataclass(slots=True)
class Cluster:
    """The accounts of one cell, all statuses together."""

    cell: int
    n: int
    win_n: int
    win_sum: float
    lon_sum: float
    lat_sum: float
    by_status: dict[int, int]

    @property
    def win_avg(self) -> int | None:
        """Return the mean win probability in whole percent; None where none was ever set."""
        return math.floor(self.win_sum / self.win_n + 0.5) if self.win_n else None

    @property
    def middle(self) -> tuple[float, float]:
        """Return longitude and latitude of the middle of its accounts."""
        return self.lon_sum / self.n, self.lat_sum / self.n

    @property
    def properties(self) -> dict[str, int]:
        """Return what the map draws the donut from: n, s<status>, win_avg."""
        found = {"n": self.n}
        for no, n in sorted(self.by_status.items()):
            found[f"s{no}"] = n
        win_avg = self.win_avg
        if win_avg is not None:
            found["win_avg"] = win_avg
        return found


def clusters_of(sums: Iterable[CellSum]) -> list[Cluster]:
    """Return one cluster for each cell that has accounts."""
    clusters: dict[int, Cluster] = {}
    for cell, status, n, win_n, win_sum, lon_sum, lat_sum in sums:
        cluster = clusters.get(cell)
        if cluster is None:
            clusters[cell] = Cluster(cell, n, win_n, win_sum, lon_sum, lat_sum, {status: n})
            continue
        cluster.n += n
        cluster.win_n += win_n
        cluster.win_sum += win_sum
        cluster.lon_sum += lon_sum
        cluster.lat_sum += lat_sum
        cluster.by_status[status] = n
    return list(clusters.values())
