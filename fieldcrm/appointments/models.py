"""Tables of appointments."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from fieldcrm.core import clock
from fieldcrm.core.db import TenantModel, Tracked


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


class CalendarFeed(TenantModel):
    """The link under which calendar programs read a person's appointments; only a hash of its secret is kept.

    ``reads`` counts since ``window_at``: a program that asks too often is told to wait.
    """

    __tablename__ = "calendar_feeds"
    __audit_hidden__: ClassVar[frozenset[str]] = frozenset({"secret_hash", "reads", "window_at"})
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "user_id"], ["users.org_id", "users.id"]),
        UniqueConstraint("org_id", "user_id"),
    )

    user_id: Mapped[uuid.UUID]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_read_at: Mapped[datetime | None]
    reads: Mapped[int] = mapped_column(Integer, default=0)
    window_at: Mapped[datetime] = mapped_column(default=clock.now)


class BusyCalendar(TenantModel):
    """A calendar elsewhere whose times a person has read as taken. Its address is as good as a password.

    ``serial`` is of the chain of jobs that reads it: those of an earlier one stop.
    """

    __tablename__ = "busy_calendars"
    __audit_hidden__: ClassVar[frozenset[str]] = frozenset(
        {"url", "serial", "read_at", "tried_at", "problem"}
    )
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "user_id"], ["users.org_id", "users.id"]),
        UniqueConstraint("org_id", "user_id"),
    )

    user_id: Mapped[uuid.UUID]
    url: Mapped[str] = mapped_column(Text)
    keeps_titles: Mapped[bool] = mapped_column(Boolean, default=False)
    serial: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    tried_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    problem: Mapped[str | None] = mapped_column(Text)


class BusyTime(TenantModel):
    """A time that a calendar elsewhere says is taken; its title only where the person wants it kept."""

    __tablename__ = "busy_times"
    __audited__ = False
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "user_id"], ["users.org_id", "users.id"]),
        Index("busy_times_user_ix", "org_id", "user_id", "starts_at"),
    )

    user_id: Mapped[uuid.UUID]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    is_all_day: Mapped[bool] = mapped_column(Boolean, default=False)
    title: Mapped[str | None] = mapped_column(Text)
