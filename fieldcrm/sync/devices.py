"""People's devices: registered by themselves, listed with their last contact, wiped when lost.

A device to be wiped may still push (what was recorded is the company's) but receives nothing any more.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, false, or_, select, true
from sqlalchemy.orm import Session

from fieldcrm.core import audit, clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.errors import Conflict, NotFound, ProblemError
from fieldcrm.core.paging import PageQuery, newest_first
from fieldcrm.identity.models import TeamMember, User
from fieldcrm.identity.policy import Scope, scope_of
from fieldcrm.identity.sessions import release_sessions
from fieldcrm.sync.models import Device

KEY_BYTES: Final = 32
SHOWN: Final = (
    "id", "user_id", "label", "app_version", "first_seen_at", "last_seen_at", "wipe_asked_at", "wiped_at"
)  # fmt: skip
GRACE: Final = timedelta(minutes=10)
"""From being told of its wipe, a device may send what it holds for so long before its session ends."""


class DeviceWiped(ProblemError):
    """The device is to be wiped, or is: it gets nothing any more."""

    status = 410
    code = "device_wiped"


def register_device(
    session: Session, actor: Actor, *, device_id: uuid.UUID, label: str, app_version: str
) -> Device:
    """Write down a device of the actor's own, with a fresh seal key; again, only what it says of itself.

    Also one that is to be wiped: with its key it opens what it still has to send.
    """
    device = session.scalar(_by_id(actor, device_id).with_for_update())
    if device is not None and device.user_id != actor.user_id:
        raise Conflict("id_taken")
    if device is not None and device.wiped_at is not None:
        raise DeviceWiped()
    if device is None:
        key = secrets.token_bytes(KEY_BYTES)
        device = Device(org_id=actor.org_id, id=device_id, user_id=actor.user_id, seal_key=key)
        session.add(device)
        _record(session, "create", device, label=(None, label))
    device.label, device.app_version, device.last_seen_at = label, app_version, clock.now()
    session.flush()
    return device


def list_devices(session: Session, actor: Actor, page: PageQuery) -> tuple[Sequence[Row[Any]], str | None]:
    """Return a page of the devices of the people the actor is responsible for, lately seen ones first."""
    columns: list[Any] = [*(getattr(Device, name) for name in SHOWN), User.name.label("user_name")]
    has_user = (User.org_id == Device.org_id) & (User.id == Device.user_id)
    query = select(*columns).join(User, has_user)
    found = query.where(Device.org_id == actor.org_id, _reached(actor, "devices.read"))
    return newest_first(session, found, page, at=Device.last_seen_at, row_id=Device.id)


def ask_wipe(session: Session, actor: Actor, device_id: uuid.UUID) -> None:
    """Have a lost device emptied at its next contact."""
    device = _wipeable(session, actor, device_id)
    if device.wipe_asked_at is None:
        device.wipe_asked_at, device.wipe_asked_by = clock.now(), actor.user_id
        _record(session, "ask_wipe", device, wipe_asked_at=(None, audit.plain(device.wipe_asked_at)))


def cancel_wipe(session: Session, actor: Actor, device_id: uuid.UUID) -> None:
    """Take the request back: the device was found before it was wiped."""
    device = _wipeable(session, actor, device_id)
    if device.wipe_asked_at is not None:
        _record(session, "cancel_wipe", device, wipe_asked_at=(audit.plain(device.wipe_asked_at), None))
        device.wipe_asked_at = device.wipe_asked_by = device.wipe_told_at = None
        release_sessions(session, actor, device_id=device_id)


def confirm_wipe(session: Session, actor: Actor, device_id: uuid.UUID, *, unsent: int) -> None:
    """Write down that the device has emptied itself, and what it had not sent; its seal key is destroyed."""
    device = session.scalar(_by_id(actor, device_id).where(Device.user_id == actor.user_id).with_for_update())
    if device is None:
        raise NotFound()
    if device.wipe_asked_at is None:
        raise Conflict("wipe_not_asked")
    if device.wiped_at is None:
        device.wiped_at, device.seal_key = clock.now(), None
        _record(
            session, "wiped", device, wiped_at=(None, audit.plain(device.wiped_at)), unsent=(None, unsent)
        )


def _wipeable(session: Session, actor: Actor, device_id: uuid.UUID) -> Device:
    device = session.scalar(_by_id(actor, device_id).where(_reached(actor, "devices.wipe")).with_for_update())
    if device is None:
        raise NotFound()
    if device.wiped_at is not None:
        raise Conflict("already_wiped")
    return device


def _by_id(actor: Actor, device_id: uuid.UUID) -> Select[Device]:
    return select(Device).where(Device.org_id == actor.org_id, Device.id == device_id)


def _reached(actor: Actor, policy: str) -> ColumnElement[bool]:
    """Return the predicate of the devices that ``policy`` reaches: own ones, those of one's teams, all."""
    scope = scope_of(actor, policy)
    if scope is Scope.ALL:
        return true()
    is_own = Device.user_id == actor.user_id if scope is not Scope.NONE else false()
    if scope is not Scope.TEAM or not actor.team_ids:
        return is_own
    mates = select(TeamMember.user_id).where(
        TeamMember.org_id == actor.org_id, TeamMember.team_id.in_(sorted(actor.team_ids))
    )
    return or_(is_own, Device.user_id.in_(mates))


def _record(session: Session, action: str, device: Device, **changes: tuple[object, object]) -> None:
    audit.record(session, action=action, entity="devices", entity_id=device.id, changes=changes)
