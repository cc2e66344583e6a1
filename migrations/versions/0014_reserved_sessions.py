"""A session kept for a device that was told to empty itself."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user_sessions", sa.Column("wiping_device_id", sa.UUID(), nullable=True))


def downgrade() -> None:
    op.drop_column("user_sessions", "wiping_device_id")
