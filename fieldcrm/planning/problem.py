"""What a planner is asked: whom one could visit, on which days, and how long it takes to get about.

All is in whole seconds on one axis: day number d begins at d * 86400, the local midnight of the first day.
The phone's planner (`static/src/planning`) is asked the same in the same JSON.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

MAX_VALUE = 100
DAY_S = 86_400
DRIVE_S_PER_VALUE = 600
"""One point of value is worth ten minutes at the wheel, unless the organisation says otherwise."""

Span = tuple[int, int]
Matrix = tuple[tuple[int, ...], ...]


class InvalidProblem(ValueError):
    """The problem contradicts itself; ``where`` is the path of what is wrong, such as ``stops[3].point``."""

    def __init__(self, where: str, why: str) -> None:
        self.where = where
        super().__init__(f"{where}: {why}")


@dataclass(frozen=True, slots=True)
class Stop:
    """Somebody to visit.

    ``point`` is a place in ``Problem.points``, None when nobody knows where it is. ``windows`` bound the
    START of the visit, in order, apart from each other; none at all: closed on every day. ``value`` is
    0..100. A stop with a ``rep`` is on that person's days alone.
    """

    id: str
    point: int | None
    service_s: int
    windows: tuple[Span, ...]
    value: int
    is_must: bool = False
    rep: str | None = None


@dataclass(frozen=True, slots=True)
class Break:
    """A pause whose START lies within from..to. A day that is over by ``to_s`` can do without it."""

    from_s: int
    to_s: int
    duration_s: int


@dataclass(frozen=True, slots=True)
class Day:
    """One person's working day: from ``start`` to ``end`` (points; None: wherever the first or last stop is).

    Several people on one date are several days. Nobody leaves before the shift begins, nor is under way
    after it ends.
    """

    id: str
    start: int | None
    end: int | None
    shift: Span
    breaks: tuple[Break, ...] = ()
    max_driving_s: int | None = None
    rep: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Stops to choose from and days to put them into.

    Points are longitude, latitude. ``durations`` and ``distances`` (m) are point x point; None: nobody
    measured them. A visit that costs more driving than its value times ``drive_s_per_value`` is not worth it.
    """

    points: tuple[tuple[float, float], ...]
    durations: Matrix | None
    distances: Matrix | None
    stops: tuple[Stop, ...]
    days: tuple[Day, ...]
    seed: int = 0
    drive_s_per_value: int = field(default=DRIVE_S_PER_VALUE)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Problem:
        """Return the problem in ``data``; raise InvalidProblem when it contradicts itself."""
        problem = cls(
            points=tuple((float(lon), float(lat)) for lon, lat in data["points"]),
            durations=_matrix(data.get("durations")),
            distances=_matrix(data.get("distances")),
            stops=tuple(_stop(one) for one in data["stops"]),
            days=tuple(_day(one) for one in data["days"]),
            seed=int(data.get("seed", 0)),
            drive_s_per_value=int(data.get("drive_s_per_value", DRIVE_S_PER_VALUE)),
        )
        check(problem)
        return problem

    def to_json(self) -> dict[str, Any]:
        """Return what ``from_json`` reads."""
        data = asdict(self)
        for day, own in zip(data["days"], self.days, strict=True):
            day["breaks"] = [(pause.from_s, pause.to_s, pause.duration_s) for pause in own.breaks]
        return data


def check(problem: Problem) -> None:
    """Raise InvalidProblem unless the parts fit together; solvers take it for granted."""
    size = len(problem.points)
    for name in ("durations", "distances"):
        matrix = getattr(problem, name)
        if matrix is None:
            continue
        if len(matrix) != size or any(len(row) != size for row in matrix):
            raise InvalidProblem(name, f"not {size} x {size}")
        if any(cell < 0 for row in matrix for cell in row):
            raise InvalidProblem(name, "negative")
    _check_distinct([stop.id for stop in problem.stops], where="stops")
    _check_distinct([day.id for day in problem.days], where="days")
    for at, stop in enumerate(problem.stops):
        _check_stop(stop, where=f"stops[{at}]", size=size)
    for at, day in enumerate(problem.days):
        _check_day(day, where=f"days[{at}]", size=size)


def _check_stop(stop: Stop, *, where: str, size: int) -> None:
    _check_point(stop.point, where=f"{where}.point", size=size)
    if not 0 <= stop.value <= MAX_VALUE:
        raise InvalidProblem(f"{where}.value", f"not within 0..{MAX_VALUE}")
    if stop.service_s < 0:
        raise InvalidProblem(f"{where}.service_s", "negative")
    last = -1
    for window in stop.windows:
        _check_span(window, where=f"{where}.windows")
        if window[0] <= last:
            raise InvalidProblem(f"{where}.windows", "not in order, or overlapping")
        last = window[1]


def _check_day(day: Day, *, where: str, size: int) -> None:
    _check_point(day.start, where=f"{where}.start", size=size)
    _check_point(day.end, where=f"{where}.end", size=size)
    _check_span(day.shift, where=f"{where}.shift")
    for pause in day.breaks:
        _check_span((pause.from_s, pause.to_s), where=f"{where}.breaks")
        if pause.duration_s < 0:
            raise InvalidProblem(f"{where}.breaks", "negative duration")
    if day.max_driving_s is not None and day.max_driving_s < 0:
        raise InvalidProblem(f"{where}.max_driving_s", "negative")


def _check_span(span: Span, *, where: str) -> None:
    if not 0 <= span[0] <= span[1]:
        raise InvalidProblem(where, f"{span[0]}..{span[1]} is no span of time")


def _check_point(point: int | None, *, where: str, size: int) -> None:
    if point is not None and not 0 <= point < size:
        raise InvalidProblem(where, f"there are {size} points")


def _check_distinct(ids: Sequence[str], *, where: str) -> None:
    if len(set(ids)) != len(ids):
        raise InvalidProblem(where, "an id stands twice")


def _matrix(rows: Sequence[Sequence[float]] | None) -> Matrix | None:
    # Rounded here: solvers would cut the fractions off.
    return None if rows is None else tuple(tuple(round(cell) for cell in row) for row in rows)


def _stop(data: Mapping[str, Any]) -> Stop:
    return Stop(
        id=str(data["id"]),
        point=data["point"],
        service_s=int(data["service_s"]),
        windows=tuple((int(a), int(b)) for a, b in data["windows"]),
        value=int(data["value"]),
        is_must=bool(data.get("is_must", False)),
        rep=data.get("rep"),
    )


def _day(data: Mapping[str, Any]) -> Day:
    return Day(
        id=str(data["id"]),
        start=data["start"],
        end=data["end"],
        shift=(int(data["shift"][0]), int(data["shift"][1])),
        breaks=tuple(Break(int(a), int(b), int(c)) for a, b, c in data.get("breaks", ())),
        max_driving_s=data.get("max_driving_s"),
        rep=data.get("rep"),
    )
