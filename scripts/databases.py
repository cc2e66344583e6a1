"""Roles, databases and extensions inside the private cluster, and the URLs that reach them."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from places import LOCAL, fail
from postgres_binaries import Binaries

APP_ROLE = "fieldcrm_app"
OWNER_ROLE = "fieldcrm_owner"
APP_DATABASE = "fieldcrm"
TEST_DATABASE = "fieldcrm_test"
EXTENSIONS = ("postgis", "btree_gist", "btree_gin", "pg_trgm")


@dataclass(frozen=True)
class Server:
    """How to reach the cluster as its superuser."""

    binaries: Binaries
    socket: Path
    superuser: str = "postgres"

    def url(self, *, role: str, database: str) -> str:
        """Return a libpq URL over the unix socket; the folder's mode is the key, there is no password."""
        return f"postgresql://{role}@/{database}?host={self.socket}"

    def sql(self, statement: str, *, database: str = "postgres") -> str:
        """Run statements as superuser, each by itself; return the unadorned answer."""
        command = [self.binaries.program("psql"), "-XqAt", "-v", "ON_ERROR_STOP=1"]
        command += ["-h", str(self.socket), "-U", self.superuser, "-d", database]
        result = subprocess.run(command, input=statement, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            fail(f"the database refused: {result.stderr.strip()}")
        return result.stdout.strip()


def ensure_roles(server: Server) -> None:
    """Create the role that owns the tables and the one the app uses, which owns nothing."""
    present = server.sql("select rolname from pg_roles").split()
    for role in (OWNER_ROLE, APP_ROLE):
        if role not in present:
            server.sql(f"create role {role} login")


def ensure_database(server: Server, name: str) -> None:
    """Create the database with its extensions; they need the superuser, migrations then do not."""
    if name not in server.sql("select datname from pg_database").splitlines():
        server.sql(f'create database "{name}" owner {OWNER_ROLE} template template0')
    statements = "".join(f"create extension if not exists {extension};" for extension in EXTENSIONS)
    server.sql(f"set client_min_messages = warning; {statements}", database=name)


def drop_database(server: Server, name: str) -> None:
    """Drop the database and whoever is connected to it."""
    server.sql(f'drop database if exists "{name}" with (force)')


def environment(server: Server) -> dict[str, str]:
    """Return the variables that the app and the tests read, for `.local/env`."""
    values = {}
    for prefix, database in (("", APP_DATABASE), ("TEST_", TEST_DATABASE)):
        values[f"{prefix}DATABASE_URL"] = server.url(role=APP_ROLE, database=database)
        values[f"{prefix}DATABASE_OWNER_URL"] = server.url(role=OWNER_ROLE, database=database)
        values[f"{prefix}DATABASE_SUPERUSER_URL"] = server.url(role=server.superuser, database=database)
    return values


def write_environment(values: dict[str, str]) -> Path:
    """Write `.local/env`, which fieldcrm/config.py reads for what the environment does not set."""
    target = LOCAL / "env"
    text = "# Written by scripts/db.py; the environment wins over this file.\n"
    text += "".join(f"{name}={value}\n" for name, value in values.items())
    if not target.exists() or target.read_text() != text:
        fresh = target.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(text)
        fresh.rename(target)
    return target
