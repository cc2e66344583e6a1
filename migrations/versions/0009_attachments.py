"""Photos, sketches, recordings and documents of visits and accounts."""

import sqlalchemy as sa
from alembic import op

from fieldcrm.core.rls import protect

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attachments",
        sa.Column("org_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("activity_id", sa.UUID(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("duration_s", sa.Double(), nullable=True),
        sa.Column("received_bytes", sa.BigInteger(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("change_seq", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.UUID(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.org_id"], name=op.f("attachments_org_id_fk")),
        sa.ForeignKeyConstraint(
            ["org_id", "account_id"],
            ["accounts.org_id", "accounts.id"],
            name=op.f("attachments_org_id_account_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "activity_id"],
            ["activities.org_id", "activities.id"],
            name=op.f("attachments_org_id_activity_id_fk"),
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("attachments_pk")),
    )
    op.create_index("attachments_account_ix", "attachments", ["org_id", "account_id"])
    op.create_index("attachments_activity_ix", "attachments", ["org_id", "activity_id"])
    op.create_index("attachments_change_ix", "attachments", ["org_id", "change_seq"])
    protect("attachments")


def downgrade() -> None:
    op.drop_table("attachments")
