"""place names in English."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("place_names", sa.Column("name_en", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("place_names", "name_en")
