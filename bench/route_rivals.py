"""OR-Tools and PyVRP on the same problems, as one would use them: one thread, the same seconds.

Both answer which stops are visited in which order; value and driving are counted here.
"""

import itertools
from typing import Any

from ortools.constraint_solver import pywrapcp, routing_enums_pb2
from pyvrp import IteratedLocalSearchParams, Model, SolveParams
from pyvrp.stop import MaxRuntime

from fieldcrm.planning.problem import Problem

MUST_PENALTY = 10**10
Answer = tuple[int, int, bool]
"""Value, driving, and whether all musts are visited."""


def ortools(problem: Problem, *, budget_s: float) -> Answer | None:
    """Return the answer of OR-Tools (guided local search); None when it has none in time."""
    stops, days = problem.stops, problem.days
    ways = _ways(problem)
    points = [stop.point or 0 for stop in stops]
    points += [day.start or 0 for day in days] + [day.end or 0 for day in days]
    service = [stop.service_s for stop in stops] + [0] * (2 * len(days))
    first = len(stops)
    manager = pywrapcp.RoutingIndexManager(
        len(points),
        len(days),
        [first + no for no in range(len(days))],
        [first + len(days) + no for no in range(len(days))],
    )
    routing = pywrapcp.RoutingModel(manager)
    drive = [[ways[a][b] for b in points] for a in points]
    lasts = [[way + service[a] for way in row] for a, row in enumerate(drive)]
    routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitMatrix(drive))
    routing.AddDimension(routing.RegisterTransitMatrix(lasts), *(2 * [_horizon(problem)]), False, "time")
    _keep_windows(problem, manager, routing)
    _keep_shifts(problem, manager, routing)
    search = pywrapcp.DefaultRoutingSearchParameters()
    search.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    search.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    search.time_limit.FromMilliseconds(round(budget_s * 1000))
    found = routing.SolveWithParameters(search)
    if found is None:
        return None
    orders = []
    for no in range(len(days)):
        at, order = found.Value(routing.NextVar(routing.Start(no))), []
        while not routing.IsEnd(at):
            order.append(manager.IndexToNode(at))
            at = found.Value(routing.NextVar(at))
        orders.append(order)
    return _answer(problem, orders)


def _horizon(problem: Problem) -> int:
    return max(day.shift[1] for day in problem.days)


def _keep_windows(problem: Problem, manager: Any, routing: Any) -> None:
    clock = routing.GetDimensionOrDie("time")
    for no, stop in enumerate(problem.stops):
        node = manager.NodeToIndex(no)
        if not stop.windows:
            routing.AddDisjunction([node], 0)
            routing.VehicleVar(node).SetValue(-1)
            continue
        clock.CumulVar(node).SetRange(stop.windows[0][0], stop.windows[-1][1])
        for (_, closes), (opens, _) in itertools.pairwise(stop.windows):
            clock.CumulVar(node).RemoveInterval(closes + 1, opens - 1)
        worth = MUST_PENALTY if stop.is_must else stop.value * problem.drive_s_per_value
        routing.AddDisjunction([node], worth)


def _keep_shifts(problem: Problem, manager: Any, routing: Any) -> None:
    clock = routing.GetDimensionOrDie("time")
    nodes = [manager.IndexToNode(at) for at in range(routing.Size())]
    lasts = [problem.stops[node].service_s if node < len(problem.stops) else 0 for node in nodes]
    for no, day in enumerate(problem.days):
        clock.CumulVar(routing.Start(no)).SetRange(*day.shift)
        clock.CumulVar(routing.End(no)).SetRange(*day.shift)
        pauses = [
            routing.solver().FixedDurationIntervalVar(one.from_s, one.to_s, one.duration_s, False, f"{no}")
            for one in day.breaks
        ]
        if pauses:
            clock.SetBreakIntervalsOfVehicle(pauses, no, lasts)


def pyvrp(problem: Problem, *, budget_s: float) -> Answer | None:
    """Return the answer of PyVRP; None when it has none in time, or knows no such problem (breaks)."""
    if any(day.breaks for day in problem.days):
        return None
    model: Any = Model()
    places = [model.add_location(0, 0) for _ in problem.points]
    depots = {point: model.add_depot(places[point]) for point in {day.start or 0 for day in problem.days}}
    for day in problem.days:
        depot = depots[day.start or 0]
        model.add_vehicle_type(
            1, start_depot=depot, end_depot=depot, tw_early=day.shift[0], tw_late=day.shift[1]
        )
    visits = []
    for no, stop in enumerate(problem.stops):
        for opens, closes in stop.windows:
            model.add_client(
                places[stop.point or 0],
                service_duration=stop.service_s,
                tw_early=opens,
                tw_late=closes,
                prize=stop.value * problem.drive_s_per_value,
                required=stop.is_must,
            )
            visits.append(no)
    ways = _ways(problem)
    for a, one in enumerate(places):
        for b, other in enumerate(places):
            model.add_edge(one, other, distance=ways[a][b], duration=ways[a][b])
    params = SolveParams(ils=IteratedLocalSearchParams(history_length=100))
    result = model.solve(MaxRuntime(budget_s), seed=1, display=False, collect_stats=False, params=params)
    if not result.is_feasible():
        return None
    orders = [[visits[one.idx] for one in route if one.is_client()] for route in result.best.routes()]
    return _answer(problem, orders)


def _ways(problem: Problem) -> list[list[int]]:
    assert problem.durations is not None
    return [list(row) for row in problem.durations]


def _answer(problem: Problem, orders: list[list[int]]) -> Answer:
    """Count what is visited and driven; every day of these problems begins and ends at one place."""
    ways, home = _ways(problem), problem.days[0].start or 0
    drive_s = 0
    for order in orders:
        places = [home, *(problem.stops[no].point or 0 for no in order), home]
        drive_s += sum(ways[a][b] for a, b in itertools.pairwise(places))
    visited = {no for order in orders for no in order}
    value = sum(problem.stops[no].value for no in visited)
    return value, drive_s, all(no in visited for no, stop in enumerate(problem.stops) if stop.is_must)
