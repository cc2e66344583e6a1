"""Ranks are the organisation's own: in its order, and gone only when nobody minds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from fieldcrm.accounts import jobs, rank_renaming
from fieldcrm.accounts import service as accounts
from fieldcrm.core import worker
from fieldcrm.core.db import transaction
from fieldcrm.core.jobs import Job
from tests.fixtures.people import FieldClient, MakeUser, Org, Person

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
    assert answer.json == {"ranks": ["S", "A プラス", "B"], "renaming": None}
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
        ([], "ranks", "required"),
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


def _rename(client: FieldClient, rank: str, to: str) -> Any:
    answer = client.post("/api/ranks/rename", json={"rank": rank, "to": to})
    assert answer.status_code == 200, answer.text
    return answer.json


def test_accounts_follow_when_their_rank_is_called_otherwise_and_their_history_tells_it(
    admin: FieldClient,
) -> None:
    kept = admin.post("/api/accounts", json={"name": "得意先", "rank": "A"}).json["id"]
    other = admin.post("/api/accounts", json={"name": "その他", "rank": "B"}).json["id"]
    before = admin.get("/api/sync/pull?cursor=0").json["cursor"]
    assert _rename(admin, "A", " 特　A ") == {"ranks": ["特 A", "B", "C", "D"], "renaming": None}
    assert [admin.get(f"/api/accounts/{each}").json["rank"] for each in (kept, other)] == ["特 A", "B"]
    (told, *_) = admin.get(f"/api/accounts/{kept}/history").json["items"]
    assert told["changes"]["rank"] == ["A", "特 A"]
    # Phones hear of it, and the administrators' log.
    pulled = admin.get(f"/api/sync/pull?cursor={before}").json["accounts"]
    assert [(each["id"], each["rank"]) for each in pulled] == [(kept, "特 A")]
    logged = admin.get("/api/audit?entity=organisations").json["items"]
    assert [(each["before"], each["after"]) for each in logged[0]["changes"]] == [
        ("A、B、C、D", "特 A、B、C、D")
    ]


def test_the_former_name_means_the_rank_until_another_has_it(admin: FieldClient) -> None:
    """A phone that was away for days sends what it knew the rank by."""
    _rename(admin, "A", "S")
    _rename(admin, "S", "SS")
    late = admin.post("/api/accounts", json={"name": "圏外で登録", "rank": "A"})
    assert (late.status_code, late.json["rank"]) == (201, "SS")
    assert admin.put("/api/ranks", json={"ranks": ["SS", "A", "B"], "force": True}).status_code == 200
    assert admin.post("/api/accounts", json={"name": "新", "rank": "A"}).json["rank"] == "A"
    gone = admin.put("/api/ranks", json={"ranks": ["A", "B"], "force": True})
    assert gone.status_code == 200
    assert admin.post("/api/accounts", json={"name": "旧", "rank": "S"}).status_code == 422


def test_a_deleted_account_comes_back_with_its_ranks_new_name(admin: FieldClient) -> None:
    account = admin.post("/api/accounts", json={"name": "再開", "rank": "A"}).json["id"]
    admin.delete(f"/api/accounts/{account}")
    _rename(admin, "A", "S")
    assert admin.post(f"/api/accounts/{account}/restore").json["rank"] == "S"


def test_many_accounts_follow_in_a_job_that_tells_how_far_it_is(
    app: Flask, organisation: Org, admin: FieldClient, make_user: MakeUser, client_for: ClientFor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(worker, "_running_app", app)
    monkeypatch.setattr(rank_renaming, "AT_ONCE", 2)
    with transaction(organisation.actor) as session:
        accounts.bulk_create(
            session, organisation.actor, [{"name": f"第{n}商店", "rank": "A"} for n in range(5)]
        )
    told = _rename(admin, "A", "S")
    assert told["renaming"] == {"rank": "A", "to": "S", "done": 0, "total": 5}
    # How many there are of all is nothing for who does not see all.
    assert client_for(make_user("rep")).get("/api/ranks").json["renaming"] is None
    with transaction(organisation.actor) as session:
        assert rank_renaming.follow(session, organisation.actor, "A", "S") == 2
        (job,) = session.scalars(select(Job).where(Job.kind == rank_renaming.KIND))
        given = {"org_id": organisation.org_id, "user_id": str(job.requested_by), "job_id": str(job.id)}
    # A worker that died after two goes on with the others.
    jobs.rename_rank(**given, rank="A", to="S")
    assert admin.get("/api/ranks").json["renaming"] is None
    found = admin.get("/api/accounts?rank=S&total=true").json
    assert found["total"] == 5
    assert admin.get("/api/accounts?rank=A").json["items"] == []
    with transaction(organisation.actor) as session:
        (job,) = session.scalars(select(Job).where(Job.kind == rank_renaming.KIND))
        assert (job.state, job.done, job.total) == ("done", 3, 5)


@pytest.mark.parametrize(
    ("rank", "to", "field", "code"),
    [
        ("Z", "S", "rank", "unknown_reference"),
        ("A", "ｂ", "to", "already_taken"),
        ("A", " ", "to", "required"),
        ("A", "S" * 21, "to", "too_long"),
    ],
)
def test_a_name_that_cannot_be_is_refused_at_its_field(
    admin: FieldClient, rank: str, to: str, field: str, code: str
) -> None:
    refused = admin.post("/api/ranks/rename", json={"rank": rank, "to": to})
    assert refused.status_code == 422, refused.text
    assert [(each["field"], each["code"]) for each in refused.json["errors"]] == [(field, code)]
    assert admin.get("/api/ranks").json["ranks"] == ["A", "B", "C", "D"]


@pytest.mark.parametrize("role", ["manager", "rep", "back_office"])
def test_others_read_ranks_and_do_not_set_them(make_user: MakeUser, client_for: ClientFor, role: str) -> None:
    client = client_for(make_user(role))
    assert client.get("/api/ranks").json["ranks"] == ["A", "B", "C", "D"]
    assert client.post("/api/ranks/rename", json={"rank": "A", "to": "S"}).status_code == 403
    assert client.put("/api/ranks", json={"ranks": ["A"]}).status_code == 403
