"""Suite `roads`: OSRM of a real town asked through the app; what planning on the estimate costs there.

Wants OSRM's programs and, in ../shared/data/routes/osm (FIELDCRM_SHARED_DATA), the extract and its matrix.
"""

import json
import os
import random
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from statistics import mean

import numpy as np
import psycopg
import vroom
from flask import Flask

from bench.harness import ROOT, Suite, at_least, at_most, percentile, time_each
from fieldcrm.config import Settings, load_settings
from fieldcrm.travel import choosing, rules, service
from fieldcrm.travel.building import build
from fieldcrm.travel.rules import Point

SHARED = Path(os.environ.get("FIELDCRM_SHARED_DATA", ROOT.parent / "shared" / "data")) / "routes" / "osm"
PLACES = 150
DAYS = 12
STOPS = 40
TIMES = 10

Table = Sequence[Sequence[float]]


def run() -> bool:
    """Measure everything and tell whether every bar is met."""
    suite = Suite("roads")
    if not SHARED.is_dir():
        print(f"roads: nothing measured, the real extract is not here ({SHARED})")
        return True
    stored = json.loads((SHARED / "mat_harrisburg.json").read_text(encoding="utf-8"))
    points = [(lon, lat) for lat, lon in stored["pts"]]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        _link_programs(folder)
        started = time.perf_counter()
        build(folder, SHARED / "harrisburg.osm.pbf", modes=["car"], wheel=None, say=print)
        suite.record("roads of a town built", time.perf_counter() - started, "s", bar=at_most(30))
        with _engine(folder) as url:
            _measure_engine(suite, url, points[:PLACES], stored["dur"])
    _measure_table_instead(suite)
    _measure_estimate(suite, points, stored["dur"])
    return suite.finish()


def _link_programs(folder: Path) -> None:
    """Use the programs of this checkout if they are there already, else they are fetched."""
    present = load_settings().fieldcrm_local_dir / "roads" / "osrm"
    if (present / "bin" / "osrm-extract").exists():
        (folder / "osrm").symlink_to(present)


@contextmanager
def _engine(folder: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [str(folder / "osrm/bin/osrm-routed"), "--ip", "127.0.0.1", "--port", str(port)]
    command += ["--algorithm", "MLD", "--max-table-size", "1000", "--verbosity", "WARNING"]
    with subprocess.Popen([*command, str(folder / "map/car/roads.osrm")]) as engine:
        try:
            while engine.poll() is None and not _listens(port):
                time.sleep(0.05)
            yield f"http://127.0.0.1:{port}"
        finally:
            engine.terminate()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _measure_engine(suite: Suite, url: str, points: list[Point], stored_s: Table) -> None:
    app = Flask("bench")
    app.extensions["settings"] = Settings(osrm_url=url, osrm_table_size=1000, roads_timeout_s=30)
    with app.app_context():
        roads = choosing.roads_for("car")
        assert roads is not None

        def ask() -> service.Matrix:
            roads.known._forget()  # noqa: SLF001 - each time as if for the first
            return service.matrix(points)

        asked = time_each(ask, times=TIMES, warm_up=1)
        suite.record(
            f"matrix {PLACES} x {PLACES} from OSRM, p95",
            percentile(asked, 0.95) / 1000,
            "s",
            bar=at_most(0.3),
        )
        known = time_each(lambda: service.matrix(points), times=TIMES)
        suite.record(
            f"matrix {PLACES} x {PLACES} known already, p95",
            percentile(known, 0.95) / 1000,
            "s",
            bar=at_most(0.1),
        )
        alone = time_each(lambda: roads.known.look_up(points), times=TIMES)
        suite.record(f"looking {PLACES} x {PLACES} ways up in memory", percentile(alone, 0.5), "ms")
        ours = roads.table(points).durations_s
        drawn = time_each(lambda: service.line(points[:20]), times=TIMES, warm_up=1)
        suite.record("line through 20 stops, p95", percentile(drawn, 0.95), "ms", bar=at_most(300))
    theirs = np.array(stored_s)[:PLACES, :PLACES]
    is_told = ~np.isnan(ours)
    is_near = np.abs(ours - theirs) <= np.maximum(0.02 * theirs, 1)
    suite.record(
        "ways within 2 % of the stored matrix", 100 * float(is_near[is_told].mean()), "%", bar=at_least(100)
    )
    suite.record(
        "ways not told: places over 1 km off any road", 100 * float((~is_told).mean()), "%", bar=at_most(6)
    )


def _measure_table_instead(suite: Suite) -> None:
    """Measure what a table in the database would take for what the memory of the process does."""
    ids = list(range(PLACES))
    with psycopg.connect(load_settings().database_url) as connection:
        connection.execute(
            "create temporary table ways (one int, other int, s real, m real, primary key (one, other))"
        )
        connection.execute(
            "insert into ways select a, b, 1, 1 from generate_series(0, 999) a, generate_series(0, 299) b"
        )
        connection.execute("analyze ways")

        def look_up() -> None:
            rows = connection.execute(
                "select one, other, s, m from ways where one = any(%s) and other = any(%s)", (ids, ids)
            ).fetchall()
            assert len(rows) == PLACES**2

        suite.record(
            f"looking {PLACES} x {PLACES} ways up in a table",
            percentile(time_each(look_up, times=10), 0.5),
            "ms",
        )


def _measure_estimate(suite: Suite, points: list[Point], stored_s: Table) -> None:
    """Plan days on the estimate, drive them on real roads; the same search on real roads is the baseline."""
    dice = random.Random(1)  # noqa: S311 - which places a day has
    costs, errors = [], []
    for _ in range(DAYS):
        chosen = dice.sample(range(len(points)), STOPS)
        places = [points[index] for index in chosen]
        real = [[float(stored_s[one][other]) for other in chosen] for one in chosen]
        told = [
            [rules.moving_s(rules.great_circle_m(a, b), mode="car", band="day") for b in places]
            for a in places
        ]
        costs.append(100 * (_driven(_order(told), real) / _driven(_order(real), real) - 1))
        errors += [
            100 * abs(told[a][b] / real[a][b] - 1) for a, b in pairwise(range(STOPS)) if real[a][b] > 60
        ]
    suite.record(
        f"order of {STOPS} stops planned on the estimate: more driving, mean",
        mean(costs),
        "%",
        bar=at_most(17),
    )
    suite.record("the worst of these days", max(costs), "%")
    suite.record("estimated driving off the real, median way", percentile(errors, 0.5), "%")


def _order(table: Table) -> list[int]:
    """Return the round trip from the first place that VROOM finds on these times."""
    problem = vroom.Input()
    problem.set_durations_matrix("car", np.array(table).round().astype(np.uint32))
    problem.add_vehicle([vroom.Vehicle(1, start=0, end=0, profile="car")])
    problem.add_job([vroom.Job(stop, location=stop) for stop in range(1, len(table))])
    routes = problem.solve(exploration_level=5, nb_threads=1).routes
    return [0, *routes[routes["type"] == "job"]["id"].astype(int).tolist()]


def _driven(order: Sequence[int], table: Table) -> float:
    return sum(table[one][other] for one, other in pairwise([*order, order[0]]))
