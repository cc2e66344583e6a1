"""Edits that met: different fields both win, of two values the later stands, and the other is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fieldcrm.core import clock
from fieldcrm.core.ids import new_id


@pytest.fixture
def mine(phone_of, make_user):
    return phone_of(make_user("administrator", name="私"))


@pytest.fixture
def theirs(phone_of, make_user):
    return phone_of(make_user("administrator", name="同僚"))


def at(minutes):
    return clock.iso(clock.now() + timedelta(minutes=minutes))


def edit(phone, account_id, body, *, minutes=0, base=1, type_="account.update"):
    return phone.one(
        phone.do(
            type_, account_id, account_id=account_id, base_version=base, body=body, recorded_at=at(minutes)
        )
    )


def stored(phone, account_id):
    return phone.client.get(f"/api/accounts/{account_id}").json


def conflict_of(result):
    (row,) = [row["value"] for row in result["rows"] if row["store"] == "conflicts"]
    assert result["conflict_ids"] == [row["id"]]
    return row


def test_edits_of_different_fields_both_win(mine, theirs, account):
    edit(theirs, account, {"rank": "A", "tags": ["重点"]})
    result = edit(mine, account, {"notes": "裏口から"})
    assert (result["status"], result["conflict_ids"]) == ("merged", [])
    assert result["notes"] == [
        {
            "code": "other_fields_changed",
            "fields": ["rank", "tags"],
            "message": "ほかの人が別の項目を変更していました",
        }
    ]
    row = stored(mine, account)
    assert (row["rank"], row["tags"], row["notes"]) == ("A", ["重点"], "裏口から")
    assert result["row"]["value"] == row


def test_the_same_value_twice_is_no_difference(mine, theirs, account):
    edit(theirs, account, {"phones": ["03-1234-5678"]})
    result = edit(mine, account, {"phones": [{"number": "０３（１２３４）５６７８"}]})
    assert (result["status"], result["conflict_ids"], result["notes"]) == ("applied", [], [])


def test_of_two_values_the_later_recorded_stands_and_the_other_is_kept(mine, theirs, account):
    edit(theirs, account, {"notes": "正面から"}, minutes=-30)
    result = edit(mine, account, {"notes": "裏口から", "rank": "B"}, minutes=-10)
    assert result["status"] == "conflict"
    found = conflict_of(result)
    assert (found["entity"], found["entity_id"], found["field"]) == ("account", account, "notes")
    assert (found["current_value"], found["other_value"]) == ("裏口から", "正面から")
    assert (found["current_by"], found["other_by"]) == (str(mine.person.id), str(theirs.person.id))
    assert found["current_at"] > found["other_at"]
    assert (found["settled_at"], found["choice"]) == (None, None)
    assert (stored(mine, account)["notes"], stored(mine, account)["rank"]) == ("裏口から", "B")


def test_an_earlier_value_that_arrives_late_does_not_stand_but_is_kept(mine, theirs, account):
    edit(theirs, account, {"notes": "正面から"}, minutes=-10)
    result = edit(mine, account, {"notes": "裏口から", "rank": "B"}, minutes=-30)
    found = conflict_of(result)
    assert (found["current_value"], found["other_value"]) == ("正面から", "裏口から")
    assert (found["current_by"], found["other_by"]) == (str(theirs.person.id), str(mine.person.id))
    row = stored(mine, account)
    assert (row["notes"], row["rank"]) == ("正面から", "B")
    assert result["row"]["value"] == row


def test_custom_fields_meet_key_by_key(mine, theirs, account):
    for key in ("parking", "gate"):
        field = {"key": key, "label_ja": key, "label_en": key, "type": "text"}
        assert mine.client.post("/api/custom-fields", json=field).status_code == 201
    edit(theirs, account, {"custom": {"parking": "あり", "gate": "北"}}, minutes=-30)
    result = edit(mine, account, {"custom": {"gate": "南"}}, minutes=-10)
    assert result["notes"][0]["fields"] == ["custom.parking"]
    assert conflict_of(result)["field"] == "custom.gate"
    assert stored(mine, account)["custom"] == {"parking": "あり", "gate": "南"}
    late = edit(theirs, account, {"custom": {"gate": "東", "parking": "なし"}}, minutes=-20, base=2)
    assert conflict_of(late)["current_value"] == "南"
    assert stored(mine, account)["custom"] == {"parking": "なし", "gate": "南"}


def test_a_place_is_one_field(mine, theirs, account):
    edit(theirs, account, {"lon": 139.7, "lat": 35.6, "source": "drag"}, minutes=-30, type_="account.move")
    result = edit(
        mine, account, {"lon": 139.8, "lat": 35.7, "source": "here"}, minutes=-10, type_="account.move"
    )
    found = conflict_of(result)
    assert found["field"] == "position"
    assert found["other_value"] == {"lon": 139.7, "lat": 35.6, "source": "drag"}
    assert found["current_value"] == {"lon": 139.8, "lat": 35.7, "source": "here"}
    late = edit(
        theirs, account, {"lon": 1.0, "lat": 2.0, "source": "here"}, minutes=-20, base=2, type_="account.move"
    )
    assert conflict_of(late)["other_value"] == {"lon": 1.0, "lat": 2.0, "source": "here"}
    assert stored(mine, account)["lon"] == 139.8


def test_a_pin_set_by_hand_does_not_meet_a_place_that_followed_from_an_address(mine, theirs, account):
    edit(theirs, account, {"address": "東京都千代田区丸の内1-9-1"})
    assert stored(mine, account)["lon"] is not None
    place = {"lon": 139.8, "lat": 35.7, "source": "here"}
    result = edit(mine, account, place, minutes=-30, type_="account.move")
    assert (result["status"], result["conflict_ids"]) == ("merged", [])
    assert stored(mine, account)["lon"] == 139.8


def test_what_this_phone_sent_before_is_no_collision(mine, account):
    first = mine.do("account.update", account, account_id=account, base_version=1, body={"notes": "一"})
    second = mine.do("account.update", account, account_id=account, base_version=1, body={"notes": "二"})
    results = mine.push(first, second)
    assert [result["status"] for result in results] == ["applied", "applied"]
    assert stored(mine, account)["notes"] == "二"


def test_ones_other_device_counts_as_another(mine, phone_of, account):
    edit(phone_of(mine.person), account, {"notes": "タブレットで"}, minutes=-30)
    assert edit(mine, account, {"notes": "電話で"}, minutes=-10)["status"] == "conflict"


def test_an_edit_that_knew_of_the_other_replaces_it(mine, theirs, account):
    edit(theirs, account, {"notes": "正面から"})
    result = edit(mine, account, {"notes": "裏口から"}, base=2)
    assert (result["status"], result["notes"]) == ("applied", [])


def test_changes_of_one_transaction_are_all_seen(mine, theirs, account):
    """Two edits sent together raise the account's version once, at the first."""
    about = {"account_id": account, "base_version": 1, "recorded_at": at(-30)}
    theirs.push(
        theirs.do("account.update", account, **about, body={"rank": "A"}),
        theirs.do("account.update", account, **about, body={"notes": "正面から"}),
    )
    assert stored(mine, account)["version"] == 2
    result = edit(mine, account, {"notes": "裏口から"}, minutes=-10)
    assert (conflict_of(result)["field"], result["notes"][0]["fields"]) == ("notes", ["rank"])


def test_a_visits_win_probability_is_an_edit_of_the_account(mine, theirs, account):
    edit(theirs, account, {"win_prob": 20}, minutes=-30)
    visit = mine.visit(account, base_version=1, body={"win_prob": 60, "status": 3}, recorded_at=at(-10))
    result = mine.one(visit)
    assert result["row"]["store"] == "activities"
    found = conflict_of(result)
    assert (found["field"], found["current_value"], found["other_value"]) == ("win_prob", 60, 20)
    assert (stored(mine, account)["win_prob"], stored(mine, account)["status"]) == (60, 3)


def test_a_visits_earlier_word_does_not_undo_a_later_edit(mine, theirs, account):
    edit(theirs, account, {"win_prob": 20}, minutes=-10)
    visit = mine.visit(account, base_version=1, body={"win_prob": 60}, recorded_at=at(-30))
    result = mine.one(visit)
    assert conflict_of(result)["other_value"] == 60
    assert result["row"]["value"]["win_prob_after"] == 60
    assert stored(mine, account)["win_prob"] == 20


def test_visits_never_meet(mine, theirs, account):
    theirs.one(theirs.visit(account, body={"note": "同僚の訪問"}))
    result = mine.one(mine.visit(account, base_version=1, body={"note": "私の訪問"}))
    assert (result["status"], result["notes"]) == ("applied", [])
    assert len(mine.client.get(f"/api/accounts/{account}/activities").json["items"]) == 2


def test_contacts_and_tasks_meet_field_by_field(mine, theirs, account):
    contact = mine.client.post("/api/contacts", json={"account_id": account, "name": "佐藤"}).json
    edit(
        theirs,
        contact["id"],
        {"phones": ["03-1111-1111"], "title": "院長"},
        minutes=-30,
        type_="contact.update",
    )
    result = mine.one(
        mine.do("contact.update", contact["id"], account_id=account, base_version=1, recorded_at=at(-10),
                body={"phones": ["03-2222-2222"], "email": "sato@example.jp"})
    )  # fmt: skip
    found = conflict_of(result)
    assert (found["entity"], found["account_id"]) == ("contact", account)
    assert found["other_value"] == [{"number": "+81311111111", "label": ""}]
    assert result["row"]["value"]["title"] == "院長"
    assert result["row"]["value"]["phones"] == [{"number": "+81322222222", "label": ""}]

    task_id = str(new_id())
    mine.one(
        mine.do("task.create", task_id, account_id=account, body={"title": "電話", "due_on": "2026-12-01"})
    )
    edit(theirs, task_id, {"due_on": "2026-12-05", "done": True}, minutes=-10, type_="task.update")
    late = edit(
        mine, task_id, {"due_on": "2026-12-03", "title": "再度電話"}, minutes=-30, type_="task.update"
    )
    assert (conflict_of(late)["field"], conflict_of(late)["current_value"]) == ("due_on", "2026-12-05")
    assert late["row"]["value"]["title"] == "再度電話"
    undone = edit(mine, task_id, {"done": False}, minutes=-1, type_="task.update")
    assert (conflict_of(undone)["current_value"], conflict_of(undone)["other_value"]) == (False, True)
    assert undone["row"]["value"]["done_at"] is None


def test_an_activity_amended_by_two_people_is_a_conflict(mine, theirs, account):
    visit = mine.visit(account, body={"note": "はじめ", "win_prob": 10})
    mine.one(visit)
    edit(
        theirs,
        visit["entity_id"],
        {"note": "管理者の訂正", "win_prob": 20},
        minutes=-10,
        type_="activity.amend",
    )
    late = edit(
        mine, visit["entity_id"], {"note": "本人の訂正", "win_prob": 20}, minutes=-30, type_="activity.amend"
    )
    found = conflict_of(late)
    assert (found["entity"], found["field"], found["current_value"]) == ("activity", "note", "管理者の訂正")


def test_history_tells_of_a_conflict_and_when_things_were_recorded(mine, theirs, account):
    edit(theirs, account, {"notes": "正面から"}, minutes=-30)
    edit(mine, account, {"notes": "裏口から"}, minutes=-10)
    newest, change, former, *_ = mine.client.get(f"/api/accounts/{account}/history").json["items"]
    assert (newest["action"], newest["changes"]) == ("conflict", {"notes": ["正面から", "裏口から"]})
    assert change["changes"] == {"notes": ["正面から", "裏口から"]}
    assert former["recorded_at"] < former["at"]


class TestSettling:
    @pytest.fixture
    def conflict(self, mine, theirs, account):
        edit(theirs, account, {"notes": "正面から"}, minutes=-30)
        return conflict_of(edit(mine, account, {"notes": "裏口から"}, minutes=-20))

    def settle(self, phone, conflict, choice, *, minutes=0, **seen):
        return phone.one(
            phone.do("conflict.settle", conflict["id"], account_id=conflict["account_id"],
                     body={"choice": choice, **seen}, recorded_at=at(minutes))
        )  # fmt: skip

    def test_keeping_the_current_value_changes_nothing_else(self, mine, account, conflict):
        before = stored(mine, account)
        result = self.settle(mine, conflict, "current")
        assert (result["status"], result["row"]["store"]) == ("applied", "conflicts")
        value = result["row"]["value"]
        assert (value["choice"], value["settled_by"]) == ("current", str(mine.person.id))
        assert value["settled_at"] is not None
        assert stored(mine, account) == before

    def test_the_other_value_is_written_and_history_keeps_both(self, theirs, account, conflict):
        result = self.settle(theirs, conflict, "other")
        assert [row["store"] for row in result["rows"]] == ["accounts"]
        assert stored(theirs, account)["notes"] == "正面から"
        items = theirs.client.get(f"/api/accounts/{account}/history").json["items"]
        assert [(item["action"], item["changes"]) for item in items[:2]] == [
            ("settle", {"notes": ["裏口から", "正面から"]}),
            ("update", {"notes": ["裏口から", "正面から"]}),
        ]

    def test_settled_twice_the_later_choice_stands(self, mine, theirs, account, conflict):
        self.settle(theirs, conflict, "other", minutes=-10)
        again = self.settle(mine, conflict, "current", minutes=-5)
        assert (again["status"], again["row"]["value"]["choice"]) == ("applied", "current")
        assert stored(mine, account)["notes"] == "裏口から"

    def test_an_earlier_choice_that_arrives_late_does_not_undo_a_later(self, mine, theirs, account, conflict):
        self.settle(theirs, conflict, "other", minutes=-5)
        late = self.settle(mine, conflict, "current", minutes=-10)
        assert (late["status"], late["notes"][0]["code"]) == ("merged", "settled_since")
        assert late["row"]["value"]["choice"] == "other"
        assert stored(mine, account)["notes"] == "正面から"

    def test_a_third_value_that_came_meanwhile_is_not_overwritten_unseen(
        self, mine, theirs, account, conflict
    ):
        seen = stored(theirs, account)["version"]
        edit(mine, account, {"notes": "横から"}, minutes=-10, base=seen)
        result = self.settle(theirs, conflict, "other", minutes=-5, seen_version=seen)
        assert result["status"] == "conflict"
        (met,) = [row["value"] for row in result["rows"] if row["store"] == "conflicts"]
        assert (met["current_value"], met["other_value"]) == ("正面から", "横から")
        assert stored(mine, account)["notes"] == "正面から"

    def test_a_third_value_recorded_after_the_choice_stands(self, mine, theirs, account, conflict):
        seen = stored(theirs, account)["version"]
        edit(mine, account, {"notes": "横から"}, minutes=-5, base=seen)
        result = self.settle(theirs, conflict, "other", minutes=-10, seen_version=seen)
        (met,) = [row["value"] for row in result["rows"] if row["store"] == "conflicts"]
        assert (met["current_value"], met["other_value"]) == ("横から", "正面から")
        assert stored(mine, account)["notes"] == "横から"

    def test_a_choice_made_on_top_of_the_third_value_is_no_conflict(self, mine, theirs, account, conflict):
        edit(mine, account, {"notes": "横から"}, minutes=-10, base=stored(mine, account)["version"])
        seen = stored(theirs, account)["version"]
        result = self.settle(theirs, conflict, "other", minutes=-5, seen_version=seen)
        assert (result["status"], stored(theirs, account)["notes"]) == ("applied", "正面から")

    def test_who_may_not_edit_the_account_may_not_choose_its_other_value(self, phone_of, make_user, conflict):
        result = self.settle(phone_of(make_user("back_office")), conflict, "other")
        assert (result["status"], result["problem"]["code"]) == ("refused", "forbidden")

    def test_another_organisations_conflict_is_not_there(
        self, phone_of, make_user, make_organisation, conflict
    ):
        stranger = phone_of(make_user("administrator", org=make_organisation()))
        assert self.settle(stranger, conflict, "other")["problem"]["code"] == "not_found"

    @pytest.mark.parametrize("body", [{}, {"choice": "both"}, {"choice": None}])
    def test_a_choice_is_one_of_two(self, mine, conflict, body):
        result = mine.one(mine.do("conflict.settle", conflict["id"], body=body))
        assert result["problem"]["errors"][0]["field"] == "choice"

    def test_every_kind_of_value_can_be_put_back(self, mine, theirs, account):
        contact = mine.client.post("/api/contacts", json={"account_id": account, "name": "佐藤"}).json
        visit = mine.visit(account, body={"note": "はじめ"})
        mine.one(visit)
        task_id = str(new_id())
        mine.one(mine.do("task.create", task_id, account_id=account, body={"title": "電話"}))
        base = stored(mine, account)["version"]
        mine.client.post(
            "/api/custom-fields", json={"key": "gate", "label_ja": "門", "label_en": "Gate", "type": "text"}
        )
        cases = [
            ("account.update", account, {"phones": ["03-1111-1111"]}, {"phones": ["03-2222-2222"]}, base),
            ("account.update", account, {"custom": {"gate": "北"}}, {"custom": {"gate": "南"}}, base),
            ("account.move", account, {"lon": 139.7, "lat": 35.6, "source": "drag"},
             {"lon": 139.8, "lat": 35.7, "source": "here"}, base),
            ("contact.update", contact["id"], {"email": "a@example.jp"}, {"email": None}, 1),
            ("task.update", task_id, {"due_on": "2026-12-01"}, {"due_on": "2026-12-02"}, 1),
            ("activity.amend", visit["entity_id"], {"outcome": 1}, {"outcome": 2}, 1),
        ]  # fmt: skip
        for type_, entity_id, first, second, version in cases:
            edit(theirs, entity_id, first, minutes=-30, base=version, type_=type_)
            found = conflict_of(edit(mine, entity_id, second, minutes=-20, base=version, type_=type_))
            result = self.settle(theirs, found, "other")
            assert result["status"] == "applied", (type_, result["problem"])
        row = stored(mine, account)
        assert row["phones"] == [{"number": "+81311111111", "label": ""}]
        assert (row["custom"], row["lon"], row["geo_source"]) == ({"gate": "北"}, 139.7, "drag")
        kept = mine.client.get("/api/contacts", query_string={"account_id": account}).json["items"]
        assert kept[0]["email"] == "a@example.jp"


def test_an_edit_carried_to_another_device_knew_nothing_of_what_was_done_there(mine, phone_of, account):
    old, new = mine, phone_of(mine.person)
    carried = old.do(
        "account.update", account, base_version=1, body={"notes": "古い端末から"}, recorded_at=at(-30)
    ) | {"device_id": str(old.device_id)}
    edit(new, account, {"notes": "新しい端末から"}, minutes=-10)
    found = conflict_of(new.one(carried))
    assert (found["current_value"], found["other_value"]) == ("新しい端末から", "古い端末から")
    assert old.one(carried)["status"] == "duplicate"


def test_an_edit_goes_on_top_of_what_the_same_device_sent_before(mine, account):
    edit(mine, account, {"notes": "一度目"}, minutes=-30)
    result = edit(mine, account, {"notes": "二度目"}, minutes=-10)
    assert (result["conflict_ids"], stored(mine, account)["notes"]) == ([], "二度目")
