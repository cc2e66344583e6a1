"""What a visit is worth, 0 to 100: a product of a few shares that people can follow. Pure.

Each factor says how good the account is in one respect (0 to 100 %), its weight how much a lack of it takes
away at the most: with a weight of 60 % a factor of 0 leaves 40 % of the value, a weight of 0 leaves it alone.
Whole numbers only, so that the phone counts the same (tests/cases/values.json). docs/adr tells why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

WIN, RANK, DUE, PROMISE = "win", "rank", "due", "promise"
FACTORS: Final = (WIN, RANK, DUE, PROMISE)
"""In the order in which people read them. Another respect is one more name here and one more function."""
DEFAULT_WEIGHTS: Final[Mapping[str, int]] = {WIN: 50, RANK: 60, DUE: 70, PROMISE: 50}

UNKNOWN: Final = 50
"""Where nobody has said: neither for it nor against it."""
LAST_RANK: Final = 25
USUAL_CADENCE_DAYS: Final = 90
"""What an account without a cadence is measured by."""
JUST_SEEN: Final = 5
JUST_DUE: Final = 60
NO_PROMISE: Final = 0
PROMISED_SOON_DAYS: Final = 7

_WHOLE: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of an account; ``visited_on`` and ``created_on`` are days of the organisation."""

    win_prob: int | None = None
    rank: str | None = None
    cadence_days: int | None = None
    due_on: date | None = None
    visited_on: date | None = None
    created_on: date
    promised_on: date | None = None
    promise: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One factor: how good (0 to 100), how much it counts (0 to 100), and the numbers it is told with."""

    factor: str
    share: int
    weight: int
    told: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Value:
    """The value and what it is made of."""

    value: int
    parts: Sequence[Part]


def value_of(facts: Facts, *, on: date, ranks: Sequence[str], weights: Mapping[str, int]) -> Value:
    """Return what a visit by the day ``on`` is worth to an organisation with these ranks and weights."""
    parts = (
        _part(WIN, weights, _win_share(facts), {"win_prob": facts.win_prob}),
        _part(RANK, weights, _rank_share(facts.rank, ranks), {"rank": facts.rank}),
        _part(DUE, weights, _due_share(facts, on), _due_told(facts, on)),
        _part(
            PROMISE,
            weights,
            _promise_share(facts.promised_on, on),
            {"promised_on": facts.promised_on, "promise": facts.promise},
        ),
    )
    return Value(_product(parts), parts)


def _part(factor: str, weights: Mapping[str, int], share: int, told: Mapping[str, object]) -> Part:
    return Part(factor, share, weights.get(factor, DEFAULT_WEIGHTS[factor]), told)


def _product(parts: Sequence[Part]) -> int:
    """Return the product in whole per cent; rounded after each factor, as the phone does it."""
    kept = _WHOLE
    for part in parts:
        kept = (kept * (_WHOLE - part.weight * (100 - part.share)) + _WHOLE // 2) // _WHOLE
    return (kept + 50) // 100


def _win_share(facts: Facts) -> int:
    return UNKNOWN if facts.win_prob is None else min(max(facts.win_prob, 0), 100)


def _rank_share(rank: str | None, ranks: Sequence[str]) -> int:
    """The best rank is the whole, the last a quarter, the others evenly between."""
    if rank is None or rank not in ranks:
        return UNKNOWN
    return 100 if len(ranks) == 1 else 100 - (100 - LAST_RANK) * ranks.index(rank) // (len(ranks) - 1)


def _due_share(facts: Facts, on: date) -> int:
    """From hardly anything just after a visit over 60 % on the day it is due to the whole a cadence later."""
    cadence, elapsed = _cadence_and_elapsed(facts, on)
    if facts.visited_on is None and facts.due_on is None:
        elapsed = max(elapsed, cadence)  # Who was never seen need not be entered long ago to be worth it.
    elapsed = min(max(elapsed, 0), 2 * cadence)
    if elapsed <= cadence:
        return JUST_SEEN + (JUST_DUE - JUST_SEEN) * elapsed // cadence
    return JUST_DUE + (100 - JUST_DUE) * (elapsed - cadence) // cadence


def _cadence_and_elapsed(facts: Facts, on: date) -> tuple[int, int]:
    if facts.due_on is not None and facts.cadence_days:
        return facts.cadence_days, facts.cadence_days + (on - facts.due_on).days
    cadence = facts.cadence_days or USUAL_CADENCE_DAYS
    return cadence, (on - (facts.visited_on or facts.created_on)).days


def _due_told(facts: Facts, on: date) -> Mapping[str, object]:
    return {
        "due_on": facts.due_on,
        "overdue_days": None if facts.due_on is None else max((on - facts.due_on).days, 0),
        "visited_on": facts.visited_on,
    }


def _promise_share(promised_on: date | None, on: date) -> int:
    """What was promised by the day is the whole; for the week after it, less with every day."""
    if promised_on is None:
        return NO_PROMISE
    early = (promised_on - on).days
    if early <= 0:
        return 100
    return max(100 - 100 * early // (PROMISED_SOON_DAYS + 1), NO_PROMISE)
