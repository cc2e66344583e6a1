"""A day as it stands - what was accepted, and what is fixed - and what one more visit would add to it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fieldcrm.planning.asked import Outing
from fieldcrm.planning.assembling import Places, problem_day, stop_of_meeting, visit_of
from fieldcrm.planning.candidates import Candidate
from fieldcrm.planning.numbered import NEVER, Model
from fieldcrm.planning.opening import DAY_S, Assumed, Day
from fieldcrm.planning.problem import Problem, Stop
from fieldcrm.planning.timeline import Timeline
from fieldcrm.travel.service import Matrix


@dataclass(frozen=True, slots=True)
class Accepted:
    """What was accepted for a day, apart from the database."""

    stops: Sequence[Mapping[str, Any]]
    account_ids: frozenset[uuid.UUID]


@dataclass(frozen=True, slots=True)
class Standing:
    """A day's stops in their order."""

    outing: Outing
    stops: Sequence[Stop]


@dataclass(frozen=True, slots=True)
class Fit:
    """What one more visit adds: seconds of driving, when it would begin, and the stop before which it goes.

    ``over_s`` is by how much it misses; None where it is closed all day, or nobody goes out.
    """

    detour_s: int | None
    begin_s: int | None
    before_id: str | None
    over_s: int | None


def standing_of(
    outing: Outing,
    plan: Accepted | None,
    accounts: Mapping[str, Any],
    places: Places,
    *,
    from_s: int = 0,
    but: Collection[str] = (),
) -> Standing:
    """Return the stops of a day from ``from_s`` on: as accepted without some, and appointments.

    A stop may begin whenever the day lets it: whoever accepted it knows when that is open.
    """
    meetings = {meeting.id: meeting for meeting in outing.meetings}
    ordered: list[tuple[int, Stop]] = []
    for told in plan.stops if plan is not None else ():
        begins = outing.day.starts_s + told["start"]
        row = accounts.get(told["account_id"] or "")
        if row is not None and row.lon is not None and begins >= from_s and str(row.id) not in but:
            point = places.number((row.lon, row.lat))
            service_s = told["departure"] - told["start"]
            window = (outing.day.starts_s, outing.day.starts_s + 2 * DAY_S)
            ordered.append((begins, Stop(told["account_id"], point, max(service_s, 0), (window,), 0)))
    ordered += [(each.span[0], stop_of_meeting(each, places, rep=None)) for each in meetings.values()]
    ordered.sort(key=lambda each: each[0])
    return Standing(outing, [stop for _, stop in ordered])


def fits(
    standing: Standing,
    candidates: Sequence[Candidate],
    *,
    places: Places,
    matrix: Matrix,
    days: Sequence[Day],
    assumed: Assumed,
) -> list[Fit]:
    """Return what each of the candidates, alone, would add to the day."""
    if standing.outing.shift is None:
        return [Fit(None, None, None, None) for _ in candidates]
    new = [visit_of(each, places, days, assumed, is_must=False) for each in candidates]
    problem = Problem(
        points=tuple(places.points),
        durations=tuple(tuple(row) for row in matrix.durations_s),
        distances=None,
        stops=(*standing.stops, *new),
        days=(problem_day(standing.outing, places, matrix, apart=False),),
    )
    model = Model(problem)
    numbers = {stop.id: number for number, stop in enumerate(model.stops)}
    order = [numbers[stop.id] for stop in standing.stops if stop.id in numbers]
    timeline = Timeline(model, 0, order)
    return [_fit(timeline, numbers.get(stop.id)) for stop in new]


def _fit(timeline: Timeline, number: int | None) -> Fit:
    if number is None:
        return Fit(None, None, None, None)
    added, at = timeline.detours(np.array([number], dtype=np.int64))
    detour, place = int(added[0]), int(at[0])
    if detour >= NEVER:
        return Fit(None, None, None, timeline.over_s(number))
    with_it = [*timeline.order[:place], number, *timeline.order[place:]]
    leaves = min(Timeline(timeline.model, timeline.no, with_it).leave[place + 1])
    before = timeline.model.stops[timeline.order[place]].id if place < len(timeline.order) else None
    return Fit(detour, leaves - timeline.model.service[number], before, 0)
