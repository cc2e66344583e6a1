"""Reads of planning: accounts that might be visited, how long visits took, plans that were accepted."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select, union_all
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session

from fieldcrm.accounts.models import Account
from fieldcrm.accounts.service import scope_filter
from fieldcrm.core import geo
from fieldcrm.core.actor import Actor
from fieldcrm.planning.models import DayPlan
from fieldcrm.planning.value import PROMISED_SOON_DAYS
from fieldcrm.visits.models import Activity

COLUMNS: Final = (
    Account.id, Account.name, Account.lon, Account.lat, Account.win_prob, Account.rank, Account.cadence_days,
    Account.due_on, Account.last_visit_at, Account.created_at, Account.next_action, Account.next_action_on,
    Account.opening_hours,
)  # fmt: skip

MOST_PROMISED: Final = 400
MOST_DUE: Final = 1_000
MOST_NEAR: Final = 400
"""How many of each kind are looked at; what is planned with is chosen among them by its value."""
FEW_VISITS: Final = 3
"""Of fewer visits no usual duration is learned from one account, of fewer than twice as many from a rank."""
LEARNED_FROM: Final = timedelta(days=730)
NOT_SEEN_FOR: Final = timedelta(days=30)


def list_candidates(
    session: Session,
    actor: Actor,
    *,
    owner_ids: Collection[uuid.UUID],
    until: date,
    now: datetime,
    near: tuple[float, float] | None,
    ranks: Sequence[str],
) -> Sequence[Any]:
    """Return rows of ``COLUMNS`` of the owners' accounts with a point that may be worth a visit by ``until``.

    Promised, due, and (half of their cadence over, or never seen) near a place: each kind the most
    pressing first and no more than so many. One query.
    """
    mine = (*_seen(actor), Account.owner_id.in_(owner_ids), Account.qk.is_not(None))
    promised = (
        select(*COLUMNS)
        .where(*mine, Account.next_action_on <= until + timedelta(days=PROMISED_SOON_DAYS))
        .order_by(Account.next_action_on, Account.id)
        .limit(MOST_PROMISED)
    )
    due = (
        select(*COLUMNS)
        .where(*mine, Account.due_on <= until)
        .order_by(_place_of(ranks), Account.due_on, Account.id)
        .limit(MOST_DUE)
    )
    other = select(*COLUMNS).where(*mine, _is_half_due(until, now)).order_by(*_nearest(near))
    # One after the other, and nothing joined: of an organisation that has just come the planner would take
    # any way of looking ids up for a way of looking up one.
    parts = (each.subquery().select() for each in (promised, due, other.limit(MOST_NEAR)))
    found = {row.id: row for row in session.execute(union_all(*parts))}
    return [found[account_id] for account_id in sorted(found)]


def list_chosen(session: Session, actor: Actor, ids: Collection[uuid.UUID]) -> Sequence[Any]:
    """Return rows of ``COLUMNS`` of those of the accounts that the actor may see, with or without a point."""
    if not ids:
        return []
    query = select(*COLUMNS).where(*_seen(actor), Account.id.in_(ids))
    return session.execute(query.order_by(Account.id)).all()


def list_around(
    session: Session,
    actor: Actor,
    *,
    owner_id: uuid.UUID,
    point: tuple[float, float],
    limit: int,
    but: Collection[uuid.UUID],
) -> Sequence[Any]:
    """Return rows of ``COLUMNS`` of the owner's accounts nearest to a point, without some."""
    query = select(*COLUMNS).where(*_seen(actor), Account.owner_id == owner_id, Account.qk.is_not(None))
    if but:
        query = query.where(Account.id.not_in(but))
    return session.execute(query.order_by(*_nearest(point)).limit(limit)).all()


def learned_minutes(
    session: Session, actor: Actor, ids: Collection[uuid.UUID], *, now: datetime
) -> Mapping[uuid.UUID, int]:
    """Return the median minutes of the visits at each of the accounts that was visited often enough."""
    if not ids:
        return {}
    query = (
        select(Activity.account_id, _median())
        .where(*_timed_visits(actor, now), Activity.account_id.in_(ids))
        .group_by(Activity.account_id)
        .having(func.count() >= FEW_VISITS)
    )
    return {row[0]: round(row[1]) for row in session.execute(query)}


def learned_minutes_by_rank(
    session: Session, actor: Actor, user_ids: Collection[uuid.UUID], *, now: datetime
) -> Mapping[str, int]:
    """Return the median minutes of these people's visits by rank of the account, where there are enough."""
    is_at = (Account.org_id == Activity.org_id) & (Account.id == Activity.account_id)
    query = (
        select(Account.rank, _median())
        .join(Account, is_at)
        .where(*_timed_visits(actor, now), Activity.user_id.in_(user_ids), Account.rank.is_not(None))
        .group_by(Account.rank)
        .having(func.count() >= 2 * FEW_VISITS)
    )
    return {str(row[0]): round(row[1]) for row in session.execute(query)}


def find_day_plan(session: Session, actor: Actor, day: date, *, is_locking: bool = False) -> DayPlan | None:
    """Return the plan that the actor accepted for a day, or None."""
    query = select(DayPlan).where(
        DayPlan.org_id == actor.org_id,
        DayPlan.user_id == actor.user_id,
        DayPlan.day == day,
        DayPlan.accepted_at.is_not(None),
    )
    if is_locking:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).one_or_none()


def list_day_plans(session: Session, actor: Actor, days: Collection[date]) -> dict[date, DayPlan]:
    """Return the plans that the actor accepted for some days."""
    query = select(DayPlan).where(
        DayPlan.org_id == actor.org_id,
        DayPlan.user_id == actor.user_id,
        DayPlan.day.in_(days),
        DayPlan.accepted_at.is_not(None),
    )
    return {plan.day: plan for plan in session.scalars(query)}


def _seen(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return (Account.org_id == actor.org_id, Account.deleted_at.is_(None), scope_filter(actor))


def _is_half_due(until: date, now: datetime) -> ColumnElement[bool]:
    """Half of the cadence is over; without one, not seen for a month; or never seen at all."""
    by_cadence = and_(Account.due_on.is_not(None), Account.due_on - Account.cadence_days // 2 <= until)
    unseen = and_(Account.due_on.is_(None), Account.last_visit_at < now - NOT_SEEN_FOR)
    return or_(Account.last_visit_at.is_(None), by_cadence, unseen)


def _place_of(ranks: Sequence[str]) -> ColumnElement[int]:
    """Return the SQL of a rank's place, the best first; those without one last."""
    if not ranks:
        return case((false(), 0), else_=1)
    return func.coalesce(func.array_position(array(list(ranks)), Account.rank), len(ranks) + 1)


def _nearest(point: tuple[float, float] | None) -> tuple[Any, ...]:
    """Return the order: the nearest first, as the map's projection has it, else the likeliest order."""
    if point is None:
        return Account.win_prob.desc().nulls_last(), Account.id
    place = geo.mercator_place(*geo.web_mercator(*point))
    return Account.geom_3857.op("<->")(place), Account.id


def _timed_visits(actor: Actor, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Activity.org_id == actor.org_id,
        Activity.channel == "visit",
        Activity.deleted_at.is_(None),
        Activity.duration_min > 0,
        Activity.occurred_at >= now - LEARNED_FROM,
    )


def _median() -> ColumnElement[float]:
    return func.percentile_cont(0.5).within_group(Activity.duration_min)
