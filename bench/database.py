"""The database that is measured: a million accounts, built once and kept until what makes it changes."""

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg

from bench import people

ROOT = Path(__file__).resolve().parent.parent
NAME = "fieldcrm_bench"
MADE_OF = (
    "bench/people.py",
    "bench/places.py",
    "bench/database.py",
    "fieldcrm/accounts/rules.py",
    "fieldcrm/accounts/folding.py",
    "migrations/versions/*.py",
)


def ensure() -> dict[str, str]:
    """Return the settings that reach the database (DATABASE_URL ...), building it when it is not there."""
    if "DATABASE_URL" in os.environ:
        raise SystemExit("The benchmarks use the private cluster: run them without DATABASE_URL.")
    create(NAME)
    urls = urls_of(NAME)
    made_by = fingerprint()
    if comment_of(urls, NAME) != made_by:
        started = time.monotonic()
        print("Building a million accounts, some minutes at the first time ...", flush=True)
        create(NAME, is_fresh=True)
        _build(urls, made_by)
        print(f"Built in {time.monotonic() - started:.0f} s.", flush=True)
    return urls


def superuser(urls: dict[str, str]) -> psycopg.Connection:
    """Return a connection that may do everything, each statement its own transaction."""
    return psycopg.connect(urls["DATABASE_SUPERUSER_URL"], autocommit=True)


def create(name: str, *, is_fresh: bool = False) -> None:
    """Make an empty database on the private cluster where it is missing, or (fresh) in any case."""
    command = [sys.executable, "scripts/db.py", "create-test", name, *(["--fresh"] if is_fresh else [])]
    subprocess.run(command, cwd=ROOT, check=True)


def urls_of(name: str) -> dict[str, str]:
    """Return the settings that reach a database of the private cluster."""
    local = Path(os.environ.get("FIELDCRM_LOCAL_DIR") or ROOT / ".local")
    lines = (local / "env").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("=", 1) for line in lines if line.startswith("DATABASE_"))
    return {key: value.replace("/fieldcrm?", f"/{name}?") for key, value in pairs}


def fingerprint(*more: str) -> str:
    """Return what names the files that make the data, and further ones."""
    digest = hashlib.sha256()
    for pattern in (*MADE_OF, *more):
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def comment_of(urls: dict[str, str], name: str) -> str | None:
    """Return what was noted on a database."""
    with superuser(urls) as connection:
        kept = connection.execute(
            "select shobj_description(oid, 'pg_database') from pg_database where datname = %s", (name,)
        ).fetchone()
    return kept[0] if kept else None


def migrate(urls: dict[str, str]) -> None:
    """Make the tables."""
    for step in (("db", "upgrade"), ("db-post",)):
        flask(urls, *step)


def flask(urls: dict[str, str], *words: str) -> None:
    """Run one of the app's own commands on that database."""
    command = [sys.executable, "-m", "flask", "--app", "fieldcrm", *words]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **urls}, check=True, capture_output=True)


def _build(urls: dict[str, str], made_by: str) -> None:
    migrate(urls)
    with superuser(urls) as connection:
        connection.execute("set maintenance_work_mem = '1GB'")
        # An index is built several times as fast over rows that are there as row by row.
        indexes = connection.execute(
            "select indexname, indexdef from pg_indexes where tablename = 'accounts'"
            " and indexname <> 'accounts_pk'"
        ).fetchall()
        for name, _ in indexes:
            connection.execute(f"drop index {name}")
        for organisation in people.organisations():
            fill(connection, organisation)
        for _, definition in indexes:
            connection.execute(definition)
        for table in ("accounts", "account_cells", "users", "teams", "organisations"):
            connection.execute(f"vacuum analyze {table}")
        connection.execute("checkpoint")
        connection.execute(f"comment on database {NAME} is '{made_by}'")


def fill(connection: psycopg.Connection, organisation: people.Organisation) -> None:
    """Write an organisation with its people and accounts."""
    org_id, stamp = organisation.org_id, "1, 1, now(), now()"
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(
            "insert into organisations (org_id, name, slug, locale, timezone, country, settings,"
            " change_seq, created_at) values (%s, '計測', %s, 'ja', 'Asia/Tokyo', 'JP', '{}', 1, now())",
            (org_id, f"bench-{org_id}"),
        )
        cursor.execute(
            "insert into account_statuses (org_id, id, no, code, name_ja, name_en, letter_ja, letter_en,"
            " colour, colour_dark, shape, position, is_active, version, change_seq, created_at, updated_at)"
            " select %s, gen_random_uuid(), no, 's' || no, '', '', '', '', '', '', 'circle', no, true,"
            f" {stamp} from generate_series(1, 6) as no",
            (org_id,),
        )
        cursor.executemany(
            "insert into teams (org_id, id, name, version, change_seq, created_at, updated_at)"
            f" values (%s, %s, %s, {stamp})",
            [(org_id, team, f"第{n}営業部") for n, team in enumerate(organisation.teams)],
        )
        members = [(user, f"r{n}", "rep") for n, user in enumerate(organisation.reps)]
        members.append((organisation.administrator, "a", "administrator"))
        cursor.executemany(
            "insert into users (org_id, id, email, name, role, is_active, new_email_serial, version,"
            f" change_seq, created_at, updated_at) values (%s, %s, %s, %s, %s, true, 0, {stamp})",
            [(org_id, user, f"{name}.{org_id}@example.jp", name, role) for user, name, role in members],
        )
        cursor.executemany(
            "insert into team_members (org_id, id, team_id, user_id) values (%s, %s, %s, %s)",
            [
                (org_id, people.stable_id(org_id, 4, n), organisation.team_of(n), user)
                for n, user in enumerate(organisation.reps)
            ],
        )
        with cursor.copy(f"copy accounts ({people.COLUMNS}) from stdin") as copy:
            for lines in people.account_lines(organisation):
                copy.write(lines)
