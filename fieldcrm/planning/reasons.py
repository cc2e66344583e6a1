"""Why a stop was left out, read off the finished orders: what adding it back would break, or cost."""

from __future__ import annotations

from typing import Any

import numpy as np

from fieldcrm.planning.numbered import NEVER, Ints, Model
from fieldcrm.planning.plan import Dropped, Reason
from fieldcrm.planning.problem import DAY_S, Day, Stop
from fieldcrm.planning.settling import Orders, leaving_sets
from fieldcrm.planning.timeline import Timeline


def dropped(model: Model, orders: Orders) -> tuple[Dropped, ...]:
    """Return all stops that the settled orders leave out, each with its reason, most valuable first."""
    planned = {model.stops[stop].id for order in orders for stop in order}
    left = [stop for stop in model.problem.stops if stop.id not in planned]
    numbers = {stop.id: no for no, stop in enumerate(model.stops)}
    found = {stop.id: reason for stop in left if (reason := _even_alone(model, stop, numbers.get(stop.id)))}
    found |= _among_others(model, orders, [numbers[stop.id] for stop in left if stop.id not in found])
    left.sort(key=lambda stop: (not stop.is_must, -stop.value, stop.id))
    return tuple(Dropped(stop.id, found[stop.id]) for stop in left)


def _even_alone(model: Model, stop: Stop, number: int | None) -> Reason | None:
    """Return why no day could take the stop even if there were no other and no break; None if one could."""
    if stop.point is None:
        return Reason("no_position")
    days = [day for day in model.days_in_order if _is_open_on(stop, day)]
    if not days:
        return Reason("closed")
    if number is not None and _days_alone(model, number):
        return None
    ways = [(_there_and_back_s(model, stop, day), _driving_limit_s(stop, day)) for day in days]
    if all(way > limit for way, limit in ways):
        way, limit = min(ways, key=lambda pair: pair[0] - pair[1])
        return Reason("too_far", {"drive_s": way, "limit_s": limit})
    least, opens, closes = min(_missed(model, stop, day) for day in days)
    # Else it is the breaks that leave no time for it.
    return Reason("too_early_late", {"opens": opens, "closes": closes}) if least > 0 else None


def _is_open_on(stop: Stop, day: Day) -> bool:
    if stop.rep is not None and stop.rep != day.rep:
        return False
    first, last = day.shift[0] // DAY_S * DAY_S, (day.shift[1] // DAY_S + 1) * DAY_S
    return any(opens < last and closes >= first for opens, closes in stop.windows)


def _there_and_back_s(model: Model, stop: Stop, day: Day) -> int:
    to, back = _ways(model, stop, day)
    return to + back


def _ways(model: Model, stop: Stop, day: Day) -> tuple[int, int]:
    point = model.anywhere if stop.point is None else stop.point
    start = model.anywhere if day.start is None else day.start
    end = model.anywhere if day.end is None else day.end
    return model.way[start][point], model.way[point][end]


def _driving_limit_s(stop: Stop, day: Day) -> int:
    shift_s = day.shift[1] - day.shift[0] - stop.service_s
    return shift_s if day.max_driving_s is None else min(shift_s, day.max_driving_s)


def _missed(model: Model, stop: Stop, day: Day) -> tuple[int, int, int]:
    """Return by how much the day misses the stop's nearest window, breaks aside, and that window."""
    to, back = _ways(model, stop, day)
    first, last = day.shift[0] + to, day.shift[1] - back - stop.service_s
    return min((max(first, opens) - min(last, closes), opens, closes) for opens, closes in stop.windows)


def _among_others(model: Model, orders: Orders, left: list[int]) -> dict[str, Reason]:
    """Return the reasons of stops that a day could take if it had no other."""
    found: dict[int, Reason] = {}
    stops = np.array(left, dtype=np.int64)
    musts = [[stop for stop in order if model.is_must[stop]] for order in orders]
    bare = [Timeline(model, day, order) for day, order in enumerate(musts)]
    beside_musts = np.array([line.detours(stops)[0] for line in bare])
    as_it_is = np.array([Timeline(model, day, order).detours(stops)[0] for day, order in enumerate(orders)])
    for at, stop in enumerate(left):
        fits_now = int(as_it_is[:, at].min())
        if model.is_must[stop] and (days := _days_alone(model, stop)):
            others = sorted(model.stops[one].id for day in days for one in musts[day])
            found[stop] = Reason("must_clash", {"with": others})
        elif beside_musts[:, at].min() >= NEVER:
            found[stop] = Reason("no_time", {"over_s": min(line.over_s(stop) for line in bare)})
        elif fits_now < NEVER:
            params = {"detour_s": fits_now, "value": model.stops[stop].value, "instead_of": []}
            found[stop] = Reason("detour", params)
    rest = np.array([stop for stop in left if stop not in found], dtype=np.int64)
    found |= _in_place_of(model, orders, rest)
    return {model.stops[stop].id: reason for stop, reason in found.items()}


def _days_alone(model: Model, stop: int) -> list[int]:
    """Return the days that could take the stop if they had no other."""
    return [day for day in range(len(model.days)) if Timeline(model, day, []).over_s(stop) <= 0]


def _in_place_of(model: Model, orders: Orders, stops: Ints) -> dict[int, Reason]:
    """Return the reasons of stops for which others have to leave: those worth least of a day do."""
    best: dict[int, tuple[int, int, dict[str, Any]]] = {}
    for day, order in enumerate(orders):
        musts = Timeline(model, day, [stop for stop in order if model.is_must[stop]])
        open_here = stops[musts.detours(stops)[0] < NEVER]
        driving = model.driving_s(day, order)
        for lost, leaving in leaving_sets(model, order):
            open_here = np.array(
                [one for one in open_here if one not in best or best[one][0] > lost], dtype=np.int64
            )
            if not len(open_here):
                break
            line = Timeline(model, day, [stop for stop in order if stop not in leaving])
            costs = line.detours(open_here)[0]
            for stop, cost in zip(open_here.tolist(), costs.tolist(), strict=True):
                if cost < NEVER and line.is_kept:
                    detour = line.driving_s + cost - driving
                    best[stop] = lost, day, {"detour_s": detour, "instead_of": leaving}
            open_here = open_here[costs >= NEVER]
    return {stop: _weighed(model, stop, **params) for stop, (_, _, params) in best.items()}


def _weighed(model: Model, stop: int, *, detour_s: int, instead_of: tuple[int, ...]) -> Reason:
    value = model.stops[stop].value
    ids = sorted(model.stops[one].id for one in instead_of)
    more = value - sum(model.stops[one].value for one in instead_of)
    if more <= 0:
        return Reason("lower_value", {"value": value, "instead_of": ids})
    return Reason("detour", {"detour_s": detour_s, "value": more, "instead_of": ids})
