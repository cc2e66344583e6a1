"""Random problems of a small size, in which everything that a problem can hold occurs."""

from __future__ import annotations

import math
import random

from fieldcrm.planning.problem import Break, Day, Problem, Span, Stop

HOUR_S = 3600
DAY_S = 24 * HOUR_S


def random_problem(seed: int, *, stops: int | None = None, days: int | None = None) -> Problem:
    """Return a problem of up to ten stops on up to three days; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - the same each time is the point
    stops = chance.randint(0, 10) if stops is None else stops
    days = chance.choice((1, 1, 1, 2, 3)) if days is None else days
    # About a third of an hour across; some far out.
    reach = chance.choice((1.0, 1.0, 4.0))
    places = [(chance.gauss(0, 15 * reach), chance.gauss(0, 15 * reach)) for _ in range(stops + 2)]
    durations = tuple(
        tuple(0 if a == b else round(60 * math.dist(a, b)) + chance.randint(60, 180) for b in places)
        for a in places
    )
    is_team = chance.random() < 0.3
    is_full_of_musts = chance.random() < 0.15
    reps = [None if not is_team else chance.choice(("hana", "jun")) for _ in range(days)]
    dates = [0 if is_team and chance.random() < 0.5 else date for date in range(days)]
    return Problem(
        points=tuple((139.7 + x / 1000, 35.7 + y / 1000) for x, y in places),
        durations=durations,
        distances=None,
        stops=tuple(
            _stop(chance, no, dates=dates, is_team=is_team, musts=0.8 if is_full_of_musts else 0.2)
            for no in range(stops)
        ),
        days=tuple(_day(chance, no, dates[no], reps[no], stops=stops) for no in range(days)),
        seed=seed,
        drive_s_per_value=chance.choice((600, 600, 60, 20)),
    )


def _stop(chance: random.Random, no: int, *, dates: list[int], is_team: bool, musts: float) -> Stop:
    service_s = chance.choice((0, 20, 30, 45, 60, 120)) * 60
    return Stop(
        id=f"stop-{no}",
        point=None if chance.random() < 0.04 else no + 2,
        service_s=service_s,
        windows=tuple(
            window
            for date in sorted(set(dates))
            if chance.random() < 0.9
            for window in _windows(chance, date * DAY_S)
        ),
        value=chance.choice((0, 1, 3, 10, 20, 50, 100)),
        is_must=chance.random() < musts,
        rep=chance.choice((None, "hana", "jun")) if is_team else None,
    )


def _windows(chance: random.Random, midnight: int) -> list[Span]:
    at = chance.randrange(8, 19) * HOUR_S
    hours = chance.choice(
        (
            [(9, 18)],
            [(9, 12), (13, 18)],
            [(10, 11), (14, 15), (17, 19)],
            [(13, 17)],
            [(22, 26)],
            [(3, 5)],
        )
    )
    if chance.random() < 0.3:
        return [(midnight + at, midnight + at + 600)]
    last = midnight + DAY_S - 1
    return [(midnight + a * HOUR_S, min(midnight + b * HOUR_S, last)) for a, b in hours]


def _day(chance: random.Random, no: int, date: int, rep: str | None, *, stops: int) -> Day:
    midnight = date * DAY_S
    first, last = chance.choice(((9, 18), (8, 17), (9, 12), (13, 14), (20, 30)))
    pauses = chance.choice(([], [(11.5, 13.5, 45)], [(11.5, 12.5, 60), (15, 16, 15)], [(12, 12, 60)]))
    return Day(
        id=f"day-{no}",
        start=chance.choice((0, 0, 0, 1, None)),
        end=chance.choice((0, 0, 0, 1, None)),
        shift=(midnight + first * HOUR_S, midnight + last * HOUR_S),
        breaks=tuple(
            Break(midnight + int(a * HOUR_S), midnight + int(b * HOUR_S), minutes * 60)
            for a, b, minutes in pauses
        ),
        max_driving_s=chance.choice((None, None, None, 3600, 7200)),
        rep=rep,
    )
