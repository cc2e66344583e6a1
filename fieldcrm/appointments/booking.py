"""Making, changing and cancelling appointments: always one's own."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from fieldcrm.accounts import service as accounts
from fieldcrm.accounts.rules import normal_email
from fieldcrm.appointments import invitations, queries, rules
from fieldcrm.appointments.models import Appointment
from fieldcrm.appointments.schemas import AppointmentChange, AppointmentDraft
from fieldcrm.appointments.serialise import appointment_json
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import advance_clock
from fieldcrm.core.errors import Conflict, FieldError, Invalid, NotFound

_COLUMNS_OF = {"time": ("starts_at", "ends_at", "is_all_day"), "place": ("place_name", "lon", "lat")}


def create_appointment(session: Session, actor: Actor, draft: AppointmentDraft) -> Appointment:
    """Put an appointment into one's own calendar.

    The same id with the same content again returns what is stored; with other content it raises Conflict.
    An account that the actor may not see is NotFound.
    """
    if actor.user_id is None:
        raise NotFound()  # the system has no calendar
    if draft.account_id is not None:
        accounts.lock_contacted(session, actor, draft.account_id)
    given = {name: getattr(draft, name) for name in ("title", "time", "place", "invitees")}
    columns = {"account_id": draft.account_id, "owner_id": actor.user_id, **_columns(actor, given)}
    if draft.id is not None:
        # From here on one writer of the organisation at a time: a double sent twice at once waits.
        advance_clock(session)
        present = queries.find_any(session, actor, draft.id)
        if present is not None:
            is_own = present.created_by == actor.user_id
            if is_own and accounts.is_same_creation(session, present, columns):
                return present
            raise Conflict("id_taken")
        columns["id"] = draft.id
    appointment = Appointment(org_id=actor.org_id, **columns)
    session.add(appointment)
    session.flush()
    invitations.send_later(session, actor, appointment, former=())
    return appointment


def get_appointment(session: Session, actor: Actor, appointment_id: uuid.UUID) -> Appointment:
    """Return one of the actor's own appointments, or raise NotFound."""
    found = queries.find_own(session, actor, appointment_id)
    if found is None:
        raise NotFound()
    return found


def update_appointment(
    session: Session, actor: Actor, appointment_id: uuid.UUID, change: AppointmentChange
) -> Appointment:
    """Rename or move an appointment, or invite others."""
    appointment = _locked(session, actor, appointment_id)
    given = {name: getattr(change, name) for name in change.model_fields_set - {"base_version"}}
    missing = [name for name in ("title", "time", "invitees") if name in given and given[name] is None]
    if missing:
        raise Invalid(*(FieldError(name, "required") for name in missing))
    touched = [column for name in given for column in _COLUMNS_OF.get(name, (name,))]
    accounts.demand_fresh(
        session,
        appointment,
        change.base_version,
        names=touched,
        current=lambda: appointment_json(appointment),
    )
    former = list(appointment.invitees)
    changed = {
        name: value for name, value in _columns(actor, given).items() if getattr(appointment, name) != value
    }
    for name, value in changed.items():
        setattr(appointment, name, value)
    session.flush()
    if changed:
        invitations.send_later(session, actor, appointment, former=former)
    return appointment


def cancel_appointment(session: Session, actor: Actor, appointment_id: uuid.UUID) -> None:
    """Take an appointment out of the calendar."""
    appointment = _locked(session, actor, appointment_id)
    appointment.deleted_at = actor.acted_at
    session.flush()
    invitations.send_later(session, actor, appointment, former=appointment.invitees)


def _locked(session: Session, actor: Actor, appointment_id: uuid.UUID) -> Appointment:
    # The clock first, which a merge holds while it moves appointments: nobody waits in a ring.
    advance_clock(session)
    found = queries.find_own(session, actor, appointment_id, is_locking=True)
    if found is None:
        raise NotFound()
    return found


def _columns(actor: Actor, given: dict[str, Any]) -> dict[str, Any]:
    """Return what is given as the table keeps it, or raise Invalid."""
    errors: list[FieldError] = []
    columns: dict[str, Any] = {"title": given["title"]} if "title" in given else {}
    if "time" in given:
        time = given["time"]
        times = (time.starts_at, time.ends_at)
        problem = rules.times_problem(*times)
        if problem is not None:
            errors.append(FieldError("time", problem))
        elif time.is_all_day:
            times = rules.whole_days(*times, actor.timezone)
        columns |= dict(zip(_COLUMNS_OF["time"], (*times, time.is_all_day), strict=True))
    if "place" in given:
        place = given["place"]
        values = (None, None, None) if place is None else (place.name or None, place.lon, place.lat)
        if (values[1] is None) != (values[2] is None):
            errors.append(FieldError("place", "bad_position"))
        columns |= dict(zip(_COLUMNS_OF["place"], values, strict=True))
    if "invitees" in given:
        columns["invitees"] = _invitees(given["invitees"], errors)
    if errors:
        raise Invalid(*errors)
    return columns


def _invitees(typed: Sequence[str], errors: list[FieldError]) -> list[str]:
    """Return the addresses in one width, each once."""
    found = [normal_email(each) for each in typed]
    errors += [FieldError(f"invitees.{n}", "bad_email") for n, address in enumerate(found) if address is None]
    return list(dict.fromkeys(address for address in found if address is not None))
