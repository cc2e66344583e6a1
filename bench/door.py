"""Suite `door`: whether the time of a refusal tells which addresses somebody signs in with.

Sign-in with a wrong password and asking for a way back in, for addresses that are known and for ones that are
nobody's, in turns: each address once, each from a network of its own, so that none is slowed down.
"""

import random
import re
import statistics
import time
from collections.abc import Callable, Sequence

from flask import Flask
from flask.testing import FlaskClient

from bench import database
from bench.harness import Suite, at_most, percentile
from fieldcrm.app import create_app
from fieldcrm.config import load_settings
from fieldcrm.core.actor import Role, system_actor
from fieldcrm.core.db import transaction
from fieldcrm.identity import service

NAME = "fieldcrm_bench_door"
PEOPLE = 80
PASSWORD = "計測のための合言葉2026"  # noqa: S105 - of nobody
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def run() -> bool:
    """Measure and tell whether every bar is met."""
    suite = Suite("door")
    app = _app()
    known = [f"rep{number}@known.example" for number in range(PEOPLE)]
    _enter(app, known)
    for name, page, form in (
        ("sign-in with a wrong password", "/sign-in", {"password": "違う合言葉です2026"}),
        ("asking for a way back in", "/forgot", {}),
    ):
        _measure(suite, known, name=name, ask=_asking(app, page, form))
    return suite.finish()


def _app() -> Flask:
    database.create(NAME, is_fresh=True)
    urls = database.urls_of(NAME)
    database.migrate(urls)
    return create_app(load_settings().model_copy(update={key.lower(): value for key, value in urls.items()}))


def _enter(app: Flask, emails: Sequence[str]) -> None:
    """Write an organisation and its people."""
    with app.app_context():
        actor = system_actor(service.reserve_org_id())
        with transaction(actor) as session:
            service.create_organisation(
                session, actor, slug="door", name="計測", locale="ja", timezone="Asia/Tokyo"
            )
        for email in emails:
            with transaction(actor) as session:
                service.create_user(
                    session, actor, email=email, name="計測", role=Role.REP, password=PASSWORD, team_ids=[]
                )


def _asking(app: Flask, page: str, form: dict[str, str]) -> Callable[[str, str], tuple[float, int]]:
    """Return what sends the page's form for an address from a network: milliseconds and status."""
    client: FlaskClient = app.test_client()
    found = _TOKEN.search(client.get(page).text)
    assert found is not None, page
    token = found.group(1)

    def ask(email: str, network: str) -> tuple[float, int]:
        sent = {"csrf_token": token, "email": email, "lang": "ja", **form}
        started = time.perf_counter()
        answer = client.post(page, data=sent, environ_base={"REMOTE_ADDR": network})
        return (time.perf_counter() - started) * 1000, answer.status_code

    return ask


def _measure(
    suite: Suite, known: Sequence[str], *, name: str, ask: Callable[[str, str], tuple[float, int]]
) -> None:
    addresses = [(email, True) for email in known]
    addresses += [(f"nobody{number}@unknown.example", False) for number in range(len(known))]
    random.Random(7).shuffle(addresses)  # noqa: S311 - not a secret
    offset = len(name)
    ask("warm@unknown.example", f"10.{offset}.255.1")
    times: dict[bool, list[float]] = {True: [], False: []}
    statuses = set()
    for number, (email, is_known) in enumerate(addresses):
        ms, status = ask(email, f"10.{offset}.{number}.1")
        times[is_known].append(ms)
        statuses.add(status)
    assert len(statuses) == 1, statuses
    suite.record(f"{name}: known address, p50", percentile(times[True], 0.5), "ms")
    suite.record(f"{name}: unknown address, p50", percentile(times[False], 0.5), "ms")
    suite.record(f"{name}: right guesses by time (chance: 0.5)", _told(times), "share", bar=at_most(0.62))
    spread = statistics.pstdev(times[True] + times[False])
    suite.record(f"{name}: spread of all", spread, "ms")


def _told(times: dict[bool, list[float]]) -> float:
    """Return how often who compares a known with an unknown address by time guesses right."""
    pairs = [(one > other) + (one == other) / 2 for one in times[True] for other in times[False]]
    share = sum(pairs) / len(pairs)
    return max(share, 1 - share)
