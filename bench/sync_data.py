"""The database of the sync measurements: 20,000 accounts, a year's activities, 500 reps."""

import time
from dataclasses import dataclass

import psycopg

from bench import database
from bench.people import Organisation

NAME = "fieldcrm_bench_sync"
ACCOUNTS, ACTIVITIES, REPS = 20_000, 60_000, 500
ORG_ID = 1


@dataclass(frozen=True)
class Fleet(Organisation):
    """An organisation with many reps: five a team, forty accounts each."""

    @property
    def team_count(self) -> int:
        """Return how many teams there are."""
        return REPS // 5


FLEET = Fleet(org_id=ORG_ID, size=ACCOUNTS)

# Ids as phones mint them: the time, then nothing that a compressor could guess.
_ID = """
    ('01a2029a-' || substr(h, 1, 4) || '-7' || substr(h, 5, 3) || '-9' || substr(h, 8, 3)
     || '-' || substr(h, 11, 12))::uuid
"""
_MINTED = f"""
    update accounts set id = {_ID} from (select id as was, md5(id::text) as h from accounts) m where id = was
"""
_VISITED = """
    update accounts set last_visit_at = now() - interval '40 days',
           last_contact_at = now() - interval '9 days',
           notes = case when win_prob > 60 then '裏口から入る。受付は二階。午前は会議が多い。' end
"""
_STAMP = "1, 1, now() - interval '200 days', now() - interval '200 days'"

_HANGING = (
    f"""
    insert into contacts (org_id, id, account_id, name, name_kana, title, department, phones, email,
                          version, change_seq, created_at, updated_at)
    select org_id, {_ID}, id, '佐藤 花子' || n % 977, 'さとう はなこ', '購買課長', '総務部',
           jsonb_build_array(jsonb_build_object('number', '+8190' || (10000000 + n * 31), 'label', '携帯')),
           'sato' || n || '@example.jp', {_STAMP}
      from (select *, md5('contact' || id) as h, row_number() over (order by id) as n from accounts) a
    """,
    f"""
    insert into tasks (org_id, id, account_id, owner_id, title, due_on, version, change_seq, created_at,
                       updated_at)
    select org_id, {_ID}, id, owner_id, '見積もりを届ける', current_date + (n % 30)::int, {_STAMP}
      from (select *, md5('task' || id) as h, row_number() over (order by id) as n from accounts) a
     where n % 4 = 0
    """,
    f"""
    insert into activities (org_id, id, account_id, user_id, channel, note, occurred_at, recorded_at,
                            duration_min, win_prob_before, win_prob_after, contact_ids, is_amended,
                            version, change_seq, created_at, updated_at)
    select org_id, {_ID}, id, owner_id, 'visit',
           '担当の佐藤様と面談。予算は来期に持ち越し。競合は' || k || '社。'
               || '次回は実機を' || n % 89 || '台持参する。',
           now() - (n % 360) * interval '1 day' - (n * 7919 % 36000) * interval '1 second',
           now() - (n % 360) * interval '1 day', 20 + (n % 40)::int, win_prob, win_prob, '{{}}', false,
           {_STAMP}
      from (select a.*, k, md5(k || 'visit' || a.id) as h, row_number() over (order by a.id) as n
              from accounts a, generate_series(1, {ACTIVITIES // ACCOUNTS}) as k) a
    """,
)


def build(name: str = NAME) -> dict[str, str]:
    """Return the settings that reach a database made anew: what is measured is also written to."""
    started = time.monotonic()
    database.create(name, is_fresh=True)
    urls = database.urls_of(name)
    database.migrate(urls)
    with database.superuser(urls) as connection:
        database.fill(connection, FLEET)
        _hang_on(connection)
    print(
        f"Built {ACCOUNTS:,} accounts with {ACTIVITIES:,} activities in {time.monotonic() - started:.0f} s."
    )
    return urls


def _hang_on(connection: psycopg.Connection) -> None:
    connection.execute("alter table accounts disable trigger user")
    connection.execute(_MINTED)
    connection.execute(_VISITED)
    connection.execute("alter table accounts enable trigger user")
    for statement in _HANGING:
        connection.execute(statement)
    for table in ("accounts", "contacts", "tasks", "activities", "users", "organisations"):
        connection.execute(f"vacuum analyze {table}")
    connection.execute("checkpoint")
