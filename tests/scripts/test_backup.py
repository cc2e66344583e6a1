"""The backup of docs/deploy.md, word for word: dumped as the owner, restored elsewhere, made fast again."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[2]
COPY = "fieldcrm_restored_test"


def _command_in_docs(first_word: str) -> list[str]:
    text = (ROOT / "docs/deploy.md").read_text(encoding="utf-8").replace("\\\n", " ")
    section = text.split("## Backup and restore")[1]
    line = next(line.strip() for line in section.splitlines() if line.strip().startswith(first_word))
    return [
        word for word in line.split() if not word.startswith(("--file", "--dbname", '"$', "fieldcrm.dump"))
    ]


@pytest.fixture
def copy(database: dict[str, str]) -> Iterator[dict[str, str]]:
    """An empty database made as the documents say, by role."""
    if "TEST_DATABASE_URL" in os.environ:
        pytest.skip("needs the private cluster, to create a second database in it")
    subprocess.run([sys.executable, "scripts/db.py", "create-test", COPY, "--fresh"], cwd=ROOT, check=True)
    yield {role: re.sub(r"/fieldcrm_test\w*\?", f"/{COPY}?", url) for role, url in database.items()}
    with psycopg.connect(database["superuser"], autocommit=True) as superuser:
        superuser.execute(f"drop database {COPY} with (force)")


def test_a_backup_restores_whole_and_becomes_fast_again(
    database: dict[str, str], copy: dict[str, str], tmp_path: Path
) -> None:
    dump = str(tmp_path / "fieldcrm.dump")
    with psycopg.connect(database["owner"], autocommit=True) as owner:
        owner.execute("create table backup_proof (note text)")
        owner.execute("insert into backup_proof values ('kept')")
    try:
        subprocess.run([*_command_in_docs("pg_dump"), f"--file={dump}", database["owner"]], check=True)
    finally:
        with psycopg.connect(database["owner"], autocommit=True) as owner:
            owner.execute("drop table backup_proof")
    subprocess.run([*_command_in_docs("pg_restore"), f"--dbname={copy['superuser']}", dump], check=True)
    with psycopg.connect(copy["superuser"]) as restored:
        assert restored.execute("select note from backup_proof").fetchone() == ("kept",)
        assert restored.execute(
            "select pg_get_userbyid(relowner) from pg_class where relname = 'accounts'"
        ).fetchone() == ("fieldcrm_owner",)
        assert not _is_leakproof(restored)
    _post(copy)
    with psycopg.connect(copy["superuser"]) as restored:
        assert _is_leakproof(restored)
    with psycopg.connect(copy["app"]) as app:
        assert app.execute("select count(*) from accounts").fetchone() == (0,)


def _is_leakproof(connection: psycopg.Connection) -> bool:
    row = connection.execute(
        "select proleakproof from pg_proc where proname = 'geometry_overlaps'"
    ).fetchone()
    assert row is not None
    return bool(row[0])


def _post(urls: dict[str, str]) -> None:
    variables = {
        "DATABASE_URL": urls["app"],
        "DATABASE_OWNER_URL": urls["owner"],
        "DATABASE_SUPERUSER_URL": urls["superuser"],
    }
    command = [sys.executable, "-m", "flask", "--app", "fieldcrm", "db-post"]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **variables}, check=True)
