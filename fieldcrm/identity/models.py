"""Tables of identity."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Boolean, ForeignKeyConstraint, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from fieldcrm.core import clock
from fieldcrm.core.db import Base, TenantModel, Tracked


class Organisation(Base):
    """One customer of ours; ``change_seq`` is its change clock (see core/db.py)."""

    __tablename__ = "organisations"

    org_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(Text)
    slug: Mapped[str] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(Text, default="ja")
    timezone: Mapped[str] = mapped_column(Text, default="Asia/Tokyo")
    country: Mapped[str] = mapped_column(Text, default="JP")
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    change_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class OrganisationSlug(Base):
    """Look-up of what must be globally unique: the organisation's short name."""

    __tablename__ = "organisation_slugs"

    slug: Mapped[str] = mapped_column(Text, primary_key=True)
    org_id: Mapped[int] = mapped_column(BigInteger)


class SignInName(Base):
    """Look-up of what must be globally unique: the e-mail a person signs in with, lower case."""

    __tablename__ = "sign_in_names"

    email: Mapped[str] = mapped_column(Text, primary_key=True)
    org_id: Mapped[int] = mapped_column(BigInteger)
    user_id: Mapped[uuid.UUID]


class User(Tracked):
    """A person of an organisation."""

    __tablename__ = "users"
    __audit_hidden__: ClassVar[frozenset[str]] = frozenset({"password_hash"})
    __table_args__ = (UniqueConstraint("org_id", "email"),)

    email: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    locale: Mapped[str | None] = mapped_column(Text)
    password_hash: Mapped[str | None] = mapped_column(Text)
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)


class Team(Tracked):
    """A group of people whose accounts its members see."""

    __tablename__ = "teams"
    __table_args__ = (UniqueConstraint("org_id", "name"),)

    name: Mapped[str] = mapped_column(Text)


class TeamMember(TenantModel):
    """A person's membership of a team."""

    __tablename__ = "team_members"
    __table_args__ = (
        UniqueConstraint("org_id", "team_id", "user_id"),
        ForeignKeyConstraint(["org_id", "team_id"], ["teams.org_id", "teams.id"]),
        ForeignKeyConstraint(["org_id", "user_id"], ["users.org_id", "users.id"]),
    )

    team_id: Mapped[uuid.UUID]
    user_id: Mapped[uuid.UUID]


class UserSession(TenantModel):
    """A signed-in browser; deleting the row signs it out."""

    __tablename__ = "user_sessions"
    __audited__ = False
    __table_args__ = (ForeignKeyConstraint(["org_id", "user_id"], ["users.org_id", "users.id"]),)

    user_id: Mapped[uuid.UUID]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    user_agent: Mapped[str | None] = mapped_column(Text)
