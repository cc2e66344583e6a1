"""Conflicts: two values of one field, kept until a person chooses; choosing is an operation too."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from fieldcrm.accounts import contacts
from fieldcrm.accounts import service as accounts
from fieldcrm.accounts.models import Account, Contact
from fieldcrm.accounts.rules import STANDING_SOURCES
from fieldcrm.accounts.schemas import AccountChange, PositionIn
from fieldcrm.accounts.settings_schemas import ContactChange
from fieldcrm.appointments import service as appointments
from fieldcrm.appointments.models import Appointment
from fieldcrm.appointments.schemas import AppointmentChange
from fieldcrm.appointments.serialise import appointment_json
from fieldcrm.core import audit, clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import Tracked
from fieldcrm.core.errors import NotFound
from fieldcrm.core.ids import new_id
from fieldcrm.core.paging import newest_first
from fieldcrm.core.wire import Wire
from fieldcrm.sync.applied import Applied, note
from fieldcrm.sync.conflict_schemas import Choice, ConflictQuery
from fieldcrm.sync.models import Conflict
from fieldcrm.sync.push_schemas import Operation
from fieldcrm.sync.target import AccountTarget, Target, find_row, revive
from fieldcrm.sync.three_way import Clash
from fieldcrm.sync.touches import AFTERWARDS, POSITION, touches_since
from fieldcrm.sync.whose import within_reach
from fieldcrm.visits import service as visits
from fieldcrm.visits import tasks
from fieldcrm.visits.models import Activity, Task
from fieldcrm.visits.schemas import ActivityChange, TaskChange

ENTITIES: Final[Mapping[type[Tracked], str]] = {
    Account: "account", Contact: "contact", Task: "task", Activity: "activity", Appointment: "appointment"
}  # fmt: skip
_TABLES: Final[Mapping[str, Any]] = {entity: table for table, entity in ENTITIES.items()}


def open_conflict(session: Session, target: Target, row: Tracked, clash: Clash) -> Conflict:
    """Keep both values, the later recorded one as current, and tell the account's (or row's) history."""
    actor = target.actor
    mine = {"value": clash.mine, "by": actor.user_id, "at": actor.acted_at}
    theirs = {"value": clash.theirs, "by": clash.touch.by, "at": clash.touch.at}
    current, other = (mine, theirs) if clash.is_mine_later else (theirs, mine)
    conflict = Conflict(
        org_id=actor.org_id,
        entity=ENTITIES[type(row)],
        entity_id=row.id,
        account_id=target.account.id if isinstance(target, AccountTarget) else None,
        person_id=None if isinstance(target, AccountTarget) else actor.user_id,
        field=clash.field,
        **{f"current_{name}": value for name, value in current.items()},
        **{f"other_{name}": value for name, value in other.items()},
    )
    session.add(conflict)
    session.flush()
    _tell(session, conflict, action="conflict", old=other["value"], new=current["value"])
    return conflict


def list_conflicts(
    session: Session, actor: Actor, query: ConflictQuery
) -> tuple[Sequence[Conflict], str | None]:
    """Return a page of the conflicts that are the actor's to see, and the mark of the next."""
    found = _seen(actor)
    if query.account_id is not None:
        found = found.where(Conflict.account_id == query.account_id)
    is_open = Conflict.settled_at.is_(None)
    found = found.where(~is_open if query.settled else is_open)
    return newest_first(session, found, query, at=Conflict.created_at, row_id=Conflict.id)


def settle_now(session: Session, actor: Actor, conflict_id: uuid.UUID, body: Choice) -> Conflict:
    """Let the chosen value stand and return the conflict. Raises NotFound."""
    if session.scalar(_seen(actor).where(Conflict.id == conflict_id)) is None:
        raise NotFound()
    asked = Operation(op_id=new_id(), type="conflict.settle", entity_id=conflict_id, recorded_at=clock.now())
    settle(session, actor, asked, body)
    return session.get_one(Conflict, (actor.org_id, conflict_id))


def settle(session: Session, actor: Actor, operation: Operation, body: Choice) -> Applied:
    """Let the chosen value stand. Chosen twice, the later choice wins, whichever arrives first.

    What others set there since the person looked is a third value: it and the choice are a new conflict.
    """
    conflict, target = find_row(session, actor, operation, Conflict)
    if conflict.settled_at is not None and conflict.settled_at > actor.acted_at:
        return Applied(conflict, [*target.notes, note(actor, "settled_since")])
    values = {"current": conflict.current_value, "other": conflict.other_value}
    applied = Applied(conflict, target.notes)
    if body.choice == "other" or conflict.choice == "other":
        met = _write(session, target, conflict, values[body.choice], seen_version=body.seen_version)
        applied.conflict_ids += [] if met is None else [met.id]
    conflict.choice, conflict.settled_at, conflict.settled_by = body.choice, actor.acted_at, actor.user_id
    session.flush()
    left = values["current" if body.choice == "other" else "other"]
    _tell(session, conflict, action="settle", old=left, new=values[body.choice])
    return applied


def _seen(actor: Actor) -> Select[Conflict]:
    query = select(Conflict).where(Conflict.org_id == actor.org_id, Conflict.deleted_at.is_(None))
    return within_reach(query, actor, Conflict, beside=Account.deleted_at.is_(None))


def _write(
    session: Session, target: Target, conflict: Conflict, value: Any, *, seen_version: int | None
) -> Conflict | None:
    """Write the chosen value, unless a later one stands there; return the conflict with what it met."""
    table = _TABLES[conflict.entity]
    row = session.scalars(
        select(table).where(table.org_id == conflict.org_id, table.id == conflict.entity_id)
    ).one()
    revive(session, target, row)
    touched = touches_since(session, target.actor, row, seen_version) if seen_version is not None else {}
    touch, present = touched.get(conflict.field), _present(row, conflict.field)
    met = None
    if touch is not None and present != value:
        is_later = target.actor.acted_at > touch.at
        met = open_conflict(session, target, row, Clash(conflict.field, value, present, touch, is_later))
        if not is_later:
            return met
    _WRITERS[conflict.entity](session, target.actor, conflict, value)
    return met


def _present(row: Any, field: str) -> Any:
    """Return what stands in a field, as conflicts keep it."""
    name, _, key = field.partition(".")
    if name == POSITION:
        return {"lon": row.lon, "lat": row.lat, "source": row.geo_source}
    if isinstance(row, Task) and name == "done":
        return row.done_at is not None
    if isinstance(row, Activity) and name in AFTERWARDS:
        return audit.plain(getattr(row, AFTERWARDS[name]))
    if isinstance(row, Appointment):
        return appointment_json(row)[name]
    found = getattr(row, name)
    return found.get(key) if key else audit.plain(found)


def _write_account(session: Session, actor: Actor, conflict: Conflict, value: Any) -> None:
    name, _, key = conflict.field.partition(".")
    if name == POSITION:
        if value["lon"] is not None:
            source = value["source"] if value["source"] in STANDING_SOURCES else "drag"
            place = PositionIn(lon=value["lon"], lat=value["lat"], source=source)
            accounts.move_account(session, actor, conflict.entity_id, place)
        return
    change = AccountChange.model_validate({name: {key: value} if key else value})
    accounts.update_account(session, actor, conflict.entity_id, change)


def _writer(use_case: Callable[..., Tracked], shape: type[Wire]) -> Callable[..., None]:
    def write(session: Session, actor: Actor, conflict: Conflict, value: Any) -> None:
        use_case(session, actor, conflict.entity_id, shape.model_validate({conflict.field: value}))

    return write


_WRITERS: Final[Mapping[str, Callable[..., None]]] = {
    "account": _write_account,
    "contact": _writer(contacts.update_contact, ContactChange),
    "task": _writer(tasks.update_task, TaskChange),
    "appointment": _writer(appointments.update_appointment, AppointmentChange),
    "activity": _writer(visits.amend_activity, ActivityChange),
}


def _tell(session: Session, conflict: Conflict, *, action: str, old: Any, new: Any) -> None:
    """Write the conflict into the history of its account, or of the row where that hangs on none.

    ``old`` is the value that does not stand.
    """
    table = Account if conflict.account_id is not None else _TABLES[conflict.entity]
    is_own = conflict.account_id is None or conflict.entity == "account"
    name = conflict.field if is_own else f"{conflict.entity}.{conflict.field}"
    audit.record(
        session,
        action=action,
        entity=table.__tablename__,
        entity_id=conflict.account_id or conflict.entity_id,
        changes={name: (old, new)},
    )
