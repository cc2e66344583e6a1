"""GET /healthz tells the truth: each test breaks one thing and looks whether the answer says so."""

from collections.abc import Iterator

import psycopg
import pytest
from flask import Flask

from fieldcrm.app import create_app
from fieldcrm.core import health

QUEUE_FIRST = "-c search_path=procrastinate,public"


@pytest.fixture
def owner(database: dict[str, str], app: Flask) -> Iterator[psycopg.Connection]:
    """The owner's connection; what a test changes with it is seen by the app and put right after."""
    with psycopg.connect(database["owner"], autocommit=True, options=QUEUE_FIRST) as connection:
        connection.execute("delete from procrastinate.procrastinate_workers")
        yield connection
        connection.execute("delete from procrastinate.procrastinate_workers")
        connection.execute("delete from procrastinate.procrastinate_jobs")


def _report_worker(owner: psycopg.Connection, *, seconds_ago: int) -> None:
    owner.execute(
        "insert into procrastinate_workers (last_heartbeat) values (now() - make_interval(secs => %s))",
        (seconds_ago,),
    )


def _defer(owner: psycopg.Connection, *, seconds_ago: int, scheduled_in_s: int | None = None) -> None:
    owner.execute(
        """
        insert into procrastinate_jobs (queue_name, task_name, scheduled_at)
        values ('nobody-listens', 'health.test', now() + make_interval(secs => %s))
        """,
        (scheduled_in_s,),
    )
    owner.execute("update procrastinate_events set at = now() - make_interval(secs => %s)", (seconds_ago,))


def test_all_in_order_is_ok(app: Flask, owner: psycopg.Connection) -> None:
    _report_worker(owner, seconds_ago=2)
    response = app.test_client().get("/healthz")
    assert response.status_code == 200
    assert response.json["status"] == "ok"
    assert response.json["version"]
    assert response.json["checks"]["migrations"]["current"] == response.json["checks"]["migrations"]["head"]
    assert response.headers["Cache-Control"] == "no-store"


def test_without_a_worker_it_is_degraded_but_serves(app: Flask, owner: psycopg.Connection) -> None:
    response = app.test_client().get("/healthz")
    assert (response.status_code, response.json["status"]) == (200, "degraded")
    assert response.json["checks"]["queue"]["worker_seen_s"] is None


def test_a_worker_that_fell_silent_is_degraded(app: Flask, owner: psycopg.Connection) -> None:
    _report_worker(owner, seconds_ago=health.WORKER_SILENT_S + 5)
    assert app.test_client().get("/healthz").json["status"] == "degraded"


def test_a_job_that_waits_too_long_is_degraded(app: Flask, owner: psycopg.Connection) -> None:
    _report_worker(owner, seconds_ago=1)
    _defer(owner, seconds_ago=health.WAITING_TOO_LONG_S + 60)
    queue = app.test_client().get("/healthz").json["checks"]["queue"]
    assert queue["waiting"] == 1
    assert queue["oldest_waiting_s"] >= health.WAITING_TOO_LONG_S
    assert not queue["is_working"]


def test_a_job_for_later_is_not_waiting(app: Flask, owner: psycopg.Connection) -> None:
    _report_worker(owner, seconds_ago=1)
    _defer(owner, seconds_ago=health.WAITING_TOO_LONG_S + 60, scheduled_in_s=3600)
    assert app.test_client().get("/healthz").json["status"] == "ok"


def test_tables_of_another_version_fail(app: Flask, owner: psycopg.Connection) -> None:
    _report_worker(owner, seconds_ago=1)
    was = owner.execute("select version_num from alembic_version").fetchone()
    assert was is not None
    owner.execute("update alembic_version set version_num = 'older'")
    try:
        response = app.test_client().get("/healthz")
    finally:
        owner.execute("update alembic_version set version_num = %s", was)
    assert (response.status_code, response.json["status"]) == (503, "failing")
    assert response.json["checks"]["migrations"]["current"] == ["older"]


def test_a_missing_queue_fails_without_hiding_the_rest(app: Flask, owner: psycopg.Connection) -> None:
    owner.execute("alter schema procrastinate rename to elsewhere")
    try:
        response = app.test_client().get("/healthz")
    finally:
        owner.execute("alter schema elsewhere rename to procrastinate")
    assert response.status_code == 503
    checks = response.json["checks"]
    assert (checks["database"]["ok"], checks["migrations"]["ok"], checks["queue"]["ok"]) == (
        True,
        True,
        False,
    )


def test_an_unreachable_database_fails_and_tells_no_secret(app: Flask) -> None:
    settings = app.extensions["settings"].model_copy(
        update={"database_url": "postgresql://someone:secret@127.0.0.1:1/nowhere"}
    )
    response = create_app(settings, testing=True).test_client().get("/healthz")
    assert (response.status_code, response.json["status"]) == (503, "failing")
    assert "secret" not in response.text
    assert "someone" not in response.text
