"""What comes into somebody's view arrives with all that hangs on it; what leaves it is forgotten.

Only those who saw an account before learn that it has gone, whichever way it changed hands.
"""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import text

from fieldcrm.accounts import service as accounts
from fieldcrm.core import clock
from fieldcrm.core.db import db, transaction
from fieldcrm.identity import service as identity
from tests.sync.conftest import first_load, hang_on, pull

KINDS = ("accounts", "activities", "contacts", "tasks", "attachments", "conflicts")
WHOLE, NOTHING = [1] * len(KINDS), [0] * len(KINDS)


class Phone:
    """A rep's phone as the protocol has it: rows by id, brought up to date by pulls."""

    def __init__(self, client):
        self.client = client
        self.rows = {kind: {} for kind in KINDS}
        self.cursor, self.reach, self.gone = 0, None, []

    def sync(self, limit=2000):
        while True:
            page = pull(
                self.client, self.cursor, limit=limit, **({"reach": self.reach} if self.reach else {})
            )
            self.cursor, self.reach = page["cursor"], page["reach"]
            if page["reset"]:
                self.rows = {
                    kind: {row["id"]: row for row in rows} for kind, rows in first_load(self.client).items()
                }
                return self
            for kind in KINDS:
                self.rows[kind].update({row["id"]: row for row in page[kind]})
            self.gone += page["gone"]
            for entry in page["gone"]:
                self._forget(entry)
            if not page["more"]:
                return self

    def _forget(self, entry):
        kind = {"account": "accounts", "activity": "activities"}.get(entry["type"], entry["type"] + "s")
        self.rows[kind].pop(entry["id"], None)
        if entry["type"] == "account":
            for hanging in KINDS[1:]:
                rows = self.rows[hanging]
                self.rows[hanging] = {
                    key: row for key, row in rows.items() if row["account_id"] != entry["id"]
                }

    def counts(self):
        return [len(self.rows[kind]) for kind in KINDS]


@pytest.fixture
def people(make_user, make_team, client_for):
    """Two reps of different teams, a third without any, and the administrator."""
    first, second = make_team("第一"), make_team("第二")
    ann, ben, cat = make_user(teams=[first]), make_user(teams=[second]), make_user()
    return {"ann": ann, "ben": ben, "cat": cat, "admin": make_user("administrator"), "second": second}


@pytest.fixture
def phones(people, client_for):
    return {name: Phone(client_for(people[name])) for name in ("ann", "ben", "cat")}


@pytest.fixture
def account(people, client_for):
    """An account of Ann's with everything that can hang on one."""
    client = client_for(people["ann"])
    made = client.post("/api/accounts", json={"name": "アンの客"}).json
    client.post("/api/contacts", json={"account_id": made["id"], "name": "佐藤"})
    plan = {"next_action": "電話", "next_action_on": "2026-11-28"}
    body = {"account_id": made["id"], "occurred_at": clock.iso(clock.now() - timedelta(days=1)), **plan}
    assert client.post("/api/activities", json=body).status_code == 201
    with transaction(people["ann"].actor) as session:
        hang_on(session, made["id"])
    return made["id"]


def hand_over_by_hand(people, client_for, account_id, to):
    owner = str(people[to].id) if to else None
    answer = client_for(people["admin"]).patch(
        f"/api/accounts/{account_id}", json={"owner_id": owner, "team_id": None}
    )
    assert answer.status_code == 200, answer.text


def hand_over_in_bulk(people, client_for, account_id, to):
    team = people["second"].id if to == "ben" else None
    columns = {"owner_id": people[to].id if to else None, "team_id": team}
    with transaction(people["admin"].actor) as session:
        accounts.bulk_update(session, people["admin"].actor, {account_id: columns})


@pytest.fixture(params=[hand_over_by_hand, hand_over_in_bulk])
def hand_over(request, people, client_for):
    return lambda account_id, to: request.param(people, client_for, uuid.UUID(account_id), to)


def test_account_handed_over_leaves_one_phone_and_comes_whole_to_the_other(phones, account, hand_over):
    ann, ben, cat = phones["ann"].sync(), phones["ben"].sync(), phones["cat"].sync()
    assert (ann.counts(), ben.counts()) == (WHOLE, NOTHING)
    hand_over(account, "ben")
    assert (ann.sync().counts(), ben.sync().counts()) == (NOTHING, WHOLE)
    assert ann.gone == [{"type": "account", "id": account, "reason": "reassigned"}]
    assert (ben.gone, cat.sync().gone) == ([], [])


def test_who_never_saw_an_account_does_not_learn_that_it_moved(
    phones, people, account, hand_over, client_for
):
    cat = phones["cat"].sync()
    hand_over(account, "ben")
    client_for(people["admin"]).delete(f"/api/accounts/{account}")
    assert (cat.sync().gone, cat.counts()) == ([], NOTHING)


def test_who_loses_one_account_learns_of_no_other(phones, people, client_for, account, hand_over):
    own = client_for(people["cat"]).post("/api/accounts", json={"name": "キャットの客"}).json["id"]
    cat = phones["cat"].sync()
    hand_over(account, "ben")
    hand_over(own, "ben")
    assert cat.sync().gone == [{"type": "account", "id": own, "reason": "reassigned"}]


def test_from_the_pool_everybody_learns_but_the_one_who_takes_it(phones, people, account, hand_over):
    hand_over(account, None)
    for phone in phones.values():
        assert phone.sync().counts() == WHOLE
    hand_over(account, "ben")
    assert {name: phone.sync().counts()[0] for name, phone in phones.items()} == {
        "ann": 0,
        "ben": 1,
        "cat": 0,
    }


def test_away_and_back_is_there_again_and_told_once_between(phones, account, hand_over):
    ann = phones["ann"].sync()
    hand_over(account, "ben")
    hand_over(account, "ann")
    assert (ann.sync().counts(), ann.gone) == (WHOLE, [])
    hand_over(account, "ben")
    hand_over(account, "cat")
    hand_over(account, "ann")
    hand_over(account, "cat")
    assert (ann.sync().counts(), len(ann.gone)) == (NOTHING, 1)


def test_departures_keep_their_step_of_the_clock_in_small_pages(
    phones, people, client_for, account, hand_over
):
    ann, ben = phones["ann"].sync(), phones["ben"].sync()
    for number in range(5):
        client_for(people["ann"]).post("/api/accounts", json={"name": f"新規{number}"})
    hand_over(account, "ben")
    client_for(people["ann"]).post("/api/accounts", json={"name": "最後"})
    assert ann.sync(limit=1).counts() == [6, 0, 0, 0, 0, 0]
    assert ben.sync(limit=1).counts() == WHOLE


def test_changed_twice_in_one_transaction_only_the_first_owner_is_told(phones, people, account):
    ann, cat = phones["ann"].sync(), phones["cat"].sync()
    with transaction(people["admin"].actor) as session:
        for name in ("cat", "ben"):
            columns = {"owner_id": people[name].id, "team_id": None}
            accounts.bulk_update(session, people["admin"].actor, {uuid.UUID(account): columns})
    assert [entry["reason"] for entry in ann.sync().gone] == ["reassigned"]
    assert (cat.sync().gone, phones["ben"].sync().counts()[0]) == ([], 1)


def test_of_a_deleted_account_nobody_is_told_twice(phones, people, client_for, account, hand_over):
    ann = phones["ann"].sync()
    client_for(people["admin"]).delete(f"/api/accounts/{account}")
    assert [entry["reason"] for entry in ann.sync().gone] == ["deleted"]
    client_for(people["admin"]).post(f"/api/accounts/{account}/restore")
    assert ann.sync().counts() == WHOLE


def test_a_new_team_brings_its_accounts_and_an_old_one_takes_them(
    phones, people, client_for, account, organisation, make_team
):
    cat = phones["cat"].sync()
    bens = client_for(people["ben"]).post("/api/accounts", json={"name": "ベンの客"}).json["id"]
    with transaction(organisation.actor) as session:
        identity.add_member(
            session, organisation.actor, team_id=people["second"].id, user_id=people["cat"].id
        )
    assert list(cat.sync().rows["accounts"]) == [bens]
    with transaction(organisation.actor) as session:
        session.execute(
            text("delete from team_members where org_id = :org_id and user_id = :user_id"),
            {"org_id": organisation.org_id, "user_id": people["cat"].id},
        )
    assert cat.sync().counts() == NOTHING


def test_another_role_loads_anew(phones, people, client_for, account, organisation):
    cat = phones["cat"].sync()
    with transaction(organisation.actor) as session:
        identity.get_user(session, organisation.actor, people["cat"].id).role = "back_office"
    assert cat.sync().counts() == WHOLE


def test_visit_amended_to_long_ago_leaves_the_phone(phones, people, client_for, account):
    ann = phones["ann"].sync()
    (visit,) = ann.rows["activities"]
    long_ago = clock.iso(clock.now() - timedelta(days=400))
    client_for(people["ann"]).patch(f"/api/activities/{visit}", json={"occurred_at": long_ago})
    assert ann.sync().counts()[1] == 0
    assert ann.gone == [{"type": "activity", "id": visit, "reason": "expired"}]


def test_after_more_than_400_days_a_phone_starts_anew(frozen_clock, phones, people, client_for, account):
    ann = phones["ann"].sync()
    client_for(people["ann"]).post("/api/accounts", json={"name": "その後"})
    frozen_clock.move(days=399)
    assert not pull(client_for(people["ann"]), ann.cursor, reach=ann.reach)["reset"]
    frozen_clock.move(days=2)
    assert pull(client_for(people["ann"]), ann.cursor, reach=ann.reach)["reset"]


def test_a_backlog_larger_than_a_phone_is_a_new_start(phones, people, client_for, monkeypatch):
    ann = phones["ann"].sync()
    for number in range(4):
        client_for(people["ann"]).post("/api/accounts", json={"name": f"客{number}"})
    monkeypatch.setattr("fieldcrm.sync.pull.MOST", 4)
    assert not pull(ann.client, ann.cursor, reach=ann.reach, limit=2)["reset"]
    monkeypatch.setattr("fieldcrm.sync.pull.MOST", 3)
    assert pull(ann.client, ann.cursor, reach=ann.reach, limit=2)["reset"]
    assert not pull(ann.client, ann.cursor, limit=2)["reset"]  # an older app knows no new start
    assert ann.sync(limit=2).counts()[0] == 4


def test_every_update_that_changes_hands_is_noted_whatever_wrote_it(people, account, organisation):
    with transaction(organisation.actor):
        connection = db.session.connection()
        connection.exec_driver_sql(
            "update accounts set owner_id = null, team_id = null where org_id = %s",
            (organisation.org_id,),
        )
        noted = connection.exec_driver_sql(
            "select account_id::text, owner_id from account_departures where org_id = %s",
            (organisation.org_id,),
        )
        assert list(noted) == [(account, people["ann"].id)]


def test_merged_account_names_its_survivor_to_those_who_see_it(phones, people, client_for, account):
    ann, ben = phones["ann"].sync(), phones["ben"].sync()
    admin = people["admin"].actor
    loser = (
        client_for(people["admin"]).post("/api/accounts", json={"name": "重複", "owner_id": None}).json["id"]
    )
    assert (ann.sync().counts()[0], ben.sync().counts()[0]) == (2, 1)
    with transaction(admin) as session:
        away = {"deleted_at": clock.now(), "merged_into_id": uuid.UUID(account)}
        accounts.bulk_update(session, admin, {uuid.UUID(loser): away})
    told = {"type": "account", "id": loser, "reason": "merged"}
    assert ann.sync().gone == [{**told, "merged_into": account}]
    assert ben.sync().gone == [told]
