"""Somebody leaves while work goes on at the same accounts: nobody waits in a ring."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from fieldcrm.accounts import service as accounts
from fieldcrm.accounts.schemas import AccountDraft
from fieldcrm.core import clock
from fieldcrm.core.db import transaction
from fieldcrm.identity import people, sessions
from fieldcrm.visits import queries, tasks
from fieldcrm.visits import service as visits
from fieldcrm.visits.schemas import ActivityDraft, TaskChange, TaskDraft
from tests.fixtures.people import Org, Person, create_person
from tests.fixtures.rings import Act, InBetween


@pytest.fixture
def cast(app: Flask, committed_organisation: Org) -> dict[str, Person]:
    """An administrator, who leaves, and who takes over."""
    with app.app_context():
        boss = create_person(committed_organisation, "administrator", password="見本のための合言葉2026")
        leaver, heir = (create_person(committed_organisation, "rep") for _ in range(2))
    return {"boss": boss, "leaver": leaver, "heir": heir}


@pytest.fixture
def account_of(app: Flask, cast: dict[str, Person]) -> Callable[[str | None], UUID]:
    def make(owner: str | None) -> UUID:
        draft = AccountDraft(name="引き継ぐ客", owner_id=None if owner is None else cast[owner].id)
        with app.app_context(), transaction(cast["boss"].actor) as session:
            return accounts.create_account(session, cast["boss"].actor, draft).id

    return make


@pytest.fixture
def handing_over(cast: dict[str, Person]) -> dict[str, Any]:
    """What the administrator does in between."""
    boss = cast["boss"].actor

    def hand_over(session: Session) -> dict[str, int]:
        return people.deactivate(session, boss, cast["leaver"].id, owner_id=cast["heir"].id)

    return {"other": boss, "act": hand_over}


def _visit(person: Person, account_id: UUID) -> Act:
    draft = ActivityDraft(account_id=account_id, occurred_at=clock.iso(clock.now()), next_action="電話")
    return lambda session: visits.log_activity(session, person.actor, draft).id


def test_a_visit_at_an_account_that_is_handed_over(
    cast: dict[str, Person], account_of: Callable[..., UUID], in_between: InBetween,
    handing_over: dict[str, Any],
) -> None:  # fmt: skip
    boss, account_id = cast["boss"], account_of("leaver")
    visit_id, handed = in_between(
        boss.actor,
        lambda session: accounts.lock_contacted(session, boss.actor, account_id),
        _visit(boss, account_id),
        **handing_over,
    )
    assert visit_id is not None
    assert handed == {"accounts": 1, "tasks": 0, "appointments": 0}


def test_a_task_of_who_leaves_at_another_account_that_is_being_done(
    app: Flask, cast: dict[str, Person], account_of: Callable[..., UUID], in_between: InBetween,
    handing_over: dict[str, Any],
) -> None:  # fmt: skip
    boss, leaver = cast["boss"].actor, cast["leaver"].actor
    account_of("leaver")
    pools = account_of(None)
    with app.app_context(), transaction(leaver) as session:
        task_id = tasks.create_task(session, leaver, TaskDraft(account_id=pools, title="カタログを送る")).id

    def begin(session: Session) -> None:
        accounts.lock_contacted(session, boss, pools)
        queries.find_task(session, boss, task_id, is_locking=True)

    done, handed = in_between(
        boss,
        begin,
        lambda session: tasks.update_task(session, boss, task_id, TaskChange(done=True)).done_at,
        **handing_over,
    )
    assert done is not None
    assert handed == {"accounts": 1, "tasks": 0, "appointments": 0}  # it was done before its turn came


def test_a_visit_that_who_leaves_is_just_logging(
    app: Flask, cast: dict[str, Person], account_of: Callable[..., UUID], in_between: InBetween,
    handing_over: dict[str, Any],
) -> None:  # fmt: skip
    leaver, account_id = cast["leaver"], account_of("leaver")
    with app.app_context(), transaction(leaver.actor) as session:
        key = sessions.start_session(session, leaver.actor, user_agent="見本")
    long_ago = clock.now() - timedelta(hours=1)
    visit_id, handed = in_between(
        leaver.actor,
        lambda session: sessions.touch_session(session, key, last_seen_at=long_ago),
        _visit(leaver, account_id),
        **handing_over,
    )
    assert visit_id is not None
    assert handed == {"accounts": 1, "tasks": 1, "appointments": 0}
