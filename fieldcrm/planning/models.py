"""Tables of planning: how a person works, and the day plans they accepted."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import Boolean, ForeignKeyConstraint, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID
from sqlalchemy.orm import Mapped, mapped_column

from fieldcrm.core.db import Tracked


class PlanningPreference(Tracked):
    """How a person works; nobody else reads it. ``id`` is the person's own: there is one row for each.

    Hours and places say where somebody lives and when they are at home: the audit log tells that they were
    changed and nothing more.
    """

    __tablename__ = "planning_preferences"
    __audited__ = False  # the service writes it down, without the content
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "user_id"], ["users.org_id", "users.id"]),
        Index("planning_preferences_user_ix", "org_id", "user_id"),
    )

    user_id: Mapped[uuid.UUID]
    working_hours: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    works_on_holidays: Mapped[bool] = mapped_column(Boolean, default=False)
    breaks: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB)
    start_place: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    end_place: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    mode: Mapped[str] = mapped_column(Text, default="car")
    max_driving_min: Mapped[int | None] = mapped_column(Integer)
    nights: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)


class DayPlan(Tracked):
    """A person's plan of one day. Read by that person only; ``stops`` are in order, with their times.

    Proposed by somebody else (``accepted_at`` is null) it waits for the person to take it.
    """

    __tablename__ = "day_plans"
    __audit_hidden__: ClassVar[frozenset[str]] = frozenset({"stops", "breaks", "totals"})
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "user_id"], ["users.org_id", "users.id"]),
        Index(
            "day_plans_accepted_ix",
            "org_id",
            "user_id",
            "day",
            unique=True,
            postgresql_where=text("accepted_at is not null"),
        ),
        Index("day_plans_day_ix", "org_id", "user_id", "day"),
    )

    user_id: Mapped[uuid.UUID]
    day: Mapped[date]
    account_ids: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(UUID(as_uuid=True)), default=list)
    stops: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    breaks: Mapped[list[list[int]]] = mapped_column(JSONB, default=list)
    totals: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    is_estimated: Mapped[bool] = mapped_column(Boolean, default=True)
    accepted_at: Mapped[datetime | None]
