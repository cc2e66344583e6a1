"""Judges plans, knowing only the problem and the plan: nothing here is the solver's own code.

`faults` lists in words what a plan breaks; an empty list is an accepted plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise, permutations

from fieldcrm.planning.plan import Plan, PlannedDay
from fieldcrm.planning.problem import Break, Day, Problem, Stop


def faults(problem: Problem, plan: Plan) -> list[str]:
    """Return everything that is wrong with the plan."""
    return [*_whole(problem, plan), *(fault for day in plan.days for fault in _day(problem, day))]


def _whole(problem: Problem, plan: Plan) -> Iterator[str]:
    visited = [stop.id for day in plan.days for stop in day.stops]
    left = [one.id for one in plan.dropped]
    if sorted([*visited, *left]) != sorted(stop.id for stop in problem.stops):
        yield "not every stop is exactly once on a day or among the dropped"
    if [day.id for day in plan.days] != [day.id for day in problem.days]:
        yield "the days are not those of the problem in their order"
    stops = {stop.id: stop for stop in problem.stops}
    if plan.value != sum(stops[one].value for one in visited):
        yield "the value is not the sum of what is visited"
    if plan.drive_s != sum(day.drive_s for day in plan.days):
        yield "the driving is not the sum of the days'"


def _day(problem: Problem, planned: PlannedDay) -> Iterator[str]:
    day = next(one for one in problem.days if one.id == planned.id)
    stops = [next(one for one in problem.stops if one.id == stop.id) for stop in planned.stops]
    if not stops:
        if planned.breaks or planned.drive_s:
            yield f"{day.id}: breaks or driving on a day without stops"
        return
    yield from (f"{day.id}: {fault}" for fault in _visits(problem, day, planned, stops))
    yield from (f"{day.id}: {fault}" for fault in _under_way(problem, day, planned, stops))
    yield from (f"{day.id}: {fault}" for fault in _breaks(day, planned))


def _visits(problem: Problem, day: Day, planned: PlannedDay, stops: Sequence[Stop]) -> Iterator[str]:
    for stop, at in zip(stops, planned.stops, strict=True):
        if not any(opens <= at.start <= closes for opens, closes in stop.windows):
            yield f"{stop.id} begins outside its windows"
        if not any(opens <= at.start + at.slack_s <= closes for opens, closes in stop.windows):
            yield f"{stop.id} could not begin later by its slack"
        if at.slack_s < 0 or at.arrival > at.start:
            yield f"{stop.id} begins before one is there, or has negative slack"
        if at.departure != at.start + stop.service_s:
            yield f"{stop.id} does not take its time"
        if stop.rep is not None and stop.rep != day.rep:
            yield f"{stop.id} is another person's"
        if stop.point is None:
            yield f"{stop.id} is nowhere"


def _under_way(problem: Problem, day: Day, planned: PlannedDay, stops: Sequence[Stop]) -> Iterator[str]:
    places = [day.start, *(stop.point for stop in stops), day.end]
    ways = [_way(problem, a, b) for a, b in pairwise(places)]
    leaves = [planned.start, *(at.departure for at in planned.stops)]
    there = [*(at.arrival for at in planned.stops), planned.end]
    begins = [*(at.start for at in planned.stops), max([planned.end, *(end for _, end in planned.breaks)])]
    for no, (leave, arrive, start, way) in enumerate(zip(leaves, there, begins, ways, strict=True)):
        if no < len(stops) and planned.stops[no].drive_s != way:
            yield f"the way to {stops[no].id} is not the problem's"
        paused = sum(
            min(end, arrive) - max(begin, leave)
            for begin, end in planned.breaks
            if begin < arrive and end > leave
        )
        if arrive - leave - paused < way:
            yield f"leg {no} is driven in less time than it takes"
        resting = sum(end - begin for begin, end in planned.breaks if leave <= begin < start)
        if start - leave < way + resting:
            yield f"leg {no} has no time for its way and its breaks"
    if planned.drive_s != sum(ways):
        yield "the driving is not the sum of the ways"
    if day.max_driving_s is not None and sum(ways) > day.max_driving_s:
        yield "more driving than allowed"
    if planned.start < day.shift[0] or begins[-1] > day.shift[1]:
        yield "under way outside the shift"


def _way(problem: Problem, one: int | None, other: int | None) -> int:
    assert problem.durations is not None
    return 0 if one is None or other is None else problem.durations[one][other]


def _breaks(day: Day, planned: PlannedDay) -> Iterator[str]:
    spans = sorted(planned.breaks)
    visits = [(at.start, at.departure) for at in planned.stops if at.departure > at.start]
    for (_, end), (begin, _) in pairwise(sorted([*spans, *visits])):
        if end > begin:
            yield "a break overlaps a visit or another break"
    if spans and (spans[0][0] < day.shift[0] or spans[-1][1] > day.shift[1]):
        yield "a break outside the shift"
    if not _is_assignable(spans, day.breaks):
        yield "a break that nobody asked for"
    due = [one for one in day.breaks if _is_due(one, day, planned.end)]
    if not _is_covering(spans, due):
        yield "a break is missing"


def _is_due(one: Break, day: Day, end: int) -> bool:
    return one.duration_s > 0 and one.to_s >= day.shift[0] and end > one.to_s


def _is_kept_by(span: tuple[int, int], one: Break) -> bool:
    return one.from_s <= span[0] <= one.to_s and span[1] - span[0] == one.duration_s


def _is_assignable(spans: Sequence[tuple[int, int]], breaks: Sequence[Break]) -> bool:
    """Tell whether each span is a break of its own."""
    return any(
        all(_is_kept_by(span, one) for span, one in zip(spans, chosen, strict=True))
        for chosen in permutations(breaks, len(spans))
    )


def _is_covering(spans: Sequence[tuple[int, int]], due: Sequence[Break]) -> bool:
    """Tell whether each due break has a span of its own."""
    return any(
        all(_is_kept_by(span, one) for span, one in zip(chosen, due, strict=True))
        for chosen in permutations(spans, len(due))
    )
