"""The application may have the planner look at accounts anew, once many have come."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# Only its owner may analyze a table; the application's role owns nothing.
ANALYZE = """
create function analyze_accounts() returns void language plpgsql security definer
    set search_path = public, pg_temp as $body$
begin
    if current_setting('app.org_id', true) <> '' then
        analyze accounts (org_id);
    end if;
end
$body$
"""


def upgrade() -> None:
    op.execute(ANALYZE)


def downgrade() -> None:
    op.execute("drop function analyze_accounts()")
