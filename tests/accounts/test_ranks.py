"""Ranks are the organisation's own: in its order, and gone only when nobody minds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.fixtures.people import FieldClient, MakeUser, Person

ClientFor = Callable[[Person], FieldClient]


@pytest.fixture
def admin(make_user: MakeUser, client_for: ClientFor) -> FieldClient:
    return client_for(make_user("administrator"))


def test_accounts_may_have_the_ranks_that_were_set_and_no_other(
    admin: FieldClient, make_user: MakeUser, client_for: ClientFor
) -> None:
    phone = client_for(make_user("rep"))
    before = phone.get("/api/sync/clock").headers["ETag"]
    answer = admin.put("/api/ranks", json={"ranks": ["S", " A  プラス ", "B"], "force": False})
    assert answer.status_code == 200, answer.text
    assert answer.json == {"ranks": ["S", "A プラス", "B"]}
    assert phone.get("/api/sync/clock").headers["ETag"] != before
    assert phone.get("/api/session").json["organisation"]["ranks"] == ["S", "A プラス", "B"]
    assert phone.get("/api/ranks").json == answer.json
    assert phone.post("/api/accounts", json={"name": "大口", "rank": "S"}).status_code == 201
    refused = phone.post("/api/accounts", json={"name": "旧", "rank": "C"})
    assert [each["field"] for each in refused.json["errors"]] == ["rank"]
    logged = admin.get("/api/audit?entity=organisations").json["items"]
    assert [(each["label"], each["before"], each["after"]) for each in logged[0]["changes"]] == [
        ("ランク", "A、B、C、D", "S、A プラス、B")
    ]


def test_a_rank_that_accounts_have_goes_only_when_told_to_and_they_keep_it(admin: FieldClient) -> None:
    made = admin.post("/api/accounts", json={"name": "得意先", "rank": "D"}).json
    gone = admin.post("/api/accounts", json={"name": "削除済み", "rank": "C"}).json
    assert admin.delete(f"/api/accounts/{gone['id']}").status_code == 204
    refused = admin.put("/api/ranks", json={"ranks": ["A", "B"]})
    assert (refused.status_code, refused.json["code"]) == (409, "rank_in_use")
    assert "1件" in refused.json["title"]
    assert admin.get("/api/ranks").json["ranks"] == ["A", "B", "C", "D"]
    assert admin.put("/api/ranks", json={"ranks": ["A", "B"], "force": True}).status_code == 200
    kept = admin.patch(f"/api/accounts/{made['id']}", json={"notes": "変更"}).json
    assert (kept["rank"], kept["notes"]) == ("D", "変更")
    found = admin.get("/api/accounts?rank=D").json["items"]
    assert [each["id"] for each in found] == [made["id"]]


@pytest.mark.parametrize(
    ("ranks", "field", "code"),
    [
        ([], "ranks", "bad_value"),
        (["A", "　"], "ranks.1", "required"),
        (["A", "ａ"], "ranks", "repeated"),
        (["A" * 21], "ranks.0", "too_long"),
        ([str(n) for n in range(21)], "ranks", "too_many"),
        ("A", "ranks", "bad_value"),
    ],
)
def test_what_cannot_be_a_list_of_ranks_is_refused_at_its_field(
    admin: FieldClient, ranks: Any, field: str, code: str
) -> None:
    refused = admin.put("/api/ranks", json={"ranks": ranks})
    assert refused.status_code == 422, refused.text
    assert [(each["field"], each["code"]) for each in refused.json["errors"]] == [(field, code)]


@pytest.mark.parametrize("role", ["manager", "rep", "back_office"])
def test_others_read_ranks_and_do_not_set_them(make_user: MakeUser, client_for: ClientFor, role: str) -> None:
    client = client_for(make_user(role))
    assert client.get("/api/ranks").json == {"ranks": ["A", "B", "C", "D"]}
    assert client.put("/api/ranks", json={"ranks": ["A"]}).status_code == 403
