"""The private cluster, for real: made from nothing, killed, robbed of its socket and of its data."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


class Checkout:
    """A private folder of its own, driven only through scripts/db.py."""

    def __init__(self, local: Path) -> None:
        self.local = local

    def run(self, *words: str, check: bool = True, **variables: str) -> subprocess.CompletedProcess[str]:
        hidden = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_SUPERUSER_URL")
        inherited = {name: value for name, value in os.environ.items() if name not in hidden}
        return subprocess.run(
            [sys.executable, "scripts/db.py", *words],
            cwd=ROOT,
            env={**inherited, "FIELDCRM_LOCAL_DIR": str(self.local), **variables},
            capture_output=True,
            text=True,
            check=check,
        )

    def ask(self, sql: str) -> str:
        return self.run("psql", "-XqAt", "-c", sql).stdout.strip()

    def postmaster(self) -> int:
        return int((self.local / "postgres/data/postmaster.pid").read_text().split("\n")[0])

    def socket(self) -> Path:
        url = self.run("url").stdout.strip()
        return Path(url.split("host=")[1])


@pytest.fixture(scope="module")
def checkout() -> Iterator[Checkout]:
    (ROOT / ".local").mkdir(exist_ok=True)
    # Beside the checkout's own cluster: pytest's folders are closed to the user postgres.
    local = Path(tempfile.mkdtemp(prefix="cluster-test-", dir=ROOT / ".local"))
    local.chmod(0o755)
    made = Checkout(local)
    try:
        made.run("up")
        yield made
    finally:
        made.run("down", check=False)
        shutil.rmtree(local, ignore_errors=True)


def test_it_has_what_the_app_needs(checkout: Checkout) -> None:
    checkout.run("up")
    extensions = checkout.ask("select string_agg(extname, ',' order by extname) from pg_extension")
    assert extensions == "btree_gin,btree_gist,pg_trgm,plpgsql,postgis"
    assert checkout.ask("show jit") == "off"
    assert checkout.ask("show listen_addresses") == ""
    assert (
        checkout.ask("select pg_get_userbyid(datdba) from pg_database where datname='fieldcrm'")
        == "fieldcrm_owner"
    )
    assert checkout.ask("select rolsuper or rolbypassrls from pg_roles where rolname='fieldcrm_app'") == "f"
    # Japanese text has trigrams only where the locale knows its letters.
    assert int(checkout.ask("select cardinality(show_trgm('東京病院'))")) >= 4


def test_nobody_else_can_reach_its_socket_or_its_key(checkout: Checkout) -> None:
    checkout.run("up")
    assert checkout.socket().stat().st_mode & 0o777 == 0o700
    assert len(str(checkout.socket() / ".s.PGSQL.5432")) < 107
    assert (checkout.local / "secret_key").stat().st_mode & 0o777 == 0o600
    assert (checkout.local / "env").stat().st_mode & 0o777 == 0o600


def test_starting_again_changes_nothing(checkout: Checkout) -> None:
    checkout.run("up")
    key, pid = (checkout.local / "secret_key").read_text(), checkout.postmaster()
    assert checkout.run("up").stdout == ""
    assert ((checkout.local / "secret_key").read_text(), checkout.postmaster()) == (key, pid)


def test_it_comes_back_after_kill_9_with_its_data(checkout: Checkout) -> None:
    checkout.run("up")
    checkout.ask("create table kept (note text); insert into kept values ('still here')")
    os.kill(checkout.postmaster(), signal.SIGKILL)
    checkout.run("up")
    assert checkout.ask("select note from kept") == "still here"


def test_it_comes_back_when_its_socket_was_swept_away(checkout: Checkout) -> None:
    checkout.run("up")
    shutil.rmtree(checkout.socket())
    checkout.run("up")
    assert checkout.ask("select 1") == "1"


def test_a_set_up_broken_off_is_done_again(checkout: Checkout) -> None:
    checkout.run("down")
    home = checkout.local / "postgres"
    (home / "data").rename(home / "data.new")
    (home / "data.new" / "PG_VERSION").unlink()
    checkout.run("up")
    assert checkout.ask("select 1") == "1"
    assert not (home / "data.new").exists()


def test_deleting_the_data_under_a_running_server_starts_anew(checkout: Checkout) -> None:
    checkout.run("up")
    shutil.rmtree(checkout.local / "postgres")
    checkout.run("up")
    assert (
        checkout.ask("select count(*) from pg_tables where schemaname = 'public' and tablename = 'kept'")
        == "0"
    )


def test_a_test_database_is_made_once_and_fresh_on_demand(checkout: Checkout) -> None:
    checkout.run("create-test", "extra_test")
    ask = ("psql", "-XqAt", "-c", "\\connect extra_test", "-c")
    checkout.run(*ask, "create table mark (n int)")
    checkout.run("create-test", "extra_test")
    assert checkout.run(*ask, "select to_regclass('mark')").stdout.strip() == "mark"
    checkout.run("create-test", "extra_test", "--fresh")
    assert checkout.run(*ask, "select to_regclass('mark')").stdout.strip() == ""


def test_a_database_of_ones_own_is_left_alone(tmp_path: Path) -> None:
    foreign = Checkout(tmp_path / "local")
    url = "postgresql://somebody@db.example/crm"
    assert "nothing to start" in foreign.run("up", DATABASE_URL=url).stdout
    assert f"DATABASE_URL={url}\n" in foreign.run("up", "--print-env", DATABASE_URL=url).stdout
    assert not (foreign.local / "postgres").exists()
    assert foreign.run("create-test", check=False, DATABASE_URL=url).returncode == 1
