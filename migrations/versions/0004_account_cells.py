"""the map's roll-up of accounts, kept by triggers, and positions in the map's index."""

import sqlalchemy as sa
from alembic import op

from fieldcrm.core.rls import protect

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# What one account adds to its cell. `qk & ~65535` is its cell at zoom 12 (8 cells across a tile of
# zoom 9), and the 16 bits below hold its status. Sums are of integers, so that taking away is exact.
SUMS = """
    sum(sign), coalesce(sum(sign) filter (where win_prob is not null), 0),
    coalesce(sum(sign * win_prob), 0), coalesce(sum(sign * round(lon * 1e6)::bigint), 0),
    coalesce(sum(sign * round(lat * 1e6)::bigint), 0)
"""
SUMMED = f"""
    select org_id, (qk & ~65535::bigint) | status, {SUMS}
      from (%s) as d where deleted_at is null and qk is not null group by 1, 2
"""
COLUMNS = "org_id, id, n, win_n, win_sum, lon_sum, lat_sum"
READ = "org_id, qk, status, win_prob, lon, lat, deleted_at"

# The table's name comes as the trigger's argument: on a sharded table it is the shard's own.
# Rows are taken in the order of their key, so that two writers never wait for each other in a ring.
FOLLOW = f"""
create function account_cells_follow() returns trigger language plpgsql as $body$
declare
    sides text;
    touched bigint;
begin
    if tg_op = 'INSERT' then
        sides := 'select 1 as sign, {READ} from added';
    elsif tg_op = 'DELETE' then
        sides := 'select -1 as sign, {READ} from removed';
    else
        sides := 'select 1 as sign, {READ} from added union all select -1, {READ} from removed';
    end if;
    execute format($sql$
        insert into %1$I as c ({COLUMNS})
        {SUMMED.replace("%s", "%2$s")}
        having sum(sign) <> 0 or coalesce(sum(sign * win_prob), 0) <> 0
            or coalesce(sum(sign) filter (where win_prob is not null), 0) <> 0
            or coalesce(sum(sign * round(lon * 1e6)::bigint), 0) <> 0
            or coalesce(sum(sign * round(lat * 1e6)::bigint), 0) <> 0
        order by 1, 2
        on conflict (org_id, id) do update set
            n = c.n + excluded.n, win_n = c.win_n + excluded.win_n,
            win_sum = c.win_sum + excluded.win_sum,
            lon_sum = c.lon_sum + excluded.lon_sum, lat_sum = c.lat_sum + excluded.lat_sum
    $sql$, tg_argv[0], sides);
    get diagnostics touched = row_count;
    if touched > 0 and tg_op <> 'INSERT' then
        execute format($sql$
            delete from %1$I as c
             using (select distinct org_id, (qk & ~65535::bigint) | status as id
                      from removed where qk is not null) as r
             where c.org_id = r.org_id and c.id = r.id and c.n = 0
        $sql$, tg_argv[0]);
    end if;
    return null;
end
$body$
"""


def upgrade() -> None:
    op.create_table(
        "account_cells",
        sa.Column("org_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("win_n", sa.Integer(), nullable=False),
        sa.Column("win_sum", sa.Integer(), nullable=False),
        sa.Column("lon_sum", sa.BigInteger(), nullable=False),
        sa.Column("lat_sum", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.org_id"], name=op.f("account_cells_org_id_fk")),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("account_cells_pk")),
    )
    # Room on each page, so that counting up does not touch the key's index.
    op.execute("alter table account_cells set (fillfactor = 80)")
    protect("account_cells")
    op.execute(FOLLOW)
    for event, transition in (
        ("insert", "new table as added"),
        ("update", "old table as removed new table as added"),
        ("delete", "old table as removed"),
    ):
        op.execute(
            f"create trigger account_cells_{event} after {event} on accounts"
            f" referencing {transition} for each statement"
            " execute function account_cells_follow('account_cells')"
        )
    accounts = f"select 1 as sign, {READ} from accounts"
    op.execute(f"insert into account_cells ({COLUMNS}) {SUMMED.replace('%s', accounts)}")
    # Clusters stand at the middle of their accounts: the index alone must tell where those are.
    op.drop_index("accounts_tile_ix", table_name="accounts")
    op.create_index(
        "accounts_tile_ix",
        "accounts",
        ["org_id", "qk"],
        postgresql_include=[
            "status", "win_prob", "due_on", "owner_id", "team_id", "kind", "rank", "lon", "lat",
        ],
        postgresql_where=sa.text("deleted_at is null and qk is not null"),
    )  # fmt: skip


def downgrade() -> None:
    for event in ("insert", "update", "delete"):
        op.execute(f"drop trigger account_cells_{event} on accounts")
    op.execute("drop function account_cells_follow()")
    op.drop_table("account_cells")
    op.drop_index("accounts_tile_ix", table_name="accounts")
    op.create_index(
        "accounts_tile_ix",
        "accounts",
        ["org_id", "qk"],
        postgresql_include=["status", "win_prob", "due_on", "owner_id", "team_id", "kind", "rank"],
        postgresql_where=sa.text("deleted_at is null and qk is not null"),
    )
