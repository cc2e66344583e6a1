"""A worker killed in the middle of an import: nothing lost, nothing twice."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from sqlalchemy import func, select

from fieldcrm.accounts.models import Account
from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import transaction
from fieldcrm.imports import queries, runner, service
from fieldcrm.imports.models import Import
from tests.conftest import ROOT
from tests.fixtures.people import Org

ROWS = 8_000


def _content() -> bytes:
    rows = (
        f"K{n:05},会社{n},東京都千代田区千代田{n % 9 + 1}-{n % 20 + 1},03-{n:04}-{n % 10_000:04}\n"
        for n in range(ROWS - 2)
    )
    return ("コード,会社名,住所,電話番号\n" + "".join(rows) + "K00000,二重,,\n,,,06-0000-1111\n").encode()


@pytest.fixture
def queued(app: Flask, committed_organisation: Org) -> Iterator[tuple[Actor, UUID]]:
    actor = committed_organisation.actor
    with app.app_context():
        with transaction(actor) as session:
            record = service.create_import(session, actor, filename="many.csv", file=io.BytesIO(_content()))
            service.start_import(session, actor, record.id)
            import_id = record.id
        yield actor, import_id


@pytest.fixture
def start_worker(database: dict[str, str]) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start `flask worker` as a process of its own on the tests' database."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "flask", "--app", "fieldcrm", "worker", *options]
        environment = {**os.environ, "DATABASE_URL": database["app"]}
        started.append(subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL))
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def _wait(actor: Actor, import_id: UUID, until: Callable[[Import], bool], *, timeout_s: float) -> Import:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        with transaction(actor) as session:
            record = queries.get_import(session, actor, import_id)
            if until(record):
                session.expunge(record)
                return record
        time.sleep(0.05)
    raise AssertionError(f"waited {timeout_s} s in vain")


def _numbers(actor: Actor) -> tuple[int, int]:
    with transaction(actor) as session:
        query = select(func.count(), func.count(func.distinct(Account.external_id)))
        return session.execute(query.where(Account.org_id == actor.org_id)).one()


def test_import_killed_half_way_is_finished_by_the_next_worker_with_every_row_once(
    queued: tuple[Actor, UUID],
    start_worker: Callable[..., subprocess.Popen[bytes]],
    database: dict[str, str],
) -> None:
    actor, import_id = queued
    victim = start_worker()
    _wait(actor, import_id, lambda r: 1_000 <= r.counts.get("done", 0) < ROWS, timeout_s=120)
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    with transaction(actor) as session:
        record = queries.get_import(session, actor, import_id)
        done, state = record.counts["done"], record.state
        assert queries.state_of(record, now=clock.now() + timedelta(minutes=1)) == "interrupted"
    assert (state, 0 < done < ROWS) == ("running", True)
    assert _numbers(actor) == (done, done)
    # The dead worker's last sign of life is made old rather than waited for.
    with psycopg.connect(database["owner"], autocommit=True) as owner:
        owner.execute(
            "update procrastinate.procrastinate_workers set last_heartbeat = now() - interval '1 minute'"
        )
    start_worker()
    record = _wait(actor, import_id, lambda r: r.state == "done", timeout_s=180)
    assert record.counts["created"] == ROWS - 2
    assert (record.counts["refused"], record.counts["done"]) == (2, ROWS)
    assert _numbers(actor) == (ROWS - 2, ROWS - 2)


def test_two_runs_of_one_import_do_each_row_once(
    app: Flask, queued: tuple[Actor, UUID], start_worker: Callable[..., subprocess.Popen[bytes]]
) -> None:
    actor, import_id = queued
    start_worker("--once")
    _wait(actor, import_id, lambda r: r.counts.get("done", 0) > 0, timeout_s=120)
    # Whichever comes to the end first leaves nothing for the other, who is told so.
    with suppress(runner.Overtaken):
        runner.run(actor, import_id)
    record = _wait(actor, import_id, lambda r: r.state == "done", timeout_s=120)
    assert record.counts["created"] == ROWS - 2
    assert _numbers(actor) == (ROWS - 2, ROWS - 2)
