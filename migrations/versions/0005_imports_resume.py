"""What an import needs to go on after a crash, and to find accounts again by name."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("imports", sa.Column("content_hash", sa.Text(), nullable=False, server_default=""))
    op.alter_column("imports", "content_hash", server_default=None)
    op.add_column("imports", sa.Column("header_row", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("imports", "header_row", server_default=None)
    op.create_index("imports_created_ix", "imports", ["org_id", "created_at"])
    op.create_index(
        "accounts_exact_name_ix",
        "accounts",
        ["org_id", "name"],
        postgresql_where=sa.text("deleted_at is null"),
    )


def downgrade() -> None:
    op.drop_index("accounts_exact_name_ix", "accounts")
    op.drop_index("imports_created_ix", "imports")
    op.drop_column("imports", "header_row")
    op.drop_column("imports", "content_hash")
