"""Indexes by which the audit log is searched: by person, by kind of thing, by what is rarely done."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_RARE = "action <> 'create' and action <> 'update'"


def upgrade() -> None:
    op.create_index("audit_log_newest_ix", "audit_log", ["org_id", "at", "id"])
    op.create_index("audit_log_actor_ix", "audit_log", ["org_id", "actor_id", "at", "id"])
    op.create_index("audit_log_kind_ix", "audit_log", ["org_id", "entity", "at", "id"])
    op.create_index(
        "audit_log_action_ix",
        "audit_log",
        ["org_id", "action", "at", "id"],
        postgresql_where=sa.text(_RARE),
    )
    op.drop_index("audit_log_at_ix", "audit_log")


def downgrade() -> None:
    op.create_index("audit_log_at_ix", "audit_log", ["org_id", "at"])
    op.drop_index("audit_log_action_ix", "audit_log")
    op.drop_index("audit_log_kind_ix", "audit_log")
    op.drop_index("audit_log_actor_ix", "audit_log")
    op.drop_index("audit_log_newest_ix", "audit_log")
