#!/usr/bin/env python3
"""The one tool for the database of this checkout: `python3 scripts/db.py --help`.

With DATABASE_URL set in the environment that database is used: nothing is installed, created or started.
"""

import argparse
import os
import sys

import cluster
import cluster_place
import databases
import secret_key
from places import fail, say


def main() -> None:
    """Read the command line and carry out one command."""
    arguments = _arguments()
    if arguments.command == "up":
        secret_key.ensure()
    foreign = os.environ.get("DATABASE_URL")
    if foreign:
        _on_foreign(arguments, foreign)
    else:
        _on_private(arguments)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="create the cluster, roles and database where missing, and start it")
    up.add_argument(
        "--print-env", action="store_true", help="print the variables as NAME=VALUE lines, nothing else"
    )
    commands.add_parser("down", help="stop the cluster")
    commands.add_parser("status", help="tell whether it answers; exit 1 when not")
    url = commands.add_parser("url", help="print the app's URL")
    url.add_argument("role", nargs="?", choices=["app", "owner", "superuser"], default="app")
    commands.add_parser("psql", help="open psql as superuser; further arguments go to psql", add_help=False)
    create_test = commands.add_parser("create-test", help="create the tests' database where missing")
    create_test.add_argument("name", nargs="?", default=databases.TEST_DATABASE)
    create_test.add_argument("--fresh", action="store_true", help="drop it first")
    arguments, rest = parser.parse_known_args()
    if rest and arguments.command != "psql":
        parser.error(f"unknown arguments: {' '.join(rest)}")
    arguments.rest = rest
    return arguments


def _on_foreign(arguments: argparse.Namespace, url: str) -> None:
    if arguments.command == "url":
        say(os.environ.get(f"DATABASE_{arguments.role.upper()}_URL", url))
    elif arguments.command == "up" and arguments.print_env:
        names = [
            n
            for n in os.environ
            if n.endswith(("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_SUPERUSER_URL"))
        ]
        say("\n".join(f"{name}={os.environ[name]}" for name in sorted(names)))
    elif arguments.command in ("psql", "create-test"):
        fail("DATABASE_URL is set: reach that server with its own tools.")
    else:
        say("DATABASE_URL is set: using that database, nothing to start or stop.")


def _on_private(arguments: argparse.Namespace) -> None:
    cluster_place.refuse_foreign_files()
    if arguments.command == "up":
        values = _up()
        if arguments.print_env:
            say("\n".join(f"{name}={value}" for name, value in values.items()))
    elif arguments.command == "down":
        with cluster.lock():
            say("Database stopped." if cluster.down() else "Database was not running.")
    elif arguments.command == "status":
        _status()
    elif arguments.command == "url":
        role = {
            "app": databases.APP_ROLE,
            "owner": databases.OWNER_ROLE,
            "superuser": cluster_place.SUPERUSER,
        }
        say(_server().url(role=role[arguments.role], database=databases.APP_DATABASE))
    elif arguments.command == "psql":
        _psql(arguments.rest)
    elif arguments.command == "create-test":
        _create_test(name=arguments.name, is_fresh=arguments.fresh)


def _server() -> databases.Server:
    return databases.Server(binaries=cluster.find_binaries(), socket=cluster_place.socket_folder())


def _up() -> dict[str, str]:
    with cluster.lock():
        server = databases.Server(binaries=cluster.up(), socket=cluster_place.socket_folder())
        databases.ensure_roles(server)
        databases.ensure_database(server, databases.APP_DATABASE)
        values = databases.environment(server)
        databases.write_environment(values)
    return values


def _create_test(*, name: str, is_fresh: bool) -> None:
    _up()
    with cluster.lock():
        server = _server()
        if is_fresh:
            databases.drop_database(server, name)
        databases.ensure_database(server, name)


def _status() -> None:
    server = _server()
    is_ready = cluster.is_ready(server.binaries)
    state = "running" if is_ready else "stopped"
    say(f"{state}; PostgreSQL {server.binaries.major}")
    say(f"data in {cluster_place.data_folder()}, socket in {server.socket}")
    sys.exit(0 if is_ready else 1)


def _psql(rest: list[str]) -> None:
    server = _server()
    url = server.url(role=cluster_place.SUPERUSER, database=databases.APP_DATABASE)
    os.execv(server.binaries.program("psql"), ["psql", url, *rest])  # noqa: S606 - our own program, no shell


if __name__ == "__main__":
    main()
