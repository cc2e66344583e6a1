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
    tiles.measure(suite, app, everything, who="300,000", filters=tiles.FILTERS)
    mine = {"own, team, pool": {}, "mine, overdue": {"owner": "me", "overdue": "1"}}
    tiles.measure(suite, app, rep, who="rep of 300,000", filters=mine)
    tiles.measure(suite, app, few, who="6,000", filters={"all": {}, "tag": {"tag": "重点"}})
    lookups.measure_unchanged(suite, everything)
    lookups.measure_plans(suite, app, everything.actor)
    return suite.finish()
