"""Tables of accounts."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any, ClassVar

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from fieldcrm.core.db import Tracked

ALIVE = text("deleted_at is null")


class AccountStatus(Tracked):
    """A stage of an account's life, as the organisation names it; ``no`` is what rows refer to."""

    __tablename__ = "account_statuses"
    __table_args__ = (UniqueConstraint("org_id", "no"),)

    no: Mapped[int] = mapped_column(SmallInteger)
    code: Mapped[str] = mapped_column(Text)
    name_ja: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    letter_ja: Mapped[str] = mapped_column(Text)
    letter_en: Mapped[str] = mapped_column(Text)
    colour: Mapped[str] = mapped_column(Text)
    colour_dark: Mapped[str] = mapped_column(Text)
    shape: Mapped[str] = mapped_column(Text, default="circle")
    position: Mapped[int] = mapped_column(SmallInteger, default=0)
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)


class Account(Tracked):
    """A customer or prospect: a company, a person or a property, at a place.

    ``due_on`` is the day by which the next visit is due (last visit plus cadence). ``geom_3857``, ``qk``,
    ``municipality_code`` and ``search_text`` follow from other columns; the service keeps them.
    """

    __tablename__ = "accounts"
    __audit_hidden__: ClassVar[frozenset[str]] = frozenset(
        {"geom_3857", "qk", "municipality_code", "search_text", "win_prob_by", "win_prob_at", "due_on"}
    )
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "status"], ["account_statuses.org_id", "account_statuses.no"]),
        ForeignKeyConstraint(["org_id", "owner_id"], ["users.org_id", "users.id"]),
        ForeignKeyConstraint(["org_id", "team_id"], ["teams.org_id", "teams.id"]),
        CheckConstraint("win_prob between 0 and 100", name="win_prob_range"),
        Index(
            "accounts_external_id_uq",
            "org_id",
            "external_id",
            unique=True,
            postgresql_where=text("external_id is not null"),
        ),
        Index("accounts_change_ix", "org_id", "change_seq"),
        Index(
            "accounts_search_ix",
            "org_id",
            "search_text",
            postgresql_using="gin",
            postgresql_ops={"search_text": "gin_trgm_ops"},
            postgresql_where=ALIVE,
        ),
        Index("accounts_name_ix", "org_id", "sort_key", "id", postgresql_where=ALIVE),
        # Exactly as written: how an import finds an account again that has no number of its own.
        Index("accounts_exact_name_ix", "org_id", "name", postgresql_where=ALIVE),
        Index("accounts_due_ix", "org_id", "due_on", "id", postgresql_where=ALIVE),
        Index(
            "accounts_win_ix",
            "org_id",
            text("win_prob desc"),
            "id",
            postgresql_where=text("deleted_at is null and win_prob is not null"),
        ),
        Index(
            "accounts_rank_ix",
            "org_id",
            "rank",
            "sort_key",
            "id",
            postgresql_where=ALIVE,
        ),
        Index("accounts_owner_ix", "org_id", "owner_id", postgresql_where=ALIVE),
        Index("accounts_import_ix", "org_id", "import_id"),
        Index(
            "accounts_place_ix",
            "org_id",
            "geom_3857",
            postgresql_using="gist",
            postgresql_where=ALIVE,
        ),
        # All that coverage counts: it reads no account itself (see territories/queries.py).
        Index(
            "accounts_coverage_ix",
            "org_id",
            "last_visit_at",
            postgresql_include=["id", "due_on", "owner_id", "team_id", "municipality_code", "rank"],
            postgresql_where=ALIVE,
        ),
        Index("accounts_municipality_ix", "org_id", "municipality_code", postgresql_where=ALIVE),
        Index(
            "accounts_tile_ix",
            "org_id",
            "qk",
            postgresql_include=[
                "status",
                "win_prob",
                "due_on",
                "owner_id",
                "team_id",
                "kind",
                "rank",
                "lon",
                "lat",
            ],
            postgresql_where=text("deleted_at is null and qk is not null"),
        ),
    )

    kind: Mapped[str] = mapped_column(Text, default="company")
    name: Mapped[str] = mapped_column(Text)
    name_kana: Mapped[str | None] = mapped_column(Text)
    external_id: Mapped[str | None] = mapped_column(Text)
    postal_code: Mapped[str | None] = mapped_column(Text)
    prefecture: Mapped[str | None] = mapped_column(Text)
    municipality: Mapped[str | None] = mapped_column(Text)
    municipality_code: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(Text)
    building: Mapped[str | None] = mapped_column(Text)
    phones: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    email: Mapped[str | None] = mapped_column(Text)
    web: Mapped[str | None] = mapped_column(Text)
    status: Mapped[int] = mapped_column(SmallInteger, default=1)
    win_prob: Mapped[int | None] = mapped_column(SmallInteger)
    win_prob_by: Mapped[uuid.UUID | None]
    win_prob_at: Mapped[datetime | None]
    rank: Mapped[str | None] = mapped_column(Text)
    owner_id: Mapped[uuid.UUID | None]
    team_id: Mapped[uuid.UUID | None]
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    cadence_days: Mapped[int | None] = mapped_column(Integer)
    opening_hours: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    notes: Mapped[str | None] = mapped_column(Text)
    custom: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    import_id: Mapped[uuid.UUID | None]
    merged_into_id: Mapped[uuid.UUID | None]

    lon: Mapped[float | None] = mapped_column(Double)
    lat: Mapped[float | None] = mapped_column(Double)
    geom_3857: Mapped[WKBElement | None] = mapped_column(Geometry("POINT", srid=3857, spatial_index=False))
    qk: Mapped[int | None] = mapped_column(BigInteger)
    precision: Mapped[int] = mapped_column(SmallInteger, default=0)
    geo_source: Mapped[str | None] = mapped_column(Text)
    geo_at: Mapped[datetime | None]
    geo_flags: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    geo_matched: Mapped[str | None] = mapped_column(Text)

    last_visit_at: Mapped[datetime | None]
    last_outcome: Mapped[int | None] = mapped_column(SmallInteger)
    last_contact_at: Mapped[datetime | None]
    due_on: Mapped[date | None]
    next_action: Mapped[str | None] = mapped_column(Text)
    next_action_on: Mapped[date | None]

    search_text: Mapped[str] = mapped_column(Text, default="")
    sort_key: Mapped[str] = mapped_column(Text, default="")


class Contact(Tracked):
    """A person at an account."""

    __tablename__ = "contacts"
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "account_id"], ["accounts.org_id", "accounts.id"]),
        Index("contacts_account_ix", "org_id", "account_id"),
        Index("contacts_change_ix", "org_id", "change_seq"),
    )

    account_id: Mapped[uuid.UUID]
    name: Mapped[str] = mapped_column(Text)
    name_kana: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str | None] = mapped_column(Text)
    department: Mapped[str | None] = mapped_column(Text)
    phones: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    email: Mapped[str | None] = mapped_column(Text)
    notes: Mapped[str | None] = mapped_column(Text)


class CustomField(Tracked):
    """A field the administrator defined: text, number, date or choice."""

    __tablename__ = "custom_fields"
    __table_args__ = (UniqueConstraint("org_id", "key"),)

    key: Mapped[str] = mapped_column(Text)
    label_ja: Mapped[str] = mapped_column(Text)
    label_en: Mapped[str] = mapped_column(Text)
    type: Mapped[str] = mapped_column(Text)
    choices: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    position: Mapped[int] = mapped_column(SmallInteger, default=0)
