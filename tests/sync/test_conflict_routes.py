"""Conflicts without a phone: listed with both values until somebody has chosen."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fieldcrm.core import clock


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


def test_who_does_not_see_the_account_does_not_see_its_conflicts(
    mine, conflict, account, client_for, make_user, make_team
):
    team = make_team()
    stranger = client_for(make_user("rep", teams=[make_team()]))
    mate = client_for(make_user("rep", teams=[team]))
    mine.client.patch(f"/api/accounts/{account}", json={"team_id": str(team.id)})
    assert stranger.get("/api/conflicts").json["items"] == []
    assert [each["id"] for each in mate.get("/api/conflicts").json["items"]] == [conflict["id"]]


def test_what_was_settled_waits_no_longer(mine, conflict, account):
    mine.one(mine.do("conflict.settle", conflict["id"], account_id=account, body={"choice": "other"}))
    assert mine.client.get("/api/conflicts").json["items"] == []
    (settled,) = mine.client.get("/api/conflicts?settled=true").json["items"]
    assert (settled["choice"], settled["settled_by"]) == ("other", str(mine.person.id))
