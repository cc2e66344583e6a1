"""Each field of a row read from its text: one function a kind of field, listed at the end.

A fault in what names or judges an account (status, dates...) is fatal to the row. A fault in what
only adds to it (phone, web, owner, coordinates...) leaves that one value out and is pointed out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fieldcrm.core import clock
from fieldcrm.core.ids import parse_id
from fieldcrm.imports import cells
from fieldcrm.imports.rules import fold
from fieldcrm.imports.words import Words

FAX = "FAX"
PHONE_FIELDS = ("phone", "phone2", "fax")
SOFT = frozenset({*PHONE_FIELDS, "email", "web", "owner", "postal_code", "lat", "lon", "name_kana"})
_MOST_PHONES = 3


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field of a row; a fatal one refuses the row."""

    name: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    is_fatal: bool = True


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a row's account lies: the columns to set (none: it stays), what to point out, its area."""

    columns: Mapping[str, Any] = field(default_factory=dict)
    problems: Sequence[Problem] = ()
    area: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AsNew:
    """A row's account if it is new: where it lies, and what search and map keep of it."""

    placed: Placed
    derived: Mapping[str, Any]


@dataclass(slots=True)
class Row:
    """A row read: ``texts`` by field as written, ``given`` as the account's own check takes them.

    ``columns`` is what is stored once checked; coordinates stay apart, the address may overrule them.
    ``corrected`` holds what a person typed in place of the file's own texts; ``as_new`` what was worked
    out ahead for the case that the account is new.
    """

    row_no: int
    cells: Sequence[str]
    texts: Mapping[str, str]
    given: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, Any] = field(default_factory=dict)
    account_id: UUID | None = None
    lon: float | None = None
    lat: float | None = None
    last_visit_at: datetime | None = None
    problems: list[Problem] = field(default_factory=list)
    corrected: Mapping[str, str] = field(default_factory=dict)
    as_new: AsNew | None = None

    @property
    def is_refused(self) -> bool:
        return any(problem.is_fatal for problem in self.problems)

    def blame(self, name: str, code: str, /, *, is_fatal: bool = True, **params: object) -> None:
        """Add a problem."""
        self.problems.append(Problem(name, code, params, is_fatal))


Reader = Callable[[Row, str, str, Words], None]


def _text(row: Row, name: str, text: str, _words: Words) -> None:
    row.given[name] = text


def _id(row: Row, name: str, text: str, _words: Words) -> None:
    row.account_id = parse_id(text)
    if row.account_id is None:
        row.blame(name, "bad_id")


def _phone(row: Row, name: str, text: str, _words: Words) -> None:
    numbers = phone_numbers(text)
    phones = row.given.setdefault("phones", [])
    phones += [{"number": number, "label": FAX} for number in numbers] if name == "fax" else numbers


def phone_numbers(text: str) -> list[str]:
    """Return the numbers of a cell, at most three, cut to what the account's check looks at."""
    return [part[:60] for part in cells.split_phones(text)[:_MOST_PHONES]]


def _kind(row: Row, name: str, text: str, words: Words) -> None:
    _choose(row, name, text, words.kinds)


def _status(row: Row, name: str, text: str, words: Words) -> None:
    _choose(row, name, text, words.statuses)


def _rank(row: Row, name: str, text: str, words: Words) -> None:
    _choose(row, name, text, words.ranks)


def _choose(row: Row, name: str, text: str, choices: Mapping[str, object]) -> None:
    found = choices.get(fold(text))
    if found is None:
        row.blame(name, "imports.not_a_choice", value=text[:40])
    else:
        row.given[name] = found


def _owner(row: Row, name: str, text: str, words: Words) -> None:
    found = words.owners.get(fold(text))
    if found is None:
        row.blame(name, "imports.no_such_owner", value=text[:40], is_fatal=False)
    else:
        row.given["owner_id"] = found


def _postal_code(row: Row, name: str, text: str, _words: Words) -> None:
    plain = cells.folded(text)
    # A spreadsheet drops the leading zeros of 0600001.
    is_short = plain.isdecimal() and 5 <= len(plain) < 7
    if len(plain) > 16:
        row.blame(name, "imports.bad_postal_code", is_fatal=False)
    else:
        row.given[name] = plain.zfill(7) if is_short else plain


def _coordinate(row: Row, name: str, text: str, _words: Words) -> None:
    value = cells.coordinate(text)
    if value is None:
        row.blame(name, "bad_position", is_fatal=False)
    elif name == "lon":
        row.lon = value
    else:
        row.lat = value


def _win_prob(row: Row, name: str, text: str, _words: Words) -> None:
    _number_within(row, name, cells.percent(text), low=0, high=100)


def _cadence(row: Row, name: str, text: str, _words: Words) -> None:
    _number_within(row, name, cells.days(text), low=1, high=3650)


def _number_within(row: Row, name: str, value: int | None, *, low: int, high: int) -> None:
    if value is None:
        row.blame(name, "not_a_number")
    elif not low <= value <= high:
        row.blame(name, "out_of_range", min=low, max=high)
    else:
        row.given[name] = value


def _tags(row: Row, name: str, text: str, _words: Words) -> None:
    row.given[name] = cells.split_list(text)


def _last_visit(row: Row, name: str, text: str, words: Words) -> None:
    local = cells.moment(text, is_month_first=words.is_month_first)
    at = None if local is None else _utc(local, words.timezone)
    if at is None:
        row.blame(name, "bad_date")
    elif at > clock.now():
        row.blame(name, "imports.not_yet")
    else:
        row.last_visit_at = at


def _utc(local: datetime, timezone: str) -> datetime | None:
    """A day without a time is noon (of today: now), the same day in every time zone near by."""
    now = clock.now()
    is_day = (local.hour, local.minute) == (0, 0)
    if is_day and local.date() == clock.local_date(now, timezone):
        return now.replace(second=0, microsecond=0)
    try:
        return local.replace(hour=12 if is_day else local.hour, tzinfo=ZoneInfo(timezone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def read_own_field(row: Row, name: str, text: str, words: Words) -> None:
    """Read a custom field; its own check decides about what cannot be turned into its type."""
    kind = words.field_types.get(name)
    value: object = text
    if kind == "date":
        local = cells.moment(text, is_month_first=words.is_month_first)
        value = text if local is None else local.date().isoformat()
    elif kind == "number":
        parsed = cells.number(text)
        value = text if parsed is None else parsed
    row.given.setdefault("custom", {})[name.removeprefix("custom.")] = value


_TEXTS = (
    "external_id", "name", "name_kana", "prefecture", "municipality", "building", "email", "web", "notes",
)  # fmt: skip

READERS: Mapping[str, Reader] = {
    **dict.fromkeys(_TEXTS, _text),
    **dict.fromkeys(PHONE_FIELDS, _phone),
    **dict.fromkeys(("lat", "lon"), _coordinate),
    "id": _id,
    "kind": _kind,
    "status": _status,
    "rank": _rank,
    "owner": _owner,
    "postal_code": _postal_code,
    "win_prob": _win_prob,
    "cadence_days": _cadence,
    "tags": _tags,
    "last_visit_at": _last_visit,
}
"""Field -> how its text is read. The address is put together from its parts (rows.py)."""
