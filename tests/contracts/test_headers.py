"""Every answer carries the security headers, whoever wrote it and however it ended: over the URL map."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.engine import Connection
from werkzeug.routing import Rule
from werkzeug.routing.converters import AnyConverter
from werkzeug.test import TestResponse

from fieldcrm.app import create_app
from fieldcrm.core import health
from fieldcrm.core.db import db
from fieldcrm.core.headers import content_security_policy
from fieldcrm.core.ids import new_id
from tests.contracts.calls import Ids, endpoints, own_call
from tests.contracts.rows import World, make_world
from tests.contracts.test_separation import send
from tests.fixtures.people import FieldClient, MakeUser, signed_in_client
from tests.identity.forms import PASSWORD, token_of

EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
BEHIND_TLS = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7", "X-Forwarded-Host": "crm.example"}


def faults_of(answer: TestResponse) -> list[str]:
    """Return what is missing or weak in the headers of ``answer``."""
    headers = answer.headers
    found = [f"{name}: {headers.get(name)}" for name, text in EXPECTED.items() if headers.get(name) != text]
    found += [
        f"{name} twice" for name in {*EXPECTED, "Content-Security-Policy"} if len(headers.getlist(name)) > 1
    ]
    policy = headers.get("Content-Security-Policy", "")
    if not policy.startswith("default-src 'none'") or re.search(r"unsafe|\*|http:", policy):
        found.append(f"policy: {policy!r}")
    if not headers.get("X-Request-Id"):
        found.append("no request id")
    return found


def test_what_is_no_page_may_nothing(stranger: FieldClient) -> None:
    answer = stranger.get("/api/csrf")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"


def _plain_path(app: Flask, rule: Rule) -> str:
    values = {
        name: next(iter(each.items))
        if isinstance(each, AnyConverter)
        else new_id()
        if name.endswith("_id")
        else 1
        for name, each in rule._converters.items()
    }
    return app.url_map.bind("localhost").build(rule.endpoint, values)


def _all_answers(app: Flask, client: FieldClient, ids: Ids) -> Iterator[tuple[str, TestResponse]]:
    for each in endpoints(app):
        yield str(each), send(client, own_call(each, ids))
    for rule in app.url_map.iter_rules():
        # Answered or refused (405, 415, 403 ...): each way out of the app is taken.
        for method in ("GET", "POST", "DELETE", "HEAD", "OPTIONS"):
            yield f"{method} {rule.rule}", client.open(_plain_path(app, rule), method=method)
    for path in (
        "/nowhere",
        "/static/assets/nothing.js",
        "/api/nothing",
        "/static/%2e%2e/x",
        "//evil.example",
    ):
        yield path, client.get(path)


@pytest.fixture
def world(connection: Connection) -> World:
    return make_world(connection, "見出し")


def test_every_answer_of_every_address_carries_the_headers(
    app: Flask,
    connection: Connection,
    world: World,
    stranger: FieldClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FIELDCRM_VITE_URL", "http://localhost:5173")  # the shell without a build
    # It wants a connection of its own, and this test has but one.
    monkeypatch.setattr(health, "examine", lambda: {"status": "ok"})
    signed_in = signed_in_client(app, world.administrator)
    statuses: set[int] = set()
    wrong = []
    for client in (signed_in, stranger):
        savepoint = connection.begin_nested()
        for where, answer in _all_answers(app, client, world.ids):
            statuses.add(answer.status_code)
            wrong += [f"{where} ({answer.status_code}): {fault}" for fault in faults_of(answer)]
        db.session.remove()
        savepoint.rollback()
    assert not wrong, "\n".join(wrong)
    assert statuses >= {200, 302, 401, 403, 404, 405, 422}


def test_an_answer_without_the_headers_is_found(app: Flask) -> None:
    bare = FieldClient(Flask("bare")).get("/")
    assert len(faults_of(bare)) >= len(EXPECTED) + 2


def test_the_policy_allows_no_inline_script_or_style_and_names_the_tiles_server(app: Flask) -> None:
    settings = app.extensions["settings"].model_copy(
        update={
            "basemap_raster_url": "https://tiles.example/xyz/{z}/{x}/{y}.png",
            "basemap_origins": "https://maps.example/ https://tiles.example",
        }
    )
    directives = dict(
        directive.strip().split(" ", 1) for directive in content_security_policy(settings).split(";")
    )
    assert directives["script-src"] == directives["style-src"] == directives["worker-src"] == "'self'"
    assert directives["connect-src"] == "'self' https://tiles.example https://maps.example"
    assert directives["frame-ancestors"] == directives["base-uri"] == "'none'"


@pytest.fixture
def behind_tls(app: Flask, connection: Connection) -> FieldClient:
    """A browser of the app as a proxy with TLS serves it."""
    settings = app.extensions["settings"].model_copy(update={"cookie_secure": True, "trusted_proxies": 1})
    served = create_app(settings, testing=True)
    with served.app_context():
        db._app_engines[served][None] = connection  # type: ignore[assignment]
    return FieldClient(served, use_cookies=True)


def test_behind_tls_cookies_stay_on_tls_and_browsers_are_told_to(behind_tls: FieldClient) -> None:
    answer = behind_tls.get("/sign-in", headers=BEHIND_TLS)
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000"
    cookies = answer.headers.getlist("Set-Cookie")
    assert len(cookies) == 1
    for cookie in cookies:
        assert re.search("; Secure", cookie)
        assert re.search("; HttpOnly", cookie)
        assert re.search("; SameSite=Lax", cookie)


def test_behind_tls_signing_in_gives_no_cookie_that_leaves_it(
    behind_tls: FieldClient, make_user: MakeUser
) -> None:
    rep = make_user("rep", email="tls@example.jp", password=PASSWORD)
    page = behind_tls.get("/sign-in", headers=BEHIND_TLS)
    form = {"csrf_token": token_of(page.text), "email": rep.email, "password": PASSWORD}
    from_elsewhere = behind_tls.post("/sign-in", data=form, headers=BEHIND_TLS)
    assert from_elsewhere.status_code == 400  # without a page of ours before it
    headers = {**BEHIND_TLS, "Referer": "https://crm.example/sign-in"}
    answer = behind_tls.post("/sign-in", data=form, headers=headers)
    assert answer.status_code == 303
    cookies = answer.headers.getlist("Set-Cookie")
    assert {cookie.split("=")[0] for cookie in cookies} == {"fieldcrm", "fieldcrm_device"}
    for cookie in cookies:
        assert all(f"; {word}" in cookie for word in ("Secure", "HttpOnly", "SameSite=Lax"))


def test_without_tls_nothing_is_promised(stranger: FieldClient) -> None:
    answer = stranger.get("/sign-in", headers=BEHIND_TLS)  # from nobody we trust
    assert "Strict-Transport-Security" not in answer.headers
    assert "; HttpOnly" in answer.headers["Set-Cookie"]
    assert "; SameSite=Lax" in answer.headers["Set-Cookie"]
