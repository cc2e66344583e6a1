"""Suite `coverage`: 300,000 accounts counted by owner and by municipality, against the bare SQL."""

from functools import partial

import psycopg
from flask import Flask

from bench import coverage_data, replay
from bench.browser import Browser, person
from bench.coverage_data import SALES
from bench.harness import Suite, at_least, at_most, percentile
from bench.lookups import plan_of
from fieldcrm.app import create_app
from fieldcrm.config import load_settings
from fieldcrm.core.actor import Role

TIMES = 40
INDEXES = {"accounts_coverage_ix", "activities_visit_ix"}


def run() -> bool:
    """Measure everything and tell whether every bar is met."""
    suite = Suite("coverage")
    urls = coverage_data.build()
    settings = load_settings().model_copy(update={name.lower(): value for name, value in urls.items()})
    app = create_app(settings)
    org_id, team = SALES.org_id, frozenset({SALES.team_of(0)})
    administrator = person(org_id, SALES.administrator, Role.ADMINISTRATOR)
    manager = person(org_id, SALES.reps[0], Role.MANAGER, team_ids=team)
    everything = Browser(app, administrator)
    _measure(suite, app, everything, name="300,000 accounts, 90 days", path="/api/coverage?days=90")
    _measure(suite, app, everything, name="300,000 accounts, 30 days", path="/api/coverage?days=30")
    one = f"/api/coverage?days=90&owner={SALES.reps[7]}"
    _measure(suite, app, everything, name="one owner of 300,000", path=one)
    _measure(suite, app, everything, name="one rank of 300,000", path="/api/coverage?days=90&rank=A")
    _measure(suite, app, Browser(app, manager), name="a manager's team", path="/api/coverage?days=90")
    _measure_unchanged(suite, everything)
    _measure_plans(suite, app, everything)
    return suite.finish()


def _measure(suite: Suite, app: Flask, browser: Browser, *, name: str, path: str) -> None:
    ask = partial(browser.get, path)
    statements = replay.statements_of(app, ask)
    ours, theirs = [], []
    with replay.connect(app) as bare:
        bare.execute(f"set app.org_id = '{browser.actor.org_id}'")
        bare.commit()
        for _ in range(TIMES):
            answer = ask()
            assert answer.status == 200, answer
            ours.append(answer.ms)
            theirs.append(replay.replay_ms(bare, statements))
    suite.record(
        f"coverage of {name}, p95",
        percentile(ours, 0.95),
        "ms",
        bar=at_most(300),
        baseline=percentile(theirs, 0.95),
    )


def _measure_unchanged(suite: Suite, browser: Browser) -> None:
    tag = browser.get("/api/coverage").headers["ETag"]
    asked = [browser.get("/api/coverage", headers={"If-None-Match": tag}) for _ in range(200)]
    assert all(answer.status == 304 for answer in asked)
    suite.record("coverage 304 p95", percentile([answer.ms for answer in asked], 0.95), "ms", bar=at_most(5))


def _measure_plans(suite: Suite, app: Flask, browser: Browser) -> None:
    """Record whether the database reads nothing but the two indexes that were made for it."""
    asked = replay.statements_of(app, partial(browser.get, "/api/coverage?days=90"))
    counted = [(statement, given) for statement, given in asked if "GROUPING SETS" in statement]
    assert len(counted) == 2, counted
    with psycopg.connect(app.extensions["settings"].database_url) as connection:
        connection.execute(f"set local app.org_id = '{browser.actor.org_id}'")
        nodes = [node for statement, given in counted for node in plan_of(connection, statement, given)]
    scans = [node for node in nodes if "Scan" in node["Node Type"]]
    is_index_only = all(node["Node Type"] == "Index Only Scan" for node in scans)
    uses = is_index_only and {node.get("Index Name") for node in scans} == INDEXES
    suite.record("plans read indexes alone", float(uses), "yes/no", bar=at_least(1))
