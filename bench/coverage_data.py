"""The database of coverage's measurements: 300,000 accounts of 300 reps all over Japan, a year of visits."""

import time
from dataclasses import dataclass

import psycopg

from bench import database
from bench.people import Organisation
from fieldcrm.geocoding.service import places

NAME = "fieldcrm_bench_coverage"
ACCOUNTS, REPS, VISITS = 300_000, 300, 450_000
ORG_ID = 1


@dataclass(frozen=True)
class Sales(Organisation):
    """An organisation with sixty teams of five reps: each has a thousand accounts and six visits a day."""

    @property
    def team_count(self) -> int:
        """Return how many teams there are."""
        return REPS // 5


SALES = Sales(org_id=ORG_ID, size=ACCOUNTS)

# Seldom visited accounts are many, often visited ones few, as in life: a third has most of the visits.
_VISITS = f"""
    insert into activities (org_id, id, account_id, user_id, channel, note, occurred_at, recorded_at,
                            contact_ids, is_amended, version, change_seq, created_at, updated_at)
    select org_id, gen_random_uuid(), id, owner_id, case when k % 7 = 0 then 'call' else 'visit' end,
           '担当者と面談。次回は実機を持参する。', at, at, array[]::uuid[], false, 1, 1, at, at
      from (select a.org_id, a.id, a.owner_id, k, now() - random() * interval '365 days' as at
              from generate_series(1, {VISITS}) k
              join lateral (select (power(random(), 2) * {ACCOUNTS - 1})::int + k * 0 as n) pick on true
              join (select org_id, id, owner_id, row_number() over (order by md5(id::text)) - 1 as n
                      from accounts) a using (n)) v
"""
_CARRIED = """
    update accounts a
       set last_visit_at = v.at,
           due_on = case when a.due_on is not null
                         then (v.at at time zone 'Asia/Tokyo')::date + a.cadence_days end
      from (select account_id, max(occurred_at) as at from activities where channel = 'visit' group by 1) v
     where v.account_id = a.id
"""


def build() -> dict[str, str]:
    """Return the settings that reach a database made anew."""
    started = time.monotonic()
    database.create(NAME, is_fresh=True)
    urls = database.urls_of(NAME)
    database.migrate(urls)
    with database.superuser(urls) as connection:
        connection.execute("set maintenance_work_mem = '512MB'")
        database.fill(connection, SALES)
        _name_municipalities(connection)
        connection.execute("alter table activities disable trigger all")
        connection.execute(_VISITS)
        connection.execute("alter table activities enable trigger all")
        connection.execute(_CARRIED)
        for table in ("accounts", "activities", "users", "organisations"):
            connection.execute(f"vacuum full analyze {table}")
            connection.execute(f"vacuum analyze {table}")
    print(f"Built {ACCOUNTS:,} accounts with {VISITS:,} activities in {time.monotonic() - started:.0f} s.")
    return urls


def _name_municipalities(connection: psycopg.Connection) -> None:
    rows = connection.execute("select id, lon, lat from accounts").fetchall()
    codes = places().municipality_codes([row[1] for row in rows], [row[2] for row in rows])
    connection.execute(
        "update accounts a set municipality_code = found.code"
        " from unnest(%s::uuid[], %s::text[]) as found (id, code) where a.id = found.id",
        ([row[0] for row in rows], codes),
    )
