"""Invitations, password resets, personal access tokens, counted sign-in attempts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from fieldcrm.core.rls import protect

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def _user(table: str, column: str = "user_id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["org_id", column], ["users.org_id", "users.id"], name=op.f(f"{table}_org_id_{column}_fk")
    )


def _keys(table: str) -> list[sa.Constraint]:
    return [
        sa.ForeignKeyConstraint(["org_id"], ["organisations.org_id"], name=op.f(f"{table}_org_id_fk")),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f(f"{table}_pk")),
    ]


def upgrade() -> None:
    op.create_table(
        "invitations",
        sa.Column("org_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("team_ids", postgresql.ARRAY(sa.UUID()), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("invited_by", sa.UUID(), nullable=True),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("mailed_at", MOMENT, nullable=True),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("accepted_at", MOMENT, nullable=True),
        sa.Column("user_id", sa.UUID(), nullable=True),
        _user("invitations", "invited_by"),
        _user("invitations"),
        *_keys("invitations"),
    )
    op.create_index(
        "invitations_open_ix",
        "invitations",
        ["org_id", "email"],
        unique=True,
        postgresql_where=sa.text("accepted_at is null and withdrawn_at is null"),
    )
    op.create_table(
        "password_resets",
        sa.Column("org_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        _user("password_resets"),
        *_keys("password_resets"),
    )
    op.create_index("password_resets_user_ix", "password_resets", ["org_id", "user_id"])
    op.create_table(
        "personal_tokens",
        sa.Column("org_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("last_used_at", MOMENT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        _user("personal_tokens"),
        *_keys("personal_tokens"),
    )
    op.create_index("personal_tokens_user_ix", "personal_tokens", ["org_id", "user_id"])
    op.create_table(
        "sign_in_attempts",
        sa.Column("org_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("is_refused", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "key", name=op.f("sign_in_attempts_pk")),
    )
    op.create_index("sign_in_attempts_last_ix", "sign_in_attempts", ["org_id", "last_at"])
    op.create_index("user_sessions_user_ix", "user_sessions", ["org_id", "user_id"])
    protect("invitations", "password_resets", "personal_tokens", "sign_in_attempts")


def downgrade() -> None:
    op.drop_index("user_sessions_user_ix", "user_sessions")
    for table in ("sign_in_attempts", "personal_tokens", "password_resets", "invitations"):
        op.drop_table(table)
