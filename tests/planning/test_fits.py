"""When a visit would fit in beside what was accepted, and who near by is worth one now."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from fieldcrm.core.actor import Role
from tests.fixtures.people import FieldClient, MakeUser, Person
from tests.fixtures.surroundings import FrozenClock
from tests.planning.test_making_plans import EAST_KM, OFFICE, TUESDAY, ClientFor, H, account, appointment


@pytest.fixture(autouse=True)
def _monday(frozen_clock: FrozenClock) -> None:
    frozen_clock.set("2026-11-30T08:00:00+09:00")


@pytest.fixture
def rep(make_user: MakeUser) -> Person:
    return make_user(Role.REP)


@pytest.fixture
def client(rep: Person, client_for: ClientFor) -> FieldClient:
    client = client_for(rep)
    client.put("/api/planning/preferences", json={"start_place": OFFICE})
    return client


def accept(client: FieldClient, day: str, *stops: tuple[str, int, int]) -> None:
    told = [
        {"account_id": account_id, "arrival": start, "start": start, "departure": end}
        for account_id, start, end in stops
    ]
    assert client.put(f"/api/plans/{day}", json={"stops": told}).status_code == 200


def when(client: FieldClient, account_id: str, *days: str) -> list[dict[str, Any]]:
    answer = client.post("/api/plans/when", json={"account_id": account_id, "days": list(days) or None})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json["days"]
    return found


def test_a_day_on_which_one_is_near_by_costs_less_of_a_detour(rep: Person, client: FieldClient) -> None:
    asked = account(rep, "山田歯科", km=20)
    near, far = account(rep, "近く", km=19), account(rep, "反対側", km=-19)
    accept(client, TUESDAY, (near, 10 * H, 11 * H))
    accept(client, "2026-12-02", (far, 10 * H, 11 * H))
    tuesday, wednesday, saturday = when(client, asked, TUESDAY, "2026-12-02", "2026-12-05")
    assert 0 < tuesday["detour_s"] < wednesday["detour_s"]
    assert 9 * H <= tuesday["begins_s"] < 18 * H
    assert (saturday["is_working"], saturday["detour_s"], saturday["over_s"]) == (False, None, None)


def test_a_full_day_tells_by_how_much_the_visit_misses(rep: Person, client: FieldClient) -> None:
    asked = account(rep, "山田歯科")
    full = account(rep, "終日", opening_hours={"tue": [["00:00", "24:00"]]})
    accept(client, TUESDAY, (full, 9 * H + 600, 17 * H))
    (tuesday,) = when(client, asked, TUESDAY)
    assert tuesday["detour_s"] is None
    assert tuesday["over_s"] > 0


def test_closed_days_and_days_on_which_it_is_planned_already_are_told(
    rep: Person, client: FieldClient
) -> None:
    asked = account(rep, "水曜だけ", opening_hours={"wed": [["13:00", "15:00"]]})
    accept(client, "2026-12-02", (asked, 13 * H, 14 * H))
    tuesday, wednesday = when(client, asked, TUESDAY, "2026-12-02")
    assert (tuesday["detour_s"], tuesday["over_s"], tuesday["is_planned"]) == (None, None, False)
    assert (wednesday["is_planned"], wednesday["begins_s"]) == (True, 13 * H)


def test_without_days_the_working_days_of_two_weeks_are_looked_at(rep: Person, client: FieldClient) -> None:
    found = when(client, account(rep, "山田歯科"))
    assert [each["day"] for each in found][:6] == [
        "2026-11-30", "2026-12-01", "2026-12-02", "2026-12-03", "2026-12-04", "2026-12-07"
    ]  # fmt: skip
    assert all(each["detour_s"] is not None for each in found)


def test_an_account_of_others_is_not_there(
    client: FieldClient, make_user: MakeUser, client_for: ClientFor
) -> None:
    for hidden in (account(make_user(), "同僚の客"), str(uuid.uuid4())):
        assert client.post("/api/plans/when", json={"account_id": hidden}).status_code == 404


def around(client: FieldClient, **fields: Any) -> list[dict[str, Any]]:
    body = {"lon": OFFICE["lon"], "lat": OFFICE["lat"], "at": "2026-12-01T02:00:00Z", **fields}
    answer = client.post("/api/plans/around", json=body)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json["accounts"]
    return found


def test_who_is_near_by_is_ranked_by_value_against_detour(rep: Person, client: FieldClient) -> None:
    account(rep, "近くてA", km=1, rank="A", win_prob=80)
    account(rep, "近くてD", km=1.2, rank="D", win_prob=10)
    account(rep, "遠くてA", km=40, rank="A", win_prob=80)
    account(rep, "閉まっている", km=1, opening_hours={"tue": [["06:00", "07:00"]]})
    found = around(client)
    assert found[0]["name"] == "近くてA"
    assert {each["name"] for each in found} == {"近くてA", "近くてD", "遠くてA"}
    assert found[0]["begins_s"] >= 11 * H
    assert found[0]["worth"]["sentence"].startswith("価値 ")


def test_what_is_planned_met_or_left_out_is_not_proposed(rep: Person, client: FieldClient) -> None:
    planned, out = account(rep, "予定あり", km=2), account(rep, "いまは不要", km=1)
    account(rep, "提案", km=3)
    start, end = "2026-12-01T16:00:00+09:00", "2026-12-01T17:00:00+09:00"
    met = appointment(rep, start, end, lon=139.9, lat=35.68)
    accept(client, TUESDAY, (planned, 15 * H, 15 * H + 1800))
    (found,) = around(client, leave_out_ids=[out])
    assert (found["name"], found["before_id"]) == ("提案", f"appointment:{met}")


def test_where_one_stands_is_kept_nowhere(
    rep: Person, client: FieldClient, count_queries: Any, make_user: MakeUser
) -> None:
    account(rep, "提案")
    with count_queries() as seen:
        around(client, lon=OFFICE["lon"] + EAST_KM / 7)
    assert not [each for each in seen if each.lower().startswith(("insert", "update", "delete"))]


def test_what_a_visit_is_worth_is_told_on_the_account_by_the_organisations_weights(
    rep: Person, client: FieldClient, make_user: MakeUser, client_for: ClientFor
) -> None:
    path = f"/api/accounts/{account(rep, '山田歯科', rank='D', win_prob=100, cadence_days=None)}/worth"
    before = client.get(path).json
    assert before["sentence"] == f"価値 {before['value']}：受注確度 100%、ランクD、未訪問"
    weights = {"win": 0, "rank": 100, "due": 0, "promise": 0}
    office = client_for(make_user(Role.ADMINISTRATOR))
    assert office.patch("/api/planning/settings", json={"weights": weights}).status_code == 200
    after = client.get(path).json
    assert (after["value"], after["sentence"]) == (25, "価値 25：ランクD")
    assert client_for(make_user()).get(path).status_code == 404


def test_bad_questions_are_refused_at_their_field(rep: Person, client: FieldClient) -> None:
    asked = account(rep, "山田歯科")
    days = client.post("/api/plans/when", json={"account_id": asked, "days": [TUESDAY, TUESDAY]})
    place = client.post("/api/plans/around", json={"lon": 200, "lat": 0, "at": "2026-12-01T02:00:00Z"})
    hidden = client.post(
        "/api/plans/around",
        json={"lon": 0, "lat": 0, "at": "2026-12-01T02:00:00Z", "leave_out_ids": [str(uuid.uuid4())]},
    )
    told = [(each["field"], each["code"]) for a in (days, place, hidden) for each in a.json["errors"]]
    assert told == [
        ("days", "days_backwards"), ("lon", "above_maximum"), ("leave_out_ids", "unknown_reference")
    ]  # fmt: skip
