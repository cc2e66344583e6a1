"""Coverage counted a second time, by pandas over whole tables: nothing of the app's own is used.

Last visits come from the visits themselves, due days from cadence and dates, and who sees what is written
out here once more, as people were told.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from fieldcrm.core.actor import Actor, Role

NUMBERS = ("accounts", "covered", "overdue", "never_visited", "without_cadence", "visited", "visits")
TOKYO = ZoneInfo("Asia/Tokyo")


class Tables:
    """The accounts and visits of an organisation, whole."""

    def __init__(self, session: Session, org_id: int) -> None:
        self.accounts = _read(
            session,
            "select id, owner_id, team_id, prefecture, municipality, municipality_code, cadence_days,"
            " created_at, address, rank from accounts where org_id = :org_id and deleted_at is null",
            org_id,
        )
        self.visits = _read(
            session,
            "select account_id, occurred_at from activities"
            " where org_id = :org_id and channel = 'visit' and deleted_at is null",
            org_id,
        )

    def count(self, actor: Actor, *, days: int, now: datetime, rank: str | None = None) -> pd.DataFrame:
        """Return a row an account (of the rank) that the actor sees: numbers 0 or 1 (visits: how many)."""
        found = self.accounts[self._is_seen(actor)].copy()
        if rank is not None:
            found = found[found["rank"] == rank]
        found["id"] = found["id"].map(str)
        today = pd.Timestamp(now.astimezone(TOKYO).date())
        visits = self.visits.assign(account_id=self.visits["account_id"].map(str))
        visits["day"] = _days(visits["occurred_at"])
        last = found["id"].map(visits.groupby("account_id")["day"].max())
        recent = visits[visits["day"] >= today - pd.Timedelta(days=days)]
        created = _days(found["created_at"])
        cadence = pd.to_timedelta(pd.to_numeric(found["cadence_days"]), unit="D")
        due = last.fillna(created) + cadence
        in_time = last + cadence.fillna(pd.Timedelta(days=days))
        found["accounts"] = 1
        found["covered"] = (in_time >= today).astype(int)
        found["overdue"] = (due < today).astype(int)
        found["never_visited"] = last.isna().astype(int)
        found["without_cadence"] = found["cadence_days"].isna().astype(int)
        found["visits"] = found["id"].map(recent.groupby("account_id").size()).fillna(0).astype(int)
        found["visited"] = (found["visits"] > 0).astype(int)
        return found

    def _is_seen(self, actor: Actor) -> pd.Series:
        owner, team = self.accounts["owner_id"], self.accounts["team_id"]
        if actor.role in (Role.ADMINISTRATOR, Role.BACK_OFFICE):
            return pd.Series(data=True, index=self.accounts.index)
        is_own = owner.map(lambda each: each is not None and each == actor.user_id)
        is_teams = team.map(lambda each: each in actor.team_ids)
        is_nobodys = owner.isna() & team.isna()
        return (is_own | is_teams | is_nobodys).astype(bool)


def sums(rows: pd.DataFrame, by: str) -> dict[Any, tuple[int, ...]]:
    """Return the numbers for each value of a column, None for none."""
    key = rows[by].map(lambda value: "" if pd.isna(value) else str(value))
    table = rows.groupby(key)[list(NUMBERS)].sum()
    rows_of = zip(table.index, table.to_numpy(), strict=True)
    return {value or None: tuple(int(n) for n in row) for value, row in rows_of}


def total(rows: pd.DataFrame) -> tuple[int, ...]:
    """Return the numbers of all rows."""
    return tuple(int(rows[name].sum()) for name in NUMBERS)


def told(rows: list[dict[str, Any]], key: str) -> dict[Any, tuple[int, ...]]:
    """Return what an answer of the API tells, in the same shape."""
    assert len({row[key] for row in rows}) == len(rows)
    return {row[key]: tuple(row[name] for name in NUMBERS) for row in rows}


def _read(session: Session, statement: str, org_id: int) -> pd.DataFrame:
    found = session.execute(text(statement), {"org_id": org_id})
    frame = pd.DataFrame(found.all(), columns=list(found.keys()))
    for name in ("owner_id", "team_id"):
        if name in frame:
            values: list[uuid.UUID | None] = list(frame[name])
            frame[name] = pd.Series(values, dtype=object)
    return frame


def _days(moments: pd.Series) -> pd.Series:
    at = pd.to_datetime(moments, utc=True).dt.tz_convert("Asia/Tokyo")
    return at.dt.tz_localize(None).dt.normalize()
