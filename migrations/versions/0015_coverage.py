"""Coverage: the municipality of an account by its national code; indexes that hold all it counts."""

import sqlalchemy as sa
from alembic import op

from fieldcrm.geocoding import service as geocoding

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_BY_NAME = sa.text(
    """
    update accounts a set municipality_code = found.code
      from unnest(cast(:prefecture as text[]), cast(:name as text[]), cast(:code as text[]))
           as found (prefecture, name, code)
     where a.municipality = found.name and coalesce(a.prefecture, '') = found.prefecture
    """
)
_BY_ID = sa.text(
    """
    update accounts a set municipality_code = found.code
      from unnest(cast(:org_id as bigint[]), cast(:id as uuid[]), cast(:code as text[]))
           as found (org_id, id, code)
     where a.org_id = found.org_id and a.id = found.id
    """
)


def upgrade() -> None:
    op.add_column("accounts", sa.Column("municipality_code", sa.Text(), nullable=True))
    _fill()
    op.create_index(
        "accounts_coverage_ix",
        "accounts",
        ["org_id", "last_visit_at"],
        postgresql_include=["id", "due_on", "owner_id", "team_id", "municipality_code"],
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_index(
        "accounts_municipality_ix",
        "accounts",
        ["org_id", "municipality_code"],
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_index(
        "activities_visit_ix",
        "activities",
        ["org_id", "occurred_at"],
        postgresql_include=["account_id"],
        postgresql_where=sa.text("channel = 'visit' and deleted_at is null"),
    )


def downgrade() -> None:
    op.drop_index("activities_visit_ix", "activities")
    op.drop_index("accounts_municipality_ix", "accounts")
    op.drop_index("accounts_coverage_ix", "accounts")
    op.drop_column("accounts", "municipality_code")


def _fill() -> None:
    """Look up what is there already; phones hear of it as of any other change."""
    connection = op.get_bind()
    rows = connection.execute(sa.text("select distinct prefecture, municipality from accounts"))
    codes = [
        (prefecture or "", municipality, code)
        for prefecture, municipality in rows.all()
        if (code := geocoding.municipality_code(prefecture, municipality, None, None))
    ]
    if codes:
        connection.execute(
            _BY_NAME,
            dict(zip(("prefecture", "name", "code"), map(list, zip(*codes, strict=True)), strict=True)),
        )
    _fill_by_points(connection)
    op.execute(
        """
        with moved as (
            update organisations o set change_seq = change_seq + 1
             where exists (select from accounts a where a.org_id = o.org_id and a.municipality_code is not null)
         returning org_id, change_seq
        )
        update accounts a set change_seq = moved.change_seq
          from moved where moved.org_id = a.org_id and a.municipality_code is not null
        """
    )


def _fill_by_points(connection: sa.Connection) -> None:
    left = connection.execute(
        sa.text(
            "select org_id, id, prefecture, municipality, lon, lat from accounts"
            " where municipality_code is null and lon is not null"
        )
    ).all()
    found = [
        (row.org_id, row.id, code)
        for row in left
        if (code := geocoding.municipality_code(row.prefecture, row.municipality, row.lon, row.lat))
    ]
    if found:
        connection.execute(
            _BY_ID, dict(zip(("org_id", "id", "code"), map(list, zip(*found, strict=True)), strict=True))
        )
