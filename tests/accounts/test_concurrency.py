"""Two people, or two retries, at the same moment: on connections of their own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from fieldcrm.accounts import ranks, service
from fieldcrm.accounts.schemas import AccountChange, AccountDraft
from fieldcrm.core.db import transaction
from fieldcrm.core.errors import StaleVersion
from fieldcrm.core.ids import new_id
from fieldcrm.visits import service as visits
from fieldcrm.visits.schemas import ActivityDraft


@pytest.fixture
def at_once(app, committed_organisation):
    """Run works at the same moment, each in a transaction of its own; return results or errors."""
    actor = committed_organisation.actor

    def run(*works):
        barrier = Barrier(len(works))

        def one(work):
            with app.app_context():
                barrier.wait(timeout=20)
                try:
                    with transaction(actor) as session:
                        return work(session, actor)
                except StaleVersion as error:
                    return error

        with ThreadPoolExecutor(len(works)) as pool:
            return list(pool.map(one, works))

    return run


@pytest.fixture
def account_id(app, committed_organisation):
    actor = committed_organisation.actor
    with app.app_context(), transaction(actor) as session:
        return service.create_account(session, actor, AccountDraft(name="聖ルカ病院")).id


def change(account_id, **fields):
    return lambda session, actor: (
        service.update_account(session, actor, account_id, AccountChange(**fields)).version
    )


def test_of_two_edits_of_one_field_at_once_one_wins_and_one_is_told(at_once, account_id):
    outcome = at_once(
        change(account_id, notes="一人目", base_version=1),
        change(account_id, notes="二人目", base_version=1),
    )
    assert sorted(type(item).__name__ for item in outcome) == ["StaleVersion", "int"]


def test_edits_of_different_fields_at_once_are_both_kept(app, committed_organisation, at_once, account_id):
    versions = at_once(
        change(account_id, notes="裏口から", base_version=1),
        change(account_id, win_prob=30, base_version=1),
        change(account_id, tags=["重点"], base_version=1),
    )
    assert sorted(versions) == [2, 3, 4]
    actor = committed_organisation.actor
    with app.app_context(), transaction(actor) as session:
        account = service.get_account(session, actor, account_id)
        assert (account.notes, account.win_prob, account.tags) == ("裏口から", 30, ["重点"])


def test_account_created_by_several_retries_at_once_is_one(at_once):
    draft = AccountDraft(id=new_id(), name="見本商店", address="東京都中央区銀座4-1")
    ids = at_once(*[lambda session, actor: service.create_account(session, actor, draft).id] * 4)
    assert ids == [draft.id] * 4


def test_visit_logged_by_several_retries_at_once_is_one(app, committed_organisation, at_once, account_id):
    draft = ActivityDraft(
        id=new_id(), account_id=account_id, occurred_at="2026-11-01T01:00:00Z",
        next_action="電話", next_action_on="2026-11-08",
    )  # fmt: skip
    ids = at_once(*[lambda session, actor: visits.log_activity(session, actor, draft).id] * 4)
    assert ids == [draft.id] * 4
    actor = committed_organisation.actor
    with app.app_context(), transaction(actor) as session:
        assert service.get_account(session, actor, account_id).version == 2


def test_an_account_is_changed_while_its_rank_is_renamed(app, committed_organisation, in_between):
    actor = committed_organisation.actor
    with app.app_context(), transaction(actor) as session:
        account_id = service.create_account(session, actor, AccountDraft(name="得意先", rank="A")).id
    version, renamed = in_between(
        actor,
        lambda session: service.lock_accounts(session, actor, [account_id]),
        lambda session: change(account_id, notes="裏口から")(session, actor),
        other=actor,
        act=lambda session: ranks.rename_rank(session, actor, "A", "S"),
    )
    assert (version, renamed) == (2, ["S", "B", "C", "D"])
    with app.app_context(), transaction(actor) as session:
        account = service.get_account(session, actor, account_id)
        assert (account.rank, account.notes, account.version) == ("S", "裏口から", 3)
