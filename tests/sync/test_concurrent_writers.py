"""A change is never skipped: phones that pull while others write end with exactly what the server has.

Writers and phones are on connections of their own; accounts change hands, are visited, merged and deleted.
"""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Event
from typing import Any

from sqlalchemy import select

from fieldcrm.accounts import contacts
from fieldcrm.accounts import service as accounts
from fieldcrm.accounts.models import Account
from fieldcrm.accounts.schemas import AccountChange, AccountDraft
from fieldcrm.accounts.settings_schemas import ContactDraft
from fieldcrm.core import clock
from fieldcrm.core.actor import Role
from fieldcrm.core.db import read_clock, transaction
from fieldcrm.core.errors import NotFound
from fieldcrm.sync.pull import pull
from fieldcrm.sync.steps import Feed
from fieldcrm.visits import service as visits
from fieldcrm.visits.schemas import ActivityDraft
from tests.fixtures.people import create_person
from tests.sync.conftest import hang_on

KINDS = ("accounts", "activities", "contacts", "tasks", "attachments", "conflicts")
WRITERS, STEPS = 3, 30


class Phone:
    """What one person's phone holds, kept up to date through the service's own pull."""

    def __init__(self, app, actor):
        self.app, self.actor, self.cursor = app, actor, 0
        self.rows: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}

    def sync(self, limit):
        with self.app.app_context(), transaction(self.actor) as session:
            now = read_clock(session, self.actor.org_id)
            page = pull(session, self.actor, cursor=self.cursor, now=now, limit=limit)
        self.cursor = page["cursor"]
        for entry in page["gone"]:
            self._forget(entry["type"], entry["id"])
        for kind in KINDS:
            self.rows[kind].update({row["id"]: row for row in page[kind]})
        return page["more"]

    def _forget(self, type_, row_id):
        kind = {"account": "accounts", "activity": "activities"}.get(type_, f"{type_}s")
        self.rows[kind].pop(row_id, None)
        for hanging in KINDS[1:] if type_ == "account" else ():
            rows = self.rows[hanging].values()
            self.rows[hanging] = {row["id"]: row for row in rows if row["account_id"] != row_id}

    def versions(self):
        return {kind: {key: row["version"] for key, row in rows.items()} for kind, rows in self.rows.items()}


def write(app, actor, owners, seed):
    """Do one thing after the other, each in its own transaction, to accounts that others write too."""
    draws = random.Random(seed)  # noqa: S311 - not a secret
    for _ in range(STEPS):
        with app.app_context(), transaction(actor) as session:
            ids = list(session.scalars(select(Account.id).where(Account.org_id == actor.org_id)))
            account_id = draws.choice(ids)
            act = draws.choice([visit, visit, meet, hand_over, hand_over_many, create, hang, delete, restore])
            with suppress(NotFound):  # deleted by another writer between looking and locking
                act(session, actor, draws, owners, account_id)


def visit(session, actor, draws, _owners, account_id):
    if session.get(Account, (actor.org_id, account_id)).deleted_at is None:
        occurred = clock.now() - timedelta(minutes=draws.randrange(1000))
        draft = ActivityDraft(account_id=account_id, occurred_at=occurred, next_action="電話")
        visits.log_activity(session, actor, draft)


def meet(session, actor, _draws, _owners, account_id):
    if session.get(Account, (actor.org_id, account_id)).deleted_at is None:
        contacts.create_contact(session, actor, ContactDraft(account_id=account_id, name="佐藤"))


def hand_over(session, actor, draws, owners, account_id):
    if session.get(Account, (actor.org_id, account_id)).deleted_at is None:
        change = AccountChange(owner_id=draws.choice(owners), team_id=None)
        accounts.update_account(session, actor, account_id, change)


def hand_over_many(session, actor, draws, owners, _account_id):
    ids = session.scalars(select(Account.id).where(Account.org_id == actor.org_id).limit(3))
    accounts.bulk_update(session, actor, {each: {"owner_id": draws.choice(owners)} for each in ids})


def create(session, actor, draws, owners, _account_id):
    accounts.create_account(session, actor, AccountDraft(name="新規", owner_id=draws.choice(owners)))


def hang(session, actor, _draws, _owners, account_id):
    if session.get(Account, (actor.org_id, account_id)).deleted_at is None:
        accounts.lock_contacted(session, actor, account_id)
        hang_on(session, account_id)


def delete(session, actor, _draws, _owners, account_id):
    accounts.delete_account(session, actor, account_id)


def restore(session, actor, _draws, _owners, account_id):
    accounts.restore_account(session, actor, account_id)


def test_phones_pulling_among_writers_miss_nothing(app, committed_organisation):
    actor = committed_organisation.actor
    with app.app_context():
        people = [create_person(committed_organisation, Role.REP) for _ in range(2)]
        with transaction(actor) as session:
            owners = [*(person.id for person in people), None]
            for owner in owners:
                accounts.create_account(session, actor, AccountDraft(name="最初", owner_id=owner))
    phones = [Phone(app, person.actor) for person in people] + [Phone(app, actor)]
    is_over = Event()

    def keep_pulling(phone):
        pages = 0
        while not is_over.is_set():
            phone.sync(limit=3)
            pages += 1
        return pages

    with ThreadPoolExecutor(WRITERS + len(phones)) as pool:
        pulling = [pool.submit(keep_pulling, phone) for phone in phones]
        writing = [pool.submit(write, app, actor, owners, n) for n in range(WRITERS)]
        try:
            for each in writing:
                each.result(timeout=120)
        finally:
            is_over.set()
        assert all(each.result(timeout=60) > 1 for each in pulling)
    for phone in phones:
        while phone.sync(limit=3):
            pass
        fresh = Phone(app, phone.actor)
        while fresh.sync(limit=5000):
            pass
        assert phone.versions() == fresh.versions()
        assert phone.rows == fresh.rows


def test_what_commits_between_two_tables_waits_for_the_next_pull(app, committed_organisation, monkeypatch):
    actor = committed_organisation.actor
    with app.app_context(), transaction(actor) as session:
        account_id = accounts.create_account(session, actor, AccountDraft(name="最初")).id

    def write_account_and_contact():
        with app.app_context(), transaction(actor) as session:
            accounts.update_account(session, actor, account_id, AccountChange(name="改名"))
            contacts.create_contact(session, actor, ContactDraft(account_id=account_id, name="佐藤"))

    read = []

    class Interrupted(Feed):
        def __init__(self, *given, **named):
            super().__init__(*given, **named)
            read.append(self)
            if len(read) == 1:  # the accounts are read, what hangs on them is not
                with ThreadPoolExecutor(1) as elsewhere:
                    elsewhere.submit(write_account_and_contact).result(timeout=30)

    phone = Phone(app, actor)
    monkeypatch.setattr("fieldcrm.sync.pull.Feed", Interrupted)
    monkeypatch.setattr("fieldcrm.sync.pull.kinds_with_news", lambda *_given, **_named: frozenset(KINDS))
    phone.sync(limit=100)
    assert any(row.name == "佐藤" for feed in read for row in feed.rows if hasattr(row, "name"))
    assert phone.rows["contacts"] == {}
    monkeypatch.undo()
    phone.sync(limit=100)
    assert [row["name"] for row in phone.rows["accounts"].values()] == ["改名"]
    assert [row["name"] for row in phone.rows["contacts"].values()] == ["佐藤"]
