"""A kept order as a day with its times: when to leave, where the breaks lie, how much slack a visit has."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from fieldcrm.planning.numbered import Model
from fieldcrm.planning.plan import PlannedDay, PlannedStop
from fieldcrm.planning.problem import Break, Span
from fieldcrm.planning.timeline import Timeline, begin


def breaks_before(line: Timeline) -> list[int]:
    """Return for each place of a kept order how many breaks were taken by the arrival there."""
    ends = zip(line.leave[-1], line.by[-1], range(len(line.by[-1])), strict=True)
    now = min((end, k) for end, by, k in ends if end <= by)[1]
    path = [now]
    for taken in reversed(line.taken[1:]):
        now = taken[now]
        path.append(now)
    return path[::-1]


def planned_day(model: Model, day: int, order: list[int]) -> PlannedDay:
    """Return the day with its times; the order must be kept."""
    of = model.days[day]
    first = of.day.shift[0]
    if not order:
        return PlannedDay(of.day.id, (), (), 0, _metres(model, []), first, first)
    line = Timeline(model, day, order)
    path = breaks_before(line)
    stops, pauses = [], []
    leave, now = first, first
    for at, stop in enumerate(order, start=1):
        way = model.way[line.places[at - 1]][line.places[at]]
        taken = of.breaks[path[at - 1] : path[at]]
        arrival, free, spans = _leg(now, way, taken)
        start = begin(free, of.windows[stop])
        if at == 1:
            leave, arrival, spans = _late_departure(first, way, taken, start=start) or (now, arrival, spans)
        pauses += spans
        now = start + model.service[stop]
        stops.append(
            PlannedStop(
                id=model.stops[stop].id,
                arrival=arrival,
                start=start,
                departure=now,
                drive_s=way,
                drive_m=_metres(model, line.places[at - 1 : at + 1]),
                slack_s=line.by[at][path[at]] - start,
            )
        )
    way = model.way[line.places[-2]][line.places[-1]]
    end, _, spans = _leg(now, way, of.breaks[path[-2] : path[-1]])
    pauses += spans
    metres = _metres(model, line.places)
    return PlannedDay(of.day.id, tuple(stops), tuple(pauses), line.driving_s, metres, leave, end)


def _leg(now: int, way_s: int, breaks: Sequence[Break]) -> tuple[int, int, list[Span]]:
    """Return arrival, when one is free for the visit, and the breaks: best at a place, else under way."""
    spans: list[Span] = []
    for no, one in enumerate(breaks, start=1):
        if no == len(breaks) and now < one.from_s and now + way_s <= one.to_s:
            start = max(now + way_s, one.from_s)
            return now + way_s, start + one.duration_s, [*spans, (start, start + one.duration_s)]
        way_s -= min(way_s, max(0, one.from_s - now))
        start = max(now, one.from_s)
        now = start + one.duration_s
        spans.append((start, now))
    return now + way_s, now + way_s, spans


def _late_departure(
    first: int, way_s: int, breaks: Sequence[Break], *, start: int
) -> tuple[int, int, list[Span]] | None:
    """Return leaving, arrival and breaks without a wait at the first door; None if a break forbids it."""
    spans: list[Span] = []
    now = first
    for one in breaks:
        begins = max(now, one.from_s)
        now = begins + one.duration_s
        spans.append((begins, now))
    return (start - way_s, start, spans) if now + way_s <= start else None


def _metres(model: Model, places: Sequence[int]) -> int | None:
    distances = model.problem.distances
    if distances is None:
        return None
    known = [(a, b) for a, b in pairwise(places) if model.anywhere not in (a, b)]
    return sum(distances[a][b] for a, b in known)
