"""Ask the online geocoder of the settings, where one is chosen, for a finer point than the gazetteer's.

In the background, one account a transaction: an answer may take seconds and the change clock's row
must not be held meanwhile. Points of a file or of a person are never asked about.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Final

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldcrm.accounts import position, rules
from fieldcrm.accounts.bulk import bulk_update
from fieldcrm.accounts.models import Account
from fieldcrm.config import Settings
from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.jobs import defer_by_name
from fieldcrm.geocoding import service as geocoding
from fieldcrm.geocoding.map_settings import asks_online

ONLINE_TASK: Final = "accounts.geocode_online"
_FROM_ADDRESS: Final = "gazetteer"
_A_JOB: Final = 200


def ask_later(session: Session, actor: Actor, ids: Sequence[uuid.UUID]) -> None:
    """Leave accounts that were placed by their address to the online geocoder, if one is chosen."""
    settings: Settings = current_app.extensions["settings"]
    if not ids or not asks_online(session, actor, settings):
        return
    for start in range(0, len(ids), _A_JOB):
        part = [str(account_id) for account_id in ids[start : start + _A_JOB]]
        defer_by_name(session, ONLINE_TASK, org_id=actor.org_id, account_ids=part)


def refine(session: Session, actor: Actor, account_id: uuid.UUID, *, settings: Settings) -> bool:
    """Move an account to the provider's point where that is finer; return whether it was moved."""
    if not asks_online(session, actor, settings):  # switched off since it was queued
        return False
    columns = [getattr(Account, name) for name in sorted(rules.ADDRESS_FIELDS)]
    found = session.execute(
        select(*columns).where(
            Account.org_id == actor.org_id,
            Account.id == account_id,
            Account.geo_source == _FROM_ADDRESS,
            Account.deleted_at.is_(None),
        )
    ).mappings()
    account = found.one_or_none()
    if account is None:
        return False
    now = clock.now()
    best = geocoding.locate_best(session, actor, position.question(dict(account)), settings=settings, now=now)
    if best.source in (None, _FROM_ADDRESS):
        return False
    place = position.stored(
        best.located.lon,
        best.located.lat,
        precision=int(best.located.level),
        source=best.source,
        at=now,
        matched=best.located.matched,
    )
    return bool(bulk_update(session, actor, {account_id: place}))
