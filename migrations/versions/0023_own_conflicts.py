"""conflicts of what is one person's alone hang on no account."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conflicts", sa.Column("person_id", sa.UUID(), nullable=True))
    op.alter_column("conflicts", "account_id", nullable=True)


def downgrade() -> None:
    op.execute("delete from conflicts where account_id is null")
    op.alter_column("conflicts", "account_id", nullable=False)
    op.drop_column("conflicts", "person_id")
