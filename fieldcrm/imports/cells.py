"""One cell as a value: text, number, date, coordinate. Pure; None means that it cannot be read."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

_HALF_WIDTH_KANA = re.compile("[\uff61-\uff9f]+")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd\ufffe\uffff]")
# Nearly every cell is tidy: one look tells.
_UNTIDY = re.compile("^['\\s]|\\s$|[\t\r\n\u200b\ufeff\uff61-\uff9f]|  ")
# A full-width space in a name stays as typed.
_SPACES = re.compile("[ \t\r\n\u200b\ufeff]{2,}|[\t\r\n\u200b\ufeff]")
_ERAS = {"令和": 2018, "r": 2018, "平成": 1988, "h": 1988, "昭和": 1925, "s": 1925}
_ERA_DATE = re.compile(
    r"(令和|平成|昭和|[RHS])\.?(\d{1,2}|元)[年./-](\d{1,2})[月./-](\d{1,2})日?", re.IGNORECASE
)
_YEAR_FIRST = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[T ]*(\d{1,2})[:時](\d{2})(?:[:分]\d{2}(?:\.\d+)?)?分?)?Z?"
)
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a calendar, not a moment
_DEGREES = re.compile(
    r"([NSEW北南東西])?緯?経?(\d{1,3})[°度](\d{1,2})['′分](\d{1,2}(?:\.\d+)?)[\"″秒]?([NSEW])?"
)
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?")


def has_unreadable(text: str) -> bool:
    """Return whether a cell holds NUL, control characters, or what no encoding could read."""
    return bool(_CONTROLS.search(text))


def unguarded(text: str) -> str:
    """Return a cell without the apostrophe that protects exports against running as formulas."""
    if text.startswith("'") and text[1:2] in FORMULA_STARTS:
        return text[1:]
    return text


def line(text: str) -> str:
    """Return a cell on one line: half-width kana widened, runs of spaces and newlines one space."""
    if not _UNTIDY.search(text):
        return text
    return _SPACES.sub(" ", block(text))


def block(text: str) -> str:
    """Return a cell that may have several lines, trimmed, half-width kana widened."""
    if not _UNTIDY.search(text):
        return text
    plain = unguarded(text.strip(" \t\r\n\u3000\ufeff")).replace("\r\n", "\n").replace("\r", "\n")
    return _HALF_WIDTH_KANA.sub(lambda found: unicodedata.normalize("NFKC", found[0]), plain)


def folded(text: str) -> str:
    """Return a cell in half width, as numbers and dates are read."""
    return unicodedata.normalize("NFKC", text).strip()


def number(text: str) -> float | None:
    """Return the number written in a cell: 1,234.5, １２, 12%."""
    plain = folded(text).replace(",", "").replace(" ", "").removesuffix("%").lower()
    return float(plain) if len(plain) < 40 and _NUMBER.fullmatch(plain) else None


def percent(text: str) -> int | None:
    """Return whole per cent; a spreadsheet's 0.3 is 30."""
    value = number(text)
    if value is None:
        return None
    if 0 < value < 1 and "%" not in folded(text):
        value *= 100
    return round(value)


def days(text: str) -> int | None:
    """Return a number of days: 30, 30日, 2週間, 3ヶ月, 毎月."""
    plain = folded(text).lower()
    if plain.isdecimal() and len(plain) < 9:
        return int(plain)
    for words, length in _PERIODS:
        for word in words:
            if plain.endswith(word):
                count = plain.removesuffix(word).strip().removeprefix("毎") or "1"
                return int(count) * length if count.isdecimal() and len(count) < 5 else None
    value = number(plain)
    return int(value) if value is not None and value == int(value) else None


_PERIODS = (
    (("日ごと", "日毎", "日間", "日", "days", "day"), 1),
    (("週間ごと", "週間", "週", "weeks", "week"), 7),
    (("ヶ月ごと", "か月ごと", "ヶ月", "ヵ月", "か月", "カ月", "ケ月", "箇月", "月", "months", "month"), 30),
    (("年", "years", "year"), 365),
)


def moment(text: str, *, is_month_first: bool) -> datetime | None:
    """Return a date, with its time if one is written, as a local time without zone; None if impossible.

    1/2/2025 is read month first for English, day first is never guessed unless only it is possible.
    """
    plain = folded(text).replace("元年", "1年")
    try:
        return _moment(plain, is_month_first=is_month_first)
    except (ValueError, OverflowError):
        return None


def _moment(plain: str, *, is_month_first: bool) -> datetime | None:
    if found := _YEAR_FIRST.fullmatch(plain):
        year, month, day = (int(part) for part in found.groups()[:3])
        hour, minute = (int(part or 0) for part in found.groups()[3:5])
        return datetime(year, month, day, hour, minute)  # noqa: DTZ001 - local, the zone comes later
    if found := _ERA_DATE.fullmatch(plain):
        year = _ERAS[found[1].lower()] + (1 if found[2] == "元" else int(found[2]))
        return _midnight(date(year, int(found[3]), int(found[4])))
    if found := _COMPACT.fullmatch(plain):
        return _midnight(date(*(int(part) for part in found.groups())))
    if found := _YEAR_LAST.fullmatch(plain):
        first, second, year = (int(part) for part in found.groups())
        month, day = (first, second) if is_month_first and first <= 12 else (second, first)
        if month > 12:
            month, day = day, month
        return _midnight(date(year, month, day))
    if _SERIAL.fullmatch(plain):
        return _EXCEL_EPOCH + timedelta(days=int(float(plain)))
    return None


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - local, the zone comes later


def coordinate(text: str) -> float | None:
    """Return degrees: 35.6812, ３５．６８, 35度40分52秒, N35°40'52"."""
    plain = folded(text).replace(" ", "")
    if found := _DEGREES.fullmatch(plain):
        value = int(found[2]) + int(found[3]) / 60 + float(found[4]) / 3600
        is_negative = (found[1] or found[5] or "") in ("S", "W", "南", "西")
        return -value if is_negative else value
    value_or_none = number(plain.removesuffix("度").removesuffix("°"))
    if value_or_none is None or abs(value_or_none) > 1e6:
        return None
    return value_or_none


def split_list(text: str) -> list[str]:
    """Return the parts of a cell that lists several things."""
    return [part.strip() for part in re.split(r"[,、，;；\n|]+", text) if part.strip()]


def split_phones(text: str) -> list[str]:
    """Return the numbers of a cell that holds several: 03-1234-5678 / 090-1234-5678."""
    return [part.strip() for part in re.split(r"[/／、,，;；\n]+", text) if part.strip()]


def guarded(text: str) -> str:
    """Return a cell as a CSV may hold it: what a spreadsheet would run as a formula gets an apostrophe.

    ``unguarded`` takes it off again, so that an exported file comes back as it was.
    """
    if text.startswith(FORMULA_STARTS) or (text.startswith("'") and text[1:2] in FORMULA_STARTS):
        return f"'{text}"
    return text
