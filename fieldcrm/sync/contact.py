"""A device that gets in touch: when it was here last, and whether it must be told to empty itself."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Row, text, update
from sqlalchemy.orm import Session

from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.sync.devices import GRACE
from fieldcrm.sync.models import Device

NOTE_EVERY: Final = timedelta(minutes=1)

# One question for both: phones ask it every half minute.
_STANDING: Final = text(
    """
    select o.change_seq, d.id, d.last_seen_at, d.wipe_asked_at, d.wipe_told_at
      from organisations o
      left join devices d on d.org_id = o.org_id and d.id = :device_id and d.user_id = :user_id
     where o.org_id = :org_id
    """
)


@dataclass(frozen=True, slots=True)
class Standing:
    """The organisation's change clock, and what a device that is to be wiped must know."""

    clock: int
    must_wipe: bool = False
    has_had_its_time: bool = False


def meet(session: Session, actor: Actor, *, device_id: uuid.UUID | None) -> Standing:
    """Return how things stand, having noted (once a minute, outside the change clock) who was here.

    A device that is not registered, or not the actor's, is met without a note.
    """
    values = {"org_id": actor.org_id, "device_id": device_id, "user_id": actor.user_id}
    found = session.execute(_STANDING, values).one()
    if found.id is None:
        return Standing(found.change_seq)
    _note(session, actor, found)
    is_over = found.wipe_told_at is not None and clock.now() - found.wipe_told_at > GRACE
    must_wipe = found.wipe_asked_at is not None
    return Standing(found.change_seq, must_wipe=must_wipe, has_had_its_time=must_wipe and is_over)


def _note(session: Session, actor: Actor, found: Row[Any]) -> None:
    moment = clock.now()
    is_news = found.wipe_asked_at is not None and found.wipe_told_at is None
    if not is_news and moment - found.last_seen_at < NOTE_EVERY:
        return
    session.execute(
        update(Device)
        .where(Device.org_id == actor.org_id, Device.id == found.id)
        .values({"last_seen_at": moment, **({"wipe_told_at": moment} if is_news else {})})
        .execution_options(synchronize_session=False)
    )
