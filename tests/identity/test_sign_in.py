"""Signing in and out, by form and by JSON."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from fieldcrm.core.db import db, forget_tenant, set_tenant
from fieldcrm.identity import passwords, service
from fieldcrm.identity.sign_in import BadCredentials, authenticate
from tests.fixtures.people import FieldClient, MakeUser, Person
from tests.fixtures.queries import Queries
from tests.fixtures.surroundings import FrozenClock

CountQueries = Callable[[], AbstractContextManager[Queries]]
PASSWORD = "毎日三件まわる2026"


@pytest.fixture
def rep(make_user: MakeUser) -> Person:
    return make_user("rep", email="Sato@Example.jp", password=PASSWORD)


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found.group(1)


def _post(client: FieldClient, **fields: str):
    token = _token(client.get("/sign-in").text)
    return client.post("/sign-in", data={"csrf_token": token, **fields})


def _count_sessions(person: Person) -> int:
    session = set_tenant(person.actor)
    try:
        return session.scalar(text("select count(*) from user_sessions"))
    finally:
        forget_tenant()


def test_right_password_signs_in_and_goes_on(stranger: FieldClient, rep: Person) -> None:
    answer = _post(stranger, email=" sato@example.jp ", password=PASSWORD, next="/lists?kind=company")
    assert (answer.status_code, answer.location) == (303, "/lists?kind=company")
    assert _count_sessions(rep) == 1
    again = stranger.get("/sign-in?next=/today")
    assert (again.status_code, again.location) == (303, "/today")


def test_password_typed_full_width_signs_in(stranger: FieldClient, rep: Person) -> None:
    full_width = "毎日三件まわる２０２６"
    assert _post(stranger, email="sato@example.jp", password=full_width).status_code == 303


@pytest.mark.parametrize(
    "email", ["sato@example.jp", "nobody@example.jp", "x' or '1'='1", "100%s@example.jp", "\\"]
)
def test_stranger_learns_nothing_and_keeps_what_was_typed(
    stranger: FieldClient, rep: Person, email: str
) -> None:
    answer = _post(stranger, email=email, password="wrong", lang="ja")
    assert answer.status_code == 401
    assert "メールアドレスまたはパスワードが違います" in answer.text
    assert _count_sessions(rep) == 0
    typed = re.search(r'id="email"[^>]* value="([^"]*)"', answer.text)
    assert typed is not None
    assert typed.group(1).replace("&#39;", "'") == email


def test_an_unknown_address_costs_the_same_work(
    rep: Person, count_queries: CountQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    verify = passwords._HASHER.verify

    def counting(stored: str, typed: str) -> bool:
        hashed.append(stored.split("$")[3])  # the cost
        return verify(stored, typed)

    monkeypatch.setattr(passwords, "_HASHER", SimpleNamespace(verify=counting, hash=passwords._HASHER.hash))
    work = []
    for email in ("sato@example.jp", "nobody@example.jp"):
        with count_queries() as seen, pytest.raises(BadCredentials):
            authenticate(email=email, password="wrong", address="")
        work.append([statement.split(" WHERE ")[0] for statement in seen])
    assert work[0] == work[1]
    assert len(hashed) == 2
    assert hashed[0] == hashed[1]


def test_empty_fields_are_named(stranger: FieldClient, rep: Person) -> None:
    answer = _post(stranger, email="sato@example.jp", password="", lang="en")
    assert answer.status_code == 422
    assert "Enter your password" in answer.text
    assert 'aria-describedby="password-error"' in answer.text


def test_sign_in_rotates_session_cookie_and_token(stranger: FieldClient, rep: Person) -> None:
    _post(stranger, email="sato@example.jp", password=PASSWORD)
    first = stranger.get_cookie("fieldcrm").value
    old_token = stranger.get("/api/csrf").json["csrf_token"]
    answer = stranger.post(
        "/api/session",
        json={"email": "sato@example.jp", "password": PASSWORD},
        headers={"X-CSRFToken": old_token},
    )
    assert answer.status_code == 200
    assert _count_sessions(rep) == 1
    stale = FieldClient(stranger.application, use_cookies=True)
    stale.set_cookie("fieldcrm", first)
    assert stale.get("/sign-in").status_code == 200  # no longer signed in
    refused = stranger.delete("/api/session", headers={"X-CSRFToken": old_token})
    assert (refused.status_code, refused.json["code"]) == (403, "csrf")
    fresh = {"X-CSRFToken": answer.json["csrf_token"]}
    assert stranger.delete("/api/session", headers=fresh).status_code == 204
    assert _count_sessions(rep) == 0


def test_sign_out_deletes_the_session(client_for: Callable[[Person], FieldClient], rep: Person) -> None:
    client = client_for(rep)
    assert _count_sessions(rep) == 1
    answer = client.post("/sign-out")
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert _count_sessions(rep) == 0


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "",
    ],
)
def test_next_never_leaves_the_app(stranger: FieldClient, rep: Person, target: str) -> None:
    answer = _post(stranger, email="sato@example.jp", password=PASSWORD, next=target)
    assert (answer.status_code, answer.location) == (303, "/")


def test_form_without_token_is_shown_again_with_the_address(stranger: FieldClient, rep: Person) -> None:
    answer = stranger.post("/sign-in", data={"email": "sato@example.jp", "password": PASSWORD})
    assert answer.status_code == 400
    assert 'value="sato@example.jp"' in answer.text
    assert _count_sessions(rep) == 0


def test_sign_out_without_token_is_refused(stranger: FieldClient, rep: Person) -> None:
    _post(stranger, email="sato@example.jp", password=PASSWORD)
    assert stranger.post("/sign-out").status_code == 403
    assert _count_sessions(rep) == 1


def test_failures_slow_down_one_address_and_not_the_rightful_user(
    stranger: FieldClient, rep: Person, frozen_clock: FrozenClock
) -> None:
    for _ in range(5):
        assert _post(stranger, email="sato@example.jp", password="wrong").status_code == 401
    refused = _post(stranger, email="sato@example.jp", password=PASSWORD, lang="en")
    assert refused.status_code == 429
    assert "1 seconds" in refused.text
    elsewhere = stranger.application.test_client()
    token = _token(elsewhere.get("/sign-in").text)
    form = {"csrf_token": token, "email": "sato@example.jp", "password": PASSWORD}
    from_office = elsewhere.post("/sign-in", data=form, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert from_office.status_code == 303
    frozen_clock.move(seconds=2)
    assert _post(stranger, email="sato@example.jp", password=PASSWORD).status_code == 303


def test_deactivated_person_is_out_at_once_and_cannot_return(
    client_for: Callable[[Person], FieldClient], stranger: FieldClient, rep: Person
) -> None:
    client = client_for(rep)
    assert client.get("/sign-in").status_code == 303
    session = set_tenant(rep.org.actor)
    service.deactivate_user(session, rep.org.actor, user_id=rep.id)
    session.commit()
    forget_tenant()
    assert client.get("/sign-in").status_code == 200
    assert _post(stranger, email="sato@example.jp", password=PASSWORD).status_code == 401


def test_session_slides_and_ends(
    client_for: Callable[[Person], FieldClient], rep: Person, frozen_clock: FrozenClock
) -> None:
    client = client_for(rep)

    def is_in() -> bool:
        # The look-up is committed by endpoints; here through a public one that only asks.
        return client.get("/sign-in").status_code == 303

    frozen_clock.move(days=29)
    assert is_in()
    frozen_clock.move(days=2)
    assert not is_in()


def test_forged_cookie_is_nobody(stranger: FieldClient, rep: Person) -> None:
    for text_ in ("", "1", "1:", "x:y", f"{rep.org_id}:{rep.id}", "-1:0", "９:9"):
        with stranger.session_transaction() as cookie:
            cookie["_user_id"] = text_
        assert stranger.get("/sign-in").status_code == 200


def test_page_speaks_the_language_asked_for(stranger: FieldClient) -> None:
    assert "パスワード" in stranger.get("/sign-in", headers={"Accept-Language": "ja"}).text
    assert "Password" in stranger.get("/sign-in", headers={"Accept-Language": "en-GB"}).text
    page = stranger.get("/sign-in?lang=en", headers={"Accept-Language": "ja"})
    assert 'html lang="en"' in page.text
    assert "style=" not in page.text
    assert "<script" not in page.text
    assert stranger.get("/sign-in.css").mimetype == "text/css"


def test_look_up_shows_one_name_only(app, rep: Person, make_user: MakeUser) -> None:
    make_user("rep", email="other@example.jp")
    session = db.session()
    session.execute(text("set local app.lookup = 'sato@example.jp'"))
    assert list(session.scalars(text("select email from sign_in_names"))) == ["sato@example.jp"]


@pytest.mark.parametrize(
    ("unsent", "told"),
    [(0, "すべてサーバーへ送信してあります"), (2, "受け付けなかった2件は送れませんでした")],
)
def test_a_phone_that_emptied_itself_says_so_before_the_next_sign_in(
    stranger: FieldClient, unsent: int, told: str
) -> None:
    page = stranger.get(f"/sign-in?lang=ja&wiped={unsent}").text
    assert "この端末のデータを消去しました" in page
    assert told in page
    assert "消去しました" not in stranger.get("/sign-in?lang=ja&wiped=x").text
