"""What is remembered of old requests, and what is forgotten."""

from __future__ import annotations

from sqlalchemy import select

from fieldcrm.core.db import transaction
from fieldcrm.core.idempotency import IdempotencyKey
from fieldcrm.core.ids import new_id
from fieldcrm.sync import retention
from fieldcrm.sync.models import SyncReceipt


def kept(phone):
    with transaction(phone.person.actor) as session:
        tables = (SyncReceipt, IdempotencyKey)
        return [
            len(session.scalars(select(table.id).where(table.org_id == phone.person.org_id)).all())
            for table in tables
        ]


def test_receipts_are_forgotten_after_400_days_and_request_keys_after_30(
    phone, phone_of, account, frozen_clock
):
    retention._done_on.clear()
    phone.push(phone.visit(account))
    phone.client.patch(
        f"/api/accounts/{account}", json={"rank": "A"}, headers={"Idempotency-Key": str(new_id())}
    )
    assert kept(phone) == [1, 1]
    frozen_clock.move(days=31)
    phone.push(phone.visit(account))
    assert kept(phone) == [2, 0]
    frozen_clock.move(days=370)
    signed_in_again = phone_of(phone.person)
    signed_in_again.push(signed_in_again.visit(account))
    assert kept(phone) == [2, 0]


def test_it_is_looked_for_once_a_day(phone, account, frozen_clock, count_queries):
    phone.push(phone.visit(account))
    with count_queries() as seen:
        phone.push(phone.visit(account))
    assert not [each for each in seen if each.startswith("DELETE")]
    frozen_clock.move(days=1)
    with count_queries() as seen:
        phone.push(phone.visit(account))
    assert len([each for each in seen if each.startswith("DELETE")]) == 2


def test_a_purge_that_fails_does_not_fail_the_push(phone, account, monkeypatch):
    def fail(session, actor):
        session.connection().exec_driver_sql("select 1/0")

    retention._done_on.clear()
    monkeypatch.setattr(retention, "purge", fail)
    assert phone.one(phone.visit(account))["status"] == "applied"
