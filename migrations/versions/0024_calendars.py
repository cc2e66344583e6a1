"""calendars: the link to read one's own from elsewhere, and the times that a calendar elsewhere says are taken."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from fieldcrm.core.rls import protect

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "calendar_feeds",
        *_begin("calendar_feeds"),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_read_at", MOMENT, nullable=True),
        sa.Column("reads", sa.Integer(), nullable=False),
        sa.Column("window_at", MOMENT, nullable=False),
        sa.UniqueConstraint("org_id", "user_id", name=op.f("calendar_feeds_org_id_user_id_uq")),
    )
    op.create_table(
        "busy_calendars",
        *_begin("busy_calendars"),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("keeps_titles", sa.Boolean(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("tried_at", MOMENT, nullable=True),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.UniqueConstraint("org_id", "user_id", name=op.f("busy_calendars_org_id_user_id_uq")),
    )
    op.create_table(
        "busy_times",
        *_begin("busy_times"),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("is_all_day", sa.Boolean(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
    )
    op.create_index("busy_times_user_ix", "busy_times", ["org_id", "user_id", "starts_at"])
    protect("calendar_feeds", "busy_calendars", "busy_times")


def downgrade() -> None:
    for table in ("busy_times", "busy_calendars", "calendar_feeds"):
        op.drop_table(table)


def _begin(table: str) -> tuple[Any, ...]:
    """Return what each of the tables begins with: it is a person's."""
    return (
        sa.Column("org_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "user_id"], ["users.org_id", "users.id"], name=op.f(f"{table}_org_id_user_id_fk")
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.org_id"], name=op.f(f"{table}_org_id_fk")),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f(f"{table}_pk")),
    )
