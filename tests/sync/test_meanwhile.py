"""The world went on while a phone was away: deleted, merged, given to others; nothing recorded is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from fieldcrm.accounts.models import Account
from fieldcrm.accounts.visibility import reaches, scope_filter
from fieldcrm.core import clock
from fieldcrm.core.db import transaction
from fieldcrm.core.ids import new_id


@pytest.fixture
def other(phone_of, make_user):
    return phone_of(make_user("administrator"))


def codes(result):
    return [note["code"] for note in result["notes"]]


def stored(phone, account_id):
    return phone.client.get(f"/api/accounts/{account_id}").json


def update(phone, account_id, base=1, **fields):
    return phone.one(
        phone.do("account.update", account_id, account_id=account_id, base_version=base, body=fields)
    )


class TestDeleted:
    def test_an_edit_brings_a_deleted_account_back(self, phone, other, account):
        other.client.delete(f"/api/accounts/{account}")
        result = update(phone, account, rank="A")
        assert (result["status"], codes(result)[0]) == ("merged", "revived")
        row = stored(phone, account)
        assert (row["deleted_at"], row["rank"]) == (None, "A")
        actions = [
            item["action"] for item in phone.client.get(f"/api/accounts/{account}/history").json["items"]
        ]
        assert actions[:3] == ["update", "restore", "delete"]

    def test_a_visit_brings_a_deleted_account_back_with_all_that_hangs_on_it(
        self, phone, other, phone_of, make_user, account
    ):
        other.client.post("/api/contacts", json={"account_id": account, "name": "佐藤"})
        other.client.delete(f"/api/accounts/{account}")
        office = phone_of(make_user("back_office"))
        cursor = other.client.get("/api/sync/pull").json["cursor"]
        result = office.one(office.visit(account))
        assert (result["status"], codes(result)) == ("merged", ["revived"])
        pulled = other.client.get("/api/sync/pull", query_string={"cursor": cursor}).json
        assert [len(pulled[kind]) for kind in ("accounts", "contacts", "activities")] == [1, 1, 1]

    def test_an_edit_brings_a_deleted_contact_back_to_search(self, phone, other, account):
        contact = phone.client.post("/api/contacts", json={"account_id": account, "name": "佐藤"}).json
        other.client.delete(f"/api/contacts/{contact['id']}")
        result = phone.one(
            phone.do(
                "contact.update", contact["id"], account_id=account, base_version=1, body={"title": "院長"}
            )
        )
        assert (result["status"], codes(result)[0]) == ("merged", "revived")
        assert result["row"]["value"]["title"] == "院長"
        found = phone.client.get("/api/accounts", query_string={"q": "佐藤"}).json["items"]
        assert [each["id"] for each in found] == [account]

    def test_a_delete_loses_against_what_someone_else_changed(self, phone, other, account):
        contact = phone.client.post("/api/contacts", json={"account_id": account, "name": "佐藤"}).json
        other.one(other.visit(account))
        other.client.patch(f"/api/contacts/{contact['id']}", json={"title": "院長"})
        about = {"account_id": account, "base_version": 1}
        for type_, entity_id in (("account.delete", account), ("contact.delete", contact["id"])):
            result = phone.one(phone.do(type_, entity_id, **about))
            assert (result["status"], codes(result)) == ("merged", ["changed_since"])
            assert result["row"]["value"]["id"] == entity_id
        assert stored(phone, account)["deleted_at"] is None

    def test_a_delete_holds_when_only_its_author_changed_the_thing(self, phone, account):
        update(phone, account, rank="A")
        result = phone.one(phone.do("account.delete", account, account_id=account, base_version=1))
        assert result["status"] == "applied"
        assert stored(phone, account)["deleted_at"] is not None

    def test_deleting_twice_is_deleting_once(self, phone, other, account):
        contact = phone.client.post("/api/contacts", json={"account_id": account, "name": "佐藤"}).json
        for who in (other, phone):
            result = who.one(who.do("contact.delete", contact["id"], account_id=account, base_version=1))
            assert (result["status"], result["row"]) == ("applied", None)
        for who in (other, phone):
            assert who.one(who.do("account.delete", account, account_id=account))["status"] == "applied"


class TestMerged:
    @pytest.fixture
    def survivor(self, phone):
        return phone.client.post("/api/accounts", json={"name": "中央病院", "rank": "C"}).json["id"]

    def merge(self, client, loser, survivor):
        assert client.post(f"/api/accounts/{loser}/merge", json={"into_id": survivor}).status_code == 200

    def test_what_was_recorded_for_the_merged_account_goes_to_the_survivor(
        self, phone, other, account, survivor
    ):
        contact = phone.client.post("/api/contacts", json={"account_id": account, "name": "佐藤"}).json
        self.merge(other.client, account, survivor)
        about = {"account_id": account, "base_version": 1}
        visit = phone.visit(account, base_version=1, body={"contact_ids": [contact["id"]]})
        results = phone.push(
            visit,
            phone.do("contact.update", contact["id"], **about, body={"title": "院長"}),
            phone.do("contact.create", **about, body={"name": "田中"}),
            phone.do("task.create", **about, body={"title": "電話"}),
            phone.do("account.update", account, **about, body={"tags": ["重点"]}),
            phone.do("account.move", account, **about, body={"lon": 139.7, "lat": 35.6, "source": "here"}),
            phone.do("activity.amend", visit["entity_id"], account_id=account, body={"note": "追記"}),
        )
        assert [result["status"] for result in results] == ["merged"] * 7, results
        for result in results:
            (note,) = [note for note in result["notes"] if note["code"] == "followed_merge"]
            assert (note["account_id"], note["name"]) == (survivor, "中央病院")
            assert "中央病院" in note["message"]
            assert result["row"]["value"].get("account_id", survivor) == survivor
        row = stored(phone, survivor)
        assert (row["tags"], row["lon"], row["rank"]) == (["重点"], 139.7, "C")
        assert stored(phone, account)["deleted_at"] is not None

    def test_a_field_the_survivor_has_too_is_a_conflict(self, phone, other, account, survivor):
        self.merge(other.client, account, survivor)
        result = update(phone, account, rank="A")
        assert result["status"] == "conflict"
        (found,) = [row["value"] for row in result["rows"] if row["store"] == "conflicts"]
        assert (found["account_id"], found["current_value"], found["other_value"]) == (survivor, "A", "C")

    def test_a_chain_of_merges_is_followed_to_its_end(self, phone, other, account, survivor):
        last = phone.client.post("/api/accounts", json={"name": "大学病院"}).json["id"]
        self.merge(other.client, account, survivor)
        self.merge(other.client, survivor, last)
        result = phone.one(phone.visit(account))
        assert result["row"]["value"]["account_id"] == last
        assert result["notes"][0]["name"] == "大学病院"

    def test_deleting_the_merged_account_leaves_the_survivor_alone(self, phone, other, account, survivor):
        self.merge(other.client, account, survivor)
        result = phone.one(phone.do("account.delete", account, account_id=account, base_version=1))
        assert (result["status"], codes(result)) == ("merged", ["followed_merge"])
        assert stored(phone, survivor)["deleted_at"] is None

    def test_conflicts_move_along_and_can_be_settled(self, phone, other, account, survivor):
        before = clock.iso(clock.now() - timedelta(minutes=10))
        other.one(other.do("account.update", account, account_id=account, base_version=1,
                           body={"notes": "正面から"}, recorded_at=before))  # fmt: skip
        (conflict_id,) = update(phone, account, notes="裏口から")["conflict_ids"]
        self.merge(other.client, account, survivor)
        settled = phone.one(
            phone.do("conflict.settle", conflict_id, account_id=account, body={"choice": "other"})
        )
        assert settled["problem"] is None
        assert settled["row"]["value"]["account_id"] == settled["row"]["value"]["entity_id"] == survivor
        assert stored(phone, survivor)["notes"] == "正面から"


class TestReassigned:
    """A rep's account was given to another team while the rep's phone was away."""

    @pytest.fixture
    def rep(self, phone_of, make_user, make_team):
        return phone_of(make_user("rep", teams=[make_team()]))

    @pytest.fixture
    def given_away(self, rep, phone, make_team, make_user):
        row = rep.client.post("/api/accounts", json={"name": "聖ルカ病院"}).json
        contact = rep.client.post("/api/contacts", json={"account_id": row["id"], "name": "佐藤"}).json
        team = make_team()
        owner = make_user("rep", teams=[team])
        moved = {"owner_id": str(owner.id), "team_id": str(team.id)}
        assert phone.client.patch(f"/api/accounts/{row['id']}", json=moved).status_code == 200
        assert rep.client.get(f"/api/accounts/{row['id']}").status_code == 404
        return {"account_id": row["id"], "contact_id": contact["id"], "version": row["version"]}

    def test_what_happened_there_is_kept_and_said(self, rep, phone, given_away):
        account_id = given_away["account_id"]
        about = {"account_id": account_id, "base_version": 1}
        results = rep.push(
            rep.visit(account_id, base_version=given_away["version"], body={"win_prob": 60}),
            rep.do("contact.update", given_away["contact_id"], **about, body={"title": "院長"}),
            rep.do("contact.create", **about, body={"name": "田中"}),
            rep.do("task.create", **about, body={"title": "電話"}),
        )
        assert [result["status"] for result in results] == ["applied"] * 4, results
        assert [codes(result) for result in results] == [["no_longer_yours"]] * 4
        # The phone keeps nothing of what its owner may no longer see.
        assert [(result["row"], result["rows"]) for result in results] == [(None, [])] * 4
        assert stored(phone, account_id)["win_prob"] == 60
        assert len(phone.client.get(f"/api/accounts/{account_id}/activities").json["items"]) == 1

    def test_its_fields_are_no_longer_theirs_to_change(self, rep, phone, given_away):
        account_id = given_away["account_id"]
        about = {"account_id": account_id, "base_version": given_away["version"]}
        before = stored(phone, account_id)
        results = rep.push(
            rep.do("account.update", account_id, **about, body={"rank": "A"}),
            rep.do("account.move", account_id, **about, body={"lon": 1, "lat": 2, "source": "here"}),
            rep.do("account.delete", account_id, **about),
        )
        assert [result["status"] for result in results] == ["refused"] * 3
        assert {result["problem"]["code"] for result in results} == {"account_reassigned"}
        assert {result["problem"]["status"] for result in results} == {403}
        assert stored(phone, account_id) == before

    def test_whose_it_never_was_finds_nothing(self, phone_of, make_user, make_team, given_away):
        outsider = phone_of(make_user("rep", teams=[make_team()]))
        account_id = given_away["account_id"]
        results = outsider.push(
            outsider.visit(account_id, base_version=1),
            outsider.do(
                "contact.update", given_away["contact_id"], account_id=account_id, body={"title": "x"}
            ),
            outsider.do("account.update", account_id, account_id=account_id, body={"rank": "A"}),
        )
        assert {result["problem"]["code"] for result in results} == {"not_found"}

    def test_who_lost_it_before_the_version_they_tell_finds_nothing(self, rep, phone, given_away):
        phone.client.patch(f"/api/accounts/{given_away['account_id']}", json={"rank": "A"})
        version = stored(phone, given_away["account_id"])["version"]
        result = rep.one(rep.visit(given_away["account_id"], base_version=version))
        assert result["problem"]["code"] == "not_found"

    def test_a_replay_of_what_is_no_longer_theirs_shows_no_rows(self, rep, phone, given_away, make_team):
        visit = rep.visit(given_away["account_id"], base_version=given_away["version"])
        first, again = rep.one(visit), rep.one(visit)
        assert (again["status"], again["row"], again["rows"]) == ("duplicate", None, [])
        assert codes(again) == codes(first)


class TestClock:
    @pytest.mark.parametrize("days", [-2, 2])
    def test_a_phone_whose_clock_is_days_off_is_set_right(self, phone, frozen_clock, account, days):
        wrong = frozen_clock.now() + timedelta(days=days)
        recorded = wrong - timedelta(hours=3)
        visit = phone.visit(
            account,
            body={"occurred_at": clock.iso(recorded - timedelta(minutes=20))},
            recorded_at=clock.iso(recorded),
        )
        row = phone.one(visit, sent_at=wrong)["row"]["value"]
        assert row["recorded_at"] == clock.iso(frozen_clock.now() - timedelta(hours=3))
        assert row["occurred_at"] == clock.iso(frozen_clock.now() - timedelta(hours=3, minutes=20))

    def test_small_differences_are_left_alone(self, phone, frozen_clock, account):
        recorded = clock.iso(frozen_clock.now() - timedelta(hours=3))
        visit = phone.visit(account, body={"occurred_at": recorded}, recorded_at=recorded)
        row = phone.one(visit, sent_at=frozen_clock.now() - timedelta(seconds=59))["row"]["value"]
        assert (row["recorded_at"], row["occurred_at"]) == (recorded, recorded)

    @pytest.mark.parametrize(
        ("told", "days_ago"), [("2001-01-01T00:00:00Z", 400), ("2990-01-01T00:00:00Z", 0)]
    )
    def test_what_cannot_be_is_drawn_to_what_can(self, phone, frozen_clock, account, told, days_ago):
        row = phone.one(phone.visit(account, recorded_at=told))["row"]["value"]
        assert row["recorded_at"] == clock.iso(frozen_clock.now() - timedelta(days=days_ago))

    def test_a_clock_put_right_since_brings_its_visits_back_from_the_future(
        self, phone, frozen_clock, account
    ):
        ahead = clock.iso(frozen_clock.now() + timedelta(days=2))
        earlier = clock.iso(frozen_clock.now() + timedelta(days=2) - timedelta(minutes=10))
        visit = phone.visit(account, body={"occurred_at": earlier}, recorded_at=ahead)
        row = phone.one(visit, sent_at=frozen_clock.now())["row"]["value"]
        assert row["occurred_at"] == clock.iso(frozen_clock.now() - timedelta(minutes=10))

    def test_of_two_edits_the_truly_later_one_stands_whatever_the_clocks_say(
        self, phone, other, frozen_clock, account
    ):
        fast = frozen_clock.now() + timedelta(days=2)
        edit = {"account_id": account, "base_version": 1}
        early = clock.iso(fast - timedelta(hours=5))
        other.one(
            other.do("account.update", account, **edit, body={"notes": "先"}, recorded_at=early), sent_at=fast
        )
        late = clock.iso(frozen_clock.now() - timedelta(hours=1))
        result = phone.one(
            phone.do("account.update", account, **edit, body={"notes": "後"}, recorded_at=late)
        )
        assert result["status"] == "conflict"
        assert stored(phone, account)["notes"] == "後"

    @pytest.mark.parametrize("told", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
    def test_the_ends_of_the_calendar_break_nothing(self, phone, account, told):
        visit = phone.visit(account, body={"occurred_at": told}, recorded_at=told)
        answer = phone.client.post(
            "/api/sync/push",
            json={"device_id": str(new_id()), "sent_at": told, "operations": [visit]},
        )
        assert answer.status_code == 200
        assert answer.json["results"][0]["status"] in ("applied", "refused")


def test_reach_said_of_an_account_is_reach_asked_of_the_database(phone, make_user, make_team):
    teams = [make_team(), make_team()]
    people = [make_user(role, teams=teams[:1]) for role in ("administrator", "manager", "rep", "back_office")]
    owners = [None, people[2].id, people[3].id]
    for owner in owners:
        for team in (None, *teams):
            body = {"name": "店", "owner_id": owner and str(owner), "team_id": team and str(team.id)}
            assert phone.client.post("/api/accounts", json=body).status_code == 201
    for person in people:
        for policy in ("accounts.read", "accounts.update", "accounts.delete", "accounts.merge"):
            with transaction(person.actor) as session:
                query = select(Account.id, Account.owner_id, Account.team_id)
                query = query.where(Account.org_id == person.org_id)
                asked = {row.id for row in session.execute(query.where(scope_filter(person.actor, policy)))}
                said = {
                    row.id
                    for row in session.execute(query)
                    if reaches(person.actor, policy, owner_id=row.owner_id, team_id=row.team_id)
                }
            assert said == asked, (person.actor.role, policy)
