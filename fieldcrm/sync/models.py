"""Tables of sync: what phones sent and what became of it; values that met; the phones themselves."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from fieldcrm.core import clock
from fieldcrm.core.db import TenantModel, Tracked


class SyncReceipt(TenantModel):
    """An operation that was applied; ``id`` is the operation's own, so that none is applied twice.

    ``answer`` tells what became of it and which rows it touched; a replay reads them anew.
    """

    __tablename__ = "sync_receipts"
    __audited__ = False
    __table_args__ = (Index("sync_receipts_received_ix", "org_id", "received_at"),)

    user_id: Mapped[uuid.UUID | None]
    device_id: Mapped[uuid.UUID]
    type: Mapped[str] = mapped_column(Text)
    entity_id: Mapped[uuid.UUID]
    fingerprint: Mapped[str] = mapped_column(Text)
    answer: Mapped[dict[str, Any]] = mapped_column(JSONB)
    recorded_at: Mapped[datetime]
    received_at: Mapped[datetime] = mapped_column(default=clock.now)


class Conflict(Tracked):
    """Two people set the same field to different values without knowing of each other.

    The later recorded one stands; a person may choose the other. The account's history tells both. What is
    one person's alone (``person_id``) hangs on no account.
    """

    __tablename__ = "conflicts"
    __audited__ = False
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "account_id"], ["accounts.org_id", "accounts.id"]),
        Index("conflicts_account_ix", "org_id", "account_id"),
        Index("conflicts_change_ix", "org_id", "change_seq"),
    )

    entity: Mapped[str] = mapped_column(Text)
    entity_id: Mapped[uuid.UUID]
    account_id: Mapped[uuid.UUID | None]
    person_id: Mapped[uuid.UUID | None]
    field: Mapped[str] = mapped_column(Text)
    current_value: Mapped[Any] = mapped_column(JSONB)
    current_by: Mapped[uuid.UUID | None]
    current_at: Mapped[datetime]
    other_value: Mapped[Any] = mapped_column(JSONB)
    other_by: Mapped[uuid.UUID | None]
    other_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[uuid.UUID | None]
    choice: Mapped[str | None] = mapped_column(Text)


class Device(TenantModel):
    """A phone or browser of one person, as it told of itself; never where it is.

    ``seal_key`` locks what is unsent when its person signs out there. A wipe that was asked for is told at
    the next contact (``wipe_told_at``) and is over when the device says so (``wiped_at``).
    """

    __tablename__ = "devices"
    # Contacts are no history; what people do with a device is written down by the service.
    __audited__ = False
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "user_id"], ["users.org_id", "users.id"]),
        ForeignKeyConstraint(["org_id", "wipe_asked_by"], ["users.org_id", "users.id"]),
        Index("devices_user_ix", "org_id", "user_id"),
    )

    user_id: Mapped[uuid.UUID]
    label: Mapped[str] = mapped_column(Text)
    app_version: Mapped[str] = mapped_column(Text)
    first_seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    seal_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    wipe_asked_at: Mapped[datetime | None]
    wipe_asked_by: Mapped[uuid.UUID | None]
    wipe_told_at: Mapped[datetime | None]
    wiped_at: Mapped[datetime | None]
