"""What a phone recorded comes in: each operation once, in order, a bad one alone refused."""

from __future__ import annotations

import pytest

from fieldcrm.core.ids import new_id


def statuses(results):
    return [result["status"] for result in results]


def test_a_days_work_is_applied_in_order_and_answered_with_rows(phone):
    account_id, contact_id, task_id = (str(new_id()) for _ in range(3))
    about = {"account_id": account_id}
    visit = phone.visit(
        account_id,
        body={"outcome": 1, "win_prob": 40, "next_action": "見積もり", "next_action_on": "2026-11-30",
              "contact_ids": [contact_id]},
    )  # fmt: skip
    results = phone.push(
        phone.do("account.create", account_id, **about, body={"name": "中央薬局"}),
        phone.do("contact.create", contact_id, **about, body={"name": "佐藤"}),
        visit,
        phone.do("activity.amend", visit["entity_id"], **about, body={"note": "裏口から"}),
        phone.do("account.update", account_id, **about, body={"rank": "A", "phones": ["03-1234-5678"]}),
        phone.do("account.move", account_id, **about, body={"lon": 139.7, "lat": 35.6, "source": "drag"}),
        phone.do("contact.update", contact_id, **about, body={"title": "院長"}),
        phone.do("task.create", task_id, **about, body={"title": "電話", "due_on": "2026-11-25"}),
        phone.do("task.update", task_id, **about, body={"done": True}),
        phone.do("contact.delete", contact_id, **about),
        phone.do("account.delete", account_id, **about),
        phone.do("account.restore", account_id, **about),
    )
    assert statuses(results) == ["applied"] * 12, [result["problem"] for result in results]
    stores = [result["row"] and result["row"]["store"] for result in results]
    assert stores == [
        "accounts", "contacts", "activities", "activities", "accounts", "accounts", "contacts", "tasks",
        "tasks", None, "accounts", "accounts",
    ]  # fmt: skip
    assert [row["store"] for row in results[2]["rows"]] == ["accounts", "tasks"]
    stored = phone.client.get(f"/api/accounts/{account_id}").json
    assert (stored["name"], stored["rank"], stored["win_prob"]) == ("中央薬局", "A", 40)
    assert (stored["lon"], stored["lat"], stored["phone_display"]) == (139.7, 35.6, "03-1234-5678")
    assert results[-1]["row"]["value"] == stored
    assert results[2]["row"]["value"]["id"] == visit["entity_id"]
    assert phone.client.get("/api/contacts", query_string=about).json["items"] == []


def test_the_answer_tells_the_clock(phone, account):
    answer = phone.send(phone.visit(account)).json
    assert answer["clock"] == phone.client.get("/api/sync/clock").json["clock"]


def test_operation_sent_twice_is_stored_once(phone, account):
    visit = phone.visit(account, body={"note": "一度だけ"})
    first = phone.one(visit)
    again = phone.one(visit)
    assert (first["status"], again["status"]) == ("applied", "duplicate")
    assert {**again, "status": "applied"} == first
    assert len(phone.client.get(f"/api/accounts/{account}/activities").json["items"]) == 1


def test_a_replay_tells_rows_as_they_are_by_now(phone, account):
    change = phone.do("account.update", account, account_id=account, base_version=1, body={"rank": "A"})
    phone.push(change, phone.do("account.update", account, account_id=account, body={"rank": "B"}))
    again = phone.one(change)
    assert again["row"]["value"]["rank"] == "B"
    assert again["row"]["value"] == phone.client.get(f"/api/accounts/{account}").json


def test_an_operations_number_with_other_content_is_refused(phone, account):
    change = phone.do("account.update", account, account_id=account, body={"notes": "表"})
    phone.one(change)
    other = phone.one({**change, "body": {"notes": "裏"}})
    assert (other["status"], other["problem"]["code"]) == ("refused", "op_id_taken")
    assert phone.client.get(f"/api/accounts/{account}").json["notes"] == "表"


def test_an_operations_number_of_another_person_is_refused(phone, phone_of, make_user, account):
    change = phone.do("account.update", account, account_id=account, body={"notes": "表"})
    phone.one(change)
    stolen = phone_of(make_user("administrator")).one(change)
    assert (stolen["status"], stolen["problem"]["code"], stolen["row"]) == ("refused", "op_id_taken", None)


def test_an_outbox_carried_over_to_another_device_doubles_nothing(phone, phone_of, account):
    visit = phone.visit(account)
    phone.one(visit)
    other = phone_of(phone.person)
    assert other.one({**visit, "seq": 99})["status"] == "duplicate"


def test_refusal_says_why_in_the_persons_language_and_is_not_stored(phone, account):
    visit = phone.visit(account, body={"outcome": 77, "win_prob": 101})
    refused = phone.one(visit)
    assert refused["status"] == "refused"
    assert refused["problem"]["errors"] == [
        {"field": "win_prob", "code": "above_maximum", "message": "100以下にしてください"}
    ]
    mended = {**visit, "body": {**visit["body"], "outcome": 1, "win_prob": 100}}
    assert phone.one(mended)["status"] == "applied"


BAD = {
    "no operation at all": 5,
    "an empty one": {},
    "an unknown type": {"type": "account.explode"},
    "no id": {"entity_id": "x"},
    "a body that is none": {"body": []},
    "a time that is none": {"recorded_at": "gestern"},
    "an unknown field": {"body": {"colour": "red"}},
    "a NUL": {"body": {"notes": "a\x00b"}},
    "a lone surrogate": {"body": {"notes": "\ud800"}},
    "too much text": {"body": {"notes": "あ" * 10_001}},
    "a hole without bottom": {"body": {"custom": {"x": {}}}},
    "a number beyond all": {"base_version": 2**70},
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_operation_is_refused_alone(phone, account, what):
    good = phone.do("account.update", account, account_id=account, body={"rank": "A"})
    bad = BAD[what]
    if isinstance(bad, dict) and bad:
        bad = phone.do("account.update", account, account_id=account, body={"rank": "B"}) | bad
    results = phone.push(phone.visit(account), bad, good)
    assert statuses(results) == ["applied", "refused", "applied"]
    problem = results[1]["problem"]
    assert problem["status"] == 422
    assert problem["code"] == "unknown_operation" if what == "an unknown type" else problem["errors"]
    assert phone.client.get(f"/api/accounts/{account}").json["rank"] == "A"


def test_what_depends_on_a_refused_creation_is_blocked_and_goes_in_after_it(phone):
    account_id, contact_id = str(new_id()), str(new_id())
    about = {"account_id": account_id}
    create = phone.do("account.create", account_id, **about, body={"name": ""})
    rest = [
        phone.do("contact.create", contact_id, **about, body={"name": "佐藤"}),
        phone.do("contact.update", contact_id, body={"title": "院長"}),
        phone.visit(account_id, body={"contact_ids": [contact_id]}),
        phone.do("account.update", account_id, body={"rank": "A"}),
    ]
    results = phone.push(create, *rest)
    assert statuses(results) == ["refused"] + ["blocked"] * 4
    assert [result["problem"] for result in results[1:]] == [None] * 4
    mended = {**create, "body": {"name": "中央薬局"}}
    assert statuses(phone.push(mended, *rest)) == ["applied"] * 5


def test_a_refused_change_blocks_nothing(phone, account):
    refused = phone.do("account.update", account, account_id=account, body={"rank": "Z"})
    assert statuses(phone.push(refused, phone.visit(account))) == ["refused", "applied"]


def test_what_is_about_an_unknown_account_is_refused(phone):
    result = phone.one(phone.visit(new_id()))
    assert (result["status"], result["problem"]["code"]) == ("refused", "not_found")


def test_another_organisations_account_is_not_there(phone, phone_of, make_organisation, make_user):
    stranger = phone_of(make_user("administrator", org=make_organisation()))
    theirs = stranger.client.post("/api/accounts", json={"name": "よその会社"}).json
    about = {"account_id": theirs["id"]}
    contact = stranger.client.post("/api/contacts", json={**about, "name": "佐藤"}).json
    theirs = stranger.client.get(f"/api/accounts/{theirs['id']}").json
    results = phone.push(
        phone.visit(theirs["id"]),
        phone.do("account.update", theirs["id"], **about, body={"name": "乗っ取り"}),
        phone.do("account.delete", theirs["id"], **about),
        phone.do("contact.update", contact["id"], **about, body={"name": "乗っ取り"}),
        phone.do("contact.create", **about, body={"name": "乗っ取り"}),
        phone.do("task.create", **about, body={"title": "乗っ取り"}),
    )
    assert statuses(results) == ["refused"] * 6
    assert {result["problem"]["code"] for result in results} == {"not_found"}
    assert stranger.client.get(f"/api/accounts/{theirs['id']}").json == theirs
    assert stranger.client.get("/api/contacts", query_string=about).json["items"] == [contact]


def test_back_office_logs_contacts_but_edits_no_accounts(phone_of, make_user, account):
    office = phone_of(make_user("back_office"))
    results = office.push(
        office.visit(account, body={"channel": "call"}),
        office.do("account.update", account, account_id=account, body={"rank": "A"}),
        office.do("account.move", account, account_id=account, body={"lon": 1, "lat": 1, "source": "drag"}),
        office.do("account.delete", account, account_id=account),
        office.do("account.create", body={"name": "中央薬局"}),
        office.do("contact.create", account_id=account, body={"name": "佐藤"}),
        office.do("task.create", account_id=account, body={"title": "折り返し"}),
    )
    assert statuses(results) == ["applied", *["refused"] * 4, "applied", "applied"]
    assert {result["problem"]["code"] for result in results[1:5]} == {"forbidden"}


def test_a_batch_has_a_limit(phone, account):
    visits = [phone.visit(account) for _ in range(501)]
    assert phone.send(*visits).status_code == 422
    results = phone.push(*visits[:500])
    assert statuses(results) == ["applied"] * 500
    order = [result["row"]["value"]["change_seq"] for result in results]
    assert order == sorted(order)


def test_a_task_added_offline_is_its_authors_and_the_accounts_next_action(phone, account):
    body = {"title": "見積もり", "due_on": "2026-11-25"}
    result = phone.one(phone.do("task.create", account_id=account, body=body))
    assert result["row"]["value"]["owner_id"] == str(phone.person.id)
    account_row = next(row["value"] for row in result["rows"] if row["store"] == "accounts")
    assert (account_row["next_action"], account_row["next_action_on"]) == ("見積もり", "2026-11-25")


def test_a_task_for_nobody_of_the_organisation_is_refused(phone, account):
    body = {"title": "見積もり", "owner_id": str(new_id())}
    result = phone.one(phone.do("task.create", account_id=account, body=body))
    assert result["problem"]["errors"][0]["field"] == "owner_id"


def test_refusals_in_the_middle_of_a_group_are_alone(phone):
    ids = [str(new_id()) for _ in range(8)]
    creates = [phone.do("account.create", each, account_id=each, body={"name": "店"}) for each in ids]
    assert statuses(phone.push(*creates)) == ["applied"] * 8
    visits = [phone.visit(each) for each in ids]
    for place in (2, 3, 6):
        visits[place]["body"]["outcome"] = 77
    expected = ["refused" if place in (2, 3, 6) else "applied" for place in range(8)]
    assert statuses(phone.push(*visits)) == expected
    for place, account_id in enumerate(ids):
        found = phone.client.get(f"/api/accounts/{account_id}/activities").json["items"]
        assert len(found) == (expected[place] == "applied")


def test_an_operation_twice_in_one_request_is_applied_once(phone, account):
    visit = phone.visit(account)
    assert statuses(phone.push(visit, visit)) == ["applied", "duplicate"]
    assert len(phone.client.get(f"/api/accounts/{account}/activities").json["items"]) == 1


def test_each_of_several_visits_at_one_account_leaves_its_mark_in_the_history(phone, account):
    chances = (10, 20, 30)
    phone.push(*(phone.visit(account, body={"win_prob": chance}) for chance in chances))
    items = phone.client.get(f"/api/accounts/{account}/history").json["items"]
    assert [item["changes"]["win_prob"] for item in items if "win_prob" in item["changes"]] == [
        [20, 30], [10, 20], [None, 10]
    ]  # fmt: skip


def test_visits_written_at_once_are_each_recorded_when_they_were_made(phone):
    ids = [str(new_id()) for _ in range(3)]
    phone.push(*(phone.do("account.create", each, account_id=each, body={"name": "店"}) for each in ids))
    moments = [f"2026-11-18T0{hour}:00:00Z" for hour in range(3)]
    visits = [
        phone.visit(each, recorded_at=at, body={"next_action": "電話", "outcome": 1})
        for each, at in zip(ids, moments, strict=True)
    ]
    results = phone.push(*visits)
    for result, account_id, at in zip(results, ids, moments, strict=True):
        assert result["row"]["value"]["recorded_at"] == at
        assert [row["store"] for row in result["rows"]] == ["accounts", "tasks"]
        assert {row["value"].get("account_id", account_id) for row in result["rows"]} == {account_id}
        newest = phone.client.get(f"/api/accounts/{account_id}/history").json["items"][0]
        assert newest["recorded_at"] == at


def test_fifty_visits_cost_few_statements(phone, count_queries):
    ids = [str(new_id()) for _ in range(50)]
    phone.push(*(phone.do("account.create", each, account_id=each, body={"name": "店"}) for each in ids))
    plan = {"next_action": "見積もり", "next_action_on": "2026-12-01", "outcome": 1, "win_prob": 40}
    visits = [phone.visit(each, body=plan) for each in ids]
    with count_queries() as seen:
        results = phone.push(*visits)
    assert statuses(results) == ["applied"] * 50
    assert len(seen) <= 20, seen


def test_a_contact_added_in_the_same_group_can_be_met(phone, account, count_queries):
    contact_id = str(new_id())
    add = phone.do("contact.create", contact_id, account_id=account, body={"name": "佐藤"})
    visit = phone.visit(account, body={"contact_ids": [contact_id]})
    with count_queries() as seen:
        assert statuses(phone.push(add, visit)) == ["applied", "applied"]
    assert len([each for each in seen if each.startswith("INSERT INTO sync_receipts")]) == 1  # one group


def test_a_conflict_of_one_visit_among_many_is_told_when_it_was_recorded(phone, phone_of, make_user):
    ids = [str(new_id()) for _ in range(3)]
    phone.push(*(phone.do("account.create", each, account_id=each, body={"name": "店"}) for each in ids))
    other = phone_of(make_user("administrator"))
    early, late = "2026-11-18T00:00:00Z", "2026-11-18T03:00:00Z"
    body = {"win_prob": 20}
    other.one(
        other.do("account.update", ids[1], account_id=ids[1], base_version=1, body=body, recorded_at=early)
    )
    visits = [phone.visit(each, base_version=1, body={"win_prob": 60}, recorded_at=late) for each in ids]
    results = phone.push(*visits)
    assert statuses(results) == ["applied", "conflict", "applied"]
    newest = phone.client.get(f"/api/accounts/{ids[1]}/history").json["items"][0]
    assert (newest["action"], newest["recorded_at"]) == ("conflict", late)
