"""What a request asks the database, asked again straight through psycopg: the baseline of its time."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import event

from fieldcrm.core.db import db

Statement = tuple[str, Any]


@contextmanager
def recorded(app: Flask) -> Iterator[list[Statement]]:
    """Yield a list that fills with the statements the application sends meanwhile."""
    seen: list[Statement] = []

    def note(_connection: object, _cursor: object, statement: str, given: Any, *_rest: object) -> None:
        seen.append((statement, given))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def statements_of(app: Flask, request: Callable[[], object]) -> list[Statement]:
    """Return what one request asks, once its first time is over."""
    request()
    with recorded(app) as seen:
        request()
    return seen


def connect(app: Flask) -> psycopg.Connection:
    """Return a connection as the application's role, set up as the application's are."""
    return psycopg.connect(app.extensions["settings"].database_url, options="-c jit=off")


def replay_ms(connection: psycopg.Connection, statements: list[Statement]) -> float:
    """Ask the statements in one transaction, fetch every row, return the milliseconds."""
    started = time.perf_counter()
    with connection.transaction():
        for statement, given in statements:
            cursor = connection.execute(statement, given or None)
            if cursor.description:
                cursor.fetchall()
    return (time.perf_counter() - started) * 1000
