"""The problem that a plan solves: people's days, the accounts they might visit, and the ways between them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from fieldcrm.planning.asked import Meeting, Outing, Point
from fieldcrm.planning.candidates import Candidate
from fieldcrm.planning.opening import DAY_S, Assumed, Day, Span, windows_of
from fieldcrm.planning.problem import Break, Problem, Stop
from fieldcrm.planning.problem import Day as ProblemDay
from fieldcrm.planning.problem import Matrix as Table
from fieldcrm.travel import service as travel
from fieldcrm.travel.service import Factors, Matrix, Mode

MEETING_VALUE = 100


@dataclass(slots=True)
class Places:
    """Points by number, each once."""

    points: list[Point] = field(default_factory=list)
    _numbers: dict[Point, int] = field(default_factory=dict)

    def number(self, point: Point | None) -> int | None:
        """Return the number of a point, None of none."""
        if point is None:
            return None
        if point not in self._numbers:
            self._numbers[point] = len(self.points)
            self.points.append(point)
        return self._numbers[point]

    def take(self, outings: Sequence[Outing]) -> None:
        """Number the places where people are anyway."""
        for outing in outings:
            for point in (outing.start, outing.end, *(each.point for each in outing.meetings)):
                self.number(point)


@dataclass(frozen=True, slots=True)
class Assembled:
    """The problem, and where its travel times are from."""

    problem: Problem
    matrix: Matrix


def assemble(
    outings: Sequence[Outing],
    candidates: Sequence[Candidate],
    *,
    assumed: Assumed,
    musts: Collection[object],
    mode: Mode,
    factors: Factors,
    seed: int,
    drive_s_per_value: int,
    apart: bool,
) -> Assembled:
    """Return the problem of these days and accounts; ``apart``: several people, each with their own days."""
    working = [each for each in outings if each.shift is not None]
    places = Places()
    places.take(working)
    for candidate in candidates:
        places.number(candidate.point)
    matrix = travel.matrix(places.points, mode=mode, factors=factors)
    days = opening_days(working)
    stops = [visit_of(each, places, days, assumed, is_must=each.id in musts) for each in candidates]
    stops += [
        stop_of_meeting(each, places, rep=str(outing.user_id) if apart else None)
        for outing in working
        for each in outing.meetings
    ]
    problem = Problem(
        points=tuple(places.points),
        durations=_table(matrix.durations_s),
        distances=_table(matrix.distances_m),
        stops=tuple(stops),
        days=tuple(problem_day(each, places, matrix, apart=apart) for each in working),
        seed=seed,
        drive_s_per_value=drive_s_per_value,
    )
    return Assembled(problem, matrix)


def opening_days(outings: Sequence[Outing]) -> list[Day]:
    """Return the calendar days on which somebody is out; the next one too where a shift goes on into it."""
    found: dict[int, Day] = {}
    for outing in outings:
        found[outing.day.number] = outing.day
    for outing in outings:
        following = outing.day.number + 1
        if outing.shift is not None and outing.shift.span[1] > following * DAY_S and following not in found:
            found[following] = outing.following
    return [found[number] for number in sorted(found)]


def visit_of(
    candidate: Candidate, places: Places, days: Sequence[Day], assumed: Assumed, *, is_must: bool
) -> Stop:
    """Return the account as a stop of these days."""
    return Stop(
        id=str(candidate.id),
        point=places.number(candidate.point),
        service_s=candidate.service_s,
        windows=tuple(windows_of(candidate.hours, days, assumed, service_s=candidate.service_s)),
        value=candidate.worth.value,
        is_must=is_must,
    )


def stop_of_meeting(meeting: Meeting, places: Places, *, rep: str | None) -> Stop:
    """Return the appointment as a stop at its time, of one person where there are several."""
    start, end = meeting.span
    return Stop(
        id=meeting.id,
        point=places.number(meeting.point),
        service_s=end - start,
        windows=((start, start),),
        value=MEETING_VALUE,
        is_must=True,
        rep=rep,
    )


def problem_day(outing: Outing, places: Places, matrix: Matrix, *, apart: bool) -> ProblemDay:
    """Return the day as the solver has it."""
    assert outing.shift is not None  # noqa: S101 - only days on which somebody is out come here
    start, end = places.number(outing.start), places.number(outing.end)
    breaks = (Break(each.from_s, each.to_s, each.duration_s) for each in outing.shift.breaks)
    return ProblemDay(
        id=outing.id,
        start=start,
        end=end,
        shift=_stretched(outing, places, matrix),
        breaks=tuple(breaks),
        max_driving_s=outing.max_driving_s,
        rep=str(outing.user_id) if apart else None,
    )


def _stretched(outing: Outing, places: Places, matrix: Matrix) -> Span:
    """Return the shift, begun earlier and ended later where an appointment has it so."""
    assert outing.shift is not None  # noqa: S101 - as above
    start, end = places.number(outing.start), places.number(outing.end)
    begins, ends = outing.shift.span
    for meeting in outing.meetings:
        at = places.number(meeting.point) or 0
        to = 0 if start is None else matrix.durations_s[start][at]
        back = 0 if end is None else matrix.durations_s[at][end]
        begins = min(begins, max(meeting.span[0] - to, outing.not_before_s, 0))
        ends = max(ends, meeting.span[1] + back)
    return begins, ends


def _table(rows: Sequence[Sequence[int]]) -> Table:
    return tuple(tuple(row) for row in rows)
