"""Tables of appointments."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, Double, ForeignKeyConstraint, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from fieldcrm.core.db import Tracked


class Appointment(Tracked):
    """Something fixed in time. Of a whole day, it begins and ends with the organisation's days.

    ``place_name``, ``lon``, ``lat`` tell where it is when that is not the account's own place.
    """

    __tablename__ = "appointments"
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "account_id"], ["accounts.org_id", "accounts.id"]),
        ForeignKeyConstraint(["org_id", "owner_id"], ["users.org_id", "users.id"]),
        CheckConstraint("ends_at >= starts_at", name="order"),
        Index("appointments_owner_ix", "org_id", "owner_id", "starts_at"),
        Index("appointments_account_ix", "org_id", "account_id"),
        Index("appointments_change_ix", "org_id", "owner_id", "change_seq"),
    )

    account_id: Mapped[uuid.UUID | None]
    owner_id: Mapped[uuid.UUID]
    title: Mapped[str] = mapped_column(Text)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    is_all_day: Mapped[bool] = mapped_column(Boolean, default=False)
    place_name: Mapped[str | None] = mapped_column(Text)
    lon: Mapped[float | None] = mapped_column(Double)
    lat: Mapped[float | None] = mapped_column(Double)
    invitees: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
