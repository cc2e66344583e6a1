"""A device that gets in touch: when it was here last, and whether it must be told to empty itself."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Row, Select, select, text, update
from sqlalchemy.orm import Session

from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import read_clock
from fieldcrm.identity.gate import is_reserved_for_another, reserve_this_session
from fieldcrm.sync.devices import GRACE
from fieldcrm.sync.models import Device

NOTE_EVERY: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """The organisation's change clock, and what a device that is to be wiped must know."""

    clock: int
    must_wipe: bool = False
    has_had_its_time: bool = False


def meet(session: Session, actor: Actor, *, device_id: uuid.UUID | None) -> Standing:
    """Return how things stand, having noted (once a minute, outside the change clock) who was here.

    A device that is not registered, or not the actor's, is met without a note. In the session of a device
    that was told to empty itself it is that device under a new name: its report of being empty got lost.
    """
    now = read_clock(session, actor.org_id)
    found = None if device_id is None else session.execute(_own(actor, device_id)).one_or_none()
    if found is None:
        is_emptied = is_reserved_for_another(device_id)
        return Standing(now, must_wipe=is_emptied, has_had_its_time=is_emptied)
    _note(session, actor, found)
    is_over = found.wipe_told_at is not None and clock.now() - found.wipe_told_at > GRACE
    must_wipe = found.wipe_asked_at is not None
    if must_wipe:
        reserve_this_session(session, device_id=found.id, told_at=found.wipe_told_at or clock.now())
    return Standing(now, must_wipe=must_wipe, has_had_its_time=must_wipe and is_over)


def _own(actor: Actor, device_id: uuid.UUID) -> Select[Any]:
    columns: tuple[Any, ...] = (Device.id, Device.last_seen_at, Device.wipe_asked_at, Device.wipe_told_at)
    return select(*columns).where(
        Device.org_id == actor.org_id, Device.id == device_id, Device.user_id == actor.user_id
    )


def _note(session: Session, actor: Actor, found: Row[Any]) -> None:
    moment = clock.now()
    is_news = found.wipe_asked_at is not None and found.wipe_told_at is None
    if not is_news:
        if moment - found.last_seen_at < NOTE_EVERY:
            return
        # Not worth waiting for the disk: after a crash the next contact is noted.
        session.execute(text("set local synchronous_commit = off"))
    session.execute(
        update(Device)
        .where(Device.org_id == actor.org_id, Device.id == found.id)
        .values({"last_seen_at": moment, **({"wipe_told_at": moment} if is_news else {})})
        .execution_options(synchronize_session=False)
    )
