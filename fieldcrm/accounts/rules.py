"""Pure decisions about accounts: when a visit is due, what search looks at, how tags are kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from fieldcrm.accounts.folding import bare, doubled, fold, legal_forms, wide
from fieldcrm.accounts.phones import national_digits

KINDS: Final = ("company", "person", "property")
PRECISIONS: Final = ("none", "prefecture", "municipality", "postal", "town", "block", "exact")
EXACT: Final = 6
STANDING_SOURCES: Final = frozenset({"here", "drag"})
"""Where a person put the pin themselves: no geocode moves it."""
ADDRESS_FIELDS: Final = frozenset({"postal_code", "prefecture", "municipality", "address"})
MAX_TAGS: Final = 30
MAX_TAG: Final = 50
MAX_WORDS: Final = 8
NAME_MARK: Final = "N"
READING_MARK: Final = "K"

_DIALLED: Final = re.compile(r"[\d\s()+-]+")
_SEVEN_DIGITS: Final = re.compile(r"(\d{3})-?(\d{4})")
_EMAIL: Final = re.compile(r"[^@\s<>(),;:\"\[\]\\]+@[^@\s<>(),;:\"\[\]\\.]+(?:\.[^@\s<>(),;:\"\[\]\\.]+)+")
_URL: Final = re.compile(r"https?://[^\s/?#.]+(?:\.[^\s/?#.]+)+(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE)


def tidy_rank(name: str) -> str:
    """Return a rank's name as it is kept: on one line, single spaces."""
    return " ".join(name.split())


def rank_as_read(name: str) -> str:
    """Return what ranks share that a person takes for one another: width and case aside."""
    return unicodedata.normalize("NFKC", name).casefold()


def due_on(*, last_visit_on: date | None, created_on: date, cadence_days: int | None) -> date | None:
    """Return the day by which the next visit is due; None without a cadence.

    The dates are days where the organisation lives. Who was never visited is due one cadence after
    being entered.
    """
    if cadence_days is None:
        return None
    return (last_visit_on or created_on) + timedelta(days=cadence_days)


def is_overdue(due: date | None, today: date) -> bool:
    """Return whether the visit should have been made before today."""
    return due is not None and due < today


def check_tags(tags: Iterable[str]) -> list[str]:
    """Return tags trimmed, without empty ones and repetitions, in the order given."""
    trimmed = (" ".join(unicodedata.normalize("NFKC", tag).split()) for tag in tags)
    return list(dict.fromkeys(tag for tag in trimmed if tag))


def normal_postal_code(text: str) -> str:
    """Return a Japanese postal code as 123-4567; others as they are."""
    plain = unicodedata.normalize("NFKC", text).replace("〒", "").strip()
    for dash in "‐‑‒–—―−ー─":
        plain = plain.replace(dash, "-")
    found = _SEVEN_DIGITS.fullmatch(plain.replace(" ", ""))
    return f"{found[1]}-{found[2]}" if found else plain


def normal_email(text: str) -> str | None:
    """Return the e-mail address in one width, or None when it is not one."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return plain if _EMAIL.fullmatch(plain) else None


def normal_url(text: str) -> str | None:
    """Return the web address with its scheme, or None when it is not one (or of another scheme)."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if "://" not in plain:
        plain = f"https://{plain}"
    return plain if _URL.fullmatch(plain) else None


def search_text(account: Mapping[str, Any], contact_names: Sequence[str] = ()) -> str:
    """Return what search looks at: each field folded, doubled (numbers: wide), on a line of its own.

    The line of the name begins with N and that of the reading with K, which no folded text holds: so
    the index can tell names that begin with a word from addresses that do.
    """
    name = fold(account["name"])
    custom = account.get("custom") or {}
    fields = [
        *legal_forms(name),
        fold(account.get("address") or ""),
        fold(account.get("building") or ""),
        *(fold(tag) for tag in account.get("tags") or ()),
        *(fold(contact) for contact in contact_names),
        *(fold(value) for value in custom.values() if isinstance(value, str)),
    ]
    lines = [NAME_MARK + doubled(bare(name)), READING_MARK + doubled(fold(account.get("name_kana") or ""))]
    lines += [doubled(field) for field in fields if field]
    codes = [
        fold(account.get("postal_code") or ""),
        fold(account.get("external_id") or ""),
        *(national_digits(phone["number"]) for phone in account.get("phones") or ()),
    ]
    lines += [wide(code) if code.isascii() else doubled(code) for code in codes if code]
    return "".join(f"\n{line}" for line in lines)


def search_words(query: str) -> list[str]:
    """Return the folded words of a query; all must be found. A number typed with spaces is one word."""
    plain = unicodedata.normalize("NFKC", query)
    typed = [plain] if _DIALLED.fullmatch(plain) else plain.split()
    words = (bare(fold(word.strip().replace("+81", "0"))) for word in typed)
    return list(dict.fromkeys(word for word in words if word))[:MAX_WORDS]


def holding_patterns(word: str) -> list[str]:
    """Return LIKE patterns over ``search_text``, one of which must fit.

    A lone character must begin a line, and so must two of a number: less the index does not know.
    """
    if len(word) == 1:
        patterns = [f"%\n{mark}{doubled(word)}%" for mark in (NAME_MARK, READING_MARK, "")]
    else:
        patterns = [f"%{doubled(word)}%"]
    if word.isascii():
        patterns.append(f"%{wide(word)}%" if len(word) > 2 else f"%\n{wide(word)}%")
    return patterns


def beginning_patterns(word: str) -> list[str]:
    """Return LIKE patterns of names and readings that begin with a word."""
    return [f"%\n{mark}{doubled(word)}%" for mark in (NAME_MARK, READING_MARK)]


def ranking(word: str) -> Callable[[str], int]:
    """Return what tells of a hit's ``search_text`` how well it fits, least first.

    Its name begins with the word, its reading does, its name holds it, its reading does, or neither.
    """
    twice = doubled(word)
    name_start, reading_start = NAME_MARK + twice, READING_MARK + twice

    def rank(search: str) -> int:
        name, reading = search.split("\n", 3)[1:3]
        if name.startswith(name_start):
            return 0
        if reading.startswith(reading_start):
            return 1
        return 2 if twice in name else 3 if twice in reading else 4

    return rank
