"""Accounts by rank and name from one index; coverage of one rank from coverage's own."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_COUNTED = ["id", "due_on", "owner_id", "team_id", "municipality_code"]


def upgrade() -> None:
    op.drop_index("accounts_rank_ix", "accounts")
    op.create_index(
        "accounts_rank_ix",
        "accounts",
        ["org_id", "rank", "sort_key", "id"],
        postgresql_where=sa.text("deleted_at is null"),
    )
    _index_coverage([*_COUNTED, "rank"])


def downgrade() -> None:
    _index_coverage(_COUNTED)
    op.drop_index("accounts_rank_ix", "accounts")
    op.create_index(
        "accounts_rank_ix",
        "accounts",
        ["org_id", "rank", "id"],
        postgresql_where=sa.text("deleted_at is null and rank is not null"),
    )


def _index_coverage(included: list[str]) -> None:
    op.drop_index("accounts_coverage_ix", "accounts")
    op.create_index(
        "accounts_coverage_ix",
        "accounts",
        ["org_id", "last_visit_at"],
        postgresql_include=included,
        postgresql_where=sa.text("deleted_at is null"),
    )
