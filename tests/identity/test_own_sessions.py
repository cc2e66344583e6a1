"""One's own sign-ins: seen, ended one by one or all; another password ends the rest."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from fieldcrm.core.db import forget_tenant, set_tenant
from tests.fixtures.mail import MailServer, RunJobs, words_of
from tests.fixtures.people import FieldClient, MakeUser, Person
from tests.fixtures.surroundings import FrozenClock
from tests.identity.forms import FRESH, PASSWORD, sign_in

ClientFor = Callable[[Person], FieldClient]


@pytest.fixture
def rep(make_user: MakeUser) -> Person:
    return make_user("rep", email="sato@example.jp", name="佐藤", password=PASSWORD)


def _sessions(client: FieldClient) -> list[dict[str, object]]:
    return client.get("/api/user-sessions").json["items"]


def test_sessions_are_listed_and_ended(rep: Person, client_for: ClientFor, make_user: MakeUser) -> None:
    phone, laptop, tablet = (client_for(rep) for _ in range(3))
    stranger = client_for(make_user("administrator"))
    assert [each["is_this"] for each in _sessions(phone)].count(True) == 1
    assert len(_sessions(phone)) == 3
    own = next(each["id"] for each in _sessions(laptop) if each["is_this"])
    assert stranger.delete(f"/api/user-sessions/{own}").status_code == 404
    assert phone.delete(f"/api/user-sessions/{own}").status_code == 204
    assert laptop.get("/api/session").status_code == 401
    assert phone.delete("/api/user-sessions").json == {"count": 1}
    assert tablet.get("/api/session").status_code == 401
    assert phone.get("/api/session").status_code == 200
    assert stranger.get("/api/session").status_code == 200


def test_another_password_signs_out_everywhere_else_and_renews_the_session_here(
    rep: Person, client_for: ClientFor, mail_server: MailServer, run_jobs: RunJobs
) -> None:
    phone, laptop = client_for(rep), client_for(rep)
    before = phone.get_cookie("fieldcrm").value
    stale = FieldClient(phone.application, use_cookies=True)
    stale.set_cookie("fieldcrm", before)
    answer = phone.put("/api/session/password", json={"current": PASSWORD, "password": FRESH})
    assert answer.status_code == 204, answer.text
    assert laptop.get("/api/session").status_code == 401
    assert stale.get("/api/session").status_code == 401  # also the cookie of before
    assert phone.get("/api/session").status_code == 200
    # Other tabs of this browser go on with the token they have.
    assert phone.post("/api/accounts", json={"name": "続き"}).status_code == 201
    assert sign_in(FieldClient(phone.application), email=rep.email, password=PASSWORD).status_code == 401
    assert sign_in(FieldClient(phone.application), email=rep.email, password=FRESH).status_code == 303
    run_jobs()
    (mail,) = mail_server.mails
    assert mail["Subject"] == "FieldCRM パスワードが変更されました"
    assert "ほかの端末はすべてサインアウト" in words_of(mail)


@pytest.mark.parametrize(
    ("current", "password", "field", "code"),
    [
        ("ちがいます2026x", FRESH, "current", "wrong_password"),
        (PASSWORD, "短い", "password", "password_too_short"),
        (PASSWORD, "sato@example.jp", "password", "password_is_email"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_changes(
    rep: Person, client_for: ClientFor, current: str, password: str, field: str, code: str
) -> None:
    phone, laptop = client_for(rep), client_for(rep)
    refused = phone.put("/api/session/password", json={"current": current, "password": password})
    assert refused.status_code == 422
    assert [(each["field"], each["code"]) for each in refused.json["errors"]] == [(field, code)]
    assert laptop.get("/api/session").status_code == 200


def test_who_found_the_phone_open_cannot_guess_on(
    rep: Person, client_for: ClientFor, frozen_clock: FrozenClock
) -> None:
    phone = client_for(rep)
    body = {"current": "まちがい", "password": FRESH}
    answers = [phone.put("/api/session/password", json=body) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert answers[-1].headers["Retry-After"] == "1"


def test_sign_out_is_in_the_audit_log(rep: Person, client_for: ClientFor) -> None:
    client_for(rep).post("/sign-out")
    session = set_tenant(rep.org.actor)
    rows = session.execute(
        text("select action, actor_id from audit_log where entity_id = :id order by id"), {"id": rep.id}
    ).all()
    forget_tenant()
    assert [tuple(row) for row in rows][-1] == ("sign_out", rep.id)
