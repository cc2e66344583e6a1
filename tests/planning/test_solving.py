"""What holds for every plan, and plans at the edges: nobody to visit, all closed, a start in the sea."""

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldcrm.planning import solving
from fieldcrm.planning.plan import Plan
from fieldcrm.planning.problem import Break, Day, Problem, Stop
from tests.planning.checker import faults
from tests.planning.problems import DAY_S, HOUR_S, random_problem

Planner = Callable[[Problem], Plan]
HOME, OFFICE = (139.70, 35.68), (139.76, 35.68)
NAGANO, NAGANO_INN = (138.19, 36.65), (138.20, 36.64)


def stop(
    name: str, point: int | None, *, opens: float = 9, closes: float = 18, value: int = 50, **more: object
) -> Stop:
    """Return a stop of half an hour that is open on the first day."""
    window = (int(opens * HOUR_S), int(closes * HOUR_S))
    return replace(Stop(name, point, 1800, (window,), value), **more)  # type: ignore[arg-type]


def day(
    name: str = "monday", *, start: int | None = 0, end: int | None = 0, date: int = 0, **more: object
) -> Day:
    """Return a day from half past eight to six."""
    shift = (date * DAY_S + int(8.5 * HOUR_S), date * DAY_S + 18 * HOUR_S)
    return replace(Day(name, start, end, shift), **more)  # type: ignore[arg-type]


def problem(points: list[tuple[float, float]], stops: list[Stop], days: list[Day]) -> Problem:
    """Return a problem whose ways are estimated."""
    return Problem(tuple(points), None, None, tuple(stops), tuple(days))


def reasons(plan: Plan) -> dict[str, str]:
    """Return each dropped stop's reason."""
    return {one.id: one.reason.code for one in plan.dropped}


@given(seed=st.integers(0, 10_000), order=st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_the_order_of_the_input_does_not_matter(seed: int, order: int) -> None:
    asked = random_problem(seed)
    chance = random.Random(order)  # noqa: S311 - the same each time is the point
    stops, days = list(asked.stops), list(asked.days)
    chance.shuffle(stops)
    chance.shuffle(days)
    shuffled = replace(asked, stops=tuple(stops), days=tuple(days))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solving, "rounds_within", lambda *_: 5)
        one, other = (solving.solve(it, budget_s=600) for it in (asked, shuffled))
    assert {it.id: it for it in one.days} == {it.id: it for it in other.days}
    assert one.dropped == other.dropped


def test_the_same_problem_has_the_same_plan(plan: Planner) -> None:
    asked = random_problem(3, stops=40, days=2)
    assert plan(asked) == plan(asked)


def test_without_stops_every_day_is_empty(plan: Planner) -> None:
    made = plan(problem([HOME], [], [day(), day("tuesday", date=1)]))
    assert [it.stops for it in made.days] == [(), ()]
    assert (made.value, made.drive_s, made.dropped) == (0, 0, ())


def test_without_days_every_stop_is_closed(plan: Planner) -> None:
    made = plan(problem([HOME, OFFICE], [stop("a", 1)], []))
    assert reasons(made) == {"a": "closed"}


def test_one_stop_is_reached_when_it_opens_without_waiting(plan: Planner) -> None:
    made = plan(problem([HOME, OFFICE], [stop("a", 1, opens=10)], [day()]))
    (visit,) = made.days[0].stops
    assert visit.arrival == visit.start == 10 * HOUR_S
    assert made.days[0].start == visit.start - visit.drive_s
    assert visit.slack_s == 18 * HOUR_S - 1800 - visit.drive_s - 10 * HOUR_S


def test_five_hundred_candidates_are_planned(plan: Planner) -> None:
    asked = random_problem(5, stops=500, days=1)
    assert not faults(asked, plan(asked))


def test_closed_everywhere_is_the_reason_of_all(plan: Planner) -> None:
    asked = random_problem(6, stops=20, days=3)
    closed = replace(asked, stops=tuple(replace(it, windows=(), point=2) for it in asked.stops))
    assert set(reasons(plan(closed)).values()) == {"closed"}


def test_from_a_start_in_the_sea_all_is_too_far(plan: Planner) -> None:
    sea = (160.0, 10.0)
    made = plan(problem([sea, HOME, OFFICE], [stop("a", 1), stop("b", 2, is_must=True)], [day()]))
    assert reasons(made) == {"a": "too_far", "b": "too_far"}


def test_a_window_across_midnight_is_kept_on_a_night_shift(plan: Planner) -> None:
    night = day(shift=(20 * HOUR_S, 30 * HOUR_S))
    asked = problem([HOME, OFFICE], [stop("bar", 1, opens=23, closes=25)], [night])
    made = plan(replace(asked, durations=((0, 900), (900, 0))))
    assert [it.id for it in made.days[0].stops] == ["bar"]
    late = replace(asked.stops[0], windows=((25 * HOUR_S, 26 * HOUR_S),))
    after_midnight = replace(asked, stops=(late,), durations=((0, 900), (900, 0)))
    assert plan(after_midnight).days[0].stops[0].start == 25 * HOUR_S


def test_lunch_is_taken_at_a_place_not_in_the_middle_of_a_way(plan: Planner) -> None:
    lunch = Break(int(11.5 * HOUR_S), int(13.5 * HOUR_S), 2700)
    stops = [stop("a", 1, opens=10.5, closes=10.6), stop("b", 2, opens=14, closes=15)]
    asked = replace(
        problem([HOME, OFFICE, HOME], stops, [day(breaks=(lunch,))]),
        durations=((0, 900, 900), (900, 0, 3600), (900, 3600, 0)),
    )
    made = plan(asked)
    first, second = made.days[0].stops
    ((begins, ends),) = made.days[0].breaks
    assert second.arrival == first.departure + 3600
    assert (begins, ends) == (second.arrival, second.arrival + 2700)
    assert not faults(asked, made)


def test_nights_away_make_a_week_with_stops_in_nagano(plan: Planner) -> None:
    points = [HOME, NAGANO, NAGANO_INN]
    week = [
        day("monday", start=0, end=2),
        day("tuesday", start=2, end=2, date=1),
        day("wednesday", start=2, end=0, date=2),
    ]
    there = [stop(f"n{no}", 1, windows=((DAY_S + 9 * HOUR_S, DAY_S + 18 * HOUR_S),)) for no in range(3)]
    made = plan(problem(points, there, week))
    assert [len(it.stops) for it in made.days] == [0, 3, 0]


def test_two_people_share_the_stops_and_keep_their_own(plan: Planner) -> None:
    team = [day("hana", start=0, end=0, rep="hana"), day("jun", start=1, end=1, rep="jun")]
    stops = [stop("a", 0), stop("b", 1), stop("c", 0, rep="jun", is_must=True)]
    made = plan(problem([HOME, OFFICE], stops, team))
    hana, jun = (sorted(one.id for one in it.stops) for it in made.days)
    assert "c" in jun
    assert sorted([*hana, *jun]) == ["a", "b", "c"]


def test_a_must_is_kept_however_much_others_are_worth(plan: Planner) -> None:
    many = [stop(f"s{no}", 1, value=100) for no in range(30)]
    must = stop("must", 2, value=0, opens=12, closes=12.1, is_must=True)
    durations = ((0, 600, 7200), (600, 0, 7200), (7200, 7200, 0))
    made = plan(replace(problem([HOME, OFFICE, NAGANO], [*many, must], [day()]), durations=durations))
    assert "must" in [it.id for it in made.days[0].stops]


def test_of_two_musts_at_once_the_other_is_named(plan: Planner) -> None:
    at_ten = [stop(name, 1, opens=10, closes=10.1, is_must=True) for name in ("a", "b")]
    made = plan(problem([HOME, OFFICE], at_ten, [day()]))
    (kept,) = made.days[0].stops
    (lost,) = made.dropped
    assert (lost.reason.code, lost.reason.params["with"]) == ("must_clash", [kept.id])


def test_a_visit_that_is_not_worth_its_detour_is_dropped_with_the_detour(plan: Planner) -> None:
    durations = ((0, 3600), (3600, 0))
    asked = replace(problem([HOME, OFFICE], [stop("far", 1, value=5)], [day()]), durations=durations)
    (lost,) = plan(asked).dropped
    assert lost.reason.to_json() == {"code": "detour", "detour_s": 7200, "value": 5, "instead_of": []}
    worth_it = replace(asked, stops=(replace(asked.stops[0], value=13),))
    assert not plan(worth_it).dropped


def test_time_that_runs_out_leaves_a_partial_plan_that_keeps_the_rules() -> None:
    asked = random_problem(8, stops=60, days=3)
    made = solving.solve(asked, budget_s=0)
    assert made.is_partial
    assert made.value > 0
    assert not faults(asked, made)


def test_a_must_is_kept_even_when_there_is_no_time_to_search() -> None:
    crowd = [stop(f"s{no:02}", 1, value=100) for no in range(30)]
    must = stop("must", 2, value=0, opens=12, closes=12.1, is_must=True)
    durations = ((0, 600, 7200), (600, 0, 7200), (7200, 7200, 0))
    asked = replace(problem([HOME, OFFICE, NAGANO], [*crowd, must], [day()]), durations=durations)
    made = solving.solve(asked, budget_s=0)
    assert made.is_partial
    assert "must" in [it.id for it in made.days[0].stops]
