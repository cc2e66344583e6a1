"""The same operations on several connections at once; a server or a database that dies on the way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest
from psycopg.types.json import Jsonb
from sqlalchemy import select

from fieldcrm.core.db import transaction
from fieldcrm.sync import receipts, retention
from fieldcrm.sync.models import SyncReceipt
from fieldcrm.visits.models import Activity
from tests.fixtures.people import create_person, signed_in_client
from tests.sync.phones import Phone


@pytest.fixture
def phone(app, committed_organisation):
    with app.app_context():
        person = create_person(committed_organisation, "administrator")
        return Phone(signed_in_client(app, person), person)


@pytest.fixture
def accounts(phone):
    return [phone.client.post("/api/accounts", json={"name": f"店{n}"}).json["id"] for n in range(6)]


def count(app, phone, table):
    with app.app_context(), transaction(phone.person.actor) as session:
        return len(session.scalars(select(table.id).where(table.org_id == phone.person.org_id)).all())


def at_once(app, phone, *batches):
    """Send batches at the same moment, each on a connection of its own."""
    barrier = Barrier(len(batches))

    def send(batch):
        with app.app_context():
            twin = Phone(signed_in_client(app, phone.person), phone.person)
            twin.device_id = phone.device_id
            barrier.wait(timeout=60)
            return twin.push(*batch)

    with ThreadPoolExecutor(len(batches)) as pool:
        return list(pool.map(send, batches))


def test_the_same_operations_at_once_are_applied_once(app, phone, accounts):
    edit = phone.do("account.update", accounts[0], account_id=accounts[0], body={"tags": ["重点"]})
    batch = [*(phone.visit(each) for each in accounts), edit]
    answers = at_once(app, phone, batch, batch, batch)
    for results in zip(*answers, strict=True):
        assert sorted(result["status"] for result in results) == ["applied", "duplicate", "duplicate"]
    assert count(app, phone, Activity) == 6
    assert count(app, phone, SyncReceipt) == 7


def test_a_receipt_kept_by_another_request_meanwhile_is_found(app, phone, accounts, monkeypatch):
    """The other request commits after this one has looked for receipts and before it keeps its own."""
    visit = phone.visit(accounts[0])
    kept, others = receipts.keep_receipts, []

    def be_late(session, actor, taken, *, at):
        if not others:
            others.append(None)
            row = receipts._row(actor, taken[0], at)
            columns = {name: value for name, value in row.items() if name != "answer"}
            with psycopg.connect(app.extensions["settings"].database_owner_url) as other:
                other.execute(
                    f"insert into sync_receipts ({', '.join(columns)}, answer)"
                    f" values ({', '.join(['%s'] * len(columns))}, %s)",
                    [*columns.values(), Jsonb({**row["answer"], "rows": []})],
                )
        kept(session, actor, taken, at=at)

    monkeypatch.setattr(receipts, "keep_receipts", be_late)
    assert phone.one(visit)["status"] == "duplicate"
    assert count(app, phone, Activity) == 0


def test_phones_that_cross_each_others_accounts_do_not_stand_in_each_others_way(app, phone, accounts):
    forth = [phone.visit(each) for each in accounts * 3]
    back = [phone.visit(each) for each in reversed(accounts * 3)]
    answers = at_once(app, phone, forth, back)
    assert {result["status"] for results in answers for result in results} == {"applied"}
    assert count(app, phone, Activity) == 36


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("step", ["before the receipts", "after the receipts", "at the answer"])
def test_what_a_killed_server_did_not_commit_left_no_trace(app, phone, accounts, monkeypatch, step):
    before, meant = phone.visit(accounts[0]), [phone.visit(each) for each in accounts]
    kept = receipts.keep_receipts

    def die(session, actor, taken, *, at):
        if step == "after the receipts":
            kept(session, actor, taken, at=at)
        raise Killed()

    def die_late(*_given):
        raise Killed()

    assert phone.one(before)["status"] == "applied"
    with monkeypatch.context() as patch:
        if step == "at the answer":
            patch.setattr(retention, "purge_daily", die_late)
        else:
            patch.setattr(receipts, "keep_receipts", die)
        with pytest.raises(Killed):
            phone.send(*meant)
    stored = 7 if step == "at the answer" else 1
    assert (count(app, phone, Activity), count(app, phone, SyncReceipt)) == (stored, stored)
    again = phone.push(before, *meant)
    expected = "duplicate" if step == "at the answer" else "applied"
    assert [result["status"] for result in again] == ["duplicate", *[expected] * 6]
    assert count(app, phone, Activity) == 7


@pytest.mark.parametrize("times", [1, 99])
def test_a_lost_database_costs_a_retry_and_never_an_operation(
    app, phone, accounts, database, monkeypatch, times
):
    visits = [phone.visit(each) for each in accounts]
    kept, cuts = receipts.keep_receipts, []

    def cut(session, actor, taken, *, at):
        if len(cuts) < times:
            cuts.append(None)
            pid = session.connection().connection.driver_connection.info.backend_pid
            with psycopg.connect(database["superuser"], autocommit=True) as superuser:
                superuser.execute("select pg_terminate_backend(%s, 5000)", (pid,))
        kept(session, actor, taken, at=at)

    assert phone.one(visits[0])["status"] == "applied"
    with monkeypatch.context() as patch:
        patch.setattr(receipts, "keep_receipts", cut)
        answer = phone.send(*visits)
    if times == 1:
        assert [each["status"] for each in answer.json["results"]] == ["duplicate", *["applied"] * 5]
    else:
        assert (answer.status_code, answer.json["code"]) == (503, "unavailable")
        assert [each["status"] for each in phone.push(*visits)] == ["duplicate", *["applied"] * 5]
    assert count(app, phone, Activity) == 6
