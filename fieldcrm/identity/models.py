"""Tables of identity."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    Boolean,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID
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
    __audit_hidden__: ClassVar[frozenset[str]] = frozenset({"password_hash", "new_email_serial"})
    __table_args__ = (UniqueConstraint("org_id", "email"),)

    email: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    locale: Mapped[str | None] = mapped_column(Text)
    password_hash: Mapped[str | None] = mapped_column(Text)
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    # What they will sign in with once the link in its mail is opened; each asking raises the serial.
    new_email: Mapped[str | None] = mapped_column(Text)
    new_email_until: Mapped[datetime | None]
    new_email_serial: Mapped[int] = mapped_column(Integer, default=0)


class Team(Tracked):
    """A group of people whose accounts its members see."""

    __tablename__ = "teams"
    __table_args__ = (
        # The name of a team that was dissolved is free.
        Index("teams_name_ix", "org_id", "name", unique=True, postgresql_where=text("deleted_at is null")),
    )

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
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "user_id"], ["users.org_id", "users.id"]),
        Index("user_sessions_user_ix", "org_id", "user_id"),
    )

    user_id: Mapped[uuid.UUID]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    user_agent: Mapped[str | None] = mapped_column(Text)
    # Set once a device was told in this session to empty itself: from then on it is that device's alone.
    wiping_device_id: Mapped[uuid.UUID | None]


class Invitation(TenantModel):
    """Somebody asked to join; the link in their mail is signed and names this row and its ``serial``.

    Sending it again raises the serial, so that the former link opens nothing.
    """

    __tablename__ = "invitations"
    __audit_hidden__: ClassVar[frozenset[str]] = frozenset({"mailed_at"})
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "invited_by"], ["users.org_id", "users.id"]),
        ForeignKeyConstraint(["org_id", "user_id"], ["users.org_id", "users.id"]),
        Index(
            "invitations_open_ix",
            "org_id",
            "email",
            unique=True,
            postgresql_where=text("accepted_at is null and withdrawn_at is null"),
        ),
    )

    email: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(Text, default="ja")
    team_ids: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(UUID(as_uuid=True)), default=list)
    serial: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    invited_by: Mapped[uuid.UUID | None]
    expires_at: Mapped[datetime]
    mailed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    user_id: Mapped[uuid.UUID | None]


class PasswordReset(TenantModel):
    """A way back in for who forgot the password; the link in their mail is signed and names this row."""

    __tablename__ = "password_resets"
    __audited__ = False
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "user_id"], ["users.org_id", "users.id"]),
        Index("password_resets_user_ix", "org_id", "user_id"),
    )

    user_id: Mapped[uuid.UUID]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]


class PersonalToken(TenantModel):
    """What a program signs its requests with in a person's name; only a hash of its secret is kept."""

    __tablename__ = "personal_tokens"
    __audit_hidden__: ClassVar[frozenset[str]] = frozenset({"secret_hash"})
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "user_id"], ["users.org_id", "users.id"]),
        Index("personal_tokens_user_ix", "org_id", "user_id"),
    )

    user_id: Mapped[uuid.UUID]
    name: Mapped[str] = mapped_column(Text)
    scope: Mapped[str] = mapped_column(Text, default="read")
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class SignInAttempts(Base):
    """Attempts that failed so far, by a keyed hash of what they came from and aimed at.

    Counted before any organisation is known: the rows are of organisation 0, which is nobody's.
    """

    __tablename__ = "sign_in_attempts"
    __table_args__ = (Index("sign_in_attempts_last_ix", "org_id", "last_at"),)

    org_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    last_at: Mapped[datetime] = mapped_column(default=clock.now)
    is_refused: Mapped[bool] = mapped_column(Boolean, default=False)
