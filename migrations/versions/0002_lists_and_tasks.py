"""Orders of lists, undated tasks.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("tasks", "due_on", nullable=True)


def downgrade() -> None:
    op.alter_column("tasks", "due_on", nullable=False)
