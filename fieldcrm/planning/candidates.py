"""Whom a plan considers: each account with its value, how long a visit takes, and the best of them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

from sqlalchemy.orm import Session

from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.planning import queries
from fieldcrm.planning.opening import Hours
from fieldcrm.planning.org_settings import Ruling
from fieldcrm.planning.value import Facts, Value, value_of
from fieldcrm.travel.rules import estimate

MOST: Final = 60
MOST_OF_DAYS: Final = 150
"""How many are planned with: what a day, and what several days, can be planned with in a second or two."""
SHORTEST_MIN: Final = 5
LONGEST_MIN: Final = 480
_HOUR_S: Final = 3600

Learned = Literal["account", "rank", "usual"]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An account that might be visited: ``minutes`` are the visit's, ``minutes_from`` says who knew them.

    ``usual`` is what the organisation set, for the rank or for all; ``rank`` and ``account`` were learned.
    """

    id: uuid.UUID
    name: str
    point: Point | None
    hours: Hours | None
    worth: Value
    minutes: int
    minutes_from: Learned
    visited_on: date | None

    @property
    def service_s(self) -> int:
        """Return how long the visit takes."""
        return self.minutes * 60


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is planned with, and how many more there were to choose from."""

    candidates: Sequence[Candidate]
    available: int


@dataclass(frozen=True, slots=True)
class Known:
    """How long visits take: as the organisation set it, as learned from accounts, as learned from ranks."""

    ruling: Ruling
    by_account: Mapping[uuid.UUID, int]
    by_rank: Mapping[str, int]

    def minutes_for(self, account_id: uuid.UUID, rank: str | None) -> tuple[int, Learned]:
        """Return how long a visit takes, and who knew: the account itself, the organisation, the rank."""
        if account_id in self.by_account:
            return _within(self.by_account[account_id]), "account"
        if rank is not None and rank in self.ruling.minutes_by_rank:
            return self.ruling.minutes_by_rank[rank], "usual"
        if rank is not None and rank in self.by_rank:
            return _within(self.by_rank[rank]), "rank"
        return self.ruling.visit_min, "usual"


def choose(
    session: Session,
    actor: Actor,
    rows: Sequence[Any],
    *,
    ruling: Ruling,
    on: date,
    user_ids: Collection[uuid.UUID],
    anchors: Sequence[Point],
    kept_ids: Collection[uuid.UUID],
    most: int,
    now: datetime,
) -> Chosen:
    """Return the best of the rows: by value, less for what lies far from every anchor; ``kept_ids`` always.

    An hour's way there halves what an account weighs, so that a day is not filled with the far ends of a
    territory. Two queries.
    """
    valued = [(row, worth_of(row, ruling, on=on, timezone=actor.timezone)) for row in rows]
    kept = [each for each in valued if each[0].id in kept_ids]
    others = [each for each in valued if each[0].id not in kept_ids]
    others.sort(key=lambda each: (-_weight(each[1].value, _point(each[0]), anchors), each[0].id))
    best = [*kept, *others[: max(most - len(kept), 0)]]
    by_account = queries.learned_minutes(session, actor, [row.id for row, _ in best], now=now)
    by_rank = queries.learned_minutes_by_rank(session, actor, user_ids, now=now)
    known = Known(ruling, by_account, by_rank)
    made = [_candidate(row, worth, known, actor.timezone) for row, worth in best]
    return Chosen(sorted(made, key=lambda each: each.id), len(valued))


def facts_of(row: Any, timezone: str) -> Facts:
    """Return what is known of a row of ``queries.COLUMNS``, in days of the organisation."""
    return Facts(
        win_prob=row.win_prob,
        rank=row.rank,
        cadence_days=row.cadence_days,
        due_on=row.due_on,
        visited_on=_local(row.last_visit_at, timezone),
        created_on=clock.local_date(row.created_at, timezone),
        promised_on=row.next_action_on,
        promise=row.next_action,
    )


def worth_of(row: Any, ruling: Ruling, *, on: date, timezone: str) -> Value:
    """Return what a visit at the account of a row of ``queries.COLUMNS`` is worth by a day."""
    return value_of(facts_of(row, timezone), on=on, ranks=ruling.ranks, weights=ruling.weights)


def _candidate(row: Any, worth: Value, known: Known, timezone: str) -> Candidate:
    minutes, known_from = known.minutes_for(row.id, row.rank)
    return Candidate(
        id=row.id,
        name=row.name,
        point=_point(row),
        hours=row.opening_hours,
        worth=worth,
        minutes=minutes,
        minutes_from=known_from,
        visited_on=_local(row.last_visit_at, timezone),
    )


def _weight(value: int, point: Point | None, anchors: Iterable[Point]) -> float:
    ways = [estimate(anchor, point).duration_s for anchor in anchors] if point is not None else []
    return value * _HOUR_S / (_HOUR_S + min(ways, default=0))


def _point(row: Any) -> Point | None:
    return None if row.lon is None or row.lat is None else (row.lon, row.lat)


def _local(at: datetime | None, timezone: str) -> date | None:
    return None if at is None else clock.local_date(at, timezone)


def _within(minutes: int) -> int:
    """Round what was learned up to five minutes, within reason."""
    return min(max(-(-minutes // 5) * 5, SHORTEST_MIN), LONGEST_MIN)
