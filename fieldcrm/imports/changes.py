"""What a row changes on the account it is about. Pure.

An empty cell changes nothing: files rarely hold every field, and what people entered must not be
wiped by a column left blank.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from fieldcrm.imports import cells
from fieldcrm.imports.fields import FAX, Row

Phone = Mapping[str, str]
_WITH_OWNER = "team_id"
_A_MINUTE = timedelta(minutes=1)


def changes_of(row: Row, present: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns whose value in the row is another than the account's."""
    changes = {
        name: value
        for name, value in row.columns.items()
        if name not in ("phones", "custom", _WITH_OWNER) and differs(row, name, present)
    }
    if "owner_id" in changes:
        changes[_WITH_OWNER] = row.columns.get(_WITH_OWNER)
    if phones := _phones(row.columns.get("phones") or (), present["phones"]):
        changes["phones"] = phones
    given = row.columns.get("custom") or {}
    custom = {k: v for k, v in given.items() if not _is_empty(v) and present["custom"].get(k) != v}
    if custom:
        changes["custom"] = custom
    visited = present["last_visit_at"]
    # Files tell days and minutes; the visits logged here know better and are never set back.
    if row.last_visit_at and (visited is None or row.last_visit_at >= visited + _A_MINUTE):
        changes["last_visit_at"] = row.last_visit_at
    return changes


def differs(row: Row, name: str, present: Mapping[str, Any]) -> bool:
    """Return whether a row's column holds another value than the account's, and any at all.

    What people typed elsewhere is compared as a file would bring it: an exported file changes nothing.
    """
    value, stored = row.columns.get(name), present[name]
    if _is_empty(value) or value == stored:
        return False
    if name == "address" and row.texts.get("address") == stored:
        return False
    return not isinstance(stored, str) or value not in (cells.line(stored), cells.block(stored))


def previous_of(changes: Mapping[str, Any], present: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the changed columns held, for undo; a custom value that was not there is None."""
    previous = {name: present[name] for name in changes if name in present}
    if "custom" in changes:
        previous["custom"] = {key: present["custom"].get(key) for key in changes["custom"]}
    return previous


def _is_empty(value: object) -> bool:
    return value is None or value == "" or value == []


def _phones(given: Sequence[Phone], present: Sequence[Phone]) -> list[Phone]:
    """Return the phones after the row's took the first places, [] when all are there already."""
    known = {phone["number"] for phone in present}
    if all(phone["number"] in known for phone in given):
        return []
    kept = list(present)
    for phone in given:
        if phone["number"] in known:
            continue
        same_kind = [old for old in kept if is_fax(old) == is_fax(phone)]
        replaced = next((old for old in same_kind if old not in given and not _is_given(old, given)), None)
        if replaced is None:
            kept.append(phone)
        else:
            kept[kept.index(replaced)] = {**phone, "label": replaced["label"]}
    return kept[:10]


def is_fax(phone: Phone) -> bool:
    """Return whether a stored number is a fax: its label says so."""
    return phone["label"].upper().startswith(FAX)


def _is_given(phone: Phone, given: Sequence[Phone]) -> bool:
    return any(phone["number"] == other["number"] for other in given)
