"""Appointments as JSON values; schemas.py documents the shape."""

from __future__ import annotations

from typing import Any, Final

from fieldcrm.appointments.models import Appointment
from fieldcrm.core.clock import iso

APPOINTMENT_COLUMNS: Final = (
    Appointment.id, Appointment.account_id, Appointment.owner_id, Appointment.title, Appointment.starts_at,
    Appointment.ends_at, Appointment.is_all_day, Appointment.place_name, Appointment.lon, Appointment.lat,
    Appointment.invitees, Appointment.version, Appointment.change_seq, Appointment.deleted_at,
)  # fmt: skip


def appointment_json(row: Any) -> dict[str, Any]:
    """Return the appointment as AppointmentOut has it; works on table objects and on rows alike."""
    is_placed = row.place_name is not None or row.lon is not None
    return {
        "id": str(row.id),
        "account_id": None if row.account_id is None else str(row.account_id),
        "owner_id": str(row.owner_id),
        "title": row.title,
        "time": {
            "starts_at": iso(row.starts_at), "ends_at": iso(row.ends_at), "is_all_day": row.is_all_day
        },
        "place": {"name": row.place_name, "lon": row.lon, "lat": row.lat} if is_placed else None,
        "invitees": list(row.invitees),
        "version": row.version,
        "change_seq": row.change_seq,
    }  # fmt: skip
