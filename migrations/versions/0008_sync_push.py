"""What the phones sent and what became of it; values that met; accounts merged into others.

An audit entry now also tells when and on which device it was done, where that was not here and now.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from fieldcrm.core.rls import protect

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("audit_log", sa.Column("recorded_at", MOMENT))
    op.add_column("audit_log", sa.Column("device_id", sa.Uuid()))
    op.add_column("accounts", sa.Column("merged_into_id", sa.Uuid()))
    op.create_table(
        "sync_receipts",
        sa.Column("org_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid()),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("answer", JSONB(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.org_id"], name=op.f("sync_receipts_org_id_fk")),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("sync_receipts_pk")),
    )
    op.create_index("sync_receipts_received_ix", "sync_receipts", ["org_id", "received_at"])
    op.create_table(
        "conflicts",
        sa.Column("org_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("current_value", JSONB(), nullable=False),
        sa.Column("current_by", sa.Uuid()),
        sa.Column("current_at", MOMENT, nullable=False),
        sa.Column("other_value", JSONB(), nullable=False),
        sa.Column("other_by", sa.Uuid()),
        sa.Column("other_at", MOMENT, nullable=False),
        sa.Column("settled_at", MOMENT),
        sa.Column("settled_by", sa.Uuid()),
        sa.Column("choice", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("change_seq", sa.BigInteger(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Uuid()),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("deleted_at", MOMENT),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.org_id"], name=op.f("conflicts_org_id_fk")),
        sa.ForeignKeyConstraint(
            ["org_id", "account_id"],
            ["accounts.org_id", "accounts.id"],
            name=op.f("conflicts_org_id_account_id_fk"),
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("conflicts_pk")),
    )
    op.create_index("conflicts_account_ix", "conflicts", ["org_id", "account_id"])
    op.create_index("conflicts_change_ix", "conflicts", ["org_id", "change_seq"])
    protect("sync_receipts", "conflicts")


def downgrade() -> None:
    op.drop_table("conflicts")
    op.drop_table("sync_receipts")
    op.drop_column("accounts", "merged_into_id")
    op.drop_column("audit_log", "device_id")
    op.drop_column("audit_log", "recorded_at")
