"""The search: VROOM again and again from what it found last, a few stops held back for a moment each time.

How often depends on the problem and the budget alone, so that the same problem gives the same plan; the
deadline is there for machines that are slower than expected.
"""

from __future__ import annotations

import random
import time

from fieldcrm.planning.engine import Engine
from fieldcrm.planning.numbered import Model
from fieldcrm.planning.settling import MUST_WORTH, Orders, standing, unplanned

FIRST_SEARCHES = 6
MANY_DAYS = 7
MANY_DAYS_SEARCHES = (24, 5)
"""Searches and their depth for a team: there the first answer matters more than what comes after it."""
LONGEST_GAP = 5
"""Stops in a row that are held back."""
AFRESH = 0.3
"""How often a whole day is planned afresh, where there are few."""
DAYS_AT_ONCE = 2
LEAST_SHARE = 1 / 8
"""Of the first scale; what is lost even then, `settling` puts in."""
WHIMSICAL = 0.5
"""How often the gap is filled by values that are not quite the true ones."""
TEMPERATURE = 0.02
"""How much worse an answer may be and still be gone on from: a share of the worth, less the more days."""
PATIENCE = 40
"""Rounds without a better answer after which the search goes back to the best."""


def first_orders(model: Model, engine: Engine, *, deadline: float) -> Orders:
    """Return the engine's own answer, optional values halved until they push out no must that could stay."""
    days, stops = range(len(model.days)), range(len(model.stops))
    least = engine.scale * LEAST_SHARE
    searches, depth = MANY_DAYS_SEARCHES if len(days) > MANY_DAYS else (FIRST_SEARCHES, 0)
    best: Orders = [[] for _ in days]
    while True:
        orders = engine.order(days, stops, searches=searches, depth=depth)
        if orders is not None and standing(model, orders) > standing(model, best):
            best = orders
        if engine.scale <= least or time.monotonic() > deadline or not _is_must_lost(model, best):
            return best
        engine.scale /= 2


def improve(
    model: Model, engine: Engine, orders: Orders, *, rounds: int, deadline: float
) -> tuple[Orders, bool]:
    """Return orders at least as good, and whether there was time for all rounds."""
    chance = random.Random(model.problem.seed)  # noqa: S311 - to try things, not to hide any
    now = best = orders
    now_standing = best_standing = standing(model, orders)
    idle = 0
    for _ in range(rounds):
        if time.monotonic() > deadline:
            return best, False
        tried = _round(model, engine, now, chance)
        if tried is None:
            continue
        reached = standing(model, tried)
        idle += 1
        if reached > best_standing:
            best, best_standing, idle = tried, reached, 0
        if idle > PATIENCE:
            now, now_standing, idle = best, best_standing, 0
        elif reached >= now_standing - TEMPERATURE * (best_standing % MUST_WORTH) / len(orders) ** 2:
            now, now_standing = tried, reached
    return best, True


def _round(model: Model, engine: Engine, orders: Orders, chance: random.Random) -> Orders | None:
    """Return other orders: a gap is torn into a day and filled by others, then all may come back."""
    busy = [day for day, order in enumerate(orders) if order]
    if not busy:
        return None
    torn = chance.choice(busy)
    others = [day for day in range(len(orders)) if day != torn]
    days = sorted([torn, *chance.sample(others, min(len(others), DAYS_AT_ONCE - 1))])
    is_afresh = len(orders) <= DAYS_AT_ONCE and chance.random() < AFRESH
    length = len(orders[torn]) if is_afresh else chance.randint(1, LONGEST_GAP)
    at = chance.randrange(len(orders[torn]))
    held = set(orders[torn][at : at + length])
    stops = sorted([*unplanned(model, orders), *(stop for day in days for stop in orders[day])])
    rest = [[stop for stop in orders[day] if stop not in held] for day in days]
    whims = chance if chance.random() < WHIMSICAL else None
    filled = engine.order(days, [stop for stop in stops if stop not in held], warm=rest, whims=whims)
    if filled is None:
        return None
    whole = engine.order(days, stops, warm=filled)
    if whole is None:
        return None
    tried = list(orders)
    for day, order in zip(days, whole, strict=True):
        tried[day] = order
    return tried


def _is_must_lost(model: Model, orders: Orders) -> bool:
    return any(model.is_must[stop] for stop in unplanned(model, orders))
