"""Attempts are counted in the database, so that every worker of every web server sees the same.

Each is counted before it is looked at and taken off again when it was right: who sends many at once
gets no more than who sends them one by one. What is counted, and how long who fails must wait, is in
``rules.LIMITS``. Nobody locks out another: a browser one has signed in with before is counted by itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from flask import current_app
from sqlalchemy import Row, case, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from fieldcrm.core import clock
from fieldcrm.core.actor import system_actor
from fieldcrm.core.db import transaction
from fieldcrm.core.errors import TooManyRequests
from fieldcrm.identity.models import SignInAttempts
from fieldcrm.identity.rules import FORGET_AFTER, LIMITS, Counted, Purpose, keyed_hash, left_s, network_of

NOBODY: Final = 0
"""The organisation of what is counted before any is known."""

KEPT_FOR: Final = timedelta(days=1)


class Throttled(TooManyRequests):
    """Too many failures in a row; ``seconds`` says how long to wait. ``is_first`` of this wait."""

    code = "sign_in_throttled"

    def __init__(self, *, seconds: int, is_first: bool) -> None:
        super().__init__(seconds=seconds)
        self.is_first = is_first


@dataclass(frozen=True)
class Attempt:
    """An attempt that was let through: what it is counted under."""

    keys: Mapping[str, Counted]


def admit(purpose: Purpose, *, email: str, address: str, device: str | None = None) -> Attempt:
    """Count an attempt and let it through, or raise Throttled without counting it."""
    limits = LIMITS[purpose]
    counted = {
        _key(purpose, kind, _what(kind, email=email, address=address, device=device)): kind
        for kind in limits
        if (kind is Counted.DEVICE) == (device is not None)
    }
    moment = clock.now()
    with transaction(system_actor(NOBODY)) as session:
        rows = _locked(session, counted, at=moment)
        waits = [_left_s(row, free=limits[counted[row.key]], at=moment) for row in rows]
        longest_s, is_first = max(waits, default=0.0), not any(row.is_refused for row in rows)
        _write_down(session, counted, at=moment, is_refused=longest_s > 0)
    if longest_s > 0:
        raise Throttled(seconds=math.ceil(longest_s), is_first=is_first)
    return Attempt(counted)


def forgive(attempt: Attempt) -> None:
    """It was right: forget the failures of this person here, take this one off the wider counts."""
    own = [key for key, kind in attempt.keys.items() if kind in (Counted.PAIR, Counted.DEVICE)]
    wider = [key for key in attempt.keys if key not in own]
    with transaction(system_actor(NOBODY)) as session:
        _locked(session, attempt.keys, at=clock.now())
        mine = SignInAttempts.org_id == NOBODY
        session.execute(delete(SignInAttempts).where(mine, SignInAttempts.key.in_(own)))
        session.execute(
            update(SignInAttempts)
            .where(mine, SignInAttempts.key.in_(wider), SignInAttempts.failures > 0)
            .values(failures=SignInAttempts.failures - 1)
        )


def forget_old(session: Session) -> int:
    """Remove counts that no longer slow anybody down; return how many."""
    done = session.execute(
        delete(SignInAttempts)
        .where(SignInAttempts.org_id == NOBODY, SignInAttempts.last_at < clock.now() - KEPT_FOR)
        .returning(SignInAttempts.key)
    )
    return len(done.all())


def _locked(
    session: Session, keys: Iterable[str], *, at: datetime
) -> Sequence[Row[str, int, datetime, bool]]:
    """Return the counts under ``keys``, locked in one order so that two attempts cannot embrace."""
    ordered = sorted(keys)
    fresh = [
        {"org_id": NOBODY, "key": key, "failures": 0, "last_at": at, "is_refused": False} for key in ordered
    ]
    session.execute(insert(SignInAttempts).values(fresh).on_conflict_do_nothing())
    count = SignInAttempts
    found = select(count.key, count.failures, count.last_at, count.is_refused)
    mine = (count.org_id == NOBODY, count.key.in_(ordered))
    return session.execute(found.where(*mine).order_by(count.key).with_for_update()).all()


def _left_s(row: Row[str, int, datetime, bool], *, free: int, at: datetime) -> float:
    since = at - row.last_at
    return 0.0 if since > FORGET_AFTER else left_s(row.failures, free=free, since_s=since.total_seconds())


def _write_down(session: Session, keys: Iterable[str], *, at: datetime, is_refused: bool) -> None:
    is_old = SignInAttempts.last_at < at - FORGET_AFTER
    counted = {"failures": case((is_old, 1), else_=SignInAttempts.failures + 1), "last_at": at}
    session.execute(
        update(SignInAttempts)
        .where(SignInAttempts.org_id == NOBODY, SignInAttempts.key.in_(sorted(keys)))
        .values({"is_refused": is_refused, **({} if is_refused else counted)})
        .execution_options(synchronize_session=False)
    )


def _what(kind: Counted, *, email: str, address: str, device: str | None) -> str:
    network = network_of(address)
    parts = {
        Counted.PAIR: (email, network),
        Counted.NETWORK: (network,),
        Counted.ACCOUNT: (email,),
        Counted.DEVICE: (email, device or ""),
    }
    return "\n".join(parts[kind])


def _key(purpose: Purpose, kind: Counted, what: str) -> str:
    """Return the name of a count; who reads the table learns neither addresses nor people."""
    return keyed_hash(current_app.config["SECRET_KEY"], f"{purpose}.{kind}", what)
