"""travel_factors: how much longer an organisation's ways take than the estimate, or an engine, says."""

import sqlalchemy as sa
from alembic import op

from fieldcrm.core.rls import protect

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "travel_factors",
        sa.Column("org_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("band", sa.Text(), nullable=False),
        sa.Column("factor", sa.Double(), nullable=False),
        sa.Column("ways", sa.Integer(), nullable=False),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.org_id"], name=op.f("travel_factors_org_id_fk")),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("travel_factors_pk")),
        sa.UniqueConstraint("org_id", "source", "band", name=op.f("travel_factors_org_id_source_band_uq")),
    )
    protect("travel_factors")


def downgrade() -> None:
    op.drop_table("travel_factors")
