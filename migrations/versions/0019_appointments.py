"""appointments: what is fixed in time in a person's calendar."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from fieldcrm.core.rls import protect

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "appointments",
        sa.Column("org_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=True),
        sa.Column("owner_id", sa.UUID(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("is_all_day", sa.Boolean(), nullable=False),
        sa.Column("place_name", sa.Text(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("invitees", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("change_seq", sa.BigInteger(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.UUID(), nullable=True),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("deleted_at", MOMENT, nullable=True),
        sa.CheckConstraint("ends_at >= starts_at", name=op.f("appointments_order_ck")),
        sa.ForeignKeyConstraint(
            ["org_id", "account_id"],
            ["accounts.org_id", "accounts.id"],
            name=op.f("appointments_org_id_account_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "owner_id"],
            ["users.org_id", "users.id"],
            name=op.f("appointments_org_id_owner_id_fk"),
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.org_id"], name=op.f("appointments_org_id_fk")),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("appointments_pk")),
    )
    op.create_index("appointments_owner_ix", "appointments", ["org_id", "owner_id", "starts_at"])
    op.create_index("appointments_account_ix", "appointments", ["org_id", "account_id"])
    op.create_index("appointments_change_ix", "appointments", ["org_id", "owner_id", "change_seq"])
    protect("appointments")


def downgrade() -> None:
    op.drop_table("appointments")
