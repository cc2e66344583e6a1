"""who could see an account before it changed hands, written by a trigger."""

import sqlalchemy as sa
from alembic import op

from fieldcrm.core.rls import protect

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# The table's name comes as the trigger's argument: on a sharded table it is the shard's own. The id
# follows from account and step: of two changes in one transaction the first counts.
DEPART = """
create function account_departures_note() returns trigger language plpgsql as $body$
begin
    execute format($sql$
        insert into %1$I (org_id, id, account_id, owner_id, team_id, change_seq, at)
        values ($1.org_id, md5($1.id::text || $2.change_seq)::uuid, $1.id, $1.owner_id, $1.team_id,
                $2.change_seq, $2.updated_at)
        on conflict (org_id, id) do nothing
    $sql$, tg_argv[0]) using old, new;
    return null;
end
$body$
"""
CHANGED_HANDS = """
    old.deleted_at is null
    and (old.owner_id is distinct from new.owner_id or old.team_id is distinct from new.team_id)
"""


def upgrade() -> None:
    op.create_table(
        "account_departures",
        sa.Column("org_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("owner_id", sa.UUID(), nullable=True),
        sa.Column("team_id", sa.UUID(), nullable=True),
        sa.Column("change_seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "account_id"],
            ["accounts.org_id", "accounts.id"],
            name=op.f("account_departures_org_id_account_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "owner_id"],
            ["users.org_id", "users.id"],
            name=op.f("account_departures_org_id_owner_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "team_id"],
            ["teams.org_id", "teams.id"],
            name=op.f("account_departures_org_id_team_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisations.org_id"], name=op.f("account_departures_org_id_fk")
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("account_departures_pk")),
    )
    op.create_index("account_departures_change_ix", "account_departures", ["org_id", "change_seq"])
    protect("account_departures")
    op.execute(DEPART)
    op.execute(
        "create trigger account_departures_update after update on accounts for each row"
        f" when ({CHANGED_HANDS}) execute function account_departures_note('account_departures')"
    )


def downgrade() -> None:
    op.execute("drop trigger account_departures_update on accounts")
    op.execute("drop function account_departures_note()")
    op.drop_table("account_departures")
