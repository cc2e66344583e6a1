"""Rows become accounts: what is refused, what is pointed out, what a second import does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from fieldcrm.accounts.models import Account, CustomField
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import transaction
from fieldcrm.core.errors import Invalid
from fieldcrm.imports import runner
from tests.fixtures.people import MakeOrganisation, MakeUser
from tests.imports.conftest import ImportFile

Accounts = Callable[..., dict[str, Account]]

HEAD = "顧客コード,会社名,フリガナ,住所,電話番号,メール,URL,ステータス,受注確度,最終訪問日,備考\n"
ROW = (
    "C001,見本商事,ミホンショウジ,東京都千代田区千代田1-1,03-1234-5678,a@example.jp,https://example.jp,"
    "商談中,40%,2025/6/1,よい客\n"
)


def counts(done: object, *names: str) -> tuple[int, ...]:
    return tuple(done.counts.get(name, 0) for name in names)  # type: ignore[attr-defined]


def test_row_becomes_an_account_placed_on_the_map(import_file: ImportFile, accounts_of: Accounts) -> None:
    done = import_file(HEAD + ROW)
    assert counts(done, "created", "refused", "flagged") == (1, 0, 0)
    account = accounts_of()["見本商事"]
    assert (account.external_id, account.name_kana) == ("C001", "ミホンショウジ")
    assert account.phones == [{"number": "+81312345678", "label": ""}]
    assert (account.status, account.win_prob) == (3, 40)
    assert account.last_visit_at == datetime(2025, 6, 1, 3, 0, tzinfo=UTC)
    assert account.geo_source == "gazetteer"
    assert account.lon == pytest.approx(139.75, abs=0.02)
    assert account.prefecture == "東京都"


def test_second_import_of_the_same_file_changes_nothing(import_file: ImportFile) -> None:
    import_file(HEAD + ROW)
    again = import_file(HEAD + ROW)
    assert counts(again, "created", "updated", "unchanged") == (0, 0, 1)


def test_external_id_finds_the_account_under_another_name(
    import_file: ImportFile, accounts_of: Accounts
) -> None:
    import_file(HEAD + ROW)
    again = import_file(HEAD + ROW.replace("見本商事", "新見本商事").replace("40%", "70%"))
    assert counts(again, "created", "updated") == (0, 1)
    assert accounts_of()["新見本商事"].win_prob == 70


def test_without_external_id_name_and_address_find_the_account(import_file: ImportFile) -> None:
    text = "会社名,住所,備考\n見本,東京都港区芝1丁目2番3号,あ\n見本,大阪府大阪市北区梅田1-1,い\n"
    assert counts(import_file(text), "created") == (2,)
    again = import_file(text.replace("1丁目2番3号", "１－２－３").replace("い\n", "う\n"))
    assert counts(again, "created", "updated") == (0, 2)


def test_names_without_address_are_not_doubled_either(import_file: ImportFile) -> None:
    text = "氏名,電話\n田中太郎,03-1111-1111\n田中太郎,03-2222-2222\n佐藤花子,\n"
    assert counts(import_file(text), "created") == (3,)
    assert counts(import_file(text), "created", "unchanged") == (0, 3)


def test_empty_cell_leaves_what_people_entered(import_file: ImportFile, accounts_of: Accounts) -> None:
    import_file(HEAD + ROW)
    again = import_file("顧客コード,会社名,備考,電話番号\nC001,見本商事,,\n")
    assert counts(again, "unchanged") == (1,)
    assert accounts_of()["見本商事"].notes == "よい客"


def test_import_never_sets_a_visit_back(import_file: ImportFile, accounts_of: Accounts) -> None:
    import_file(HEAD + ROW)
    import_file("顧客コード,会社名,最終訪問日\nC001,見本商事,2024-01-01\n")
    assert accounts_of()["見本商事"].last_visit_at == datetime(2025, 6, 1, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(("heading", "value", "field", "code"), [
    ("会社名", "", "name", "required"),
    ("会社名", "あ" * 201, "name", "too_long"),
    ("会社名", "見\x00本", "name", "bad_characters"),
    ("会社名", "\x1b[2J", "name", "bad_characters"),
    ("ステータス", "取引中", "status", "imports.not_a_choice"),
    ("受注確度", "高い", "win_prob", "not_a_number"),
    ("受注確度", "140", "win_prob", "out_of_range"),
    ("ランク", "Z", "rank", "imports.not_a_choice"),
    ("最終訪問日", "2025-02-30", "last_visit_at", "bad_date"),
    ("最終訪問日", "きのう", "last_visit_at", "bad_date"),
    ("最終訪問日", "2999-01-01", "last_visit_at", "imports.not_yet"),
    ("訪問間隔", "0", "cadence_days", "out_of_range"),
    ("備考", "x" * 10_001, "notes", "too_long"),
    ("FieldCRM ID", "でたらめ", "id", "bad_id"),
    ("FieldCRM ID", "0190aaaa-0000-7000-8000-000000000000", "id", "imports.no_such_account"),
])  # fmt: skip
def test_bad_value_refuses_its_row_and_no_other(
    import_file: ImportFile, accounts_of: Accounts, heading: str, value: str, field: str, code: str
) -> None:
    headings = ["会社名", heading] if heading != "会社名" else ["会社名", "備考"]
    bad = [value, "x"] if heading == "会社名" else ["見本", value]
    text = "\n".join([",".join(headings), "前の客,", ",".join(bad), "後の客,"])
    names = {"会社名": "name", heading: field} if heading != "会社名" else {"会社名": "name"}
    mapping = {str(index): names.get(h) for index, h in enumerate(headings)}
    done = import_file(text, mapping=mapping)
    assert (3, field, code) in done.problems()
    assert counts(done, "created", "refused") == (2, 1)
    assert set(accounts_of()) == {"前の客", "後の客"}


@pytest.mark.parametrize(("heading", "value", "field", "code"), [
    ("電話番号", "12", "phone", "bad_phone"),
    ("メール", "a@", "email", "bad_email"),
    ("URL", "http://", "web", "bad_url"),
    ("緯度", "北のほう", "lat", "bad_position"),
])  # fmt: skip
def test_bad_extra_is_left_out_and_pointed_out(
    import_file: ImportFile, accounts_of: Accounts, heading: str, value: str, field: str, code: str
) -> None:
    done = import_file(f"会社名,{heading}\n見本,{value}\n", mapping={"0": "name", "1": field})
    assert done.problems() == [(2, field, code)]
    assert counts(done, "created", "refused", "flagged") == (1, 0, 1)
    assert "見本" in accounts_of()


def test_unreadable_bytes_refuse_their_row_only(import_file: ImportFile) -> None:
    raw = "会社名,備考\n見本,よい\n壊れ,".encode("cp932") + b"\x81\xff\n" + "例社,可\n".encode("cp932")
    done = import_file(raw)
    assert done.problems() == [(3, "notes", "imports.unreadable")]
    assert counts(done, "created", "refused") == (2, 1)


def test_ragged_rows_short_ones_pass_long_ones_are_refused(import_file: ImportFile) -> None:
    done = import_file("会社名,住所,備考\n短い\n長い,東京都港区芝1,備考,余り\n空の余り,,,,,\n")
    assert done.problems() == [(3, "row", "imports.too_many_cells")]
    assert counts(done, "created") == (2,)


def test_unclosed_quote_is_told(import_file: ImportFile) -> None:
    rows = "".join(f"客{n},備考{n}\n" for n in range(150))
    done = import_file(f'会社名,備考\n前の客,よい\n"開いたまま,{rows}')
    assert (3, "row", "imports.unclosed_quote") in done.problems()
    assert counts(done, "created") == (1,)


def test_emoji_and_half_width_kana_are_kept_readable(import_file: ImportFile, accounts_of: Accounts) -> None:
    import_file("会社名,フリガナ,備考\n🍣寿司🏠,ｽｼﾔ ｶﾞﾝｺ,絵文字👨‍👩‍👧‍👦\n")
    account = accounts_of()["🍣寿司🏠"]
    assert (account.name_kana, account.notes) == ("スシヤ ガンコ", "絵文字👨‍👩‍👧‍👦")


def test_same_customer_twice_in_a_file(import_file: ImportFile, accounts_of: Accounts) -> None:
    text = "顧客コード,会社名,備考\nA1,見本,一\nA1,見本,一\nA1,見本,二\nB1,例社,三\n"
    done = import_file(text, mapping={"0": "external_id", "1": "name", "2": "notes"})
    assert done.problems() == [(4, "row", "imports.twice_in_file")]
    assert counts(done, "created", "unchanged", "refused") == (2, 1, 1)
    assert accounts_of()["見本"].notes == "一"


def test_two_rows_that_find_one_account_in_two_ways(import_file: ImportFile, accounts_of: Accounts) -> None:
    import_file("コード,会社名,住所\nA-1,見本,東京都港区芝1-2-3\n")
    text = "コード,会社名,住所,備考\nA-1,見本,東京都港区芝1-2-3,一\n,見本,東京都港区芝1-2-3,二\n"
    mapping = {"0": "external_id", "1": "name", "2": "address", "3": "notes"}
    done = import_file(text, mapping=mapping)
    assert done.problems() == [(3, "row", "imports.already_in_file")]
    assert accounts_of()["見本"].notes == "一"


def test_address_is_put_together_from_its_columns(import_file: ImportFile, accounts_of: Accounts) -> None:
    import_file(
        "会社名,都道府県,市区町村,住所1,住所2\n"
        "甲,東京都,港区,芝,1-2-3\n"
        "乙,東京都,港区,東京都港区芝,1-2-3\n"
        "丙,北海道,札幌市中央区,中央区南1条西2丁目,\n"
        "丁,北海道,石狩郡当別町,当別町弥生1,\n"
    )
    found = {name: account.address for name, account in accounts_of().items()}
    assert found["甲"] == found["乙"] == "東京都港区芝1-2-3"
    assert found["丙"] == "北海道札幌市中央区南1条西2丁目"
    assert found["丁"] == "北海道石狩郡当別町弥生1"


@pytest.mark.parametrize(("lat", "lon", "code", "source"), [
    ("35.685", "139.752", None, "file"),
    ("0.0", "0.0", "imports.geo_zero", "gazetteer"),
    ("139.752", "35.685", "imports.geo_swapped", "file"),
    ("34.70", "135.50", "imports.geo_outside_prefecture", "gazetteer"),
    ("30.0", "150.0", "imports.geo_not_in_japan", "gazetteer"),
])  # fmt: skip
def test_coordinates_are_believed_only_when_the_address_agrees(
    import_file: ImportFile, accounts_of: Accounts, lat: str, lon: str, code: str | None, source: str
) -> None:
    text = f"顧客コード,会社名,住所,緯度,経度\nC1,見本,東京都千代田区千代田1-1,{lat},{lon}\n"
    mapping = {"0": "external_id", "1": "name", "2": "address", "3": "lat", "4": "lon"}
    for _ in range(2):
        done = import_file(text, mapping=mapping)
        assert [problem[2] for problem in done.problems()] == ([code] if code else [])
    assert counts(done, "created", "unchanged") == (0, 1)
    account = accounts_of()["見本"]
    assert account.geo_source == source
    assert account.lon == pytest.approx(139.752, abs=0.02)
    assert account.lat == pytest.approx(35.685, abs=0.02)


def test_pin_set_by_a_person_is_never_moved(
    import_file: ImportFile, accounts_of: Accounts, actor: Actor
) -> None:
    from fieldcrm.accounts.schemas import PositionIn
    from fieldcrm.accounts.service import move_account

    import_file(HEAD + ROW)
    account_id = accounts_of()["見本商事"].id
    with transaction(actor) as session:
        move_account(session, actor, account_id, PositionIn(lon=139.7, lat=35.6, source="drag"))
    text = "顧客コード,会社名,住所,緯度,経度\nC001,見本商事,東京都千代田区千代田1-1,35.685,139.752\n"
    import_file(text, mapping={"0": "external_id", "1": "name", "2": "address", "3": "lat", "4": "lon"})
    account = accounts_of()["見本商事"]
    assert (account.lon, account.lat, account.geo_source) == (139.7, 35.6, "drag")


def test_own_fields_are_filled_and_checked(
    import_file: ImportFile, accounts_of: Accounts, actor: Actor
) -> None:
    with transaction(actor) as session:
        for key, label, kind in (("beds", "病床数", "number"), ("opened", "開設日", "date")):
            session.add(
                CustomField(org_id=actor.org_id, key=key, label_ja=label, label_en=key, type=kind, choices=[])
            )
    done = import_file("会社名,病床数,開設日\n甲,120,平成12年4月1日\n乙,多い,2020-01-01\n")
    assert done.problems() == [(3, "custom.beds", "not_a_number")]
    assert accounts_of()["甲"].custom == {"beds": 120, "opened": "2000-04-01"}


def test_owner_is_found_by_name_and_unknown_ones_are_pointed_out(
    import_file: ImportFile, accounts_of: Accounts, make_user: MakeUser
) -> None:
    person = make_user(name="営業 一郎")
    done = import_file("会社名,担当営業\n甲,営業一郎\n乙,営業一郎\n丙,辞めた人\n")
    found = accounts_of()
    assert found["甲"].owner_id == person.id
    assert found["丙"].owner_id is None
    assert done.problems() == [(4, "owner", "imports.no_such_owner")]


def test_account_of_another_organisation_is_out_of_reach(
    import_file: ImportFile, accounts_of: Accounts, make_organisation: MakeOrganisation
) -> None:
    other = make_organisation().actor
    import_file(HEAD + ROW, by=other)
    foreign = accounts_of(other)["見本商事"]
    done = import_file(f"FieldCRM ID,会社名\n{foreign.id},乗っ取り\n")
    assert done.problems() == [(2, "id", "imports.no_such_account")]
    assert set(accounts_of(other)) == {"見本商事"}


def test_trial_run_tells_the_same_and_writes_nothing(import_file: ImportFile, accounts_of: Accounts) -> None:
    text = HEAD + ROW + ROW.replace("C001", "C002").replace("2025/6/1", "2025/6/31")
    trial = import_file(text, is_dry_run=True)
    assert accounts_of() == {}
    real = import_file(text)
    names = ("created", "updated", "unchanged", "refused", "flagged")
    assert counts(trial, *names) == counts(real, *names) == (1, 0, 0, 1, 0)
    assert trial.problems() == real.problems()


@pytest.mark.parametrize(("content", "code"), [
    ("会社名,住所\n", "imports.header_only"),
    ("", "imports.empty_file"),
])  # fmt: skip
def test_file_without_rows_is_refused(import_file: ImportFile, content: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        import_file(content)
    assert [(e.field, e.code) for e in refused.value.errors] == [("file", code)]


def test_name_must_be_mapped(import_file: ImportFile) -> None:
    with pytest.raises(Invalid) as refused:
        import_file("会社名,住所\n見本,東京都港区芝1\n", mapping={"0": None, "1": "address"})
    assert refused.value.errors[0].code == "imports.name_needed"


def test_mapping_is_remembered_for_files_with_the_same_headings(
    import_file: ImportFile, accounts_of: Accounts
) -> None:
    text = "符号,見出し甲,見出し乙\nA-1,見本,メモ\n"
    import_file(text, mapping={"0": "external_id", "1": "name", "2": "notes"})
    done = import_file(text.replace("見本", "見本二"))
    assert counts(done, "created", "updated") == (0, 1)
    assert accounts_of()["見本二"].notes == "メモ"


def test_planner_knows_of_an_organisation_that_brought_many(
    import_file: ImportFile, make_organisation: MakeOrganisation, actor: Actor
) -> None:
    def many(letter: str) -> str:
        return "顧客コード,会社名\n" + "".join(f"{letter}{n},見本{n}\n" for n in range(runner.MANY))

    def foreseen(session: Session) -> int:
        plan = session.scalar(
            text("explain (format json) select from accounts where org_id = :org_id"),
            {"org_id": actor.org_id},
        )
        return int(plan[0]["Plan"]["Plan Rows"])

    # Statistics that know of another organisation only.
    import_file(many("B"), by=make_organisation().actor)
    with transaction(actor) as session:
        assert foreseen(session) < 100
    import_file(many("A"))
    with transaction(actor) as session:
        assert foreseen(session) == pytest.approx(runner.MANY, rel=0.2)
