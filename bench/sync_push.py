"""What phones send: a day without network arriving at once, several phones of one organisation together."""

import http.client
import json
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import psycopg
from flask import Flask

from bench import database
from bench.browser import Browser, person
from bench.harness import Suite, at_least, at_most
from bench.served import HOST, served
from bench.sync_data import FLEET
from fieldcrm.core.actor import Role
from fieldcrm.core.ids import new_id

VISITS = 1_000
BATCH = 50
PHONES = 8
EACH = 500
ONE_BY_ONE = 60
WRITERS = 4
WRITING_S = 3.0

Operation = dict[str, Any]


def measure(suite: Suite, app: Flask, urls: dict[str, str]) -> None:
    """Record pushes through the web server, and what the clock's row costs its writers."""
    with database.superuser(urls) as connection:
        ((commit,),) = connection.execute("show synchronous_commit").fetchall()
        assert commit == "on", commit
        found = connection.execute(
            "select id, version from accounts where org_id = %s order by id", (FLEET.org_id,)
        ).fetchall()
    accounts = [(str(row[0]), int(row[1])) for row in found]
    phones = [_Phone(app) for _ in range(PHONES)]
    with served(urls, secret_key=app.config["SECRET_KEY"]) as port:
        for phone in phones:
            phone.connect(port)
        phones[0].push(_visits(accounts[-BATCH:]))
        _a_day_at_once(suite, phones[0], accounts[:VISITS])
        _together(suite, phones, accounts[VISITS:])
    _clock_row(suite, urls)


class _Phone:
    """One administrator's phone on a connection of its own, kept open."""

    def __init__(self, app: Flask) -> None:
        browser = Browser(app, person(FLEET.org_id, FLEET.administrator, Role.ADMINISTRATOR))
        answer = browser.get("/api/csrf", headers={"Accept-Encoding": "identity"})
        cookie = answer.headers["Set-Cookie"].split(";")[0]
        self._head = {
            "Cookie": cookie,
            "X-CSRFToken": json.loads(answer.body)["csrf_token"],
            "Content-Type": "application/json",
            "Accept-Encoding": "gzip",
        }
        self._device_id = str(new_id())

    def connect(self, port: int) -> None:
        """Reach the server."""
        self._connection = http.client.HTTPConnection(HOST, port, timeout=120)

    def push(self, operations: Sequence[Operation]) -> None:
        """Send one request; every operation must be applied."""
        body = {"device_id": self._device_id, "sent_at": _now(), "operations": operations}
        self._connection.request("POST", "/api/sync/push", json.dumps(body), self._head)
        answer = self._connection.getresponse()
        content = answer.read()
        assert answer.status == 200, content[:500]
        # Counted without unpacking: the phone's work is not the server's.
        assert len(content) > 0

    def push_all(self, operations: Sequence[Operation], *, at_once: int) -> None:
        """Send operations in requests of ``at_once``."""
        for start in range(0, len(operations), at_once):
            self.push(operations[start : start + at_once])


def _a_day_at_once(suite: Suite, phone: _Phone, accounts: Sequence[tuple[str, int]]) -> None:
    operations = _visits(accounts)
    started = time.monotonic()
    phone.push_all(operations, at_once=BATCH)
    took = time.monotonic() - started
    suite.record(f"push of {VISITS:,} offline visits, {BATCH} a request", took, "s", bar=at_most(5))
    started = time.monotonic()
    phone.push_all(operations, at_once=BATCH)
    suite.record("the same again: all duplicates", time.monotonic() - started, "s")


def _together(suite: Suite, phones: Sequence[_Phone], accounts: Sequence[tuple[str, int]]) -> None:
    what = f"{PHONES} phones, one organisation"
    rate = _rate(phones, accounts, each=EACH, at_once=BATCH)
    suite.record(f"{what}, {BATCH} a request", rate, "operations/s", bar=at_least(300))
    rate = _rate(phones, accounts[PHONES * EACH :], each=ONE_BY_ONE, at_once=1)
    suite.record(f"{what}, one a request", rate, "operations/s")


def _rate(phones: Sequence[_Phone], accounts: Sequence[tuple[str, int]], *, each: int, at_once: int) -> float:
    """Let every phone send ``each`` visits of accounts of its own; return operations a second of them all."""
    work = [_visits(accounts[n * each : (n + 1) * each]) for n in range(len(phones))]
    started = time.monotonic()
    with ThreadPoolExecutor(len(phones)) as pool:
        sending = [
            pool.submit(phone.push_all, operations, at_once=at_once)
            for phone, operations in zip(phones, work, strict=True)
        ]
        for sent in sending:
            sent.result()
    return len(phones) * each / (time.monotonic() - started)


def _clock_row(suite: Suite, urls: dict[str, str]) -> None:
    """Record small writing transactions of one organisation with and without the row they all lock."""
    rates = {is_locking: _small_writes(urls, is_locking=is_locking) for is_locking in (False, True)}
    suite.record(
        f"{WRITERS} writers, an audit row a transaction, through the clock's row",
        rates[True],
        "transactions/s",
        baseline=rates[False],
    )


def _small_writes(urls: dict[str, str], *, is_locking: bool) -> float:
    done, over = [0] * WRITERS, threading.Event()

    def write(number: int) -> None:
        with psycopg.connect(urls["DATABASE_URL"], autocommit=True) as connection:
            while not over.is_set():
                with connection.transaction():
                    connection.execute(f"set local app.org_id = '{FLEET.org_id}'")
                    if is_locking:
                        connection.execute(
                            "update organisations set change_seq = change_seq + 1"
                            " where org_id = %s returning change_seq",
                            (FLEET.org_id,),
                        )
                    connection.execute(
                        "insert into audit_log (org_id, id, at, action, entity, changes)"
                        " values (%s, %s, now(), 'bench', 'bench', '{}')",
                        (FLEET.org_id, new_id()),
                    )
                done[number] += 1

    with ThreadPoolExecutor(WRITERS) as pool:
        writers = [pool.submit(write, number) for number in range(WRITERS)]
        time.sleep(WRITING_S)
        over.set()
        for writer in writers:
            writer.result()
    return sum(done) / WRITING_S


def _visits(accounts: Sequence[tuple[str, int]]) -> list[Operation]:
    """Return a visit of each account, as phones record them: a note, a chance, a next action, a position."""
    return [_visit(account_id, version, number) for number, (account_id, version) in enumerate(accounts)]


def _visit(account_id: str, version: int, number: int) -> Operation:
    moment = _now()
    body = {
        "account_id": account_id,
        "channel": "visit",
        "note": "担当の佐藤様と面談。予算は来期に持ち越し。次回は実機を持参して比較を見ていただく。",
        "occurred_at": moment,
        "win_prob": number * 5 % 100,
        "next_action": "見積もりを届ける",
        "next_action_on": "2026-12-18",
        "position": {"lon": 139.7671, "lat": 35.6812, "accuracy_m": 12},
    }
    return {
        "op_id": str(new_id()),
        "type": "activity.log",
        "entity_id": str(new_id()),
        "account_id": account_id,
        "base_version": version,
        "recorded_at": moment,
        "seq": number,
        "body": body,
    }


def _now() -> str:
    return datetime.now(UTC).isoformat()
