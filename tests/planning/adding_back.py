"""Adds a dropped stop back to a finished plan, by trying everything: slow, simple, none of the solver's code.

`untruths` says in words what is not so about the reasons of a plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, combinations_with_replacement, pairwise

from fieldcrm.planning.plan import Dropped, Plan
from fieldcrm.planning.problem import Break, Day, Problem, Stop

DATE_S = 86_400
Orders = dict[str, list[str]]


def untruths(problem: Problem, plan: Plan) -> list[str]:
    """Return what the reasons claim and is not so."""
    orders = {day.id: [stop.id for stop in day.stops] for day in plan.days}
    return [
        f"{one.id} {one.reason}: {fault}" for one in plan.dropped for fault in _wrong(problem, orders, one)
    ]


def _wrong(problem: Problem, orders: Orders, one: Dropped) -> Iterator[str]:
    stop = next(stop for stop in problem.stops if stop.id == one.id)
    code, params = one.reason.code, one.reason.params
    days = {day.id: day for day in problem.days if stop.rep in (None, day.rep)}
    open_days = [day for day in days.values() if stop.point is not None and _is_open(stop, day)]
    fits_alone = any(is_kept(problem, day, [stop.id]) for day in open_days)
    musts = {day: [it for it in order if _stop(problem, it).is_must] for day, order in orders.items()}
    beside_musts = (
        any(_entries(problem, days[day], musts[day], stop.id) for day in days) if fits_alone else False
    )
    expected = {
        "no_position": stop.point is None,
        "closed": stop.point is not None and not open_days,
        "too_far": bool(open_days) and not any(_is_in_reach(problem, stop, day) for day in open_days),
        "too_early_late": bool(open_days)
        and not fits_alone
        and (params.get("opens"), params.get("closes")) in stop.windows,
        "must_clash": stop.is_must and fits_alone and not beside_musts,
        "no_time": bool(open_days)
        and not beside_musts
        and _fits_later(problem, musts, stop, params.get("over_s", 0)),
        "lower_value": not stop.is_must and beside_musts,
        "detour": not stop.is_must and beside_musts,
    }
    if not expected[code]:
        yield "is not so"
    if code in ("lower_value", "detour"):
        yield from _instead(problem, orders, stop, one)
    if code == "must_clash" and not set(params["with"]) <= {it for order in musts.values() for it in order}:
        yield "clashes with what is no must of the plan"


def _instead(problem: Problem, orders: Orders, stop: Stop, one: Dropped) -> Iterator[str]:
    leaving = set(one.reason.params["instead_of"])
    values = sum(_stop(problem, it).value for it in leaving)
    rate = problem.drive_s_per_value
    days = [day for day in problem.days if stop.rep in (None, day.rep)]
    costs = []
    for day in days:
        order = orders[day.id]
        optional = [it for it in order if not _stop(problem, it).is_must]
        before = driving(problem, day, order)
        for out in (set(out) for size in range(len(optional) + 1) for out in combinations(optional, size)):
            rest = [it for it in order if it not in out]
            for entered in _entries(problem, day, rest, stop.id):
                lost = sum(_stop(problem, it).value for it in out)
                more = driving(problem, day, entered) - before
                if rate * (stop.value - lost) > more:
                    yield f"the plan would be better with it instead of {sorted(out)}"
                if out == leaving:
                    costs.append(more)
    if not costs:
        yield "does not fit where these leave"
    elif one.reason.code == "lower_value" and values < stop.value:
        yield "those instead of it are worth less"
    elif one.reason.code == "detour":
        told = one.reason.params["detour_s"], one.reason.params["value"]
        if told != (min(costs), stop.value - values) or told[0] < rate * told[1]:
            yield f"the detour is {min(costs)}"


def driving(problem: Problem, day: Day, order: Sequence[str]) -> int:
    """Return the seconds at the wheel."""
    return sum(_ways(problem, day, order)) if order else 0


def is_kept(problem: Problem, day: Day, order: Sequence[str]) -> bool:
    """Tell whether the order can be kept on the day, by trying each way to lay the breaks."""
    if not order:
        return True
    ways = _ways(problem, day, order)
    if day.max_driving_s is not None and sum(ways) > day.max_driving_s:
        return False
    breaks = sorted(
        (one for one in day.breaks if one.duration_s and one.to_s >= day.shift[0]),
        key=lambda one: (one.from_s, one.to_s, one.duration_s),
    )
    stops = [_stop(problem, it) for it in order]
    for taken in range(len(breaks) + 1):
        end = min([day.shift[1], *(one.to_s for one in breaks[taken:])])
        for legs in combinations_with_replacement(range(len(ways)), taken):
            if _is_over_by(end, day.shift[0], stops, ways, list(zip(legs, breaks, strict=False))):
                return True
    return False


def _is_over_by(
    end: int, now: int, stops: Sequence[Stop], ways: Sequence[int], laid: Sequence[tuple[int, Break]]
) -> bool:
    for leg, way in enumerate(ways):
        to_go = way
        for one in (one for at, one in laid if at == leg):
            to_go -= min(to_go, max(0, one.from_s - now))
            now = max(now, one.from_s)
            if now > one.to_s:
                return False
            now += one.duration_s
        now += to_go
        if leg < len(stops):
            begins = [max(now, opens) for opens, closes in stops[leg].windows if now <= closes]
            if not begins:
                return False
            now = begins[0] + stops[leg].service_s
    return now <= end


def _entries(problem: Problem, day: Day, order: list[str], it: str) -> list[list[str]]:
    """Return all orders with the stop in it that can be kept."""
    entered = [[*order[:at], it, *order[at:]] for at in range(len(order) + 1)]
    return [one for one in entered if is_kept(problem, day, one)]


def _fits_later(problem: Problem, musts: Orders, stop: Stop, over_s: int) -> bool:
    """Tell whether that much more time, everywhere, makes room beside the musts."""
    if over_s <= 0:
        return False
    later = replace(
        problem,
        stops=tuple(
            replace(one, windows=tuple((a, b + over_s) for a, b in one.windows)) for one in problem.stops
        ),
        days=tuple(
            replace(
                day,
                shift=(day.shift[0], day.shift[1] + over_s),
                breaks=tuple(replace(one, to_s=one.to_s + over_s) for one in day.breaks),
                max_driving_s=None if day.max_driving_s is None else day.max_driving_s + over_s,
            )
            for day in problem.days
        ),
    )
    days = [day for day in later.days if stop.rep in (None, day.rep)]
    return any(_entries(later, day, musts[day.id], stop.id) for day in days)


def _is_in_reach(problem: Problem, stop: Stop, day: Day) -> bool:
    way = sum(_ways(problem, day, [stop.id]))
    shift_s = day.shift[1] - day.shift[0] - stop.service_s
    return way <= shift_s and (day.max_driving_s is None or way <= day.max_driving_s)


def _is_open(stop: Stop, day: Day) -> bool:
    first = day.shift[0] - day.shift[0] % DATE_S
    last = day.shift[1] - day.shift[1] % DATE_S + DATE_S
    return any(closes >= first and opens < last for opens, closes in stop.windows)


def _ways(problem: Problem, day: Day, order: Sequence[str]) -> list[int]:
    assert problem.durations is not None
    places = [day.start, *(_stop(problem, it).point for it in order), day.end]
    return [
        0 if one is None or other is None else problem.durations[one][other]
        for one, other in pairwise(places)
    ]


def _stop(problem: Problem, it: str) -> Stop:
    return next(stop for stop in problem.stops if stop.id == it)
