"""Operations that change fields: merged, field by field, with what others changed meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any, TypeVar, cast

from sqlalchemy.orm import Session

from fieldcrm.accounts import contacts
from fieldcrm.accounts import service as accounts
from fieldcrm.accounts.models import Account, Contact
from fieldcrm.accounts.schemas import AccountChange, PositionIn
from fieldcrm.accounts.settings_schemas import ContactChange
from fieldcrm.appointments import service as appointments
from fieldcrm.appointments.models import Appointment
from fieldcrm.appointments.schemas import AppointmentChange
from fieldcrm.appointments.serialise import appointment_json
from fieldcrm.core.actor import Actor
from fieldcrm.core.audit import plain
from fieldcrm.core.db import Tracked
from fieldcrm.core.errors import Invalid
from fieldcrm.core.wire import Wire
from fieldcrm.sync.applied import Applied, note
from fieldcrm.sync.conflicts import open_conflict
from fieldcrm.sync.push_schemas import Operation
from fieldcrm.sync.target import AccountTarget, Target, find_account, find_row
from fieldcrm.sync.three_way import Merge, merge
from fieldcrm.sync.touches import AFTERWARDS, POSITION, touches_since
from fieldcrm.visits import service as visits
from fieldcrm.visits import tasks
from fieldcrm.visits.models import Activity, Task
from fieldcrm.visits.schemas import ActivityChange, ActivityDraft, TaskChange

Values = Mapping[str, Any]
Body = TypeVar("Body", bound=Wire)


def update_account(session: Session, actor: Actor, operation: Operation, body: AccountChange) -> Applied:
    """Change an account's fields."""
    target = find_account(session, actor, operation, operation.entity_id)
    account = target.account
    merged = _merge(
        session,
        target,
        operation,
        row=account,
        values=lambda: _account_values(session, actor, body, account),
    )
    accounts.update_account(session, target.actor, account.id, _without(body, merged.held))
    return _conclude(session, target, account, merged)


def move_account(session: Session, actor: Actor, operation: Operation, body: PositionIn) -> Applied:
    """Move an account's pin: a place is one field."""
    target = find_account(session, actor, operation, operation.entity_id)
    account = target.account
    merged = _merge(session, target, operation, row=account, values=lambda: _places(body, account))
    if POSITION not in merged.held:
        unversioned = body.model_copy(update={"base_version": None})
        accounts.move_account(session, target.actor, account.id, unversioned)
    return _conclude(session, target, account, merged)


def log_activity(session: Session, actor: Actor, operation: Operation, body: ActivityDraft) -> Applied:
    """Log a contact; its status and win probability are edits of the account's fields."""
    target = find_account(session, actor, operation, body.account_id)
    account = target.account
    mine = {name: getattr(body, name) for name in ("status", "win_prob")}
    mine = {name: value for name, value in mine.items() if value is not None}
    merged = Merge()
    if mine:
        current = {name: getattr(account, name) for name in mine}
        merged = _merge(session, target, operation, row=account, values=lambda: (mine, current))
    draft = body.model_copy(update={"account_id": account.id})
    stands = {clash.field: clash.is_mine_later for clash in merged.clashes}
    activity = visits.log_activity(session, target.actor, draft, stands=stands)
    applied = _conclude(session, target, account, Merge(clashes=merged.clashes))
    applied.row = activity
    return applied


def amend_activity(session: Session, actor: Actor, operation: Operation, body: ActivityChange) -> Applied:
    """Change what an activity says."""
    return _change(session, actor, operation, table=Activity, body=body, use_case=visits.amend_activity)


def update_contact(session: Session, actor: Actor, operation: Operation, body: ContactChange) -> Applied:
    """Change a contact's fields."""
    return _change(session, actor, operation, table=Contact, body=body, use_case=contacts.update_contact)


def update_task(session: Session, actor: Actor, operation: Operation, body: TaskChange) -> Applied:
    """Mark a task done or not, rename or move it."""
    return _change(session, actor, operation, table=Task, body=body, use_case=tasks.update_task)


def update_appointment(
    session: Session, actor: Actor, operation: Operation, body: AppointmentChange
) -> Applied:
    """Rename or move an appointment, or invite others."""
    return _change(
        session,
        actor,
        operation,
        table=Appointment,
        body=body,
        use_case=appointments.update_appointment,
    )


def _change(
    session: Session,
    actor: Actor,
    operation: Operation,
    *,
    table: type[Tracked],
    body: Wire,
    use_case: Callable[..., Tracked],
) -> Applied:
    row, target = find_row(session, actor, operation, table)
    merged = _merge(session, target, operation, row=row, values=lambda: (_said(body), _stored(row, body)))
    if not merged.held or merged.held < _fields(body):
        use_case(session, target.actor, row.id, _without(body, merged.held))
    return _conclude(session, target, row, merged)


def _merge(
    session: Session,
    target: Target,
    operation: Operation,
    *,
    row: Tracked,
    values: Callable[[], tuple[Values, Values]],
) -> Merge:
    """Merge with what others set since the operation's base; ``values`` gives (mine, current) then."""
    actor = target.actor
    # The phone knows nothing of a survivor's versions: whatever it says there is new to it.
    is_new_to_it = isinstance(target, AccountTarget) and row is target.account and target.is_survivor
    touched = touches_since(session, actor, row, 0 if is_new_to_it else operation.base_version)
    if not touched:
        return Merge()
    mine, current = values()
    merged = merge(mine, current, touched=touched, recorded_at=actor.acted_at)
    return replace(merged, others=()) if is_new_to_it else merged


def _conclude(session: Session, target: Target, row: Tracked, merged: Merge) -> Applied:
    applied = Applied(row, list(target.notes))
    for clash in merged.clashes:
        applied.conflict_ids.append(open_conflict(session, target, row, clash).id)
    if merged.others:
        applied.notes.append(note(target.actor, "other_fields_changed", fields=list(merged.others)))
    return applied


def _account_values(
    session: Session, actor: Actor, body: AccountChange, account: Account
) -> tuple[Values, Values]:
    """Return what is said and what is stored, as stored: numbers in E.164, custom fields key by key."""
    checked = accounts.check_fields(body, accounts.catalogue_of(session, actor))
    if checked.errors:
        raise Invalid(*checked.errors)
    said = {name: checked.columns[name] for name in _fields(body) if name in checked.columns}
    custom = said.pop("custom", {})
    mine = {name: plain(value) for name, value in said.items()}
    mine |= {f"custom.{key}": value for key, value in custom.items()}
    current = {name: plain(getattr(account, name)) for name in said}
    current |= {f"custom.{key}": account.custom.get(key) for key in custom}
    return mine, current


def _places(body: PositionIn, account: Account) -> tuple[Values, Values]:
    place = {"lon": account.lon, "lat": account.lat, "source": account.geo_source}
    said = {"lon": body.lon, "lat": body.lat, "source": body.source}
    is_same = (said["lon"], said["lat"]) == (place["lon"], place["lat"])
    return {POSITION: place if is_same else said}, {POSITION: place}


def _said(body: Wire) -> Values:
    values = body.model_dump(mode="json", include=set(_fields(body)))
    if isinstance(body, ContactChange):
        values |= contacts.check_contact(body, names=sorted(_fields(body)))
    return values


def _stored(row: Any, body: Wire) -> Values:
    if isinstance(row, Task):
        stored = {"done": row.done_at is not None, "title": row.title, "due_on": plain(row.due_on)}
        return {name: stored[name] for name in _fields(body)}
    if isinstance(row, Appointment):
        shown = appointment_json(row)
        return {name: shown[name] for name in _fields(body)}
    renamed = AFTERWARDS if isinstance(row, Activity) else {}
    return {name: plain(getattr(row, renamed.get(name, name))) for name in _fields(body)}


def _fields(body: Wire) -> frozenset[str]:
    return frozenset(body.model_fields_set) - {"base_version"}


def _without(body: Body, held: Collection[str]) -> Body:
    """Return ``body`` without the fields that are to stay as they are."""
    kept = {name: getattr(body, name) for name in _fields(body) if name not in held}
    if "custom" in kept:
        kept["custom"] = {key: value for key, value in kept["custom"].items() if f"custom.{key}" not in held}
    return cast("Body", type(body).model_construct(_fields_set=set(kept), **kept))
