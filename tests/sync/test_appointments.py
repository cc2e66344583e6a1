"""Appointments recorded on phones: with or without an account, merged as a whole time, told to one person."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from fieldcrm.core import clock
from fieldcrm.core.ids import new_id
from tests.sync.conftest import first_load, pull


def hours(start, end, *, is_all_day=False):
    return {
        "starts_at": f"2026-12-01T{start:02}:00:00Z",
        "ends_at": f"2026-12-01T{end:02}:00:00Z",
        "is_all_day": is_all_day,
    }


@pytest.fixture
def mine(phone_of, make_user):
    return phone_of(make_user("rep"))


@pytest.fixture
def tablet(phone_of, mine):
    """Another device of the same person."""
    return phone_of(mine.person)


def made(phone, *, account_id=None, **body):
    body = {"title": "打ち合わせ", "time": hours(1, 2), **body}
    return phone.one(phone.do("appointment.create", account_id=account_id, body=body))


def edit(phone, row, body, *, minutes=0, type_="appointment.update"):
    at = clock.iso(clock.now() + timedelta(minutes=minutes))
    return phone.one(
        phone.do(type_, row["id"], account_id=row["account_id"], base_version=1, body=body, recorded_at=at)
    )


def test_one_without_an_account_is_taken_once_and_comes_back_to_its_person_alone(mine, phone):
    operation = mine.do("appointment.create", body={"title": "歯医者", "time": hours(1, 2)})
    first, again = mine.one(operation), mine.one(operation)
    assert (first["status"], again["status"]) == ("applied", "duplicate")
    row = first["row"]["value"]
    assert first["row"]["store"] == "appointments"
    assert (row["id"], row["account_id"], row["time"]) == (operation["entity_id"], None, hours(1, 2))
    assert again["row"] == first["row"]
    assert pull(mine.client)["appointments"] == [row]
    assert pull(phone.client, 1)["appointments"] == []


def test_a_first_load_and_a_pull_hold_the_same(mine, account):
    made(mine, title="歯医者", place={"name": None, "lon": 139.7, "lat": 35.6})
    made(mine, account_id=account, title="商談", invitees=["ken@example.jp"], place={"name": "本社"})
    past = {"starts_at": "2020-01-01T00:00:00Z", "ends_at": "2020-01-01T01:00:00Z", "is_all_day": False}
    made(mine, title="昔の予定", time=past)
    gone = made(mine, title="取消")["row"]["value"]
    edit(mine, gone, {}, type_="appointment.cancel")
    loaded, pulled = first_load(mine.client), pull(mine.client)
    by_id = {row["id"]: row for row in pulled["appointments"]}
    assert sorted(row["title"] for row in by_id.values()) == ["商談", "歯医者"]
    assert {row["id"]: row for row in loaded["appointments"]} == by_id


def test_a_cancelled_one_leaves_the_other_phone(mine, tablet):
    row = made(mine)["row"]["value"]
    seen = pull(tablet.client)
    result = edit(mine, row, {}, type_="appointment.cancel")
    assert (result["status"], result["row"]) == ("applied", None)
    page = pull(tablet.client, seen["cursor"])
    assert page["gone"] == [{"type": "appointment", "id": row["id"], "reason": "deleted"}]
    assert edit(tablet, row, {}, type_="appointment.cancel")["status"] == "applied"


def test_what_was_changed_after_it_was_cancelled_is_back(mine, tablet):
    row = made(mine)["row"]["value"]
    edit(mine, row, {}, type_="appointment.cancel")
    result = edit(tablet, row, {"title": "やはり行く"})
    assert [note["code"] for note in result["notes"]] == ["revived"]
    assert result["row"]["value"]["title"] == "やはり行く"
    assert [each["title"] for each in pull(mine.client)["appointments"]] == ["やはり行く"]


def test_different_fields_both_win(mine, tablet):
    row = made(mine)["row"]["value"]
    edit(mine, row, {"title": "改題"})
    result = edit(tablet, row, {"place": {"name": "本社", "lon": None, "lat": None}})
    assert (result["status"], result["conflict_ids"]) == ("merged", [])
    assert result["notes"][0]["fields"] == ["title"]
    after = result["row"]["value"]
    assert (after["title"], after["place"]["name"]) == ("改題", "本社")


@pytest.mark.parametrize(("minutes", "stands", "kept"), [(-10, (1, 3), (4, 5)), (-40, (4, 5), (1, 3))])
def test_of_two_times_one_stands_whole_and_the_other_is_kept(mine, tablet, minutes, stands, kept):
    """One moved the end alone, the other both: no time is ever made of halves."""
    row = made(mine)["row"]["value"]
    edit(tablet, row, {"time": hours(4, 5)}, minutes=-30)
    result = edit(mine, row, {"time": hours(1, 3)}, minutes=minutes)
    assert result["status"] == "conflict"
    assert result["row"]["value"]["time"] == hours(*stands)
    (conflict,) = [each["value"] for each in result["rows"] if each["store"] == "conflicts"]
    assert (conflict["entity"], conflict["entity_id"], conflict["field"]) == (
        "appointment",
        row["id"],
        "time",
    )
    assert (conflict["current_value"], conflict["other_value"]) == (hours(*stands), hours(*kept))
    assert conflict["account_id"] is None


def test_the_other_time_is_one_tap_away_and_nobody_elses(mine, tablet, phone):
    row = made(mine)["row"]["value"]
    edit(tablet, row, {"time": hours(4, 5)}, minutes=-30)
    (conflict_id,) = edit(mine, row, {"time": hours(1, 3)}, minutes=-10)["conflict_ids"]
    assert [each["id"] for each in pull(tablet.client)["conflicts"]] == [conflict_id]
    assert [each["id"] for each in first_load(tablet.client)["conflicts"]] == [conflict_id]
    assert [each["id"] for each in mine.client.get("/api/conflicts").json["items"]] == [conflict_id]
    assert pull(phone.client, 1)["conflicts"] == phone.client.get("/api/conflicts").json["items"] == []
    choice = {"choice": "other"}
    refused = phone.one(phone.do("conflict.settle", conflict_id, body=choice))
    assert (refused["status"], refused["problem"]["status"]) == ("refused", 404)
    settled = tablet.one(tablet.do("conflict.settle", conflict_id, body=choice))
    assert settled["status"] == "applied"
    assert mine.client.get(f"/api/appointments/{row['id']}").json["time"] == hours(4, 5)


def test_a_made_one_follows_its_account_to_the_survivor(mine, phone, account):
    other = phone.client.post("/api/accounts", json={"name": "聖ルカ国際病院"}).json["id"]
    assert phone.client.post(f"/api/accounts/{account}/merge", json={"into_id": other}).status_code == 200
    result = made(mine, account_id=account)
    assert result["notes"][0]["code"] == "followed_merge"
    assert result["row"]["value"]["account_id"] == other


def test_what_depends_on_a_refused_appointment_waits(mine):
    bad = mine.do("appointment.create", body={"title": "", "time": hours(1, 2)})
    then = mine.do("appointment.update", bad["entity_id"], body={"title": "次"})
    assert [each["status"] for each in mine.push(bad, then)] == ["refused", "blocked"]


def test_who_loses_the_account_keeps_the_appointment(mine, phone, make_user):
    """It is the person's calendar: it goes when they say so, or to who takes it over."""
    owner = {"owner_id": str(mine.person.id), "name": "引継ぎ先"}
    mine_account = phone.client.post("/api/accounts", json=owner).json["id"]
    row = made(mine, account_id=mine_account)["row"]["value"]
    seen = pull(mine.client)
    given = {"owner_id": str(make_user("rep").id)}
    assert phone.client.patch(f"/api/accounts/{mine_account}", json=given).status_code == 200
    page = pull(mine.client, seen["cursor"])
    assert {"type": "account", "id": mine_account, "reason": "reassigned"} in page["gone"]
    assert [each["id"] for each in first_load(mine.client)["appointments"]] == [row["id"]]
    assert edit(mine, row, {"title": "引継ぎの挨拶"})["status"] == "applied"
    unknown = mine.one(mine.do("appointment.update", new_id(), body={"title": "x"}))
    assert unknown["problem"]["status"] == 404
    assert uuid.UUID(row["owner_id"]) == mine.person.id
