"""Administrators look through what was done: by person, action, kind of thing, period and text."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import openpyxl
import pytest

from fieldcrm.auditlog import export, queries
from fieldcrm.core import audit
from fieldcrm.core.db import transaction
from tests.fixtures.people import FieldClient, MakeUser, Person

ClientFor = Callable[[Person], FieldClient]


@pytest.fixture
def boss(make_user: MakeUser) -> Person:
    return make_user("administrator", name="管理 花子")


@pytest.fixture
def admin(boss: Person, client_for: ClientFor) -> FieldClient:
    return client_for(boss)


def _found(admin: FieldClient, **query: Any) -> list[dict[str, Any]]:
    answer = admin.get("/api/audit", query_string=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json["items"]
    return items


def _told(entry: dict[str, Any]) -> dict[str, tuple[str | None, str | None]]:
    return {each["label"]: (each["before"], each["after"]) for each in entry["changes"]}


def test_a_change_is_told_in_words_with_who_and_what_and_its_account(
    admin: FieldClient, make_user: MakeUser, client_for: ClientFor
) -> None:
    rep = client_for(make_user("rep", name="伊藤 博"))
    account = rep.post("/api/accounts", json={"name": "青葉医院", "rank": "B", "tags": ["新規"]}).json
    rep.patch(f"/api/accounts/{account['id']}", json={"rank": "A", "status": 3, "tags": []})
    newest = _found(admin, entity="accounts")[0]
    assert (newest["by_name"], newest["action_name"], newest["entity_name"]) == ("伊藤 博", "変更", "顧客")
    assert (newest["subject"], newest["account_id"]) == ("青葉医院", account["id"])
    assert _told(newest) == {"ランク": ("B", "A"), "状況": ("見込み", "商談中"), "タグ": ("新規", None)}

    visit = {"account_id": account["id"], "occurred_at": "2026-11-18T01:00:00Z", "note": "受付で挨拶"}
    assert rep.post("/api/activities", json=visit).status_code == 201
    english = admin.get("/api/audit?entity=activities", headers={"Accept-Language": "en"})
    admin.put("/api/session/preferences", json={"locale": "en"})
    english = admin.get("/api/audit?entity=activities").json["items"][0]
    assert (english["action_name"], english["entity_name"]) == ("Created", "Activity")
    assert (english["account_id"], english["account_name"]) == (account["id"], "青葉医院")
    assert _told(english)["Channel"] == (None, "Visit")
    assert _told(english)["When"] == (None, "2026-11-18 10:00")


def test_it_is_searched_by_person_action_kind_period_and_text(
    admin: FieldClient, boss: Person, make_user: MakeUser, client_for: ClientFor, frozen_clock: Any
) -> None:
    rep = make_user("rep", name="伊藤 博")
    phone = client_for(rep)
    first = phone.post("/api/accounts", json={"name": "百パーセント商店", "notes": "割引100%_希望"}).json
    frozen_clock.moment += timedelta(days=2)
    second = admin.post("/api/accounts", json={"name": "若葉薬局", "notes": "割引なし"}).json
    phone.patch(f"/api/accounts/{first['id']}", json={"notes": "済"})

    def subjects(**query: Any) -> list[str]:
        return [entry["subject"] for entry in _found(admin, entity="accounts", **query)]

    assert subjects() == ["百パーセント商店", "若葉薬局", "百パーセント商店"]
    assert subjects(user=str(rep.id)) == ["百パーセント商店", "百パーセント商店"]
    assert subjects(user=str(boss.id), action="create") == ["若葉薬局"]
    assert subjects(action="update") == ["百パーセント商店"]
    assert subjects(since="2026-11-19") == ["百パーセント商店", "若葉薬局"]
    assert subjects(until="2026-11-18") == ["百パーセント商店"]
    assert subjects(since="2026-11-19", until="2026-11-19") == []
    assert len(subjects(since="0001-01-01", until="9999-12-31")) == 3
    assert subjects(since="9999-12-31") == subjects(until="0001-01-01") == []
    # Text is looked for in values, before and after; a name of the thing or of the person counts too.
    assert subjects(q="100%_希") == ["百パーセント商店", "百パーセント商店"]
    assert subjects(q="0%%希") == []
    assert subjects(q="若葉") == ["若葉薬局"]
    assert subjects(q="伊藤", action="create") == ["百パーセント商店"]
    assert subjects(q="notes") == []
    assert second["id"] in {entry["account_id"] for entry in _found(admin, q="割引なし")}


def test_pages_end_where_the_list_ends_and_repeat_nothing(
    admin: FieldClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(7):
        admin.post("/api/accounts", json={"name": f"第{number}商店", "notes": "odd" if number % 2 else ""})

    def walk(**query: Any) -> tuple[list[str], int]:
        cursor, seen, pages = None, [], 0
        while pages == 0 or cursor:
            asked = query | ({"cursor": cursor} if cursor else {})
            answer = admin.get("/api/audit", query_string=asked).json
            seen += [each["subject"] for each in answer["items"]]
            cursor, pages = answer["next_cursor"], pages + 1
            assert (answer["searched_to"] is not None) <= (cursor is not None)
        return seen, pages

    names = [f"第{number}商店" for number in reversed(range(7))]
    assert walk(entity="accounts", limit=3) == (names, 3)
    assert walk(entity="accounts", limit=7) == (names, 1)
    # Looked for in small parts, the same is found: by text, and by what no index is for.
    monkeypatch.setattr(queries, "WINDOW", 2)
    assert walk(entity="accounts", q="odd", limit=5)[0] == ["第5商店", "第3商店", "第1商店"]
    assert walk(entity="accounts", q="odd", limit=1)[0] == ["第5商店", "第3商店", "第1商店"]
    assert walk(action="create", entity="accounts", limit=5)[0] == names
    assert walk(entity="accounts", q="どこにもない") == ([], 4)


@pytest.mark.parametrize(
    "query", ["cursor=x", "user=x", "action=hack", "entity=secrets", "since=x", "q=" + "x" * 101, "limit=0"]
)
def test_what_cannot_be_is_refused_at_its_field(admin: FieldClient, query: str) -> None:
    refused = admin.get(f"/api/audit?{query}")
    assert refused.status_code == 422
    assert [each["field"] for each in refused.json["errors"]] == [query.split("=", maxsplit=1)[0]]


@pytest.mark.parametrize("role", ["manager", "rep", "back_office"])
def test_only_administrators_read_it(make_user: MakeUser, client_for: ClientFor, role: str) -> None:
    client = client_for(make_user(role))
    for path in ("/api/audit", "/api/audit/export.csv", "/api/audit/export.xlsx"):
        assert client.get(path).status_code == 403


def test_another_organisations_entries_are_not_there(
    admin: FieldClient, make_organisation: Any, make_user: MakeUser, client_for: ClientFor
) -> None:
    stranger = make_user("administrator", org=make_organisation(), name="よその 人")
    theirs = client_for(stranger).post("/api/accounts", json={"name": "よその客"}).json
    for query in ({}, {"q": "よその"}, {"user": str(stranger.id)}, {"entity": "accounts"}):
        answer = admin.get("/api/audit", query_string=query)
        assert "よその" not in answer.text
        assert theirs["id"] not in answer.text


def test_secrets_are_not_in_it(admin: FieldClient) -> None:
    made = admin.post("/api/personal-tokens", json={"name": "倉庫", "scope": "read", "days": 30}).json
    text = admin.get("/api/audit").text
    assert "倉庫" in text
    assert made["token"] not in text
    assert "secret" not in text


def _rows(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_the_export_holds_what_is_shown_and_is_itself_written_down(
    admin: FieldClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin.post("/api/accounts", json={"name": "=HYPERLINK(1)", "notes": "+cmd|' /C calc'!A0"})
    for number in range(4):
        admin.post("/api/accounts", json={"name": f"第{number}商店"})
    answer = admin.get("/api/audit/export.csv?entity=accounts&action=create")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].endswith('.csv"')
    head, *rows = _rows(answer)
    assert head == ["日時", "操作した人", "操作", "種類", "対象", "顧客", "変更内容", "端末での記録日時"]
    assert [row[4] for row in rows] == ["第3商店", "第2商店", "第1商店", "第0商店", "'=HYPERLINK(1)"]
    assert "備考: – → +cmd" in rows[-1][6]
    noted = _found(admin, entity="audit_log")[0]
    assert (noted["by_name"], noted["action_name"], noted["entity_name"]) == (
        "管理 花子",
        "書き出し",
        "操作履歴",
    )
    assert _told(noted) == {
        "形式": (None, "csv"), "件数": (None, "5"), "種類": (None, "顧客"), "操作": (None, "登録"),
    }  # fmt: skip

    book = openpyxl.load_workbook(io.BytesIO(admin.get("/api/audit/export.xlsx?entity=accounts").data))
    sheet = book.active
    assert sheet is not None
    assert [cell.value for cell in sheet["E"]][1:] == [row[4].lstrip("'") for row in rows]
    assert all(cell.data_type == "s" for cell in sheet["E"])
    assert sheet["A2"].is_date

    monkeypatch.setattr(export, "MOST_ROWS", 3)
    assert len(_rows(admin.get("/api/audit/export.csv"))) == 4


def test_what_nobody_has_words_for_is_still_told(admin: FieldClient, boss: Person) -> None:
    with transaction(boss.actor) as session:
        changes = {"odd_field": (None, {"inner": [1]})}
        audit.record(session, action="teleport", entity="robots", entity_id=uuid.uuid4(), changes=changes)
    newest = _found(admin)[0]
    assert (newest["action_name"], newest["entity_name"], newest["subject"]) == ("teleport", "robots", None)
    assert _told(newest) == {"odd_field": (None, "inner: 1")}
