"""Accounts and visits of a seeded generator, as many as wanted."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, cast

import pytest
from flask import Flask
from sqlalchemy import Table, update
from sqlalchemy.orm import Session

from fieldcrm.accounts import service as accounts
from fieldcrm.accounts.models import Account
from fieldcrm.core import bulk, clock, worker
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import advance_clock, transaction
from fieldcrm.core.ids import new_id
from fieldcrm.visits.models import Activity
from tests.fixtures.people import Org, Person, Team

MUNICIPALITIES = (
    ("東京都", "世田谷区"), ("東京都", "港区"), ("東京都", "大田区"), ("大阪府", "大阪市北区"),
    ("福岡県", "福岡市中央区"),
)  # fmt: skip

COLUMNS = (
    "org_id", "change_seq", "version", "created_at", "updated_at", "id", "account_id", "user_id", "channel",
    "occurred_at", "recorded_at", "contact_ids", "is_amended",
)  # fmt: skip


@pytest.fixture
def running(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application as a worker runs it."""
    monkeypatch.setattr(worker, "_running_app", app)
    return app


def make_up_visits(
    session: Session, actor: Actor, ids: Sequence[uuid.UUID], *, people: Sequence[uuid.UUID], seed: int
) -> None:
    """Give the accounts visits and calls of the last 200 days, and what these change on them."""
    chance = random.Random(seed)  # noqa: S311 - not a secret
    now, changes, activities = clock.now(), {}, []
    mark = (actor.org_id, advance_clock(session), 1, now, now)
    for account_id in ids:
        moments = [
            # Also at the very border of a period and of a day.
            now - timedelta(days=chance.randint(0, 200), minutes=chance.choice((0, 1, 600, 601, 899, 900)))
            for _ in range(chance.choice((0, 0, 1, 1, 2, 5)))
        ]
        channels = [chance.choice(("visit", "visit", "call")) for _ in moments]
        visits = [at for at, channel in zip(moments, channels, strict=True) if channel == "visit"]
        changes[account_id] = {
            "cadence_days": chance.choice((None, 7, 30, 30, 60, 90)),
            "last_visit_at": max(visits, default=None),
        }
        activities += [
            (*mark, new_id(), account_id, chance.choice(people), channel, at, at, [], False)
            for at, channel in zip(moments, channels, strict=True)
        ]
    accounts.accounts_have_come(session)
    accounts.bulk_update(session, actor, changes)
    bulk.insert_rows(session, cast("Table", Activity.__table__), COLUMNS, activities)


@pytest.fixture
def make_accounts() -> Callable[..., list[uuid.UUID]]:
    """``make(org, count, people=, teams=, seed=)``: accounts in five municipalities and in none, visited."""

    def make(
        org: Org, count: int, *, people: Sequence[Person], teams: Sequence[Team], seed: int = 1
    ) -> list[uuid.UUID]:
        chance = random.Random(seed)  # noqa: S311 - not a secret
        rows: list[dict[str, Any]] = []
        for number in range(count):
            prefecture, municipality = chance.choice((*MUNICIPALITIES, (None, None)))
            owner, team = chance.choice((None, *people)), chance.choice((None, *teams))
            rows.append(
                {
                    "name": f"見本{number}医院", "prefecture": prefecture, "municipality": municipality,
                    "rank": (*"ABC", None)[number % 4],
                    "owner_id": owner and owner.id, "team_id": team and team.id,
                    "created_at": clock.now() - timedelta(days=chance.randint(0, 300)),
                }
            )  # fmt: skip
        with transaction(org.actor) as session:
            ids = accounts.bulk_create(session, org.actor, rows)
            make_up_visits(session, org.actor, ids, people=[one.id for one in people], seed=seed)
            gone = ids[: count // 20]
            session.execute(update(Account).where(Account.id.in_(gone)).values(deleted_at=clock.now()))
        return ids

    return make
