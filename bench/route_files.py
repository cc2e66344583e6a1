"""Public and own problem files of shared/data/routes, read as problems of ours, with what is best known."""

import json
import math
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.harness import ROOT
from fieldcrm.planning.problem import Break, Day, Problem, Stop

FOLDER = Path(os.environ.get("FIELDCRM_SHARED_DATA", ROOT.parent / "shared" / "data")) / "routes"
TENTH = 10
"""Solomon's distances are cut to one decimal: whole tenths here."""
NO_LIMIT = 10_000_000
VALUE_FIRST = 100_000
"""Where only the profit counts, one point is worth more driving than there is."""
LOADS_NEVER_MATTER = ("R101", "R102", "R104", "R107", "R112")
"""Solomon's problems have loads and ours have none: with 50 customers no best plan of these is near 200."""

Score = Callable[[int, int], float]


@dataclass(frozen=True, slots=True)
class Instance:
    """A problem with the gap of an answer to what is best known: value, driving -> share, 0 is as good."""

    name: str
    problem: Problem
    gap: Score


def own() -> Iterator[Instance]:
    """Yield days and weeks of field sales: prizes, split opening hours, musts, lunch."""
    for file in sorted((FOLDER / "own").glob("*.json")):
        data = json.loads(file.read_text())
        best = data["best_known"]
        stops = tuple(
            Stop(
                f"{no:03}", c["loc"], c["svc"], tuple((a, b) for a, b in c["tws"]), c["prize"], bool(c["req"])
            )
            for no, c in enumerate(data["clients"])
        )
        days = tuple(
            Day(f"{no}", v["s"], v["e"], (v["tw"][0], v["tw"][1]), (Break(*v["brk"]),))
            for no, v in enumerate(data["vehicles"])
        )
        problem = _problem(data["durations"], stops, days)
        known = best["prize"] * problem.drive_s_per_value - best["travel_min"] * 60
        yield Instance(file.stem, problem, _worth_gap(known, problem.drive_s_per_value))


def optw() -> Iterator[Instance]:
    """Yield orienteering with windows, one day: profit only."""
    for name, best in _best_known()["optw_m1_100"].items():
        yield Instance(name, _orienteering(name, days=1), _profit_gap(best))


def toptw() -> Iterator[Instance]:
    """Yield the same for teams of two and four."""
    for name, best in _best_known()["toptw_memory"].items():
        file, days = name.split(".m")
        yield Instance(name, _orienteering(file, days=int(days)), _profit_gap(best))


def tsp() -> Iterator[Instance]:
    """Yield round trips through 51 to 150 cities."""
    for name, best in _best_known()["tsp"].items():
        lines = (FOLDER / "tsplib" / f"{name}.tsp").read_text().split("NODE_COORD_SECTION")[1].splitlines()
        at = [(float(one[1]), float(one[2])) for one in map(str.split, lines) if len(one) == 3]
        ways = [[math.floor(math.dist(a, b) + 0.5) for b in at] for a in at]
        stops = tuple(Stop(f"{no:03}", no, 0, ((0, NO_LIMIT),), 50, True) for no in range(1, len(at)))
        yield Instance(name, _problem(ways, stops, (Day("d", 0, 0, (0, NO_LIMIT)),)), _driving_gap(best))


def vrptw() -> Iterator[Instance]:
    """Yield all of 50 customers with narrow windows, with as many people as one likes."""
    for name in LOADS_NEVER_MATTER:
        rows = _solomon(name)[:51]
        best = _best_known()["vrptw_distance_1dec_truncated"][name][1]
        stops = tuple(_customer(no, row, value=50, is_must=True) for no, row in enumerate(rows) if no)
        days = tuple(Day(f"{no:02}", 0, 0, (0, _tenths(rows[0][5]))) for no in range(13))
        yield Instance(f"{name}.50", _problem(_distances(rows), stops, days), _driving_gap(best * TENTH))


def _orienteering(name: str, *, days: int) -> Problem:
    rows = _solomon(name.upper())
    stops = tuple(_customer(no, row, value=int(row[3]), is_must=False) for no, row in enumerate(rows) if no)
    shifts = tuple(Day(f"{no}", 0, 0, (0, _tenths(rows[0][5]))) for no in range(days))
    return _problem(_distances(rows), stops, shifts, drive_s_per_value=VALUE_FIRST)


def _customer(no: int, row: list[float], *, value: int, is_must: bool) -> Stop:
    window = (_tenths(row[4]), _tenths(row[5]))
    return Stop(f"{no:03}", no, _tenths(row[6]), (window,), value, is_must)


def _problem(ways: list[list[int]], stops: tuple[Stop, ...], days: tuple[Day, ...], **more: Any) -> Problem:
    durations = tuple(map(tuple, ways))
    return Problem(tuple((0.0, 0.0) for _ in ways), durations, None, stops, days, seed=1, **more)


def _solomon(name: str) -> list[list[float]]:
    lines = (FOLDER / "solomon" / f"{name}.txt").read_text().splitlines()[9:]
    return [[float(cell) for cell in line.split()] for line in lines if len(line.split()) == 7]


def _distances(rows: list[list[float]]) -> list[list[int]]:
    at = [(row[1], row[2]) for row in rows]
    return [[math.floor(TENTH * math.dist(a, b)) for b in at] for a in at]


def _tenths(value: float) -> int:
    return round(TENTH * value)


def _best_known() -> dict[str, Any]:
    known: dict[str, Any] = json.loads((FOLDER / "best_known.json").read_text())
    return known


def _worth_gap(best: float, drive_s_per_value: int) -> Score:
    return lambda value, drive_s: 1 - (value * drive_s_per_value - drive_s) / best


def _profit_gap(best: float) -> Score:
    return lambda value, _: 1 - value / best


def _driving_gap(best: float) -> Score:
    return lambda _, drive_s: drive_s / best - 1
