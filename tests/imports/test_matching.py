"""Columns to fields, by heading and by content."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from fieldcrm.imports import headers
from fieldcrm.imports.field_names import _NAMES
from fieldcrm.imports.matching import Column, Vocabulary, match_columns

NO_WORDS = Vocabulary(custom={}, choices={})


def match(headings: list[str], *rows: list[str], words: Vocabulary = NO_WORDS) -> list[str | None]:
    columns = [Column(i, h, [row[i] for row in rows]) for i, h in enumerate(headings)]
    is_headed = any(headings)
    return [m.field for m in match_columns(columns, vocabulary=words, is_headed=is_headed)]


@pytest.mark.parametrize(("heading", "field"), [
    ("会社名", "name"), ("企業名", "name"), ("法人名", "name"), ("施設名", "name"), ("顧客名", "name"),
    ("取引先名", "name"), ("ﾌﾘｶﾞﾅ", "name_kana"), ("正式名称（フリガナ）", "name_kana"),
        ("〒", "postal_code"),
    ("郵便番号", "postal_code"), ("都道府県", "prefecture"), ("市区町村", "municipality"),
    ("住所", "address"),
    ("所在地", "address"), ("住所１", "address"), ("住所2", "address"), ("ビル名", "building"),
    ("方書（ビル名等）", "building"), ("TEL", "phone"), ("ＴＥＬ", "phone"), ("電話番号1", "phone"),
    ("携帯電話", "phone2"), ("FAX番号", "fax"), ("メールアドレス", "email"), ("ＵＲＬ", "web"), ("HP", "web"),
    ("緯度", "lat"), ("経度", "lon"), ("lat", "lat"), ("Longitude", "lon"), ("担当営業", "owner"),
    ("ランク", "rank"), ("状況", "status"), ("受注確度（％）", "win_prob"), ("備考", "notes"),
    ("最終訪問日", "last_visit_at"), ("Company Name", "name"), ("company_phone", "phone"),
    ("Zip Code", "postal_code"), ("Street Address", "address"), ("勤務先住所", "address"),
    ("本社電話番号", "phone"), ("名称（必須）", "name"), ("訪問間隔（日）", "cadence_days"),
])  # fmt: skip
def test_heading_names_its_field(heading: str, field: str) -> None:
    assert headers.field_of(heading)[0] == field


@pytest.mark.parametrize("key", list(_NAMES))
@pytest.mark.parametrize("language", [0, 1])
def test_our_own_export_headings_name_their_fields(key: str, language: int) -> None:
    assert headers.field_of(_NAMES[key][language])[0] == key


def test_reason_column_of_a_refused_file_is_passed_over() -> None:
    fields = match(["名称", "取り込めなかった理由"], ["見本", "名称: 入力してください"])
    assert fields == ["name", None]


def test_content_speaks_where_there_are_no_headings() -> None:
    row = ["見本株式会社", "ミホンカブシキガイシャ", "100-0001", "東京都千代田区千代田1-1", "03-1234-5678",
           "info@example.jp", "https://example.jp", "35.685", "139.752"]  # fmt: skip
    expected = ["name", "name_kana", "postal_code", "address", "phone", "email", "web", "lat", "lon"]
    assert match([""] * len(row), row, row) == expected


def test_heading_is_doubted_when_the_values_are_something_else() -> None:
    rows = [["見本", "a@example.jp"], ["例", "b@example.jp"]]
    assert match(["会社名", "TEL"], *rows) == ["name", "email"]


def test_second_phone_and_split_address_each_find_their_place() -> None:
    fields = match(
        ["会社名", "TEL", "電話番号", "住所1", "住所2"],
        ["見本", "03-1234-5678", "090-1234-5678", "東京都港区芝", "1-2-3"],
    )
    assert fields == ["name", "phone", "phone2", "address", "address"]


def test_running_number_is_no_external_id() -> None:
    counted = [[str(n), f"会社{n}"] for n in range(1, 30)]
    coded = [[f"C{n:04}", f"会社{n}"] for n in range(1, 30)]
    assert match(["ID", "会社名"], *counted) == [None, "name"]
    assert match(["ID", "会社名"], *coded) == ["external_id", "name"]


def test_contact_persons_are_not_taken_for_owners() -> None:
    words = Vocabulary(custom={}, choices={"owner": {"営業一郎"}})
    assert match(["会社名", "担当者"], ["見本", "先方花子"], words=words) == ["name", None]
    assert match(["会社名", "担当者"], ["見本", "営業一郎"], words=words) == ["name", "owner"]


def test_own_fields_are_found_by_label_and_key() -> None:
    words = Vocabulary(custom={"病床数": "custom.beds", "beds": "custom.beds"}, choices={})
    assert match(["会社名", "病床数"], ["見本", "120"], words=words) == ["name", "custom.beds"]


@pytest.mark.parametrize(("name", "expected"), [
    ("jp_hospitals_2025-06.csv", ["external_id", "name", "name_kana", "address", "lat", "lon", "web"]),
    (
        "jp_care_homes_2025-06.csv",
        [None, None, "prefecture", "municipality", "name", "name_kana", None, "address", "building", "lat",
         "lon", "phone", "external_id", None, "notes", None, "web"],
    ),
])  # fmt: skip
def test_ministry_files_match_by_themselves(shared_data: Path, name: str, expected: list[str | None]) -> None:
    with (shared_data / name).open(encoding="utf-8", newline="") as file:
        headings, *rows = list(csv.reader(file))[:301]
    assert match(headings, *rows) == expected
