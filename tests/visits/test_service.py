"""Logging visits against a real database."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime

import pytest

from fieldcrm.accounts import service as accounts
from fieldcrm.accounts.schemas import AccountDraft
from fieldcrm.core.db import transaction
from fieldcrm.visits import service
from fieldcrm.visits.schemas import ActivityDraft


@pytest.fixture
def account_id(organisation) -> uuid.UUID:
    with transaction(organisation.actor) as session:
        draft = AccountDraft(name="聖ルカ病院", cadence_days=30, win_prob=10)
        return accounts.create_account(session, organisation.actor, draft).id


def test_logged_visit_updates_its_account(organisation, make_user, account_id):
    rep = make_user("rep").actor
    at = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)
    with transaction(rep) as session:
        draft = ActivityDraft(
            account_id=account_id, outcome=1, occurred_at=at, win_prob=40, status=3,
            next_action="見積もり", next_action_on=date(2026, 11, 8),
        )  # fmt: skip
        activity = service.log_activity(session, rep, draft)
        assert (activity.win_prob_before, activity.win_prob_after) == (10, 40)
        assert (activity.status_before, activity.status_after) == (1, 3)
    with transaction(rep) as session:
        account = accounts.get_account(session, rep, account_id)
        assert (account.status, account.win_prob, account.last_outcome) == (3, 40, 1)
        assert account.last_visit_at == at
        assert account.due_on == date(2026, 12, 1)
        assert (account.next_action, account.next_action_on) == ("見積もり", date(2026, 11, 8))
        assert account.win_prob_by == rep.user_id
