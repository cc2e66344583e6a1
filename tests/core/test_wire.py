"""Wire shapes: what comes in is usable, or each field says what is wrong."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import Any, Literal

import pytest
from pydantic import Field
from werkzeug.datastructures import MultiDict

from fieldcrm.core.errors import Invalid
from fieldcrm.core.wire import Moment, Wire, dump, parse, parse_query


class Phone(Wire):
    number: str


class Sample(Wire):
    name: str = Field(min_length=1, max_length=5)
    win_prob: int | None = Field(None, ge=0, le=100)
    kind: Literal["company", "person"] = "company"
    id: uuid.UUID | None = None
    day: date | None = None
    at: Moment | None = None
    lon: float | None = None
    phones: list[Phone] = Field(default_factory=list, max_length=2)
    custom: dict[str, Any] = Field(default_factory=dict)


class Filter(Wire):
    status: list[int] = Field(default_factory=list)
    tags: list[str] | None = None
    q: str = ""
    lists: str = ""
    overdue: bool = False


def _wrong(**data: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        parse(Sample, {"name": "A", **data})
    return {error.field: error.code for error in caught.value.errors}


def test_text_is_stripped_and_kept_as_typed() -> None:
    sample = parse(Sample, {"name": " 高﨑😀 ", "custom": {"memo": "一行目\n二行目\t"}})
    assert sample.name == "高﨑😀"
    assert sample.custom == {"memo": "一行目\n二行目\t"}


@pytest.mark.parametrize("bad", ["\x00", "a\x00b", "\ud800", "\x1b[31m", "\x85", "\x07"])
@pytest.mark.parametrize(
    ("where", "build"),
    [
        ("name", lambda bad: {"name": bad}),
        ("custom", lambda bad: {"custom": {"deep": [{"er": bad}]}}),
        ("custom", lambda bad: {"custom": {bad: 1}}),
        ("phones.0.number", lambda bad: {"phones": [{"number": bad}]}),
    ],
)
def test_unusable_characters_are_refused_at_their_field(bad: str, where: str, build) -> None:
    found = _wrong(**build(bad))
    assert set(found.values()) == {"bad_characters"}
    assert all(where.startswith(field) for field in found)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", "", "required"),
        ("name", "   ", "required"),
        ("name", "六文字以上だ", "too_long"),
        ("name", 5, "bad_value"),
        ("name", None, "bad_value"),
        ("win_prob", 101, "above_maximum"),
        ("win_prob", -1, "below_minimum"),
        ("win_prob", "many", "not_a_number"),
        ("win_prob", 1.5, "not_a_number"),
        ("kind", "house", "not_a_choice"),
        ("id", "x", "bad_id"),
        ("day", "2026-02-30", "bad_date"),
        ("day", "tomorrow", "bad_date"),
        ("at", "2026-13-01T00:00:00Z", "bad_date"),
        ("at", "0001-01-01T00:00:00+14:00", "bad_date"),
        ("lon", float("nan"), "not_a_number"),
        ("lon", "east", "not_a_number"),
        ("phones", [{"number": "1"}] * 3, "too_many"),
        ("phones", "1", "bad_value"),
        ("colour", "red", "unknown_field"),
        ("custom", {"x": float("inf")}, "not_a_number"),
    ],
)
def test_each_fault_is_named_at_its_field(field: str, value: Any, code: str) -> None:
    assert _wrong(**{field: value}) == {field: code}


def test_all_faults_are_told_at_once() -> None:
    assert _wrong(name="", win_prob=200, id="x") == {
        "name": "required",
        "win_prob": "above_maximum",
        "id": "bad_id",
    }


@pytest.mark.parametrize("data", [[], "text", 5, True, [{"name": "A"}], None])
def test_a_body_that_is_no_object_is_refused(data: Any) -> None:
    with pytest.raises(Invalid):
        parse(Sample, data)


def test_moments_are_utc_whatever_the_offset() -> None:
    sample = parse(Sample, {"name": "A", "at": "2026-11-22T14:50:52+09:00"})
    assert sample.at == datetime(2026, 11, 22, 5, 50, 52, tzinfo=UTC)
    assert dump(sample)["at"] == "2026-11-22T05:50:52Z"
    assert dump(parse(Sample, {"name": "A"}))["at"] is None


def test_query_lists_repeat_and_the_rest_does_not() -> None:
    args = MultiDict(
        [("status", "1"), ("status", "2"), ("tags", "x"), ("q", "a"), ("q", "b"), ("lists", "y")]
    )
    found = parse_query(Filter, args)
    assert (found.status, found.tags, found.q, found.lists) == ([1, 2], ["x"], "b", "y")


def test_unknown_query_parameter_is_refused() -> None:
    with pytest.raises(Invalid) as caught:
        parse_query(Filter, MultiDict([("owner_id", "1")]))
    assert caught.value.errors[0].code == "unknown_field"
