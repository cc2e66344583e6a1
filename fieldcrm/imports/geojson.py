"""Lists out to map programs: GeoJSON (RFC 7946), one feature an account.

What has no position has a null geometry: it is in the table of the layer, and not on the map.
"""

from __future__ import annotations

import hashlib
import tempfile
from typing import IO, Any, Final

import orjson
from sqlalchemy.orm import Session

from fieldcrm import __version__
from fieldcrm.accounts.filters import AccountFilter
from fieldcrm.accounts.lists import iterate
from fieldcrm.accounts.phones import show_phone
from fieldcrm.accounts.rules import PRECISIONS
from fieldcrm.accounts.settings import list_custom_fields, list_statuses
from fieldcrm.core import audit, clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import read_clock
from fieldcrm.identity import queries as identity

MEDIA_TYPE: Final = "application/geo+json"

SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "description": "A FeatureCollection (RFC 7946) of accounts; longitude first, WGS 84.",
    "required": ["type", "name", "features"],
    "properties": {
        "type": {"const": "FeatureCollection"},
        "name": {"const": "accounts"},
        "features": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["type", "id", "geometry", "properties"],
                "properties": {
                    "type": {"const": "Feature"},
                    "id": {"type": "string", "format": "uuid"},
                    "geometry": {
                        "oneOf": [
                            {"type": "null"},
                            {
                                "type": "object",
                                "required": ["type", "coordinates"],
                                "properties": {
                                    "type": {"const": "Point"},
                                    "coordinates": {
                                        "type": "array",
                                        "items": {"type": "number"},
                                        "minItems": 2,
                                        "maxItems": 2,
                                    },
                                },
                            },
                        ]
                    },
                    "properties": {
                        "type": "object",
                        "description": "The account's fields; the administrator's own as `custom.<key>`.",
                    },
                },
            },
        },
    },
}

_AS_THEY_ARE: Final = (
    "name", "name_kana", "kind", "external_id", "postal_code", "prefecture", "municipality", "address",
    "building", "email", "web", "win_prob", "rank", "cadence_days", "notes", "geo_source", "last_visit_at",
    "last_contact_at", "due_on", "next_action_on", "next_action", "created_at", "updated_at",
)  # fmt: skip
_SPOOLED_BYTES: Final = 1 << 20
_HEAD: Final = b'{"type":"FeatureCollection","name":"accounts","features":[\n'
_TAIL: Final = b"\n]}\n"


def mark_of(session: Session, actor: Actor, chosen: AccountFilter) -> str:
    """Return a mark that changes with the organisation's data, the day, who asks and what for."""
    today = clock.local_date(clock.now(), actor.timezone)
    parts = (actor.user_id, actor.role, sorted(map(str, actor.team_ids)), actor.locale, today, __version__)
    digest = hashlib.sha256(f"{parts!r} {chosen!r}".encode()).hexdigest()[:16]
    return f"{read_clock(session, actor.org_id)}-{digest}"


def write_geojson(session: Session, actor: Actor, chosen: AccountFilter) -> IO[bytes]:
    """Return the accounts that the filters show as a file; it is written down as an export."""
    target = tempfile.SpooledTemporaryFile(max_size=_SPOOLED_BYTES)  # noqa: SIM115 - sent, then closed
    words = _Words(session, actor)
    target.write(_HEAD)
    count = 0
    for row in iterate(session, actor, chosen):
        if count:
            target.write(b",\n")
        target.write(orjson.dumps(_feature(row, words), option=orjson.OPT_UTC_Z))
        count += 1
    target.write(_TAIL)
    changes = {"format": (None, "geojson"), "count": (None, count)}
    audit.record(session, action="export", entity="accounts", entity_id=None, changes=changes)
    target.seek(0)
    return target


class _Words:
    """What numbers and ids are called, in the reader's language."""

    def __init__(self, session: Session, actor: Actor) -> None:
        name = "name_en" if actor.locale.startswith("en") else "name_ja"
        self.statuses = {each.no: getattr(each, name) for each in list_statuses(session, actor)}
        self.owners = {each.id: each.name for each in identity.list_users(session, actor.org_id)}
        self.teams = {each.id: each.name for each in identity.list_teams(session, actor.org_id)}
        self.own_fields = [field.key for field in list_custom_fields(session, actor)]


def _feature(row: Any, words: _Words) -> dict[str, Any]:
    is_placed = row.lon is not None and row.lat is not None
    # Every feature has every property: programs make their columns from the first ones.
    properties = {name: getattr(row, name) for name in _AS_THEY_ARE}
    properties |= {
        "status": words.statuses.get(row.status),
        "status_no": row.status,
        "owner": words.owners.get(row.owner_id),
        "team": words.teams.get(row.team_id),
        "phone": show_phone(row.phones[0]["number"]) if row.phones else None,
        "tags": ", ".join(row.tags),
        "precision": PRECISIONS[row.precision],
    }
    properties |= {f"custom.{key}": row.custom.get(key) for key in words.own_fields}
    return {
        "type": "Feature",
        "id": str(row.id),
        "geometry": {"type": "Point", "coordinates": [row.lon, row.lat]} if is_placed else None,
        "properties": properties,
    }
