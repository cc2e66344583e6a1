"""Refusals as problem documents, in the caller's language."""

from __future__ import annotations

import string
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from fieldcrm.core.database_errors import constrained_field, problem_of
from fieldcrm.core.db import Base, transaction
from fieldcrm.core.messages import catalogue, register, say
from fieldcrm.core.problems import problem
from tests.fixtures.people import FieldClient, MakeUser, Org, Person, create_person, signed_in_client

ClientFor = Callable[[Person], FieldClient]


@pytest.mark.parametrize(
    ("language", "title"), [("ja", "見つかりません"), ("en-US", "Not found"), ("fr", "見つかりません")]
)
def test_unknown_address_is_told_in_the_browsers_language(
    stranger: FieldClient, language: str, title: str
) -> None:
    answer = stranger.get("/api/nothing", headers={"Accept-Language": language})
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"
    assert answer.json["title"] == title
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]


@pytest.mark.parametrize(("language", "word"), [("ja", "アプリを開く"), ("en", "Open the app")])
def test_who_opens_a_wrong_address_sees_a_page_with_a_way_back(
    stranger: FieldClient, language: str, word: str
) -> None:
    headers = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": language}
    answer = stranger.get("/nowhere", headers=headers)
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert word in answer.text
    assert 'href="/"' in answer.text
    assert stranger.get("/api/nothing", headers=headers).content_type == "application/problem+json"


def test_own_language_wins_over_the_browsers(client_for: ClientFor, make_user: MakeUser) -> None:
    client = client_for(make_user(locale="ja"))
    answer = client.put("/api/session/preferences", json={}, headers={"Accept-Language": "en"})
    assert answer.json["title"] == "入力内容を確認してください"
    assert answer.json["errors"] == [{"field": "locale", "code": "required", "message": "入力してください"}]


def test_wrong_method_says_which_are_allowed(stranger: FieldClient) -> None:
    answer = stranger.get("/sign-out")
    assert (answer.status_code, answer.json["code"]) == (405, "method_not_allowed")
    assert "POST" in answer.headers["Allow"]


def test_too_large_a_body_names_the_limit(stranger: FieldClient, app: Flask) -> None:
    stranger.csrf_token = stranger.get("/api/csrf").json["csrf_token"]
    size = app.config["MAX_CONTENT_LENGTH"] + 1
    answer = stranger.post(
        "/api/session",
        data=b"{}",
        content_type="application/json",
        headers={"Accept-Language": "en"},
        environ_overrides={"CONTENT_LENGTH": str(size)},
    )
    assert (answer.status_code, answer.json["code"]) == (413, "too_large")
    assert "64 MB" in answer.json["title"]


def test_missing_csrf_token_is_refused(client_for: ClientFor, make_user: MakeUser) -> None:
    client = client_for(make_user())
    client.csrf_token = None
    answer = client.put("/api/session/preferences", json={"locale": "en"})
    assert (answer.status_code, answer.json["code"]) == (403, "csrf")


def test_a_fault_of_ours_tells_nothing_of_itself(
    probe_app: Flask, committed_organisation: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    with probe_app.app_context():
        client = signed_in_client(probe_app, create_person(committed_organisation, locale="en"))
    monkeypatch.setattr(probe_app, "testing", False)
    answer = client.get("/api/probe/broken")
    assert (answer.status_code, answer.json["code"]) == (500, "internal")
    assert "secret" not in answer.text
    # And the connection went back without its tenant.
    assert client.get("/api/session").status_code == 200


@pytest.mark.parametrize(
    "body", ["{", "[1,", "\x00", "nonsense", "[" * 200_000, '{"a": 1e999999}', "9" * 5000]
)
def test_json_that_cannot_be_read_is_bad_input(client_for: ClientFor, make_user: MakeUser, body: str) -> None:
    answer = client_for(make_user()).put(
        "/api/session/preferences", data=body, content_type="application/json"
    )
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("statement", "code", "field"),
    [
        (
            "insert into team_members select {org}, id, id, '{user}' from gen_random_uuid() id",
            "unknown_reference",
            "team_id",
        ),
        ("insert into teams (org_id, id) values ({org}, gen_random_uuid())", "bad_value", "name"),
        ("select 'x'::bigint", "bad_value", None),
        ("select 99999999999999999999::bigint", "bad_value", None),
        ("select '2026-02-30'::date", "bad_value", None),
        (r"select '\u0000'::jsonb ->> 0", "bad_value", None),
    ],
)
def test_what_the_database_refuses_is_bad_input(
    make_user: MakeUser, statement: str, code: str, field: str | None
) -> None:
    me = make_user()
    statement = statement.format(org=me.org_id, user=me.id).replace("\\u0000", '"\\u0000"')
    with pytest.raises(DBAPIError) as caught, transaction(me.actor) as session:
        session.execute(text(statement))
    found = problem_of(caught.value)
    assert found is not None
    assert found.status == 422
    assert [(error.field, error.code) for error in found.errors] == ([(field, code)] if field else [])


def test_a_name_taken_meanwhile_is_a_conflict(make_user: MakeUser) -> None:
    me = make_user()
    twice = f"insert into organisation_slugs values ('{me.org.slug}', {me.org_id})"
    with pytest.raises(DBAPIError) as caught, transaction(me.actor) as session:
        session.execute(text(twice))
    assert problem_of(caught.value).status == 409


def test_a_mistake_in_our_sql_stays_our_fault(make_user: MakeUser) -> None:
    with pytest.raises(DBAPIError) as caught, transaction(make_user().actor) as session:
        session.execute(text("select nothing from nowhere"))
    assert problem_of(caught.value) is None


def test_a_cancelled_statement_may_be_tried_again(make_user: MakeUser) -> None:
    impatient = "set local statement_timeout = 10; select pg_sleep(1)"
    with pytest.raises(DBAPIError) as caught, transaction(make_user().actor) as session:
        session.execute(text(impatient))
    assert problem_of(caught.value).status == 503


def test_constraint_of_a_shard_is_recognised() -> None:
    name = "team_members_org_id_team_id_fk"
    assert constrained_field(Base.metadata, name) == "team_id"
    assert constrained_field(Base.metadata, f"{name}_102345") == "team_id"
    assert constrained_field(Base.metadata, "unheard_of") is None


def test_every_message_has_both_languages_and_the_same_places() -> None:
    def places(text_: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text_) if name}

    for code, message in catalogue().items():
        assert message.ja, code
        assert message.en, code
        assert places(message.ja) == places(message.en), code
        assert not any(ord(letter) > 0x2E80 for letter in message.en), code


def test_a_code_means_one_thing() -> None:
    with pytest.raises(ValueError, match="already taken"):
        register({"not_found": ("別の意味", "Something else")})


def test_a_message_without_its_values_is_still_said() -> None:
    assert say("too_long", "en") == "At most {max} characters"
    assert say("unheard_of", "ja") == "unheard_of"


def test_problem_lists_the_fields(app: Flask) -> None:
    from fieldcrm.core.errors import FieldError, Invalid

    with app.test_request_context(headers={"Accept-Language": "en"}):
        answer = problem(Invalid(FieldError("name", "too_long", {"max": 200})))
    assert answer.get_json()["errors"] == [
        {"field": "name", "code": "too_long", "message": "At most 200 characters"}
    ]
