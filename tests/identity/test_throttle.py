"""Failed sign-ins are slowed down wherever they come from, and never for the rightful user."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.engine import Connection

from fieldcrm.core.db import forget_tenant, set_tenant, transaction
from fieldcrm.identity import attempts
from fieldcrm.identity.attempts import Throttled, admit, forgive
from fieldcrm.identity.rules import LIMITS, LONGEST_WAIT_S, Counted, Purpose, left_s, network_of
from tests.fixtures.mail import RunJobs
from tests.fixtures.people import FieldClient, MakeUser, Person
from tests.fixtures.surroundings import FrozenClock
from tests.identity.forms import PASSWORD, sign_in

FREE = LIMITS[Purpose.SIGN_IN]


@pytest.fixture
def rep(make_user: MakeUser) -> Person:
    return make_user("rep", email="sato@example.jp", password=PASSWORD)


def _try(*, email: str = "sato@example.jp", address: str = "192.0.2.1", device: str | None = None) -> bool:
    """Count an attempt; tell whether it was let through."""
    try:
        admit(Purpose.SIGN_IN, email=email, address=address, device=device)
    except Throttled:
        return False
    return True


def test_wait_doubles_up_to_five_minutes() -> None:
    waits = [left_s(failures, free=5, since_s=0) for failures in (0, 4, 5, 6, 7, 12, 13, 14, 10_000)]
    assert waits == [0, 0, 1, 2, 4, 128, 256, LONGEST_WAIT_S, LONGEST_WAIT_S]
    assert left_s(7, free=5, since_s=3) == 1
    assert left_s(7, free=5, since_s=4) == 0


def test_an_ipv6_line_counts_as_a_whole() -> None:
    assert network_of("2001:db8:1:2:3::4") == network_of("2001:db8:1:2:ffff::9") == "2001:db8:1:2::/64"
    assert network_of("::ffff:192.0.2.1") == network_of("192.0.2.1") == "192.0.2.1"
    assert network_of("unix") == "unix"


def test_one_person_from_one_network_is_slowed_down(
    app: Flask, connection: Connection, frozen_clock: FrozenClock
) -> None:
    assert [_try() for _ in range(6)] == [True] * 5 + [False]
    assert _try(address="192.0.2.2")  # the rightful user, from elsewhere
    assert _try(email="suzuki@example.jp")  # a colleague behind the same address
    frozen_clock.move(seconds=1)
    assert (_try(), _try()) == (True, False)
    frozen_clock.move(minutes=16)
    assert [_try() for _ in range(6)] == [True] * 5 + [False]


def test_a_network_that_tries_everybody_is_slowed_down(
    app: Flask, connection: Connection, frozen_clock: FrozenClock
) -> None:
    tried = [_try(email=f"person-{number}@example.jp") for number in range(FREE[Counted.NETWORK] + 1)]
    assert tried == [True] * FREE[Counted.NETWORK] + [False]
    assert _try(email="person-0@example.jp", address="192.0.2.2")


def test_a_person_tried_from_everywhere_is_protected_and_comes_in_with_a_known_browser(
    app: Flask, connection: Connection, frozen_clock: FrozenClock
) -> None:
    tried = [_try(address=f"198.51.100.{number}") for number in range(FREE[Counted.ACCOUNT] + 1)]
    assert tried == [True] * FREE[Counted.ACCOUNT] + [False]
    assert not _try(address="192.0.2.9")
    assert [_try(address="192.0.2.9", device="known") for _ in range(6)] == [True] * 5 + [False]


def test_a_right_password_takes_its_own_attempt_off(
    app: Flask, connection: Connection, frozen_clock: FrozenClock
) -> None:
    for _ in range(200):  # an office behind one address signs in all morning
        attempt = admit(Purpose.SIGN_IN, email="sato@example.jp", address="192.0.2.1")
        forgive(attempt)
    assert [_try() for _ in range(6)] == [True] * 5 + [False]


def test_rightful_user_signs_in_through_an_attack_on_their_known_phone_only(
    stranger: FieldClient, rep: Person, frozen_clock: FrozenClock
) -> None:
    phone = stranger
    assert sign_in(phone, email=rep.email, password=PASSWORD, address="192.0.2.50").status_code == 303
    cookie = phone.get_cookie("fieldcrm_device")
    assert cookie is not None
    assert (cookie.http_only, cookie.same_site) == (True, "Lax")
    phone.csrf_token = phone.get("/api/csrf").json["csrf_token"]
    phone.post("/sign-out")
    for number in range(FREE[Counted.ACCOUNT] + 5):
        _try(email=rep.email, address=f"198.51.100.{number}")
    newcomer = FieldClient(phone.application, use_cookies=True)
    assert sign_in(newcomer, email=rep.email, password=PASSWORD, address="192.0.2.60").status_code == 429
    assert sign_in(phone, email=rep.email, password=PASSWORD, address="192.0.2.61").status_code == 303
    # The cookie is that of one person, and of no use when forged.
    for forged in ("x", cookie.value[:-3] + "abc"):
        newcomer.set_cookie("fieldcrm_device", forged)
        assert sign_in(newcomer, email=rep.email, password=PASSWORD, address="192.0.2.60").status_code == 429


def test_counts_name_nobody(app: Flask, connection: Connection) -> None:
    _try()
    with transaction(attempts.system_actor(attempts.NOBODY)) as session:
        kept = str(session.execute(text("select * from sign_in_attempts")).all())
    assert "sato" not in kept
    assert "192.0.2" not in kept


def test_old_counts_are_forgotten(app: Flask, connection: Connection, frozen_clock: FrozenClock) -> None:
    _try()
    frozen_clock.move(days=2)
    _try(email="suzuki@example.jp", address="192.0.2.2")
    with transaction(attempts.system_actor(attempts.NOBODY)) as session:
        assert attempts.forget_old(session) == 3


def test_failure_and_wait_are_in_the_audit_log_of_whom_they_aimed_at(
    stranger: FieldClient, rep: Person, run_jobs: RunJobs, frozen_clock: FrozenClock
) -> None:
    for _ in range(8):  # five failures, then refusals: of a wait, the first is told
        sign_in(stranger, email=rep.email, password="wrong", address="192.0.2.7")
    sign_in(stranger, email="nobody@example.jp", password="wrong")
    run_jobs()
    session = set_tenant(rep.org.actor)
    rows = session.execute(
        text("select action, changes from audit_log where action like 'sign_in%' order by id")
    ).all()
    forget_tenant()
    assert [row.action for row in rows] == ["sign_in_failed"] * 5 + ["sign_in_throttled"]
    assert rows[0].changes["address"] == [None, "192.0.2.7"]


@pytest.fixture
def forget_afterwards(database: dict[str, str]) -> object:
    yield
    with psycopg.connect(database["owner"], autocommit=True) as owner:
        owner.execute("delete from sign_in_attempts")


def test_many_at_once_in_several_workers_get_no_more_tries_than_one_by_one(
    app: Flask, forget_afterwards: Callable[[], None]
) -> None:
    def attempt(_number: int) -> bool:
        with app.app_context():  # a session and a connection of its own, as in another process
            return _try(email="burst@example.jp", address="192.0.2.99")

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(24))) == FREE[Counted.PAIR]
