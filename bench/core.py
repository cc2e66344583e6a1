"""Suite `core`: a million accounts, asked through the real application under row-level security."""

from bench import database, lookups, people, tiles
from bench.browser import Browser, person
from bench.harness import Suite
from fieldcrm.app import create_app
from fieldcrm.config import load_settings
from fieldcrm.core.actor import Role

LARGE, SMALL = 0, 2


def run() -> bool:
    """Measure everything and tell whether every bar is met."""
    suite = Suite("core")
    urls = database.ensure()
    settings = load_settings().model_copy(update={name.lower(): value for name, value in urls.items()})
    app = create_app(settings)
    organisations = people.organisations()
    large, small = organisations[LARGE], organisations[SMALL]
    everything = Browser(app, person(large.org_id, large.administrator, Role.ADMINISTRATOR))
    rep = Browser(app, person(large.org_id, large.reps[0], Role.REP, team_ids=frozenset({large.team_of(0)})))
    few = Browser(app, person(small.org_id, small.administrator, Role.ADMINISTRATOR))

    lookups.measure_cold_start(suite, everything)
    asked = {
        "300,000": (everything, tiles.FILTERS),
        "rep of 300,000": (rep, {"overdue": {"overdue": "1"}, "own": {"owner": "me"}}),
        "6,000": (few, {name: tiles.FILTERS[name] for name in ("tag", "several")}),
    }
    for who, (browser, filters) in asked.items():
        bench = tiles.TileBench(app, browser)
        is_large = browser is not few
        tiles.measure_unfiltered(suite, bench, who=who, is_large=is_large)
        tiles.measure_filtered(suite, bench, who=who, is_large=is_large, filters=filters)
        bench.close()
    lookups.measure_unchanged(suite, everything)
    lookups.measure_nearest(suite, app, everything)
    lookups.measure_search(suite, app, everything)
    lookups.measure_plans(suite, app, everything.actor)
    return suite.finish()
