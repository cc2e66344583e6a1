"""Figures for Prometheus: right, added up over the processes of a real server, and not for everybody."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from tests.conftest import ROOT, build_app
from tests.fixtures.people import FieldClient

READY_WITHIN_S = 90
POOL_LIMIT = 16
COUNT = "fieldcrm_request_duration_seconds_count"


def _samples(page: str) -> dict[tuple[str, ...], float]:
    families = text_string_to_metric_families(page)
    samples = (sample for family in families for sample in family.samples)
    return {
        (each.name, *(f"{k}={v}" for k, v in sorted(each.labels.items()))): each.value for each in samples
    }


class Server:
    """A real web server of two processes."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = found.getsockname()[1]
        words = ["-m", "granian", "--interface", "wsgi", "--factory", "fieldcrm:create_app"]
        words += ["--port", str(self.port), "--workers", "2", "--blocking-threads", "2"]
        words += ["--respawn-failed-workers", "--no-access-log"]
        # One that was killed may leave the others waiting when they are told to stop.
        words += ["--workers-kill-timeout", "5"]
        self.log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, *words], cwd=ROOT, env=environment, stdout=output, stderr=output
            )

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        asked = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(asked, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()

    def wait(self) -> None:
        until = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < until:
            assert self.process.poll() is None, self.log.read_text()[-2000:]
            try:
                self.get("/api/csrf")
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)  # it is starting; each look is a real connection
            else:
                return
        raise AssertionError(self.log.read_text()[-2000:])

    def figures(self) -> dict[tuple[str, ...], float]:
        status, page = self.get("/metrics")
        assert status == 200, page
        return _samples(page)

    def wait_for_both(self) -> dict[tuple[str, ...], float]:
        """Return the figures once both processes have told how many connections they may open."""
        until = time.monotonic() + READY_WITHIN_S
        found: dict[tuple[str, ...], float] = {}
        while found.get(("fieldcrm_database_pool_limit",), 0) < 2 * POOL_LIMIT:
            assert time.monotonic() < until, found
            time.sleep(0.1)  # a process is starting; each look is a real request
            # What a killed process had accepted dies with it.
            with suppress(ConnectionError):
                found = self.figures()
        return found

    def workers(self) -> list[int]:
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in listed.split()]


@pytest.fixture(scope="module")
def server(
    app: Flask, database: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("served")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PROMETHEUS_")}
    environment |= {
        "DATABASE_URL": database["app"],
        "SECRET_KEY": "only-for-tests",
        "FIELDCRM_LOCAL_DIR": str(folder),
        "METRICS_TOKEN": "a-token-of-the-test",
    }
    running = Server(environment, folder / "web.log")
    try:
        running.wait()
        yield running
    finally:
        running.process.terminate()
        try:
            running.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            running.process.kill()
            running.process.wait()


def _of(route: str, status: int) -> tuple[str, ...]:
    return (COUNT, "method=GET", f"route={route}", f"status={status}")


def test_requests_are_counted_over_all_processes(server: Server) -> None:
    before = server.wait_for_both()
    for _ in range(40):
        assert server.get("/api/csrf")[0] == 200
        assert server.get("/nowhere/hanako@example.jp")[0] == 404
        assert server.get("/api/accounts?q=hanako")[0] == 401
    after = server.figures()
    for key in (_of("/api/csrf", 200), _of("(none)", 404), _of("/api/accounts", 401)):
        assert after[key] - before.get(key, 0) == 40, key
    assert not any("hanako" in part for key in after for part in key)
    assert len(server.workers()) == 2


def test_what_a_process_counted_that_died_stays_counted(server: Server) -> None:
    for _ in range(20):
        server.get("/api/csrf")
    before = server.figures()
    os.kill(server.workers()[0], signal.SIGKILL)
    server.wait()
    after = server.wait_for_both()
    assert after[_of("/api/csrf", 200)] >= before[_of("/api/csrf", 200)]
    in_use = after[("fieldcrm_database_connections", "state=in_use")]
    assert 0 <= in_use <= after[("fieldcrm_database_pool_limit",)]


def test_the_queue_and_its_failures_are_told(server: Server, database: dict[str, str]) -> None:
    with psycopg.connect(
        database["owner"], autocommit=True, options="-c search_path=procrastinate,public"
    ) as owner:
        try:
            for status in ("todo", "todo", "doing", "failed"):
                owner.execute(
                    "insert into procrastinate_jobs (queue_name, task_name, status)"
                    " values ('nobody-listens', 'metrics.test', %s)",
                    (status,),
                )
            owner.execute(
                "insert into procrastinate_events (job_id, type)"
                " select id, 'failed' from procrastinate_jobs"
                " where task_name = 'metrics.test' and status = 'failed'"
            )
            found = server.figures()
        finally:
            owner.execute("delete from procrastinate_jobs where task_name = 'metrics.test'")
    assert found[("fieldcrm_queue_jobs", "state=waiting", "task=metrics.test")] == 2
    assert found[("fieldcrm_queue_jobs", "state=running", "task=metrics.test")] == 1
    assert found[("fieldcrm_job_failures_total", "task=metrics.test")] == 1
    assert found[("fieldcrm_queue_oldest_seconds",)] >= 0
    assert found[("fieldcrm_database_up",)] == 1


def test_connections_open_and_used_are_told(server: Server) -> None:
    found = server.wait_for_both()
    assert found[("fieldcrm_database_pool_limit",)] == 2 * POOL_LIMIT
    assert found[("fieldcrm_database_connections", "state=open")] >= 1
    # The one that asks the queue is in use while it asks; the sum is taken before.
    assert found[("fieldcrm_database_connections", "state=in_use")] >= 0


def test_only_this_machine_or_the_token_may_read_them(server: Server) -> None:
    assert server.get("/metrics")[0] == 200
    assert server.get("/metrics", **{"X-Forwarded-For": "203.0.113.7"})[0] == 403
    assert server.get("/metrics", Forwarded="for=203.0.113.7")[0] == 403
    from_afar = {"X-Forwarded-For": "203.0.113.7"}
    assert server.get("/metrics", Authorization="Bearer a-token-of-the-test", **from_afar)[0] == 200
    assert server.get("/metrics", Authorization="Bearer another", **from_afar)[0] == 403
    assert server.get("/metrics", Authorization="Basic a-token-of-the-test", **from_afar)[0] == 403


def test_without_a_token_nobody_else_reads_them(app: Flask) -> None:
    client = FieldClient(app)
    there = {"REMOTE_ADDR": "203.0.113.7"}
    assert client.get("/metrics", environ_overrides=there).status_code == 403
    empty = {"Authorization": "Bearer "}
    assert client.get("/metrics", headers=empty, environ_overrides=there).status_code == 403


def test_behind_a_trusted_proxy_the_sender_counts(
    database: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", "1")
    client = FieldClient(build_app(database))
    assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 403


def test_the_log_is_json_line_by_line(server: Server) -> None:
    server.get("/api/csrf", **{"X-Request-Id": "seen-in-the-log"})
    [line] = [line for line in server.log.read_text().splitlines() if "seen-in-the-log" in line]
    assert re.match(r'^\{"time": ".*"route": "/api/csrf", "status": 200', line)
