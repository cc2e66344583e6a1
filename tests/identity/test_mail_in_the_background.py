"""A mail is queued with the data it is about, and a worker by itself sends it: committed for real."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text

from fieldcrm.core.actor import Role
from fieldcrm.core.db import transaction
from fieldcrm.core.errors import Conflict
from fieldcrm.core.worker import run_worker
from fieldcrm.identity import invitations, recovery
from tests.fixtures.mail import MailServer
from tests.fixtures.people import Org, create_person


def _invite(app: Flask, org: Org, *, fails: bool) -> None:
    with app.app_context(), transaction(org.actor) as session:
        invitations.invite(
            session, org.actor, email="tanaka@example.jp", name="田中", role=Role.REP, locale="ja"
        )
        if fails:
            raise Conflict()


def test_a_worker_sends_what_was_committed_and_nothing_else(
    app: Flask, make_committed_organisation: Callable[..., Org], mail_server: MailServer
) -> None:
    org = make_committed_organisation()
    with pytest.raises(Conflict):
        _invite(app, org, fails=True)
    run_worker(app, is_once=True)
    assert mail_server.mails == []
    _invite(app, org, fails=False)
    run_worker(app, is_once=True)
    assert [mail["To"] for mail in mail_server.mails] == ["tanaka@example.jp"]
    with app.app_context(), transaction(org.actor) as session:
        assert session.scalar(text("select mailed_at is not null from invitations"))


def test_a_job_that_a_job_queued_is_done_too(
    app: Flask, make_committed_organisation: Callable[..., Org], mail_server: MailServer
) -> None:
    """Asking for a way back in queues a job that finds out whose address it is, and that one the mail."""
    org = make_committed_organisation()
    with app.app_context():
        create_person(org, email="suzuki@example.jp")
        recovery.ask(email="suzuki@example.jp", address="192.0.2.77", locale="ja")
    for _ in range(2):  # it stops where nothing waits, and may do so before the first has queued the second
        run_worker(app, is_once=True)
    assert [mail["To"] for mail in mail_server.mails] == ["suzuki@example.jp"]
