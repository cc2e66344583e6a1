"""Pure decisions of accounts; the shared cases are read by the phone's tests too."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcrm.accounts import rules
from fieldcrm.accounts.custom_values import CustomFieldRule, check_custom
from fieldcrm.accounts.folding import bare, doubled, fold, sort_key
from fieldcrm.accounts.hours import check_hours
from fieldcrm.accounts.phones import national_digits, parse_phone, show_phone

CASES = Path(__file__).resolve().parent.parent / "cases"


def cases(name: str) -> list[dict]:
    return json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))


def day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


@pytest.mark.parametrize("case", cases("fold"), ids=lambda case: case["text"])
def test_text_is_folded_as_on_the_phone(case):
    assert fold(case["text"]) == case["folded"]


@pytest.mark.parametrize("case", cases("due"), ids=lambda case: case["name"])
def test_visit_is_due_as_on_the_phone(case):
    due = rules.due_on(
        last_visit_on=day(case["last_visit_on"]),
        created_on=date.fromisoformat(case["created_on"]),
        cadence_days=case["cadence_days"],
    )
    assert due == day(case["due_on"])


@pytest.mark.parametrize("case", cases("overdue"), ids=str)
def test_account_is_overdue_as_on_the_phone(case):
    assert rules.is_overdue(day(case["due_on"]), day(case["today"])) is case["is_overdue"]


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


def fits(pattern: str, text: str) -> bool:
    """LIKE with a % at either end only."""
    return pattern.strip("%") in text


KANA = st.text(alphabet="あいうえお東京田中ab01ー ", max_size=8)


@given(name=KANA, word=st.text(alphabet="あいう東京田中ab01", min_size=2, max_size=3))
def test_doubled_search_finds_exactly_what_holds_the_word(name, word):
    text = rules.search_text({"name": name})
    found = any(fits(pattern, text) for pattern in rules.holding_patterns(word))
    assert found == (word in bare(fold(name)))


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("田中商店", "株式会社田中商店"),
        ("株式会社田中商店", "田中商店㈱"),
        ("(株)田中", "有限会社田中商店"),
        ("株式会社", "㈱田中商店"),
        ("髙﨑", "高崎医院"),
        ("渡辺", "渡邉歯科"),
        ("ﾊﾟｰﾙ", "パ-ル薬局"),
        ("あんだそん", "アンダーソン・毛利"),
        ("ア", "アンダーソン"),
    ],
)
def test_name_is_found_however_it_is_written(query, name):
    text = rules.search_text({"name": name})
    words = rules.search_words(query)
    assert words
    for word in words:
        assert any(fits(pattern, text) for pattern in rules.holding_patterns(word))


def test_search_looks_at_every_field_that_people_know_an_account_by():
    account = {
        "name": "見本商店", "name_kana": "ミホンショウテン", "address": "東京都中央区銀座4-1",
        "building": "銀座ビル", "external_id": "C-0012", "phones": [{"number": "+81312345678"}],
        "tags": ["重点"], "custom": {"dept": "内科", "beds": 120}, "postal_code": "104-0061",
    }  # fmt: skip
    text = rules.search_text(account, ["佐藤花子"])
    for query in (
        "見本",
        "みほん",
        "銀座4-1",
        "銀座ビル",
        "c0012",
        "03-1234",
        "重点",
        "内科",
        "佐藤",
        "104-00",
    ):
        (word,) = rules.search_words(query)
        assert any(fits(pattern, text) for pattern in rules.holding_patterns(word)), query


def test_hits_are_ranked_name_first():
    rank = rules.ranking("さくら")
    ranks = [
        rank(rules.search_text(account))
        for account in (
            {"name": "さくら病院"},
            {"name": "桜病院", "name_kana": "サクラビョウイン"},
            {"name": "みどりさくら園"},
            {"name": "緑園", "name_kana": "ミドリサクラエン"},
            {"name": "緑園", "address": "埼玉県さくら市"},
        )
    ]
    assert ranks == [0, 1, 2, 3, 4]


def test_names_are_ordered_by_reading_where_there_is_one():
    names = [("髙橋", "タカハシ"), ("青木", "あおき"), ("株式会社伊藤", "ｲﾄｳ"), ("ABC", None)]
    ordered = sorted(names, key=lambda pair: sort_key(*pair))
    assert [name for name, _ in ordered] == ["ABC", "青木", "株式会社伊藤", "髙橋"]


@pytest.mark.parametrize(
    ("text", "number", "extension"),
    [
        ("03-1234-5678", "+81312345678", None),
        ("０３（１２３４）５６７８", "+81312345678", None),
        ("03‐1234−5678", "+81312345678", None),
        ("090 1234 5678", "+819012345678", None),
        ("0120-123-456", "+81120123456", None),
        ("+1 650-253-0000", "+16502530000", None),
        ("03-1234-5678 内線 12", "+81312345678", "12"),
        ("03-1234-5678(内線345)", "+81312345678", "345"),
    ],
)
def test_phone_is_stored_as_e164(text, number, extension):
    assert parse_phone(text) == (number, extension)


@pytest.mark.parametrize("text", ["", "abc", "12", "なし", "03-1234", "1" * 40, "〒104-0061"])
def test_what_is_no_phone_is_refused(text):
    assert parse_phone(text) is None


def test_phone_is_shown_and_searched_as_it_is_dialled():
    assert show_phone("+81312345678") == "03-1234-5678"
    assert show_phone("+16502530000") == "+1 650-253-0000"
    assert national_digits("+81312345678") == "0312345678"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "ftp://a.b", "http://", "x", "https://a b.jp", "data:,x"]
)
def test_only_web_addresses_are_kept_as_such(url):
    assert rules.normal_url(url) is None


def test_hours_are_put_in_order_and_empty_days_dropped():
    hours, errors = check_hours({"tue": [], "mon": [["13:00", "17:00"], ["09:00", "12:00"]]})
    assert (hours, errors) == ({"mon": [["09:00", "12:00"], ["13:00", "17:00"]]}, [])
    assert check_hours({"mon": [["18:00", "24:00"]]})[0] == {"mon": [["18:00", "24:00"]]}


FIELDS = {
    rule.key: rule
    for rule in (
        CustomFieldRule("memo", "text"),
        CustomFieldRule("beds", "number"),
        CustomFieldRule("since", "date"),
        CustomFieldRule("size", "choice", ("大", "小")),
    )
}


@pytest.mark.parametrize(
    ("key", "value", "outcome"),
    [
        ("memo", "内科", "内科"),
        ("memo", "", None),
        ("memo", "あ" * 1001, "too_long"),
        ("memo", 5, "bad_value"),
        ("beds", "120", 120),
        ("beds", 1.5, 1.5),
        ("beds", "多い", "not_a_number"),
        ("beds", float("nan"), "not_a_number"),
        ("beds", True, "not_a_number"),
        ("since", "2026-02-28", "2026-02-28"),
        ("since", "2026-02-30", "bad_date"),
        ("size", "大", "大"),
        ("size", "中", "not_a_choice"),
    ],
)
def test_custom_value_is_checked_by_its_type(key, value, outcome):
    checked, errors = check_custom({key: value}, FIELDS)
    assert (errors[0].code if errors else checked[key]) == outcome


def test_doubling_keeps_order():
    assert doubled("東京") == "東東京京"
