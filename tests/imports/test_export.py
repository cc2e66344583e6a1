"""Lists out to files: filtered, safe to open, and back in without a change."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from fieldcrm.accounts.models import Account, CustomField
from fieldcrm.accounts.schemas import AccountDraft
from fieldcrm.accounts.service import create_account
from fieldcrm.core.actor import Actor, Role
from fieldcrm.core.audit import AuditEntry
from fieldcrm.core.db import transaction
from tests.fixtures.people import FieldClient, MakeUser, Person
from tests.imports.conftest import ImportFile

ROWS = (
    "顧客コード,会社名,フリガナ,住所,建物名,電話番号,携帯電話,FAX,メール,URL,ステータス,受注確度,ランク,タグ,訪問間隔,"
    "最終訪問日,備考,病床数,開設日\n"
    "C1,見本商事,ミホン,東京都千代田区千代田1-1,見本ビル3F,03-1234-5678,090-1234-5678,03-1234-5679,a@example.jp,"
    'https://example.jp,商談中,40,A,"重点,医療",30,2025-06-01,"一行目\n二行目",120,2001-02-03\n'
    "C2,=1+1,,大阪府大阪市北区梅田1-1,,+1 650-253-0000,,,,,,,,,,,@SUM(A1),,\n"
    "C3,+危険,,海の向こう,,,,,,,,,,,,,-5,,\n"
    "C4,'=引用,,,,,,,,,,,,,,,'=残す,,\n"
)


@pytest.fixture
def administrator(make_user: MakeUser) -> Person:
    return make_user(Role.ADMINISTRATOR)


@pytest.fixture
def client(administrator: Person, client_for: Callable[[Person], FieldClient]) -> FieldClient:
    return client_for(administrator)


@pytest.fixture
def imported(actor: Actor, import_file: ImportFile) -> Any:
    with transaction(actor) as session:
        for key, label, kind in (("beds", "病床数", "number"), ("opened", "開設日", "date")):
            session.add(
                CustomField(org_id=actor.org_id, key=key, label_ja=label, label_en=key, type=kind, choices=[])
            )
    return import_file(ROWS)


def read_csv(client: FieldClient, query: str = "") -> list[dict[str, str]]:
    answer = client.get(f"/api/accounts/export.csv{query}")
    assert answer.status_code == 200
    text = answer.get_data().decode("utf-8-sig")
    assert answer.get_data().startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_cells_that_would_run_as_formulas_are_guarded_in_csv(imported: Any, client: FieldClient) -> None:
    rows = {row["外部ID"]: row for row in read_csv(client)}
    assert rows["C2"]["名称"] == "'=1+1"
    assert rows["C2"]["電話番号"].startswith("'+1")
    assert rows["C2"]["備考"] == "'@SUM(A1)"
    assert (rows["C3"]["名称"], rows["C3"]["備考"]) == ("'+危険", "'-5")
    dangerous = [cell for row in rows.values() for cell in row.values() if cell[:1] in tuple("=+-@\t\r")]
    assert dangerous == []


def test_workbook_holds_real_text_and_real_dates(imported: Any, client: FieldClient) -> None:
    answer = client.get("/api/accounts/export.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.get_data())).active
    assert sheet is not None
    headings = [cell.value for cell in sheet[1]]
    found = {row[headings.index("外部ID")].value: row for row in sheet.iter_rows(min_row=2)}

    def cell(code: str, heading: str) -> Any:
        return found[code][headings.index(heading)]

    assert (cell("C2", "名称").value, cell("C2", "名称").data_type) == ("=1+1", "s")
    assert cell("C1", "電話番号").value == "03-1234-5678"
    assert cell("C1", "最終訪問日").value == datetime(2025, 6, 1, 12, 0)  # noqa: DTZ001 - workbooks know no zones
    assert cell("C1", "開設日").value == datetime.combine(date(2001, 2, 3), datetime.min.time())
    assert cell("C1", "病床数").value == 120
    assert cell("C1", "緯度").value == pytest.approx(35.68, abs=0.05)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_exported_file_comes_back_without_a_change(
    imported: Any, client: FieldClient, import_file: ImportFile, actor: Actor, kind: str
) -> None:
    with transaction(actor) as session:
        typed = AccountDraft(
            name="手で登録", name_kana="ﾃﾃﾞ", prefecture="東京都", municipality="港区", address="芝1-2-3"
        )
        create_account(session, actor, typed)
    exported = client.get(f"/api/accounts/export.{kind}").get_data()
    back = import_file(exported, f"accounts.{kind}")
    assert back.problems() == []
    names = ("total", "created", "updated", "unchanged", "refused")
    assert [back.counts.get(name, 0) for name in names] == [5, 0, 0, 5, 0]


def test_export_follows_the_filters_of_the_list(imported: Any, client: FieldClient) -> None:
    assert [row["外部ID"] for row in read_csv(client, "?status=3")] == ["C1"]
    assert [row["外部ID"] for row in read_csv(client, "?q=ミホン")] == ["C1"]
    assert client.get("/api/accounts/export.csv?status=x").status_code == 422


def test_export_is_written_down_in_the_audit_log(
    imported: Any, client: FieldClient, administrator: Person
) -> None:
    read_csv(client, "?status=3")
    with transaction(administrator.actor) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "export")).one()
        assert entry.actor_id == administrator.id
        assert entry.changes == {"format": [None, "csv"], "count": [None, 1]}


def test_reps_export_what_they_see(
    imported: Any, client_for: Callable[[Person], FieldClient], make_user: MakeUser, actor: Actor
) -> None:
    rep, other = make_user(Role.REP), make_user(Role.REP)
    with transaction(actor) as session:
        session.scalars(select(Account).where(Account.name == "見本商事")).one().owner_id = other.id
    assert "C1" not in {row["外部ID"] for row in read_csv(client_for(rep))}
    assert "C1" in {row["外部ID"] for row in read_csv(client_for(other))}


def test_english_reader_gets_english_headings(
    imported: Any, make_user: MakeUser, client_for: Callable[[Person], FieldClient], import_file: ImportFile
) -> None:
    reader = client_for(make_user(Role.ADMINISTRATOR, locale="en"))
    rows = read_csv(reader)
    assert {"Name", "Status", "Postal code", "beds"} <= set(rows[0])
    assert next(row for row in rows if row["External ID"] == "C1")["Status"] == "Negotiation"
