"""Connections: of the application's role, and replaced when they died while unused."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from fieldcrm.core import engine
from fieldcrm.core.database_errors import problem_of
from fieldcrm.core.db import db, transaction
from tests.conftest import build_app
from tests.fixtures.people import Org

PID = text("select pg_backend_pid()")


@pytest.fixture
def own_app(database: dict[str, str]) -> Iterator[Flask]:
    """An application with a pool of its own, whose connections may be killed."""
    app = build_app(database)
    yield app
    with app.app_context():
        db.engine.dispose()


def _kill(pid: int, database: dict[str, str]) -> None:
    with psycopg.connect(database["superuser"], autocommit=True) as superuser:
        assert superuser.execute("select pg_terminate_backend(%s, 5000)", (pid,)).fetchone() == (True,)


def test_the_app_works_as_the_role_that_owns_nothing(app: Flask) -> None:
    with app.app_context():
        assert db.session.scalar(text("select current_user")) == engine.APP_ROLE


def test_an_owners_url_is_lowered_to_that_role(database: dict[str, str]) -> None:
    app = build_app({**database, "app": database["superuser"]})
    with app.app_context():
        assert db.session.scalar(text("select current_user")) == engine.APP_ROLE
        db.engine.dispose()


def test_a_connection_that_died_while_unused_is_replaced_unnoticed(
    own_app: Flask, database: dict[str, str], committed_organisation: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = committed_organisation.actor
    with own_app.app_context(), transaction(actor) as session:
        pid = session.scalar(PID)
    _kill(pid, database)
    monkeypatch.setattr(engine, "ASK_AFTER_S", 0.0)  # as if a pause had passed
    with own_app.app_context(), transaction(actor) as session:
        assert session.scalar(text("select count(*) from organisations")) == 1
        assert session.scalar(PID) != pid


def test_a_connection_that_dies_in_use_costs_one_request_that_may_be_tried_again(
    own_app: Flask, database: dict[str, str], committed_organisation: Org
) -> None:
    actor = committed_organisation.actor
    with own_app.app_context():
        with pytest.raises(DBAPIError) as caught, transaction(actor) as session:
            _use_after_kill(session, database)
        assert problem_of(caught.value).status == 503
        with transaction(actor) as session:
            assert session.scalar(text("select count(*) from organisations")) == 1


def _use_after_kill(session: Session, database: dict[str, str]) -> None:
    _kill(session.scalar(PID), database)
    session.execute(PID)
