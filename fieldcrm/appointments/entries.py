"""Appointments as entries of a calendar."""

from __future__ import annotations

from typing import Any

from fieldcrm.appointments.ics import Entry
from fieldcrm.appointments.models import Appointment


def entry_of(row: Any) -> Entry:
    """Return the entry for a row of ``queries.list_between``: at its own place, else at the account's."""
    appointment: Appointment = row.Appointment
    at_account = " ".join(part for part in (row.account_name, row.account_address) if part)
    return Entry(
        uid=appointment.id,
        title=appointment.title,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        is_all_day=appointment.is_all_day,
        sequence=appointment.version,
        changed_at=appointment.updated_at,
        place=appointment.place_name or at_account or None,
        point=None if row.lon is None else (row.lon, row.lat),
    )
