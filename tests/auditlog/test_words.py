"""Everything that the log tells of has a name in both languages; values are told as people know them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from fieldcrm import rooms
from fieldcrm.auditlog import words
from fieldcrm.auditlog.values import Change, Names, changes_in_words
from fieldcrm.core.audit import _BOOKKEEPING
from fieldcrm.core.db import TenantModel

SOURCE = Path(rooms.__file__).parent
OWNER = "01890000-0000-7000-8000-000000000001"
GONE = "01890000-0000-7000-8000-0000000000ff"
NAMES = Names(
    locale="ja",
    timezone="Asia/Tokyo",
    statuses={3: "商談中"},
    outcomes={1: "面談"},
    own_fields={"beds": "病床数"},
    by_id={OWNER: "伊藤 博"},
)


def _audited() -> list[Any]:
    found = [mapper.class_ for mapper in TenantModel.registry.mappers]
    return [each for each in found if issubclass(each, TenantModel) and getattr(each, "__audited__", True)]


def test_every_kind_of_thing_and_every_field_has_a_name() -> None:
    assert len(_audited()) >= 14
    for model in _audited():
        assert model.__tablename__ in words.KINDS
        hidden = _BOOKKEEPING | getattr(model, "__audit_hidden__", frozenset()) | words.UNTOLD
        fields = {attribute.key for attribute in model.__mapper__.column_attrs} - hidden
        assert fields - set(words.FIELDS) == set(), model.__tablename__


def test_every_action_and_kind_that_the_code_writes_down_has_a_name() -> None:
    """Also those that are recorded by hand, past the listener."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    calls = re.findall(r"audit\.record(?:_many)?\((.*?)\n    (?:\)|\w)", text, re.DOTALL)
    told = "\n".join(calls)
    actions = set(re.findall(r'action=(?:"(\w+)")', told)) | {"sign_in_failed", "sign_in_throttled"}
    kinds = set(re.findall(r'entity="(\w+)"', told))
    assert {"export", "merge", "undo", "sign_in"} <= actions
    assert {"organisations", "imports", "coverage", "audit_log"} <= kinds
    assert actions - set(words.ACTIONS) == set()
    assert kinds - set(words.KINDS) == set()


def test_every_word_is_there_in_both_languages() -> None:
    tables = [
        words.ACTIONS,
        words.KINDS,
        words.FIELDS,
        words.DAY_NAMES,
        *words.VALUES.values(),
        *words.FIELDS_OF.values(),
    ]
    for table in tables:
        for code, (ja, en) in table.items():
            assert ja.strip(), code
            assert en.strip(), code
            assert en.isascii(), code


@pytest.mark.parametrize(
    ("field", "pair", "told"),
    [
        ("status", [None, 3], ("状況", None, "商談中")),
        ("status", [3, 99], ("状況", "商談中", "99")),
        ("owner_id", [OWNER, GONE], ("担当者", "伊藤 博", "#000000ff")),
        ("win_prob", [0, 30], ("受注確度", "0%", "30%")),
        ("tags", [["A"], []], ("タグ", "A", None)),
        ("is_active", [True, False], ("有効", "はい", "いいえ")),
        ("role", ["rep", "manager"], ("役割", "営業", "マネージャー")),
        ("last_visit_at", [None, "2026-11-18T16:30:00Z"], ("最終訪問", None, "2026-11-19 01:30")),
        ("phones", [[], [{"number": "+81312345678", "label": "代表"}]], ("電話番号", None, "03-1234-5678")),
        (
            "opening_hours",
            [None, {"mon": [["09:00", "12:00"], ["13:00", "18:00"]], "sat": [["10:00", "12:00"]]}],
            ("営業時間", None, "月 09:00–12:00, 13:00–18:00 / 土 10:00–12:00"),
        ),
        ("working_days", [[1, 2], [1, 7]], ("営業日", "月、火", "月、日")),
        ("contact.title", ["係長", "課長"], ("役職", "係長", "課長")),
        ("precision", [4, 6], ("位置の精度", "町丁目", "建物")),
        ("notes", ["  ", "=1+1"], ("備考", "  ", "=1+1")),
    ],
)
def test_values_are_told_as_people_know_them(
    field: str, pair: list[Any], told: tuple[str, str | None, str | None]
) -> None:
    assert changes_in_words({field: pair}, NAMES) == [Change(field, *told)]


def test_a_field_is_called_as_the_thing_that_it_is_of_calls_it() -> None:
    def told(kind: str, field: str) -> str:
        return changes_in_words({field: [None, "x"]}, NAMES, kind=kind)[0].label

    assert [told("users", "address"), told("accounts", "address")] == ["接続元", "住所"]
    assert [told("contacts", "title"), told("tasks", "title")] == ["役職", "件名"]


def test_own_fields_are_told_one_by_one_and_only_where_they_differ() -> None:
    changes = {"custom": [{"beds": 10, "old": "x"}, {"beds": 20, "old": "x"}], "version": [1, 2]}
    assert changes_in_words(changes, NAMES) == [Change("custom.beds", "病床数", "10", "20")]


def test_an_amendment_tells_what_was_said_before() -> None:
    changes = {"previous": [None, {"outcome": 1, "note": "旧メモ"}]}
    assert changes_in_words(changes, NAMES) == [
        Change("outcome", "結果", "面談", None),
        Change("note", "メモ", "旧メモ", None),
    ]


def test_what_is_no_pair_is_told_too() -> None:
    """Nothing in the log may make it unreadable."""
    odd = {"mark": "x", "list": [1, 2, 3], "deep": [None, {"a": {"b": [None, {"c": 1}]}}]}
    assert [(each.label, each.after) for each in changes_in_words(odd, NAMES)] == [
        ("mark", "x"),
        ("list", "1、2、3"),
        ("deep", "a: b: c: 1"),
    ]
