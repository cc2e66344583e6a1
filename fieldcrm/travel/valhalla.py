"""Valhalla: https://valhalla.github.io/valhalla/api/, `sources_to_targets` and `route`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

import numpy as np

from fieldcrm.travel.asking import EngineFailed, ask
from fieldcrm.travel.engines import LONGEST_M, LONGEST_S, coordinates, is_far, numbers, paired
from fieldcrm.travel.matrices import Source, Table
from fieldcrm.travel.rules import Mode, Point

COSTINGS: Final[dict[Mode, str]] = {"car": "auto", "bicycle": "bicycle", "walking": "pedestrian"}
MOST_STOPS: Final = 20
"""Of one line: what its `service_limits` allow as delivered, as are the pairs of a table."""


class Valhalla:
    """One Valhalla server, asked for one of the modes it knows."""

    name: Source = "valhalla"
    most_pairs = 2_500

    def __init__(self, url: str, *, mode: Mode) -> None:
        self._url = url.rstrip("/")
        self._costing = COSTINGS[mode]

    def table(self, sources: Sequence[Point], targets: Sequence[Point], *, within_s: float) -> Table:
        """See Engine. One place without a road has it refuse all of them: then the others are asked alone."""
        try:
            return self._table(sources, targets, within_s=within_s)
        except EngineFailed as failure:
            if failure.reason != "refused":
                raise
            lost = self._places_without_road({*sources, *targets}, within_s=within_s)
            rows, columns = _others(sources, lost), _others(targets, lost)
            if not lost:
                raise
        told = Table(*(np.full((len(sources), len(targets)), np.nan, dtype=np.float32) for _ in range(2)))
        if rows and columns:
            part = self._table(
                [sources[row] for row in rows], [targets[column] for column in columns], within_s=within_s
            )
            block = np.ix_(rows, columns)
            told.durations_s[block], told.distances_m[block] = part.durations_s, part.distances_m
        return told

    def _table(self, sources: Sequence[Point], targets: Sequence[Point], *, within_s: float) -> Table:
        body = {"sources": _locations(sources), "targets": _locations(targets), "units": "kilometers"}
        answer = self._ask("sources_to_targets", body, within_s=within_s)
        cells = answer.get("sources_to_targets") if isinstance(answer, dict) else None
        if not isinstance(cells, list):
            raise EngineFailed("bad_answer")
        shape = (len(sources), len(targets))
        durations = numbers(_field(cells, "time"), shape=shape, longest=LONGEST_S)
        distances = numbers(_field(cells, "distance"), shape=shape, longest=LONGEST_M / 1000) * 1000
        for row, source in enumerate(sources):
            for column, target in enumerate(targets):
                cell = cells[row][column]
                if is_far(source, _place(cell, "begin")) or is_far(target, _place(cell, "end")):
                    durations[row, column] = np.nan
        return paired(durations, distances)

    def _places_without_road(self, places: Collection[Point], *, within_s: float) -> set[Point]:
        asked = list(places)
        answer = self._ask("locate", {"locations": _locations(asked), "verbose": False}, within_s=within_s)
        if not isinstance(answer, list) or len(answer) != len(asked):
            raise EngineFailed("bad_answer")
        return {place for place, found in zip(asked, answer, strict=True) if not _has_road(place, found)}

    def route(self, points: Sequence[Point], *, within_s: float) -> list[Point]:
        """See Engine."""
        body = {"locations": _locations(points), "directions_type": "none"}
        answer = self._ask("route", body, within_s=within_s)
        try:
            legs = [_decoded(leg["shape"]) for leg in answer["trip"]["legs"]]
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise EngineFailed("bad_answer") from error
        if len(legs) != len(points) - 1 or not all(legs):
            raise EngineFailed("bad_answer")
        ends = [*(leg[0] for leg in legs), legs[-1][-1]]
        if any(is_far(asked, used) for asked, used in zip(points, ends, strict=True)):
            raise EngineFailed("refused")
        return coordinates([point for leg in legs for point in leg])

    def _ask(self, action: str, body: dict[str, Any], *, within_s: float) -> Any:
        return ask(f"{self._url}/{action}", within_s=within_s, body={**body, "costing": self._costing})


def _locations(points: Sequence[Point]) -> list[dict[str, float]]:
    return [{"lon": lon, "lat": lat} for lon, lat in points]


def _others(places: Sequence[Point], lost: Collection[Point]) -> list[int]:
    return [index for index, place in enumerate(places) if place not in lost]


def _has_road(place: Point, found: Any) -> bool:
    edges = found.get("edges") if isinstance(found, dict) else None
    if not isinstance(edges, list):
        return False
    used = [edge for edge in edges if isinstance(edge, dict)]
    return any(not is_far(place, (edge.get("correlated_lon"), edge.get("correlated_lat"))) for edge in used)


def _field(cells: list[Any], name: str) -> list[list[Any]]:
    try:
        return [[cell[name] for cell in row] for row in cells]
    except (KeyError, TypeError) as error:
        raise EngineFailed("bad_answer") from error


def _place(cell: dict[str, Any], which: str) -> tuple[Any, Any]:
    """Return where a way really begins or ends; older versions do not tell."""
    return cell.get(f"{which}_lon"), cell.get(f"{which}_lat")


def _decoded(shape: str) -> list[Point]:
    """Return the points of an encoded polyline with six decimals."""
    values: list[int] = []
    value = shift = 0
    for letter in shape:
        bits = ord(letter) - 63
        value |= (bits & 0x1F) << shift
        shift += 5
        if bits < 0x20:
            values.append(~(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    line: list[Point] = []
    lon = lat = 0
    for north, east in zip(values[::2], values[1::2], strict=True):
        lat, lon = lat + north, lon + east
        line.append((lon / 1e6, lat / 1e6))
    return line
