"""The whole way of an administrator in the browser, over HTTP."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from fieldcrm.accounts.models import Account
from fieldcrm.core import worker
from fieldcrm.core.actor import Actor, Role
from fieldcrm.core.db import transaction
from fieldcrm.imports import jobs
from tests.fixtures.people import FieldClient, MakeUser, Person, Team

TEXT = (
    "コード,会社名,住所,電話番号,状況,最終訪問日\n"
    "A1,見本商事,東京都千代田区千代田1-1,03-1234-5678,商談中,2025-06-01\n"
    "A2,例社,大阪府大阪市北区梅田1-1,12,商談中,2025-06-02\n"
    "A3,悪い行,京都府京都市中京区寺町通1,075-123-4567,取引中,2025-02-30\n"
)


@pytest.fixture
def manager(make_user: MakeUser) -> Person:
    return make_user(Role.MANAGER)


@pytest.fixture
def client(manager: Person, client_for: Callable[[Person], FieldClient]) -> FieldClient:
    return client_for(manager)


@pytest.fixture
def do_work(app: Flask, monkeypatch: pytest.MonkeyPatch, actor: Actor) -> Callable[..., None]:
    """Run a queued task here: a worker would not see what this test has not committed."""
    monkeypatch.setattr(worker, "_running_app", app)

    def work(task: Any, import_id: str, person: Person) -> None:
        task.func(org_id=actor.org_id, import_id=import_id, user_id=str(person.id))

    return work


def upload(client: FieldClient, content: str | bytes = TEXT, filename: str = "顧客.csv", **form: str) -> Any:
    raw = content.encode() if isinstance(content, str) else content
    return client.post("/api/imports", data={"file": (io.BytesIO(raw), filename), **form})


@pytest.fixture
def finished(client: FieldClient, manager: Person, do_work: Callable[..., None]) -> dict[str, Any]:
    """An import of TEXT, done."""
    import_id = upload(client).json["id"]
    answer = client.post(f"/api/imports/{import_id}/start", json={})
    assert (answer.status_code, answer.json["state"]) == (202, "queued")
    do_work(jobs.run_import, import_id, manager)
    return client.get(f"/api/imports/{import_id}").json


def test_upload_answers_with_columns_matched_and_first_rows_tried(client: FieldClient) -> None:
    answer = upload(client)
    assert answer.status_code == 201
    draft = answer.json
    assert (draft["state"], draft["format"], draft["encoding"], draft["delimiter"]) == (
        "draft", "csv", "utf-8", ",",
    )  # fmt: skip
    assert draft["row_count_estimate"] == 3
    assert draft["columns"][1] == {
        "index": 1, "header": "会社名", "samples": ["見本商事", "例社", "悪い行"],
        "field": "name", "confidence": 1.0,
    }  # fmt: skip
    assert {"key": "win_prob", "label": "受注確度"} in draft["fields"]
    assert draft["preview"][0]["values"]["name"] == "見本商事"
    codes = {(row["row_no"], p["field"], p["code"]) for row in draft["preview"] for p in row["problems"]}
    assert {(3, "phone", "bad_phone"), (4, "last_visit_at", "bad_date")} <= codes


def test_mapping_is_corrected_and_checked(client: FieldClient) -> None:
    draft = upload(client).json
    path = f"/api/imports/{draft['id']}/mapping"
    changed = client.put(path, json={"mapping": {"0": "external_id", "1": "name", "2": "notes"}})
    assert changed.json["preview"][0]["values"]["notes"] == "東京都千代田区千代田1-1"
    bad = client.put(path, json={"mapping": {"0": "name", "1": "name", "2": "shoe_size", "77": "notes"}})
    assert bad.status_code == 422
    assert {(e["field"], e["code"]) for e in bad.json["errors"]} == {
        ("mapping.1", "imports.field_twice"),
        ("mapping.2", "imports.no_such_field"),
        ("mapping.77", "imports.no_such_column"),
    }
    assert client.get(path).json["mapping"] == {"0": "external_id", "1": "name", "2": "notes"}


def test_result_counts_rows_and_lists_reasons_in_the_readers_language(
    client: FieldClient, finished: dict[str, Any], client_for: Any, make_user: MakeUser
) -> None:
    assert finished["state"] == "done"
    assert finished["counts"] | {"total": 3, "created": 2, "refused": 1, "flagged": 1} == finished["counts"]
    assert finished["can_undo"] is True
    path = f"/api/imports/{finished['id']}/rows"
    refused = client.get(f"{path}?state=refused").json["items"]
    assert [row["row_no"] for row in refused] == [4]
    assert {(p["field"], p["message"]) for p in refused[0]["problems"]} == {
        ("status", "「取引中」は選択肢にありません"),
        ("last_visit_at", "正しい日付を入力してください"),
    }
    english = client_for(make_user(Role.ADMINISTRATOR, locale="en"))
    flagged = english.get(f"{path}?state=flagged").json["items"]
    assert [(row["row_no"], row["problems"][0]["message"]) for row in flagged] == [
        (3, "Not a valid phone number")
    ]
    page = client.get(f"{path}?limit=1").json
    assert len(page["items"]) == 1
    assert {"key": "win_prob", "label": "受注確度"} in page["fields"]
    assert client.get(f"{path}?limit=1&cursor={page['next_cursor']}").json["items"][0]["row_no"] == 4


def test_refused_rows_come_as_a_file_that_can_be_corrected_and_imported(
    client: FieldClient, finished: dict[str, Any], manager: Person, do_work: Callable[..., None]
) -> None:
    body = client.get(f"/api/imports/{finished['id']}/refused.csv").get_data()
    assert body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    assert rows[0][-1] == "取り込めなかった理由"
    assert rows[1][:2] == ["A3", "悪い行"]
    assert "ステータス: 「取引中」は選択肢にありません" in rows[1][-1]
    corrected = body.decode("utf-8-sig").replace("取引中,2025-02-30", "既存顧客,2025-02-28")
    draft = upload(client, corrected, "refused.csv").json
    assert draft["mapping"].get("6") is None
    client.post(f"/api/imports/{draft['id']}/start", json={})
    do_work(jobs.run_import, draft["id"], manager)
    result = client.get(f"/api/imports/{draft['id']}").json
    assert (result["counts"]["created"], result["counts"]["refused"]) == (1, 0)


def test_one_row_is_retried_with_corrected_values(client: FieldClient, finished: dict[str, Any]) -> None:
    path = f"/api/imports/{finished['id']}/rows/4/retry"
    still_bad = client.post(path, json={"values": {"status": "既存顧客", "last_visit_at": "2025-02-31"}})
    assert still_bad.status_code == 422
    assert [(e["field"], e["code"]) for e in still_bad.json["errors"]] == [
        ("values.last_visit_at", "bad_date")
    ]
    good = client.post(path, json={"values": {"status": "既存顧客", "last_visit_at": "2025-02-28"}})
    assert good.status_code == 200
    assert (good.json["counts"]["created"], good.json["counts"]["refused"]) == (3, 0)
    assert client.post(path, json={"values": {}}).status_code == 404


def test_pointed_out_row_is_mended_on_its_own_account(
    client: FieldClient, finished: dict[str, Any], actor: Actor
) -> None:
    path = f"/api/imports/{finished['id']}/rows/3/retry"
    done = client.post(path, json={"values": {"phone": "06-1234-5678"}})
    assert done.json["counts"]["flagged"] == 0
    with transaction(actor) as session:
        account = session.scalars(
            select(Account).where(Account.org_id == actor.org_id, Account.name == "例社")
        ).one()
        assert account.phones == [{"number": "+81612345678", "label": ""}]


def test_undo_takes_back_what_nobody_touched(
    client: FieldClient, finished: dict[str, Any], manager: Person, do_work: Callable[..., None], actor: Actor
) -> None:
    again = upload(client, "コード,会社名,備考\nA1,見本商事改,書き換え\nA9,新しい客,\n").json
    client.post(f"/api/imports/{again['id']}/start", json={})
    do_work(jobs.run_import, again["id"], manager)
    assert client.post(f"/api/imports/{again['id']}/undo").status_code == 202
    do_work(jobs.undo_import, again["id"], manager)
    state = client.get(f"/api/imports/{again['id']}").json
    assert (state["state"], state["can_undo"]) == ("undone", False)
    assert (state["counts"]["deleted"], state["counts"]["restored"], state["counts"]["kept"]) == (1, 1, 0)
    names = {row["name"] for row in client.get("/api/accounts").json["items"]}
    assert names == {"見本商事", "例社"}
    assert client.post(f"/api/imports/{again['id']}/undo").status_code == 409


def test_undo_puts_back_no_team_that_ended_and_nobody_who_left(
    make_user: MakeUser, make_team: Callable[..., Team], client_for: Callable[[Person], FieldClient],
    do_work: Callable[..., None],
) -> None:  # fmt: skip
    """The file gives three accounts to somebody else; then their former team ends and one owner leaves."""
    boss = make_user(Role.ADMINISTRATOR, password="見本のための合言葉2026")
    first, second = make_team("第一"), make_team("第二")
    stays = make_user(Role.REP, teams=[first, second], name="残る人")
    leaves = make_user(Role.REP, teams=[first], name="去る人")
    heir = make_user(Role.REP, teams=[second], name="受ける人")
    client = client_for(boss)
    former = {
        "残る客": {"owner_id": str(stays.id), "team_id": str(first.id)},
        "去る客": {"owner_id": str(leaves.id), "team_id": str(first.id)},
        "課の客": {"owner_id": None, "team_id": str(first.id)},
    }
    for code, (name, held) in zip("ABC", former.items(), strict=True):
        assert (
            client.post("/api/accounts", json={"name": name, "external_id": code, **held}).status_code == 201
        )
    rows = "".join(f"{code},{name},受ける人\n" for code, name in zip("ABC", former, strict=True))
    draft = upload(client, f"コード,会社名,担当者\n{rows}").json
    client.post(f"/api/imports/{draft['id']}/start", json={})
    do_work(jobs.run_import, draft["id"], boss)
    given = (str(heir.id), str(second.id))
    assert set(_held(client).values()) == {given}
    assert client.post(f"/api/teams/{first.id}/dissolve", json={"team_id": None}).status_code == 200
    assert client.post(f"/api/users/{leaves.id}/deactivate", json={}).status_code == 200
    client.post(f"/api/imports/{draft['id']}/undo")
    do_work(jobs.undo_import, draft["id"], boss)
    assert client.get(f"/api/imports/{draft['id']}").json["counts"]["restored"] == 3
    assert _held(client) == {
        "残る客": (str(stays.id), str(second.id)),
        "去る客": given,
        "課の客": given,
    }


def _held(client: FieldClient) -> dict[str, tuple[str | None, str | None]]:
    return {
        row["name"]: (row["owner_id"], row["team_id"]) for row in client.get("/api/accounts").json["items"]
    }


def test_undo_keeps_and_lists_what_was_changed_since(
    client: FieldClient, finished: dict[str, Any], manager: Person, do_work: Callable[..., None]
) -> None:
    account = next(a for a in client.get("/api/accounts").json["items"] if a["name"] == "見本商事")
    client.patch(f"/api/accounts/{account['id']}", json={"notes": "電話で話した"})
    client.post(f"/api/imports/{finished['id']}/undo")
    do_work(jobs.undo_import, finished["id"], manager)
    assert [row["name"] for row in client.get("/api/accounts").json["items"]] == ["見本商事"]
    kept = client.get(f"/api/imports/{finished['id']}/rows?state=kept").json["items"]
    assert [(row["account_id"], row["problems"][0]["code"]) for row in kept] == [
        (account["id"], "imports.kept_changed")
    ]


def test_import_after_undo_brings_the_accounts_back(
    client: FieldClient, finished: dict[str, Any], manager: Person, do_work: Callable[..., None]
) -> None:
    client.post(f"/api/imports/{finished['id']}/undo")
    do_work(jobs.undo_import, finished["id"], manager)
    assert client.get("/api/accounts").json["items"] == []
    again = upload(client).json
    client.post(f"/api/imports/{again['id']}/start", json={})
    do_work(jobs.run_import, again["id"], manager)
    assert client.get(f"/api/imports/{again['id']}").json["counts"]["created"] == 2
    assert len(client.get("/api/accounts").json["items"]) == 2


def test_started_import_is_not_started_twice(client: FieldClient) -> None:
    import_id = upload(client).json["id"]
    client.post(f"/api/imports/{import_id}/start", json={})
    again = client.post(f"/api/imports/{import_id}/start", json={})
    assert (again.status_code, again.json["code"]) == (409, "imports.already_started")


def test_reps_and_back_office_may_not_import(
    make_user: MakeUser, client_for: Callable[[Person], FieldClient]
) -> None:
    for role in (Role.REP, Role.BACK_OFFICE):
        assert upload(client_for(make_user(role))).status_code == 403


def test_manager_may_not_change_another_teams_account(
    client: FieldClient,
    finished: dict[str, Any],
    manager: Person,
    do_work: Callable[..., None],
    make_user: MakeUser,
    actor: Actor,
) -> None:
    owner = make_user(Role.REP)
    with transaction(actor) as session:
        session.scalars(select(Account).where(Account.name == "見本商事")).one().owner_id = owner.id
    again = upload(client, TEXT.replace("03-1234-5678", "03-9999-9999")).json
    client.post(f"/api/imports/{again['id']}/start", json={})
    do_work(jobs.run_import, again["id"], manager)
    rows = client.get(f"/api/imports/{again['id']}/rows?state=refused").json["items"]
    assert ("row", "imports.out_of_reach") in {(p["field"], p["code"]) for r in rows for p in r["problems"]}


@pytest.mark.parametrize(("content", "filename", "message"), [
    (
        b"PK\x03\x04nonsense",
        "x.xlsx",
        "Excelファイルが壊れているため開けません。Excelで開いて保存し直してください",
    ),
    (b"", "x.csv", "ファイルが空です"),
])  # fmt: skip
def test_unreadable_upload_says_why_at_the_file(
    client: FieldClient, content: bytes, filename: str, message: str
) -> None:
    answer = upload(client, content, filename)
    assert answer.status_code == 422
    assert answer.json["errors"][0] | {"field": "file", "message": message} == answer.json["errors"][0]


def test_upload_without_a_file_and_too_large_ones_are_refused(client: FieldClient, app: Flask) -> None:
    missing = client.post("/api/imports", data={})
    assert missing.json["errors"][0]["code"] == "imports.file_needed"
    limit = app.config["MAX_CONTENT_LENGTH"]
    app.config["MAX_CONTENT_LENGTH"] = 1000
    try:
        large = upload(client, "会社名\n" + "見本\n" * 1000)
    finally:
        app.config["MAX_CONTENT_LENGTH"] = limit
    assert large.status_code == 413
    assert "上限" in large.json["title"]
