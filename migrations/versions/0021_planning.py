"""planning: how a person works, and the day plans they accepted."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from fieldcrm.core.rls import protect

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def _tracked() -> list[sa.Column]:
    return [
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("change_seq", sa.BigInteger(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.UUID(), nullable=True),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("deleted_at", MOMENT, nullable=True),
    ]


def _keys(table: str) -> list[sa.Constraint]:
    return [
        sa.ForeignKeyConstraint(
            ["org_id", "user_id"], ["users.org_id", "users.id"], name=op.f(f"{table}_org_id_user_id_fk")
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.org_id"], name=op.f(f"{table}_org_id_fk")),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f(f"{table}_pk")),
    ]


def upgrade() -> None:
    op.create_table(
        "planning_preferences",
        sa.Column("org_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("working_hours", postgresql.JSONB(), nullable=True),
        sa.Column("works_on_holidays", sa.Boolean(), nullable=False),
        sa.Column("breaks", postgresql.JSONB(), nullable=True),
        sa.Column("start_place", postgresql.JSONB(), nullable=True),
        sa.Column("end_place", postgresql.JSONB(), nullable=True),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("max_driving_min", sa.Integer(), nullable=True),
        sa.Column("nights", postgresql.JSONB(), nullable=False),
        *_tracked(),
        *_keys("planning_preferences"),
    )
    op.create_index("planning_preferences_user_ix", "planning_preferences", ["org_id", "user_id"])
    op.create_table(
        "day_plans",
        sa.Column("org_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("account_ids", postgresql.ARRAY(sa.UUID()), nullable=False),
        sa.Column("stops", postgresql.JSONB(), nullable=False),
        sa.Column("breaks", postgresql.JSONB(), nullable=False),
        sa.Column("totals", postgresql.JSONB(), nullable=False),
        sa.Column("is_estimated", sa.Boolean(), nullable=False),
        sa.Column("accepted_at", MOMENT, nullable=True),
        *_tracked(),
        *_keys("day_plans"),
    )
    op.create_index(
        "day_plans_accepted_ix",
        "day_plans",
        ["org_id", "user_id", "day"],
        unique=True,
        postgresql_where=sa.text("accepted_at is not null"),
    )
    op.create_index("day_plans_day_ix", "day_plans", ["org_id", "user_id", "day"])
    protect("planning_preferences", "day_plans")


def downgrade() -> None:
    op.drop_table("day_plans")
    op.drop_table("planning_preferences")
