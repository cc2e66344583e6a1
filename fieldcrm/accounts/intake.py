"""What comes in becomes what is stored: one check for the API, for imports and for generated data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fieldcrm.accounts import rules
from fieldcrm.accounts.catalogue import Catalogue
from fieldcrm.accounts.custom_values import check_custom
from fieldcrm.accounts.hours import check_hours
from fieldcrm.accounts.phones import parse_phone
from fieldcrm.accounts.schemas import AccountFields, PhoneIn
from fieldcrm.core.errors import FieldError


@dataclass(slots=True)
class Checked:
    """Column values ready to be stored, and what was wrong; a wrong field has no column value."""

    columns: dict[str, Any] = field(default_factory=dict)
    errors: list[FieldError] = field(default_factory=list)


_NOT_COLUMNS = frozenset({"id", "base_version", "lon", "lat", "geo_source"})
_OPTIONAL_TEXT = (
    "name_kana", "external_id", "prefecture", "municipality", "address", "building", "notes"
)  # fmt: skip


def check_fields(given: AccountFields, catalogue: Catalogue, *, is_new: bool = False) -> Checked:
    """Return the columns of the fields present in ``given`` (of all fields when it is new)."""
    names = set(type(given).model_fields) if is_new else set(given.model_fields_set)
    values = {name: getattr(given, name) for name in names - _NOT_COLUMNS}
    if is_new and given.status is None and catalogue.statuses:
        values["status"] = catalogue.statuses[0]
    checked = Checked()
    for name, value in values.items():
        check = _CHECKS.get(name)
        if check is not None and value is not None:
            check(value, catalogue, checked)
        elif value is None and name in _REQUIRED:
            checked.errors.append(FieldError(name, "required"))
        else:
            checked.columns[name] = (value or None) if name in _OPTIONAL_TEXT else value
    _complete_team(values, catalogue, checked)
    return checked


_REQUIRED = frozenset({"name", "kind", "status", "phones", "tags", "custom"})


def _complete_team(values: Mapping[str, Any], catalogue: Catalogue, checked: Checked) -> None:
    """An account follows its owner's team unless the team is set with it."""
    owner_id = checked.columns.get("owner_id")
    if owner_id is not None and values.get("team_id") is None:
        checked.columns["team_id"] = catalogue.team_of_owner[owner_id]


def check_phones(value: list[PhoneIn | str], _catalogue: Catalogue | None, checked: Checked) -> None:
    """Store numbers in E.164, each once; an extension goes into the label."""
    phones: dict[str, dict[str, str]] = {}
    for index, given in enumerate(value):
        written = given if isinstance(given, str) else given.number
        label = "" if isinstance(given, str) else given.label or ""
        phone = parse_phone(written)
        if phone is None:
            checked.errors.append(FieldError(f"phones.{index}.number", "bad_phone"))
            continue
        if phone.extension and f"内線{phone.extension}" not in label:
            label = f"{label} 内線{phone.extension}".strip()
        phones.setdefault(phone.number, {"number": phone.number, "label": label})
    checked.columns["phones"] = list(phones.values())


def check_email(value: str, _catalogue: Catalogue | None, checked: Checked) -> None:
    """Store the address in one width."""
    email = rules.normal_email(value) if value else None
    if value and email is None:
        checked.errors.append(FieldError("email", "bad_email"))
    else:
        checked.columns["email"] = email


def _check_web(value: str, _catalogue: Catalogue | None, checked: Checked) -> None:
    web = rules.normal_url(value) if value else None
    if value and web is None:
        checked.errors.append(FieldError("web", "bad_url"))
    else:
        checked.columns["web"] = web


def _check_postal_code(value: str, _catalogue: Catalogue | None, checked: Checked) -> None:
    checked.columns["postal_code"] = rules.normal_postal_code(value) or None


def _check_tags(value: list[str], _catalogue: Catalogue | None, checked: Checked) -> None:
    tags = rules.check_tags(value)
    if len(tags) > rules.MAX_TAGS:
        checked.errors.append(FieldError("tags", "too_many", {"max": rules.MAX_TAGS}))
    for index, tag in enumerate(tags):
        if len(tag) > rules.MAX_TAG:
            checked.errors.append(FieldError(f"tags.{index}", "too_long", {"max": rules.MAX_TAG}))
    checked.columns["tags"] = tags


def _check_hours(value: dict[str, list[list[str]]], _catalogue: Catalogue | None, checked: Checked) -> None:
    checked.columns["opening_hours"], errors = check_hours(value)
    checked.errors += errors


def _check_custom(value: dict[str, Any], catalogue: Catalogue, checked: Checked) -> None:
    checked.columns["custom"], errors = check_custom(value, catalogue.custom_fields if value else {})
    checked.errors += errors


def _check_status(value: int, catalogue: Catalogue, checked: Checked) -> None:
    _keep_if(value in catalogue.statuses, "status", value, checked)


def _check_rank(value: str, catalogue: Catalogue, checked: Checked) -> None:
    # A phone that was away, or a file, may still say what it was called before.
    rank = value if value in catalogue.ranks else catalogue.former_ranks.get(value, value)
    _keep_if(not rank or rank in catalogue.ranks, "rank", rank or None, checked)


def _check_owner(value: object, catalogue: Catalogue, checked: Checked) -> None:
    _keep_if(value in catalogue.team_of_owner, "owner_id", value, checked)


def _check_team(value: object, catalogue: Catalogue, checked: Checked) -> None:
    _keep_if(value in catalogue.teams, "team_id", value, checked)


def _keep_if(is_known: bool, name: str, value: object, checked: Checked) -> None:  # noqa: FBT001
    if is_known:
        checked.columns[name] = value
    else:
        code = "unknown_reference" if name.endswith("_id") else "not_a_choice"
        checked.errors.append(FieldError(name, code))


_CHECKS: dict[str, Callable[[Any, Catalogue, Checked], None]] = {
    "phones": check_phones,
    "email": check_email,
    "web": _check_web,
    "postal_code": _check_postal_code,
    "tags": _check_tags,
    "opening_hours": _check_hours,
    "custom": _check_custom,
    "status": _check_status,
    "rank": _check_rank,
    "owner_id": _check_owner,
    "team_id": _check_team,
}
