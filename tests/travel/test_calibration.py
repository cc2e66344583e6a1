"""An organisation's check-ins teach how long its ways really take; nobody else's plans learn of it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import mean, median
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldcrm.core.db import db, transaction
from fieldcrm.travel import rules, service
from fieldcrm.travel.calibrating import FEWEST_WAYS, CheckIn, factors_from, ratio, ways_of
from fieldcrm.travel.models import TravelFactor
from fieldcrm.visits.models import Activity

MONDAY = datetime(2026, 11, 16, 0, 0, tzinfo=UTC)  # nine in the morning in Tokyo
TOKYO = "Asia/Tokyo"
TRUE = {"morning": 1.5, "day": 1.2, "evening": 1.7, "night": 1.2}


def driven_day(dice: random.Random, places: list[rules.Point], start: datetime) -> list[CheckIn]:
    """Return a day on which driving takes as long as TRUE says, give or take, with lunch and late entries."""
    day, now = [], start
    here = dice.choice(places)
    while len(day) < 9:
        stay = timedelta(minutes=dice.choice((5, 15, 30, 45)))
        day.append(CheckIn(now, now + stay, here))
        there = dice.choice([place for place in places if place != here])
        band = rules.band_at((now + stay + timedelta(hours=9)).hour)
        driving_s = rules.moving_s(rules.great_circle_m(here, there), mode="car", band=band) * TRUE[band]
        now += stay + timedelta(seconds=120 + driving_s * dice.lognormvariate(0, 0.25))
        now += timedelta(minutes=dice.choice((0, 0, 0, 0, 0, 0, 40)))
        here = there
    return day


@pytest.fixture
def places() -> list[rules.Point]:
    dice = random.Random(5)  # noqa: S311 - places, not secrets
    return [(139.7 + dice.uniform(-0.1, 0.1), 35.7 + dice.uniform(-0.1, 0.1)) for _ in range(40)]


def days_of(seed: int, places: list[rules.Point]) -> list[list[CheckIn]]:
    dice = random.Random(seed)  # noqa: S311 - driving, not secrets
    starts = (MONDAY + timedelta(days=index, hours=4 * (index % 2)) for index in range(40))
    return [driven_day(dice, places, start) for start in starts]


def eta_errors_s(days: list[list[CheckIn]], factors: service.Factors) -> list[float]:
    """Return how far arrivals lie from those that the estimate told at departure."""
    errors = []
    for day in days:
        for way in ways_of(day, TOKYO):
            factor = factors.of("estimate", way.band)
            told = rules.estimate(way.one, way.other, band=way.band, factor=factor).duration_s
            errors.append(abs(way.took_s - told))
    return errors


def log_days(session: Session, actor: Any, account_id: Any, days: list[list[CheckIn]]) -> None:
    for each in (check_in for day in days for check_in in day):
        session.add(
            Activity(
                org_id=actor.org_id,
                account_id=account_id,
                user_id=actor.user_id,
                occurred_at=each.arrived_at,
                duration_min=round((each.left_at - each.arrived_at).total_seconds() / 60),
                lon=each.place[0],
                lat=each.place[1],
            )
        )
    session.flush()


@pytest.fixture
def rep_with_account(
    connection, make_user, make_organisation, client_for, frozen_clock
) -> Callable[[], tuple[Any, Any]]:
    frozen_clock.set("2026-12-31T00:00:00Z")

    def make() -> tuple[Any, Any]:
        person = make_user(org=make_organisation())
        made = client_for(person).post("/api/accounts", json={"name": "山田歯科", "kind": "company"})
        assert made.status_code == 201, made.json
        return person, made.json["id"]

    return make


def test_check_ins_lower_the_error_of_arrival_times_for_days_to_come(rep_with_account, places) -> None:
    rep, account_id = rep_with_account()
    with transaction(rep.actor) as session:
        log_days(session, rep.actor, account_id, days_of(1, places))
        factors = service.calibrate(session, rep.actor)
    for band in ("morning", "day", "evening"):
        assert factors.of("estimate", band) == pytest.approx(TRUE[band] / 1.15, rel=0.12)
    to_come = days_of(2, places)
    before, after = eta_errors_s(to_come, service.NO_FACTORS), eta_errors_s(to_come, factors)
    print(f"ETA error: median {median(before):.0f} s before, {median(after):.0f} s after;")
    print(f"mean (with lunches) {mean(before):.0f} s before, {mean(after):.0f} s after")
    assert median(after) < 0.9 * median(before)
    assert mean(after) < 0.9 * mean(before)
    with transaction(rep.actor) as session:
        assert service.find_factors(session, rep.actor) == factors


def test_an_organisation_never_learns_from_anothers_check_ins(rep_with_account, places) -> None:
    (one, account_id), (other, _) = rep_with_account(), rep_with_account()
    with transaction(one.actor) as session:
        log_days(session, one.actor, account_id, days_of(1, places))
        assert service.calibrate(session, one.actor).of("estimate", "day") > 1.02
    with transaction(other.actor) as session:
        assert service.find_factors(session, other.actor).known == {}
        assert service.calibrate(session, other.actor).of("estimate", "day") == 1.0
    with transaction(one.actor) as session:
        assert service.find_factors(session, one.actor).of("estimate", "day") > 1.02


def test_nothing_that_is_kept_is_about_a_person(rep_with_account, places) -> None:
    rep, account_id = rep_with_account()
    with transaction(rep.actor) as session:
        log_days(session, rep.actor, account_id, days_of(1, places))
        service.calibrate(session, rep.actor)
        rows = session.execute(select(*TravelFactor.__table__.columns)).mappings().all()
    assert {row["band"] for row in rows} <= {"all", "morning", "day", "evening", "night"}
    assert str(rep.id) not in json.dumps([dict(row) for row in rows], default=str)


def test_check_ins_of_two_people_are_never_joined_to_a_way(rep_with_account, make_user, places) -> None:
    rep, account_id = rep_with_account()
    colleague = make_user(org=rep.org)
    with transaction(rep.actor) as session:
        for index, day in enumerate(days_of(1, places)):
            # Each checks in once a day: there are no ways at all.
            log_days(session, rep.actor, account_id, [day[:1]])
            log_days(session, colleague.actor, account_id, [day[1:2]])
            assert index < 40
        service.calibrate(session, rep.actor)
        counted = session.scalars(select(TravelFactor.ways)).all()
    assert counted == [0]


def test_factors_are_counted_again_after_a_week_and_asked_for_once(rep_with_account, frozen_clock) -> None:
    rep, _ = rep_with_account()
    with transaction(rep.actor) as session:
        assert service.refresh_factors(session, rep.actor)
        assert not service.refresh_factors(session, rep.actor)
        service.calibrate(session, rep.actor)
        assert not service.refresh_factors(session, rep.actor)
        frozen_clock.move(days=8)
        session.connection().exec_driver_sql("delete from procrastinate.procrastinate_jobs")
        assert service.refresh_factors(session, rep.actor)
    db.session.remove()


@given(st.lists(st.floats(1.1, 1.3), min_size=FEWEST_WAYS, max_size=40), st.floats(0.25, 4))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_one_way_in_five_may_be_wrong_by_any_amount(values: list[float], wrong: float) -> None:
    spoilt = values + [wrong] * (len(values) // 4)
    factor, _ = factors_from([("day", value) for value in spoilt])["day"]
    assert 1.1 <= factor <= 1.3


def test_few_ways_say_nothing_and_a_time_of_day_without_its_own_takes_that_of_the_day() -> None:
    assert factors_from([("day", 2.0)] * (FEWEST_WAYS - 1)) == {}
    found = factors_from([("day", 2.0)] * (FEWEST_WAYS - 1) + [("evening", 2.0)])
    assert found == {"all": (2.0, FEWEST_WAYS)}
    factors = service.Factors({("estimate", "all"): 2.0, ("estimate", "night"): 1.5})
    assert [factors.of("estimate", band) for band in ("day", "night")] == [2.0, 1.5]
    assert factors.of("osrm", "day") == 1.0


def test_what_cannot_be_a_drive_is_left_out() -> None:
    a, b, near = (139.70, 35.70), (139.75, 35.70), (139.7001, 35.70)
    minutes = timedelta(minutes=1)

    def ways(*day: CheckIn) -> int:
        return len(list(ways_of(day, TOKYO)))

    first = CheckIn(MONDAY, MONDAY + 10 * minutes, a)
    assert ways(first, CheckIn(MONDAY + 30 * minutes, MONDAY + 40 * minutes, b)) == 1
    assert ways(first, CheckIn(MONDAY + 30 * minutes, MONDAY + 40 * minutes, near)) == 0, "next door"
    assert ways(first, CheckIn(MONDAY + 5 * minutes, MONDAY + 40 * minutes, b)) == 0, "before leaving"
    assert ways(first, CheckIn(MONDAY + 300 * minutes, MONDAY + 310 * minutes, b)) == 0, "half a day later"
    (way,) = ways_of([first, CheckIn(MONDAY + 30 * minutes, MONDAY + 40 * minutes, b)], TOKYO)
    assert ratio(way, 540) == 2.0
    assert ratio(way, 200) is None
    assert ratio(way, 0) is None
    assert ratio(way, float("nan")) is None


def test_factors_multiply_driving_by_car_alone() -> None:
    factors = service.Factors({("estimate", "all"): 1.5})
    points = [(139.70, 35.70), (139.75, 35.70)]
    plain, own = service.matrix(points), service.matrix(points, factors=factors)
    assert own.durations_s[0][1] - 120 == pytest.approx(1.5 * (plain.durations_s[0][1] - 120), abs=1)
    assert own.distances_m == plain.distances_m
    for mode in ("bicycle", "walking"):
        assert service.matrix(points, mode=mode, factors=factors) == service.matrix(points, mode=mode)
