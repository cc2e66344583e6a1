"""The last touch on orders: drop what is not worth its detour, take in what fits, exchange where it pays.

Afterwards no single stop could be taken out, put in, or put in instead of others, and the plan be better:
that is what makes the reasons in ``reasons`` true.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from heapq import heappop, heappush

import numpy as np

from fieldcrm.planning.numbered import NEVER, Ints, Model
from fieldcrm.planning.timeline import Timeline

Orders = list[list[int]]
MUST_WORTH = 1 << 36
"""More than all optional stops together."""
SETS_A_DAY = 400
"""How many ways of making room on a day are looked at."""


def standing(model: Model, orders: Orders) -> int:
    """Return how good the orders are, in seconds of driving: musts, then worth less driving."""
    total = 0
    for day, order in enumerate(orders):
        total -= model.driving_s(day, order)
        for stop in order:
            total += worth(model, stop)
    return total


def worth(model: Model, stop: int) -> int:
    """Return what the stop is worth in seconds of driving; a must more than all that are none."""
    return model.worth[stop] + (MUST_WORTH if model.is_must[stop] else 0)


def unplanned(model: Model, orders: Orders) -> list[int]:
    """Return the stops that are on no day."""
    planned = {stop for order in orders for stop in order}
    return [stop for stop in range(len(model.stops)) if stop not in planned]


def settle(model: Model, orders: Orders, *, deadline: float) -> tuple[Orders, bool]:
    """Return settled orders, no worse than these, and whether there was time to look at all exchanges."""
    orders = [list(order) for order in orders]
    while True:
        prune(model, orders)
        take_in(model, orders)
        if _make_room_for_musts(model, orders):
            continue
        if time.monotonic() > deadline:
            return orders, False
        if not _exchange(model, orders):
            return orders, True


def prune(model: Model, orders: Orders) -> None:
    """Take out, worst first, each stop that costs more driving than it is worth."""
    for day, order in enumerate(orders):
        while order:
            driving = model.driving_s(day, order)
            shorter = [order[:at] + order[at + 1 :] for at in range(len(order))]
            gains = [
                driving - model.driving_s(day, rest) - worth(model, stop)
                for stop, rest in zip(order, shorter, strict=True)
            ]
            at = gains.index(max(gains))
            if gains[at] <= 0 or not Timeline(model, day, shorter[at]).is_kept:
                break
            del order[at]


def take_in(model: Model, orders: Orders) -> None:
    """Put in, best first, each stop that fits and is worth its detour."""
    left = np.array(unplanned(model, orders), dtype=np.int64)
    worths = np.array([worth(model, int(stop)) for stop in left], dtype=np.int64)
    days = range(len(orders))
    costs = {day: Timeline(model, day, orders[day]).detours(left) for day in days}
    while len(left):
        gains = np.array([worths - costs[day][0] for day in days])
        day, best = divmod(int(gains.argmax()), len(left))
        if gains[day, best] <= 0:
            return
        orders[day].insert(int(costs[day][1][best]), int(left[best]))
        keep = np.arange(len(left)) != best
        left, worths = left[keep], worths[keep]
        costs = {other: (costs[other][0][keep], costs[other][1][keep]) for other in days}
        costs[day] = Timeline(model, day, orders[day]).detours(left)


def leaving_sets(model: Model, order: list[int]) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Yield sets of optional stops of the order with their worth, least first; the last has all of them."""
    optional = sorted((stop for stop in order if not model.is_must[stop]), key=lambda stop: model.worth[stop])
    if not optional:
        return
    heap: list[tuple[int, tuple[int, ...]]] = [(model.worth[optional[0]], (0,))]
    for _ in range(SETS_A_DAY):
        if not heap:
            return
        total, chosen = heappop(heap)
        yield total, tuple(optional[at] for at in chosen)
        last = chosen[-1] + 1
        if last < len(optional):
            more = model.worth[optional[last]]
            heappush(heap, (total + more, (*chosen, last)))
            heappush(heap, (total + more - model.worth[optional[last - 1]], (*chosen[:-1], last)))
    yield sum(model.worth[stop] for stop in optional), tuple(optional)


def _make_room_for_musts(model: Model, orders: Orders) -> bool:
    """Put in a must for which all optional stops of a day have to leave, those that fit coming back."""
    for stop in unplanned(model, orders):
        if not model.is_must[stop]:
            continue
        for day, order in enumerate(orders):
            musts = [one for one in order if model.is_must[one]]
            cost, at = Timeline(model, day, musts).detours(np.array([stop], dtype=np.int64))
            if cost[0] < NEVER:
                musts.insert(int(at[0]), stop)
                orders[day] = musts
                return True
    return False


def _exchange(model: Model, orders: Orders) -> bool:
    """Make the best exchange of one stop for others of one day, if any pays."""
    left = np.array([one for one in unplanned(model, orders) if not model.is_must[one]], dtype=np.int64)
    best: tuple[int, Callable[[], None]] | None = None
    if not len(left):
        return False
    most = int(model.worths[left].max())
    for day, order in enumerate(orders):
        driving = model.driving_s(day, order)
        for lost, leaving in leaving_sets(model, order):
            rest = [stop for stop in order if stop not in leaving]
            saved = driving - model.driving_s(day, rest)
            if most - lost + saved <= 0:
                if lost > most + driving:
                    break
                continue
            gain, stop, at = _best_entry(model, day, rest, left)
            gain += saved - lost
            if gain > 0 and (best is None or gain > best[0]):
                best = gain, _entry(orders, day, [*rest[:at], stop, *rest[at:]])
    if best is not None:
        best[1]()
    return best is not None


def _best_entry(model: Model, day: int, order: list[int], stops: Ints) -> tuple[int, int, int]:
    """Return the gain of the stop that is best put into the order, the stop, and its place."""
    line = Timeline(model, day, order)
    if not line.is_kept:
        return -NEVER, 0, 0
    cost, at = line.detours(stops)
    gains = model.worths[stops] - cost
    best = int(gains.argmax())
    return int(gains[best]), int(stops[best]), int(at[best])


def _entry(orders: Orders, day: int, order: list[int]) -> Callable[[], None]:
    def enter() -> None:
        orders[day] = order

    return enter
