"""Statuses and custom fields: what the administrator defines for accounts."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldcrm.accounts.models import Account, AccountStatus, CustomField
from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.errors import Conflict, FieldError, Invalid, NotFound
from fieldcrm.identity.signals import organisation_created

DEFAULT_STATUSES: Final = (
    (1, "prospect", "見込み", "Prospect", "見", "P", "#6b7785", "#9aa6b4", "circle"),
    (2, "approach", "アプローチ中", "Approach", "ア", "A", "#0072b2", "#56b4e9", "square"),
    (3, "negotiation", "商談中", "Negotiation", "商", "N", "#e69f00", "#f0b429", "diamond"),
    (4, "customer", "既存顧客", "Customer", "客", "C", "#009e73", "#33c79b", "triangle"),
    (5, "dormant", "休眠", "Dormant", "休", "D", "#b8679b", "#d98fbd", "hexagon"),
    (6, "lost", "失注", "Lost", "失", "L", "#3c434b", "#8a929b", "pentagon"),
)
_STATUS_COLUMNS: Final = (
    "no", "code", "name_ja", "name_en", "letter_ja", "letter_en", "colour", "colour_dark", "shape"
)  # fmt: skip
MAX_STATUSES: Final = 20
MAX_CUSTOM_FIELDS: Final = 50


def seed_defaults(session: Session, actor: Actor) -> None:
    """Give a new organisation the statuses most start with; does nothing where there are any."""
    if list_statuses(session, actor):
        return
    for position, values in enumerate(DEFAULT_STATUSES):
        columns = dict(zip(_STATUS_COLUMNS, values, strict=True))
        session.add(AccountStatus(org_id=actor.org_id, position=position, **columns))
    session.flush()


@organisation_created.connect
def _seed(session: Session, *, actor: Actor) -> None:
    seed_defaults(session, actor)


def list_statuses(session: Session, actor: Actor) -> Sequence[AccountStatus]:
    """Return all statuses, those no longer chosen too, in the organisation's order."""
    query = select(AccountStatus).where(
        AccountStatus.org_id == actor.org_id, AccountStatus.deleted_at.is_(None)
    )
    return session.scalars(query.order_by(AccountStatus.position, AccountStatus.no)).all()


def create_status(session: Session, actor: Actor, values: dict[str, Any]) -> AccountStatus:
    """Add a status under the next free number."""
    present = list_statuses(session, actor)
    if len(present) >= MAX_STATUSES:
        raise Conflict("too_many", max=MAX_STATUSES)
    _demand_free_code(present, values["code"])
    no = max((status.no for status in present), default=0) + 1
    position = max((status.position for status in present), default=-1) + 1
    status = AccountStatus(org_id=actor.org_id, no=no, **{"position": position, **values})
    session.add(status)
    session.flush()
    return status


def update_status(session: Session, actor: Actor, no: int, values: dict[str, Any]) -> AccountStatus:
    """Change a status. One that accounts have can only be deactivated when told to (``force``)."""
    present = list_statuses(session, actor)
    status = next((found for found in present if found.no == no), None)
    if status is None:
        raise NotFound()
    is_forced = values.pop("force", False)
    if values.get("is_active") is False and status.is_active:
        if sum(found.is_active for found in present) == 1:
            raise Conflict("last_status")
        count = 0 if is_forced else count_accounts_of_status(session, actor, no)
        if count:
            raise Conflict("status_in_use", count=count)
    if "code" in values:
        _demand_free_code([found for found in present if found.no != no], values["code"])
    _set(status, values)
    session.flush()
    return status


def count_accounts_of_status(session: Session, actor: Actor, no: int) -> int:
    """Return how many living accounts have the status."""
    query = select(func.count()).where(
        Account.org_id == actor.org_id, Account.status == no, Account.deleted_at.is_(None)
    )
    return session.scalar(query) or 0


def list_custom_fields(session: Session, actor: Actor) -> Sequence[CustomField]:
    """Return the administrator's own fields in order."""
    query = select(CustomField).where(CustomField.org_id == actor.org_id, CustomField.deleted_at.is_(None))
    return session.scalars(query.order_by(CustomField.position, CustomField.key)).all()


def create_custom_field(session: Session, actor: Actor, values: dict[str, Any]) -> CustomField:
    """Add a field; its key is for good."""
    present = list_custom_fields(session, actor)
    if len(present) >= MAX_CUSTOM_FIELDS:
        raise Conflict("too_many", max=MAX_CUSTOM_FIELDS)
    _demand_choices(values["type"], values.get("choices") or [])
    key = values["key"]
    former = session.scalar(
        select(CustomField).where(CustomField.org_id == actor.org_id, CustomField.key == key)
    )
    if former is not None and former.deleted_at is None:
        raise Invalid(FieldError("key", "already_taken"))
    if former is not None:
        if former.type != values["type"]:
            raise Invalid(FieldError("type", "former_type", {"type": former.type}))
        _set(former, {**values, "deleted_at": None})
        session.flush()
        return former
    field = CustomField(org_id=actor.org_id, **{"position": len(present), **values})
    session.add(field)
    session.flush()
    return field


def update_custom_field(
    session: Session, actor: Actor, field_id: uuid.UUID, values: dict[str, Any]
) -> CustomField:
    """Change labels, choices or order; key and type stay, because values depend on them."""
    field = _get_custom_field(session, actor, field_id)
    if "choices" in values:
        _demand_choices(field.type, values["choices"])
    _set(field, values)
    session.flush()
    return field


def delete_custom_field(session: Session, actor: Actor, field_id: uuid.UUID) -> None:
    """Take a field away; accounts keep its values until they are changed, a restore shows them."""
    field = _get_custom_field(session, actor, field_id)
    field.deleted_at = clock.now()
    session.flush()


def _get_custom_field(session: Session, actor: Actor, field_id: uuid.UUID) -> CustomField:
    query = select(CustomField).where(
        CustomField.org_id == actor.org_id,
        CustomField.id == field_id,
        CustomField.deleted_at.is_(None),
    )
    field = session.scalar(query)
    if field is None:
        raise NotFound()
    return field


def _demand_free_code(present: Sequence[AccountStatus], code: str) -> None:
    if any(status.code == code for status in present):
        raise Invalid(FieldError("code", "already_taken"))


def _demand_choices(kind: str, choices: Sequence[str]) -> None:
    if kind == "choice" and not choices:
        raise Invalid(FieldError("choices", "required"))
    if kind != "choice" and choices:
        raise Invalid(FieldError("choices", "bad_value"))


def _set(row: AccountStatus | CustomField, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
