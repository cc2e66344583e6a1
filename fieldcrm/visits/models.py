"""Tables of visits."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID
from sqlalchemy.orm import Mapped, mapped_column

from fieldcrm.core import clock
from fieldcrm.core.db import TenantModel, Tracked


class ActivityOutcome(Tracked):
    """How a contact ended, as the organisation names it; ``no`` is what rows refer to."""

    __tablename__ = "activity_outcomes"
    __table_args__ = (UniqueConstraint("org_id", "no"),)

    no: Mapped[int] = mapped_column(SmallInteger)
    code: Mapped[str] = mapped_column(Text)
    name_ja: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    position: Mapped[int] = mapped_column(SmallInteger, default=0)
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)


class Activity(Tracked):
    """One contact with an account. ``lon``, ``lat`` are known only of a check-in."""

    __tablename__ = "activities"
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "account_id"], ["accounts.org_id", "accounts.id"]),
        ForeignKeyConstraint(["org_id", "user_id"], ["users.org_id", "users.id"]),
        ForeignKeyConstraint(["org_id", "outcome"], ["activity_outcomes.org_id", "activity_outcomes.no"]),
        Index("activities_account_ix", "org_id", "account_id", "occurred_at"),
        Index("activities_day_ix", "org_id", "occurred_at"),
        Index("activities_user_ix", "org_id", "user_id", "occurred_at"),
        Index("activities_change_ix", "org_id", "change_seq"),
        # Visits of a period by account, counted without reading them.
        Index(
            "activities_visit_ix",
            "org_id",
            "occurred_at",
            postgresql_include=["account_id"],
            postgresql_where=text("channel = 'visit' and deleted_at is null"),
        ),
    )

    account_id: Mapped[uuid.UUID]
    user_id: Mapped[uuid.UUID | None]
    channel: Mapped[str] = mapped_column(Text, default="visit")
    outcome: Mapped[int | None] = mapped_column(SmallInteger)
    note: Mapped[str | None] = mapped_column(Text)
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)
    duration_min: Mapped[int | None] = mapped_column(Integer)
    win_prob_before: Mapped[int | None] = mapped_column(SmallInteger)
    win_prob_after: Mapped[int | None] = mapped_column(SmallInteger)
    status_before: Mapped[int | None] = mapped_column(SmallInteger)
    status_after: Mapped[int | None] = mapped_column(SmallInteger)
    next_action: Mapped[str | None] = mapped_column(Text)
    next_action_on: Mapped[date | None]
    contact_ids: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(UUID(as_uuid=True)), default=list)
    lon: Mapped[float | None] = mapped_column(Double)
    lat: Mapped[float | None] = mapped_column(Double)
    accuracy_m: Mapped[float | None] = mapped_column(Double)
    is_amended: Mapped[bool] = mapped_column(Boolean, default=False)


class ActivityAmendment(TenantModel):
    """What an activity said before it was amended on a later day."""

    __tablename__ = "activity_amendments"
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "activity_id"], ["activities.org_id", "activities.id"]),
        Index("activity_amendments_activity_ix", "org_id", "activity_id"),
    )

    activity_id: Mapped[uuid.UUID]
    at: Mapped[datetime] = mapped_column(default=clock.now)
    by: Mapped[uuid.UUID | None]
    previous: Mapped[dict[str, Any]] = mapped_column(JSONB)


class Task(Tracked):
    """Something to do for an account by a day; a visit's next action makes one."""

    __tablename__ = "tasks"
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "account_id"], ["accounts.org_id", "accounts.id"]),
        ForeignKeyConstraint(["org_id", "owner_id"], ["users.org_id", "users.id"]),
        Index("tasks_due_ix", "org_id", "owner_id", "due_on"),
        Index("tasks_account_ix", "org_id", "account_id"),
        Index("tasks_change_ix", "org_id", "change_seq"),
    )

    account_id: Mapped[uuid.UUID]
    owner_id: Mapped[uuid.UUID | None]
    activity_id: Mapped[uuid.UUID | None]
    title: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date | None]
    done_at: Mapped[datetime | None]


class Attachment(Tracked):
    """A photo, sketch, recording or document of an account or a visit; its bytes are in the storage.

    ``received_bytes`` moves outside the change clock: phones hear of an attachment when it is added and
    when ``stored_at`` says that it is whole.
    """

    __tablename__ = "attachments"
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "account_id"], ["accounts.org_id", "accounts.id"]),
        ForeignKeyConstraint(["org_id", "activity_id"], ["activities.org_id", "activities.id"]),
        Index("attachments_account_ix", "org_id", "account_id"),
        Index("attachments_activity_ix", "org_id", "activity_id"),
        Index("attachments_change_ix", "org_id", "change_seq"),
    )

    account_id: Mapped[uuid.UUID]
    activity_id: Mapped[uuid.UUID | None]
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(Text)
    width: Mapped[int | None] = mapped_column(Integer)
    height: Mapped[int | None] = mapped_column(Integer)
    duration_s: Mapped[float | None] = mapped_column(Double)
    received_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    stored_at: Mapped[datetime | None]
