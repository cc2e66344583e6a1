"""Fixtures of accounts' tests: an account made in one line."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from fieldcrm.accounts import service
from fieldcrm.accounts.schemas import AccountDraft
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import transaction

MakeAccount = Callable[..., uuid.UUID]


@pytest.fixture
def make_account(organisation: Any) -> MakeAccount:
    def make(name: str = "聖ルカ病院", *, actor: Actor | None = None, **fields: Any) -> uuid.UUID:
        actor = actor or organisation.actor
        with transaction(actor) as session:
            return service.create_account(session, actor, AccountDraft(name=name, **fields)).id

    return make
