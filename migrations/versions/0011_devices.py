"""the phones and browsers people use, when each was last here, and whether it is to be wiped."""

import sqlalchemy as sa
from alembic import op

from fieldcrm.core.rls import protect

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "devices",
        sa.Column("org_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("app_version", sa.Text(), nullable=False),
        sa.Column("first_seen_at", MOMENT, nullable=False),
        sa.Column("last_seen_at", MOMENT, nullable=False),
        sa.Column("seal_key", sa.LargeBinary(), nullable=True),
        sa.Column("wipe_asked_at", MOMENT, nullable=True),
        sa.Column("wipe_asked_by", sa.UUID(), nullable=True),
        sa.Column("wipe_told_at", MOMENT, nullable=True),
        sa.Column("wiped_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id", "user_id"], ["users.org_id", "users.id"], name=op.f("devices_org_id_user_id_fk")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "wipe_asked_by"],
            ["users.org_id", "users.id"],
            name=op.f("devices_org_id_wipe_asked_by_fk"),
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.org_id"], name=op.f("devices_org_id_fk")),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("devices_pk")),
    )
    op.create_index("devices_user_ix", "devices", ["org_id", "user_id"])
    protect("devices")


def downgrade() -> None:
    op.drop_table("devices")
