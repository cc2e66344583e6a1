"""Plans over HTTP: whom to visit and why not, around what is fixed, for whom, and nothing of others."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from fieldcrm.accounts import service as accounts
from fieldcrm.accounts.schemas import AccountDraft
from fieldcrm.appointments.models import Appointment
from fieldcrm.core import clock
from fieldcrm.core.actor import Role
from fieldcrm.core.db import transaction
from fieldcrm.core.ids import new_id
from fieldcrm.planning.asked import Asked, DayAsked
from fieldcrm.planning.service import gather, plan_days
from fieldcrm.travel.models import TravelFactor
from fieldcrm.visits.schemas import ActivityDraft
from fieldcrm.visits.service import log_activity
from tests.fixtures.people import FieldClient, MakeOrganisation, MakeUser, Person, Team
from tests.fixtures.surroundings import FrozenClock
from tests.planning.checker import faults

ClientFor = Callable[[Person], FieldClient]
H = 3600
TUESDAY = "2026-12-01"
OFFICE = {"lon": 139.7671, "lat": 35.6812, "name": "本社"}
EAST_KM = 0.01105
"""Degrees of longitude in a kilometre at Tokyo."""
PASSING = {"as_of": None, "is_partial": None}
"""What the hour and a busy machine may change."""


@pytest.fixture(autouse=True)
def _monday(frozen_clock: FrozenClock) -> None:
    frozen_clock.set("2026-11-30T08:00:00+09:00")


@pytest.fixture
def rep(make_user: MakeUser) -> Person:
    return make_user(Role.REP)


def account(person: Person, name: str, *, km: float = 1, **fields: Any) -> str:
    """An account of the person, so many kilometres east of the office, open every day unless told."""
    given = {
        "lon": OFFICE["lon"] + km * EAST_KM, "lat": OFFICE["lat"], "owner_id": person.id, "cadence_days": 30,
        **fields,
    }  # fmt: skip
    with transaction(person.org.actor) as session:
        return str(accounts.create_account(session, person.org.actor, AccountDraft(name=name, **given)).id)


def appointment(person: Person, start: str, end: str, **fields: Any) -> str:
    with transaction(person.actor) as session:
        made = Appointment(
            org_id=person.org_id, id=new_id(), owner_id=person.id, title=fields.pop("title", "定例会議"),
            starts_at=datetime.fromisoformat(start), ends_at=datetime.fromisoformat(end), **fields,
        )  # fmt: skip
        session.add(made)
        session.flush()
        return str(made.id)


def plan(client: FieldClient, *days: str, **fields: Any) -> dict[str, Any]:
    body = {"days": [{"day": day, "start": OFFICE, "end": OFFICE} for day in days or (TUESDAY,)], **fields}
    answer = client.post("/api/plans", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def names(found: dict[str, Any], day: int = 0) -> list[str]:
    return [stop["name"] for stop in found["days"][day]["stops"]]


def reasons(found: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: each["reason"]["code"] for each in found["dropped"]}


def test_a_day_is_planned_within_opening_hours_and_tells_why_others_were_left_out(
    rep: Person, client_for: ClientFor
) -> None:
    account(rep, "午前だけ", km=8, opening_hours={"tue": [["09:00", "10:30"]]})
    account(rep, "夕方だけ", km=2, opening_hours={"tue": [["16:00", "17:30"]]})
    account(rep, "火曜休み", km=3, opening_hours={"mon": [["09:00", "18:00"]]})
    account(rep, "早朝だけ", km=3, opening_hours={"tue": [["06:00", "07:00"]]})
    found = plan(client_for(rep))
    assert names(found) == ["午前だけ", "夕方だけ"]
    assert reasons(found) == {"火曜休み": "closed", "早朝だけ": "too_early_late"}
    first, second = found["days"][0]["stops"]
    assert 9 * H <= first["start"] <= 10 * H
    assert second["start"] >= 16 * H
    assert (found["is_estimated"], found["travel"], found["considered"]) == (True, "estimate", 4)
    assert found["drive_s"] == found["days"][0]["drive_s"] > 0


def test_the_value_of_a_visit_is_told_in_the_readers_language(
    rep: Person, make_user: MakeUser, client_for: ClientFor
) -> None:
    account(
        rep, "山田歯科", rank="A", win_prob=60, cadence_days=None,
    )  # fmt: skip
    (stop,) = plan(client_for(rep))["days"][0]["stops"]
    assert stop["worth"]["sentence"].startswith("価値 ")
    assert "受注確度 60%、ランクA、未訪問" in stop["worth"]["sentence"]
    english = make_user(locale="en")
    account(english, "Yamada Dental", rank="A", win_prob=60, cadence_days=None)
    (stop,) = plan(client_for(english))["days"][0]["stops"]
    assert "60% win probability, rank A, never visited" in stop["worth"]["sentence"]
    assert [part["factor"] for part in stop["worth"]["parts"]] == ["win", "rank", "due", "promise"]


def test_appointments_are_kept_to_the_minute_and_what_is_taken_is_free_of_visits(
    rep: Person, client_for: ClientFor
) -> None:
    met = account(rep, "商談先", km=5)
    for number in range(12):
        account(rep, f"候補{number}", km=1 + number / 3)
    appointment(rep, "2026-12-01T10:00:00+09:00", "2026-12-01T11:00:00+09:00", account_id=uuid.UUID(met))
    appointment(rep, "2026-12-01T15:00:00+09:00", "2026-12-01T16:00:00+09:00")
    appointment(rep, "2026-12-01T16:00:00+09:00", "2026-12-01T19:00:00+09:00", title="研修")
    (day,) = plan(client_for(rep))["days"]
    (fixed,) = [stop for stop in day["stops"] if stop["is_fixed"]]
    assert (fixed["name"], fixed["account_id"], fixed["start"], fixed["departure"]) == (
        "商談先", met, 10 * H, 11 * H
    )  # fmt: skip
    assert [stop["name"] for stop in day["stops"]].count("商談先") == 1
    assert day["end"] <= 15 * H
    assert all(stop["departure"] <= 15 * H for stop in day["stops"])
    assert 11.5 * H <= day["breaks"][0][0] <= 13 * H


def test_an_appointment_before_the_working_day_begins_it_earlier(rep: Person, client_for: ClientFor) -> None:
    met = account(rep, "朝一番", km=10)
    appointment(rep, "2026-12-01T08:00:00+09:00", "2026-12-01T08:30:00+09:00", account_id=uuid.UUID(met))
    (day,) = plan(client_for(rep))["days"]
    assert [stop["start"] for stop in day["stops"]] == [8 * H]
    assert day["start"] < 8 * H - day["stops"][0]["drive_s"] + 60


def test_a_must_that_cannot_be_met_is_named_with_its_reason(rep: Person, client_for: ClientFor) -> None:
    shut = account(rep, "休診日", opening_hours={"mon": [["09:00", "12:00"]]})
    nowhere = account(rep, "所在不明", lon=None, lat=None)
    fits = account(rep, "必ず行く", cadence_days=None, km=20)
    found = plan(client_for(rep), must_ids=[shut, nowhere, fits])
    assert names(found) == ["必ず行く"]
    assert reasons(found) == {"休診日": "closed", "所在不明": "no_position"}
    assert all(each["is_must"] for each in found["dropped"])


def test_only_the_accounts_that_were_asked_for_and_without_those_left_out(
    rep: Person, client_for: ClientFor
) -> None:
    one, two = account(rep, "ひとつ"), account(rep, "ふたつ")
    account(rep, "聞いていない")
    client = client_for(rep)
    assert names(plan(client, account_ids=[one, two], leave_out_ids=[one])) == ["ふたつ"]


def test_from_here_the_rest_of_the_day_begins_now_and_here(
    rep: Person, client_for: ClientFor, frozen_clock: FrozenClock
) -> None:
    for number in range(4):
        account(rep, f"候補{number}", km=number + 1)
    frozen_clock.set("2026-12-01T11:20:00+09:00")
    here = {"lon": OFFICE["lon"] + 4 * EAST_KM, "lat": OFFICE["lat"], "at": "2026-12-01T02:20:00Z"}
    (day,) = plan(client_for(rep), from_here=here)["days"]
    assert day["stops"][0]["name"] == "候補3"
    assert day["stops"][0]["drive_s"] == 0
    assert min(stop["arrival"] for stop in day["stops"]) >= 11 * H + 20 * 60


def test_a_holiday_is_a_day_off_and_named(rep: Person, client_for: ClientFor) -> None:
    account(rep, "候補")
    found = plan(client_for(rep), "2026-12-31", "2027-01-01")
    eve, new_year = found["days"]
    assert (eve["holiday"], new_year["holiday"], new_year["shift"]) == (None, "元日", None)
    assert names(found) == ["候補"]
    alone = plan(client_for(rep), "2027-01-01")
    assert (alone["days"][0]["stops"], alone["dropped"]) == ([], [])


def test_a_visit_fits_past_midnight_where_shift_and_hours_do(rep: Person, client_for: ClientFor) -> None:
    account(rep, "深夜営業", opening_hours={"wed": [["00:30", "02:00"]]})
    body = {"day": TUESDAY, "start": OFFICE, "end": OFFICE, "shift": ["20:00", "24:00"]}
    client = client_for(rep)
    assert client.post("/api/plans", json={"days": [body]}).json["days"][0]["stops"] == []
    account(rep, "夜営業", opening_hours={"tue": [["21:00", "24:00"]], "wed": [["00:00", "03:00"]]})
    (stop,) = client.post("/api/plans", json={"days": [body]}).json["days"][0]["stops"]
    assert (stop["name"], stop["start"]) == ("夜営業", 21 * H)


def test_nights_away_begin_and_end_the_days_there(rep: Person, client_for: ClientFor) -> None:
    client = client_for(rep)
    nagano = {"lon": 138.19, "lat": 36.65, "name": "長野"}
    client.put(
        "/api/planning/preferences",
        json={"start_place": nagano, "nights": [{**nagano, "lon": 138.3, "day": "2026-12-01"}]},
    )
    account(rep, "長野の客", lon=138.3, lat=36.65)
    answer = client.post("/api/plans", json={"days": [{"day": "2026-12-02"}]}).json
    assert [stop["drive_s"] for stop in answer["days"][0]["stops"]] == [0]


def test_durations_are_those_learned_from_the_accounts_own_visits(
    rep: Person, client_for: ClientFor, frozen_clock: FrozenClock
) -> None:
    learned, usual = account(rep, "いつも長い"), account(rep, "はじめて")
    with transaction(rep.actor) as session:
        for days, minutes in ((90, 50), (60, 70), (30, 58)):
            at = datetime.now(UTC).replace(year=2026, month=11, day=30, hour=1) - timedelta(days=days + 1)
            draft = ActivityDraft(account_id=uuid.UUID(learned), occurred_at=at, duration_min=minutes)
            log_activity(session, rep.actor, draft)
    found = {stop["account_id"]: stop for stop in plan(client_for(rep))["days"][0]["stops"]}
    assert found[learned]["departure"] - found[learned]["start"] == 60 * 60
    assert found[learned]["minutes_from"] == "account"
    assert found[usual]["departure"] - found[usual]["start"] == 30 * 60


def test_driving_is_compared_with_nearest_first_and_with_the_order_made_by_hand(
    rep: Person, client_for: ClientFor
) -> None:
    ids = [account(rep, f"候補{km}", km=km) for km in (-3, 4, -6, 8)]
    found = plan(client_for(rep), order_ids=ids, account_ids=ids)
    assert len(names(found)) == 4
    assert found["drive_s"] <= found["nearest_first"]["drive_s"]
    assert found["drive_s"] < found["in_order"]["drive_s"]
    assert plan(client_for(rep))["in_order"] is None


def test_ways_take_as_long_as_the_organisations_own_check_ins_say(rep: Person, client_for: ClientFor) -> None:
    account(rep, "山田歯科", km=10)
    usual = plan(client_for(rep))["drive_s"]
    with transaction(rep.org.actor) as session:
        session.add(TravelFactor(org_id=rep.org_id, source="estimate", band="all", factor=1.5, ways=200))
    assert 1.3 * usual < plan(client_for(rep))["drive_s"] < 1.5 * usual


def test_the_same_asking_gives_the_same_plan(rep: Person, client_for: ClientFor) -> None:
    for number in range(8):
        account(rep, f"候補{number}", km=(number * 7) % 13 - 6, rank="ABCD"[number % 4])
    client = client_for(rep)
    one, other = (plan(client, seed=5) for _ in range(2))
    assert {**one, **PASSING} == {**other, **PASSING}


def test_a_week_with_nights_away_keeps_every_rule_as_an_independent_checker_sees_it(
    rep: Person, client_for: ClientFor
) -> None:
    client = client_for(rep)
    nagano = {"lon": 138.19, "lat": 36.65}
    client.put(
        "/api/planning/preferences",
        json={"start_place": OFFICE, "nights": [{**nagano, "day": "2026-12-01"}], "max_driving_min": 420},
    )
    hours = {"tue": [["09:00", "12:00"], ["14:00", "17:00"]], "thu": [["10:00", "16:00"]]}
    for number in range(10):
        account(rep, f"東京{number}", km=number - 4, opening_hours=hours if number % 3 else None)
    for number in range(5):
        account(rep, f"長野{number}", lon=138.2 + number / 100, lat=36.6)
    appointment(rep, "2026-12-03T13:00:00+09:00", "2026-12-03T14:00:00+09:00", lon=139.75, lat=35.7)
    asked = Asked(days=[DayAsked(date(2026, 12, day)) for day in (1, 2, 3, 4)], user_ids=[rep.id], seed=3)
    with transaction(rep.actor) as session:
        gathered = gather(session, rep.actor, asked, now=clock.now())
    planned = plan_days(asked, gathered)
    assert faults(planned.assembled.problem, planned.plan) == []
    ends = {(day.start, day.end) for day in planned.assembled.problem.days}
    assert len(ends) == 3  # from home to the night's place, from there home, and twice from home and back
    visited = [stop.id for day in planned.plan.days for stop in day.stops]
    assert len(visited) == len(set(visited)) > 10


@pytest.fixture
def team(make_team: Callable[..., Team]) -> Team:
    return make_team()


def test_a_manager_plans_who_takes_which_of_the_accounts_they_see(
    team: Team, make_user: MakeUser, client_for: ClientFor
) -> None:
    boss, east, west = (make_user(role, teams=[team]) for role in (Role.MANAGER, Role.REP, Role.REP))
    given = {"team_id": team.id}
    ids = [account(east, f"東{n}", km=6 + n, **given) for n in range(6)]
    ids += [account(west, f"西{n}", km=-6 - n, **given) for n in range(6)]
    body = {"days": [{"day": TUESDAY}], "user_ids": [str(east.id), str(west.id)], "must_ids": ids}
    found = client_for(boss).post("/api/plans", json=body).json
    assert [day["user_id"] for day in found["days"]] == [str(east.id), str(west.id)]
    taken = [stop["account_id"] for day in found["days"] for stop in day["stops"]]
    assert sorted(taken) == sorted(ids)
    sides = [{stop["name"][0] for stop in day["stops"]} for day in found["days"]]
    assert all(len(side) == 1 for side in sides), sides


def test_a_manager_learns_nothing_of_a_reps_home_or_private_appointments(
    team: Team, make_user: MakeUser, client_for: ClientFor
) -> None:
    boss, rep = make_user(Role.MANAGER, teams=[team]), make_user(Role.REP, teams=[team])
    account(rep, "候補", km=3, team_id=team.id)
    body = {"days": [{"day": TUESDAY}], "user_ids": [str(rep.id)]}
    before = client_for(boss).post("/api/plans", json=body).json
    home = {"lon": 139.2, "lat": 35.4, "name": "自宅"}
    client_for(rep).put(
        "/api/planning/preferences", json={"start_place": home, "working_hours": {"tue": ["06:00", "20:00"]}}
    )
    after = client_for(boss).post("/api/plans", json=body)
    assert {**after.json, **PASSING} == {**before, **PASSING}
    appointment(
        rep, "2026-12-01T14:00:00+09:00", "2026-12-01T15:00:00+09:00", title="通院の秘密", lon=139.2, lat=35.4
    )
    told = client_for(boss).post("/api/plans", json=body)
    assert "通院の秘密" not in told.text
    assert "139.2" not in told.text
    assert client_for(rep).post("/api/plans", json={"days": [{"day": TUESDAY}]}).json["days"][0]["start"]


@pytest.mark.parametrize("field", ["must_ids", "leave_out_ids", "account_ids", "order_ids"])
def test_accounts_of_others_are_not_there_for_one(
    rep: Person,
    make_user: MakeUser,
    make_organisation: MakeOrganisation,
    client_for: ClientFor,
    field: str,
) -> None:
    elsewhere = make_user(Role.ADMINISTRATOR, org=make_organisation())
    for hidden in (account(make_user(), "同僚の客"), account(elsewhere, "よその客"), str(uuid.uuid4())):
        answer = client_for(rep).post("/api/plans", json={"days": [{"day": TUESDAY}], field: [hidden]})
        assert answer.status_code == 422
        assert [(each["field"], each["code"]) for each in answer.json["errors"]] == [
            (field, "unknown_reference")
        ]


def test_nobody_plans_for_people_they_do_not_lead(
    rep: Person, team: Team, make_user: MakeUser, client_for: ClientFor
) -> None:
    mate, boss = make_user(), make_user(Role.MANAGER, teams=[team])
    for who, whom in ((rep, mate), (boss, rep)):
        body = {"days": [{"day": TUESDAY}], "user_ids": [str(whom.id)]}
        answer = client_for(who).post("/api/plans", json=body)
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "user_ids")
    assert client_for(make_user(Role.BACK_OFFICE)).post("/api/plans", json=body).status_code == 403


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"days": []}, "days", "required"),
        ({"days": [{"day": "2026-12-02"}, {"day": "2026-12-01"}]}, "days", "days_backwards"),
        ({"days": [{"day": "2026-12-02"}, {"day": "2026-12-02"}]}, "days", "days_backwards"),
        ({"days": [{"day": "2026-12-01"}, {"day": "2027-12-01"}]}, "days", "days_too_far_apart"),
        ({"days": [{"day": "0001-01-01"}]}, "days.0.day", "below_minimum"),
        ({"days": [{"day": TUESDAY, "shift": ["18:00", "09:00"]}]}, "days.0.shift", "hours_backwards"),
        ({"days": [{"day": TUESDAY, "start": {"lon": 139, "lat": 95}}]}, "days.0.start.lat", "above_maximum"),
        (
            {"days": [{"day": TUESDAY}], "from_here": {"lon": 139, "lat": 35, "at": "2026-12-05T00:00:00Z"}},
            "from_here.at",
            "here_on_no_day",
        ),
        (
            {"days": [{"day": TUESDAY}], "from_here": {"lon": 139, "lat": 35, "at": "0001-01-01T00:00:00Z"}},
            "from_here.at",
            "bad_date",
        ),
    ],
)
def test_bad_askings_are_refused_at_their_field(
    rep: Person, client_for: ClientFor, body: dict[str, Any], field: str, code: str
) -> None:
    answer = client_for(rep).post("/api/plans", json=body)
    assert answer.status_code == 422
    assert [(each["field"], each["code"]) for each in answer.json["errors"]] == [(field, code)]


def test_many_accounts_are_read_in_few_queries(
    rep: Person, client_for: ClientFor, count_queries: Callable[..., Any]
) -> None:
    client = client_for(rep)
    counts = []
    for _ in range(2):
        for number in range(8):
            account(rep, f"候補{number}", km=number)
        with count_queries() as seen:
            plan(client)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 10, seen
