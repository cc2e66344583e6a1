"""An account row as JSON values: by hand, because a phone's first pull carries thousands.

Works on table objects and on rows of ``JSON_COLUMNS`` alike; AccountOut documents the shape.
"""

from __future__ import annotations

from typing import Any, Final

from fieldcrm.accounts.models import Account, Contact
from fieldcrm.accounts.phones import show_phone
from fieldcrm.accounts.rules import PRECISIONS
from fieldcrm.accounts.schemas import AccountOut
from fieldcrm.accounts.settings_schemas import ContactOut
from fieldcrm.core.clock import iso

_STORED: Final = Account.__mapper__.columns.keys()
JSON_COLUMNS: Final = tuple(getattr(Account, name) for name in AccountOut.model_fields if name in _STORED)

CONTACT_COLUMNS: Final = tuple(getattr(Contact, name) for name in (*ContactOut.model_fields, "deleted_at"))


def account_json(row: Any) -> dict[str, Any]:
    """Return the account as AccountOut has it."""
    phones = row.phones
    return {
        "id": str(row.id),
        "kind": row.kind,
        "name": row.name,
        "name_kana": row.name_kana,
        "external_id": row.external_id,
        "postal_code": row.postal_code,
        "prefecture": row.prefecture,
        "municipality": row.municipality,
        "address": row.address,
        "building": row.building,
        "phones": phones,
        "phone_display": show_phone(phones[0]["number"]) if phones else None,
        "email": row.email,
        "web": row.web,
        "status": row.status,
        "win_prob": row.win_prob,
        "win_prob_by": _text(row.win_prob_by),
        "win_prob_at": iso(row.win_prob_at),
        "rank": row.rank,
        "owner_id": _text(row.owner_id),
        "team_id": _text(row.team_id),
        "tags": row.tags,
        "cadence_days": row.cadence_days,
        "opening_hours": row.opening_hours,
        "notes": row.notes,
        "custom": row.custom,
        "lon": row.lon,
        "lat": row.lat,
        "precision": PRECISIONS[row.precision],
        "geo_source": row.geo_source,
        "geo_at": iso(row.geo_at),
        "geo_flags": row.geo_flags,
        "geo_matched": row.geo_matched,
        "last_visit_at": iso(row.last_visit_at),
        "last_outcome": row.last_outcome,
        "last_contact_at": iso(row.last_contact_at),
        "due_on": _text(row.due_on),
        "next_action_on": _text(row.next_action_on),
        "next_action": row.next_action,
        "version": row.version,
        "change_seq": row.change_seq,
        "created_at": iso(row.created_at),
        "created_by": _text(row.created_by),
        "updated_at": iso(row.updated_at),
        "deleted_at": iso(row.deleted_at),
    }


def contact_json(row: Contact | Any) -> dict[str, Any]:
    """Return the contact as ContactOut has it."""
    return {
        "id": str(row.id),
        "account_id": str(row.account_id),
        "name": row.name,
        "name_kana": row.name_kana,
        "title": row.title,
        "department": row.department,
        "phones": row.phones,
        "email": row.email,
        "notes": row.notes,
        "version": row.version,
        "change_seq": row.change_seq,
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)
