"""URLs of appointments: one's own, and nobody else's."""

from __future__ import annotations

import uuid
from typing import Any

from apiflask import APIBlueprint

from fieldcrm.appointments import messages, service
from fieldcrm.appointments.schemas import (
    AppointmentChange,
    AppointmentDraft,
    AppointmentOut,
    AppointmentPage,
    AppointmentQuery,
)
from fieldcrm.appointments.serialise import appointment_json
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import db
from fieldcrm.core.description import details
from fieldcrm.core.endpoint import endpoint

__all__ = ["bp", "messages"]

bp = APIBlueprint("appointments", __name__)


@bp.get("/api/appointments")
@endpoint("appointments.read", query=AppointmentQuery, answer=AppointmentPage)
def list_appointments(*, actor: Actor, query: AppointmentQuery) -> dict[str, Any]:
    """List one's own appointments, the earliest first."""
    found, next_cursor = service.list_appointments(db.session(), actor, query)
    return {"items": [appointment_json(row) for row in found], "next_cursor": next_cursor}


@bp.post("/api/appointments")
@endpoint("appointments.create", body=AppointmentDraft, answer=AppointmentOut, status=201)
@details(also=(200,), problems=(404, 409))
def create_appointment(*, actor: Actor, body: AppointmentDraft) -> Any:
    """Make an appointment of one's own; 201, or 200 when the same was made before."""
    session = db.session()
    made = service.create_appointment(session, actor, body)
    is_fresh = made.version == 1 and made.change_seq == session.info.get("change_seq")
    return appointment_json(made) if is_fresh else (appointment_json(made), 200)


@bp.get("/api/appointments/<uuid:appointment_id>")
@endpoint("appointments.read", answer=AppointmentOut)
def get_appointment(*, actor: Actor, appointment_id: uuid.UUID) -> dict[str, Any]:
    """Return one of one's own appointments."""
    return appointment_json(service.get_appointment(db.session(), actor, appointment_id))


@bp.patch("/api/appointments/<uuid:appointment_id>")
@endpoint("appointments.update", body=AppointmentChange, answer=AppointmentOut)
def update_appointment(*, actor: Actor, appointment_id: uuid.UUID, body: AppointmentChange) -> dict[str, Any]:
    """Rename or move an appointment, or invite others."""
    return appointment_json(service.update_appointment(db.session(), actor, appointment_id, body))


@bp.delete("/api/appointments/<uuid:appointment_id>")
@endpoint("appointments.update", status=204)
def cancel_appointment(*, actor: Actor, appointment_id: uuid.UUID) -> None:
    """Take an appointment out of the calendar."""
    service.cancel_appointment(db.session(), actor, appointment_id)
