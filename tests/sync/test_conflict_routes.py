"""Conflicts without a phone: listed with both values, and settled by choosing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fieldcrm.core import clock
from fieldcrm.core.ids import new_id


@pytest.fixture
def mine(phone_of, make_user):
    return phone_of(make_user("administrator", name="私"))


@pytest.fixture
def conflict(mine, phone_of, make_user, account):
    """Two people wrote notes without knowing of each other: mine stands."""
    for phone, notes, minutes in (
        (phone_of(make_user("administrator")), "正面から", 20),
        (mine, "裏口から", 10),
    ):
        moment = clock.iso(clock.now() - timedelta(minutes=minutes))
        edit = {"account_id": account, "base_version": 1, "body": {"notes": notes}, "recorded_at": moment}
        phone.one(phone.do("account.update", account, **edit))
    (found,) = mine.client.get("/api/conflicts").json["items"]
    return found


def test_what_waits_is_listed_with_both_values(mine, conflict, account):
    told = {name: conflict[name] for name in ("entity", "entity_id", "field", "current_value", "other_value")}
    assert told == {
        "entity": "account",
        "entity_id": account,
        "field": "notes",
        "current_value": "裏口から",
        "other_value": "正面から",
    }
    of_another = mine.client.get("/api/conflicts?account_id=01890000-0000-7000-8000-000000000000")
    assert of_another.json["items"] == []
    assert len(mine.client.get(f"/api/conflicts?account_id={account}").json["items"]) == 1


def _notes(phone, account):
    return phone.client.get(f"/api/accounts/{account}").json["notes"]


def test_who_does_not_see_the_account_does_not_see_its_conflicts(
    mine, conflict, account, client_for, make_user, make_team
):
    team = make_team()
    stranger = client_for(make_user("rep", teams=[make_team()]))
    mate = client_for(make_user("rep", teams=[team]))
    mine.client.patch(f"/api/accounts/{account}", json={"team_id": str(team.id)})
    assert stranger.get("/api/conflicts").json["items"] == []
    assert [each["id"] for each in mate.get("/api/conflicts").json["items"]] == [conflict["id"]]


def test_the_chosen_value_stands_and_the_conflict_waits_no_longer(mine, conflict, account):
    answer = mine.client.post(f"/api/conflicts/{conflict['id']}/settle", json={"choice": "other"})
    assert (answer.status_code, answer.json["choice"]) == (200, "other")
    assert answer.json["settled_by"] == str(mine.person.id)
    assert _notes(mine, account) == "正面から"
    assert mine.client.get("/api/conflicts").json["items"] == []
    assert mine.client.get("/api/conflicts?settled=true").json["items"] == [answer.json]
    # Phones hear of it, and the account's history tells which value gave way.
    assert [each["choice"] for each in mine.client.get("/api/sync/pull?cursor=0").json["conflicts"]] == [
        "other"
    ]
    told = mine.client.get(f"/api/accounts/{account}/history").json["items"]
    (settled,) = [each for each in told if each["action"] == "settle"]
    assert settled["changes"]["notes"] == ["裏口から", "正面から"]


def test_a_choice_sent_twice_is_made_once(mine, conflict, account):
    address, key = f"/api/conflicts/{conflict['id']}/settle", {"Idempotency-Key": str(new_id())}
    first = mine.client.post(address, json={"choice": "other"}, headers=key)
    # Somebody changes their mind in between: the repeated choice does not undo that.
    mine.client.post(address, json={"choice": "current"})
    again = mine.client.post(address, json={"choice": "other"}, headers=key)
    assert (again.status_code, again.json) == (200, first.json)
    assert again.headers["Idempotent-Replay"] == "true"
    assert _notes(mine, account) == "裏口から"


def test_what_others_set_meanwhile_is_a_conflict_of_its_own(mine, conflict, account, client_for, make_user):
    seen = mine.client.get(f"/api/accounts/{account}").json["version"]
    client_for(make_user("administrator")).patch(f"/api/accounts/{account}", json={"notes": "横から"})
    choice = {"choice": "other", "seen_version": seen}
    assert mine.client.post(f"/api/conflicts/{conflict['id']}/settle", json=choice).status_code == 200
    (met,) = mine.client.get("/api/conflicts").json["items"]
    assert (met["current_value"], met["other_value"]) == ("正面から", "横から")


def test_who_may_not_write_the_field_does_not_write_it_by_choosing(
    mine, conflict, account, client_for, make_user
):
    reader, address = client_for(make_user("back_office")), f"/api/conflicts/{conflict['id']}/settle"
    assert reader.post(address, json={"choice": "other"}).status_code == 403
    assert _notes(mine, account) == "裏口から"
    assert len(mine.client.get("/api/conflicts").json["items"]) == 1


def test_who_does_not_see_the_account_does_not_settle(
    mine, conflict, account, client_for, make_user, make_team
):
    team = make_team()
    mine.client.patch(f"/api/accounts/{account}", json={"team_id": str(team.id)})
    stranger = client_for(make_user("rep", teams=[make_team()]))
    refused = stranger.post(f"/api/conflicts/{conflict['id']}/settle", json={"choice": "other"})
    assert refused.status_code == 404
    assert _notes(mine, account) == "裏口から"


def test_a_choice_is_one_of_the_two(mine, conflict):
    answer = mine.client.post(f"/api/conflicts/{conflict['id']}/settle", json={"choice": "third"})
    assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "not_a_choice")


def test_what_was_settled_waits_no_longer(mine, conflict, account):
    mine.one(mine.do("conflict.settle", conflict["id"], account_id=account, body={"choice": "other"}))
    assert mine.client.get("/api/conflicts").json["items"] == []
    (settled,) = mine.client.get("/api/conflicts?settled=true").json["items"]
    assert (settled["choice"], settled["settled_by"]) == ("other", str(mine.person.id))
