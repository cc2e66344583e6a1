"""Use cases of territories: coverage as one person sees it. The room's public face."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from flask import Flask, current_app
from sqlalchemy import FromClause
from sqlalchemy.orm import Session

from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import read_clock
from fieldcrm.geocoding import service as geocoding
from fieldcrm.territories.queries import Asked, Key, count_coverage
from fieldcrm.territories.rules import Counts, total

_VISITS: Final = "territories.visits"
_FORMAT: Final = 1
"""Raised when what coverage answers changes, so that no phone keeps an old one."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Coverage over a period; the rows with the most accounts first, those of nobody and nowhere last."""

    as_of: datetime
    today: date
    since: date
    days: int
    by_owner: dict[uuid.UUID | None, Counts]
    by_municipality: dict[str | None, Counts]

    @property
    def total(self) -> Counts:
        """Return the counts of all accounts."""
        return total(self.by_owner.values())


def use_visits(app: Flask, visits: FromClause) -> None:
    """Say where visits are found (org_id, account_id, occurred_at): their room lies above this one."""
    app.extensions[_VISITS] = visits


def visit_moments() -> FromClause:
    """Return the visits that the app was given."""
    found: FromClause = current_app.extensions[_VISITS]
    return found


def asked_by(
    actor: Actor, *, days: int, owner: uuid.UUID | str | None = None, rank: str | None = None
) -> Asked:
    """Return what is counted for ``actor`` today."""
    today = clock.local_date(clock.now(), actor.timezone)
    since = clock.start_of_day(today - timedelta(days=days), actor.timezone)
    return Asked(actor, today, since, owner, rank)


def count(
    session: Session,
    actor: Actor,
    *,
    days: int,
    owner: uuid.UUID | str | None = None,
    rank: str | None = None,
) -> Coverage:
    """Return the coverage of the accounts that ``actor`` sees (of one owner or rank), over so many days."""
    as_of, asked = clock.now(), asked_by(actor, days=days, owner=owner, rank=rank)
    by_owner, by_municipality = count_coverage(session, asked, visit_moments())
    return Coverage(
        as_of,
        asked.today,
        asked.today - timedelta(days=days),
        days,
        _in_order(by_owner),
        _in_order(by_municipality),
    )


def get_freshness(
    session: Session,
    actor: Actor,
    *,
    days: int,
    owner: uuid.UUID | str | None = None,
    rank: str | None = None,
) -> str:
    """Return a tag that changes with the organisation's data, the day, and what is asked for."""
    today = asked_by(actor, days=days).today
    seen = (actor.role.value, str(actor.user_id), sorted(map(str, actor.team_ids)))
    digest = hashlib.sha256(f"{_FORMAT} {actor.org_id} {seen} {days} {owner} {rank!r} {today}".encode())
    return f"{read_clock(session, actor.org_id)}-{digest.hexdigest()[:16]}"


def coverage_json(found: Coverage) -> dict[str, Any]:
    """Return coverage as CoverageOut has it."""
    return {
        "as_of": clock.iso(found.as_of),
        "today": str(found.today),
        "since": str(found.since),
        "days": found.days,
        "total": counts_json(found.total),
        "owners": [
            {"owner_id": None if owner_id is None else str(owner_id), **counts_json(counts)}
            for owner_id, counts in found.by_owner.items()
        ],
        "municipalities": [
            {**municipality_json(code), **counts_json(counts)}
            for code, counts in found.by_municipality.items()
        ],
    }


def counts_json(counts: Counts) -> dict[str, Any]:
    """Return the numbers as CoverageCounts has them."""
    return {**asdict(counts), "share": counts.share}


def municipality_json(code: str | None) -> dict[str, Any]:
    """Return what a municipality is called and where it is; a code that is no longer known has no name."""
    known = None if code is None else geocoding.municipalities().find(code)
    return {
        "code": code,
        "name": known and known.name,
        "prefecture": known and known.prefecture,
        "lon": known and known.lon,
        "lat": known and known.lat,
    }


def _in_order(rows: dict[Key, Counts]) -> dict[Any, Counts]:
    return dict(sorted(rows.items(), key=lambda row: (row[0] is None, -row[1].accounts, str(row[0]))))
