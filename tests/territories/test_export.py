"""The tables of coverage as files: the screen's figures, in the reader's words, safe to open, noted."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import openpyxl
from sqlalchemy import select

from fieldcrm.core.actor import Role
from fieldcrm.core.audit import AuditEntry
from fieldcrm.core.db import transaction
from tests.fixtures.people import FieldClient, MakeUser, Org, Person, Team

ClientFor = Callable[[Person], FieldClient]
MakeAccounts = Callable[..., object]


def test_both_files_hold_the_screens_figures(
    organisation: Org, make_user: MakeUser, make_team: Callable[..., Team], make_accounts: MakeAccounts,
    client_for: ClientFor,
) -> None:  # fmt: skip
    team = make_team()
    rep = make_user(Role.REP, teams=[team], name='=HYPERLINK("http://x")')
    make_accounts(organisation, 80, people=[rep], teams=[team])
    client = client_for(make_user(Role.MANAGER, teams=[team]))
    told = client.get("/api/coverage?days=30").json
    wanted = [told["total"][name] for name in ("accounts", "covered", "share", "overdue", "never_visited")]

    answer = client.get("/api/coverage/export.csv?days=30")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    table = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))
    assert table[0][:5] == ["担当", "市区町村コード", "都道府県", "市区町村", "顧客"]
    assert len(table) == 1 + len(told["owners"]) + 1 + len(told["municipalities"]) + 1
    assert [int(cell) for cell in table[-1][4:9]] == wanted
    names = {row[0] for row in table[1:]}
    assert "担当なし" in names
    assert '\'=HYPERLINK("http://x")' in names

    book = openpyxl.load_workbook(io.BytesIO(client.get("/api/coverage/export.xlsx?days=30").data))
    assert book.sheetnames == ["担当別", "市区町村別"]
    owners, places = (list(book[name].values) for name in book.sheetnames)
    assert list(owners[-1][1:6]) == list(places[-1][3:8]) == wanted
    assert {row[0] for row in places[1:-1]} == {row["code"] for row in told["municipalities"]}
    cells = [cell for row in book["担当別"].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}  # no formula

    with transaction(organisation.actor) as session:
        noted = session.scalars(select(AuditEntry).where(AuditEntry.entity == "coverage")).all()
        assert sorted(entry.changes["format"][1] for entry in noted) == ["csv", "xlsx"]


def test_files_of_one_rank_hold_its_figures_and_say_so(
    organisation: Org, make_user: MakeUser, make_team: Callable[..., Team], make_accounts: MakeAccounts,
    client_for: ClientFor,
) -> None:  # fmt: skip
    team = make_team()
    make_accounts(organisation, 40, people=[make_user(Role.REP, teams=[team])], teams=[team])
    client = client_for(make_user(Role.MANAGER, teams=[team]))
    told = client.get("/api/coverage?days=30&rank=A").json["total"]
    text = client.get("/api/coverage/export.csv?days=30&rank=A").data.decode("utf-8-sig")
    last = list(csv.reader(io.StringIO(text, newline="")))[-1]
    assert last[3:5] == ["合計（ランクA）", str(told["accounts"])]
    with transaction(organisation.actor) as session:
        noted = session.scalars(select(AuditEntry).where(AuditEntry.entity == "coverage")).one()
        assert noted.changes["rank"] == [None, "A"]


def test_the_headings_follow_the_reader(make_user: MakeUser, client_for: ClientFor) -> None:
    client = client_for(make_user(Role.ADMINISTRATOR, locale="en"))
    text = client.get("/api/coverage/export.csv").data.decode("utf-8-sig")
    assert text.startswith("Owner,Municipality code,Prefecture,Municipality,Accounts,Covered,Coverage")
