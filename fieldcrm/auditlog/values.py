"""Changes of an entry as people read them: a name for each field, words for each value. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from fieldcrm.accounts.phones import show_phone
from fieldcrm.auditlog import words

_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z")
_STATUS: Final = frozenset({"status", "status_before", "status_after"})
_OUTCOME: Final = frozenset({"outcome", "last_outcome"})


@dataclass(frozen=True, slots=True)
class Names:
    """What the organisation calls its things, in the reader's language."""

    locale: str
    timezone: str
    statuses: Mapping[int, str] = field(default_factory=dict)
    outcomes: Mapping[int, str] = field(default_factory=dict)
    own_fields: Mapping[str, str] = field(default_factory=dict)
    by_id: Mapping[str, str] = field(default_factory=dict)

    def say(self, pair: words.Pair) -> str:
        """Return a word in the reader's language."""
        return words.in_language(pair, self.locale)


@dataclass(frozen=True, slots=True)
class Change:
    """One field: ``before`` and ``after`` in words, None where there was nothing."""

    field: str
    label: str
    before: str | None
    after: str | None


def changes_in_words(changes: Mapping[str, Any], names: Names, *, kind: str = "") -> list[Change]:
    """Return what an entry says changed, field by field; what says nothing to people is left out."""
    told = (_change(name, pair, names, kind=kind) for name, pair in _flat(changes))
    return [each for each in told if each.before != each.after]


def ids_in(value: Any) -> Iterator[str]:
    """Yield every id that stands in a value, at any depth."""
    if isinstance(value, str):
        if _ID.fullmatch(value):
            yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from ids_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from ids_in(inner)


def label_of(name: str, names: Names, *, kind: str = "") -> str:
    """Return what a field of such a thing is called: ``name``, ``contact.title`` or ``custom.beds``."""
    head, _, rest = name.rpartition(".")
    if head == "custom":
        return names.own_fields.get(rest, rest)
    pair = words.FIELDS_OF.get(f"{head}s" if head else kind, {}).get(rest) or words.FIELDS.get(rest)
    return names.say(pair) if pair else rest


def text_of(name: str, value: Any, names: Names) -> str | None:
    """Return a value in words; None where there is none."""
    if value is None or value in ("", [], {}):
        return None
    plain = name.rpartition(".")[2]
    if isinstance(value, bool):
        return names.say(words.YES if value else words.NO)
    if isinstance(value, (int, float)):
        return _number(plain, value, names)
    if isinstance(value, str):
        return _word(plain, value, names)
    if isinstance(value, list):
        inner = (text_of(name, each, names) for each in value)
        return ("、" if names.locale == "ja" else ", ").join(each for each in inner if each) or None
    return _mapping(value, names)


def _flat(changes: Mapping[str, Any]) -> Iterator[tuple[str, tuple[Any, Any]]]:
    """Yield fields with what they were and are; the fields of ``custom`` and of an amendment one by one."""
    for name, change in changes.items():
        is_pair = isinstance(change, list) and len(change) == 2
        before, after = change if is_pair else (None, change)
        if name == "custom":
            old, new = (side if isinstance(side, Mapping) else {} for side in (before, after))
            for key in (*old, *(key for key in new if key not in old)):
                yield f"custom.{key}", (old.get(key), new.get(key))
        elif name == "previous" and isinstance(after, Mapping):
            yield from ((key, (value, None)) for key, value in after.items() if key not in words.UNTOLD)
        elif name not in words.UNTOLD:
            yield name, (before, after)


def _change(name: str, pair: tuple[Any, Any], names: Names, *, kind: str) -> Change:
    before, after = (text_of(name, side, names) for side in pair)
    return Change(field=name, label=label_of(name, names, kind=kind), before=before, after=after)


def _number(name: str, value: float, names: Names) -> str:
    if name in _STATUS:
        return names.statuses.get(int(value), str(value))
    if name in _OUTCOME:
        return names.outcomes.get(int(value), str(value))
    if name == "working_days" and value in range(1, 8):
        return names.say(list(words.DAY_NAMES.values())[int(value) - 1])
    coded = words.VALUES.get(name, {}).get(str(value))
    if coded:
        return names.say(coded)
    return f"{value}%" if name.startswith("win_prob") else str(value)


def _word(name: str, value: str, names: Names) -> str:
    coded = words.VALUES.get(name, {}).get(value)
    if coded:
        return names.say(coded)
    if _ID.fullmatch(value):
        return names.by_id.get(value, f"#{value[-8:]}")
    if _MOMENT.fullmatch(value):
        local = datetime.fromisoformat(value).astimezone(ZoneInfo(names.timezone))
        return local.strftime("%Y-%m-%d %H:%M")
    return value


def _mapping(value: Mapping[str, Any], names: Names) -> str:
    """Return a telephone, or the spans of a week, or whatever else is kept by name."""
    if "number" in value:
        return show_phone(str(value["number"]))
    parts = []
    for key, inner in value.items():
        day = words.DAY_NAMES.get(key)
        if day and isinstance(inner, list):
            spans = ", ".join("–".join(map(str, span)) for span in inner if isinstance(span, list))
            parts.append(f"{names.say(day)} {spans}")
        else:
            parts.append(f"{label_of(key, names)}: {text_of(key, inner, names) or '–'}")
    return " / ".join(parts)
