"""Teams that end leave their name free; an e-mail to sign in with is changed once its mail was opened."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("new_email", sa.Text(), nullable=True))
    op.add_column("users", sa.Column("new_email_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "users", sa.Column("new_email_serial", sa.Integer(), nullable=False, server_default=sa.text("0"))
    )
    op.alter_column("users", "new_email_serial", server_default=None)
    op.drop_constraint(op.f("teams_org_id_name_uq"), "teams", type_="unique")
    op.create_index(
        "teams_name_ix",
        "teams",
        ["org_id", "name"],
        unique=True,
        postgresql_where=sa.text("deleted_at is null"),
    )


def downgrade() -> None:
    # A name may have been used again: what was dissolved gives way.
    op.execute("update teams set name = name || ' ' || id where deleted_at is not null")
    op.drop_index("teams_name_ix", "teams")
    op.create_unique_constraint(op.f("teams_org_id_name_uq"), "teams", ["org_id", "name"])
    for column in ("new_email_serial", "new_email_until", "new_email"):
        op.drop_column("users", column)
