"""The OpenAPI document: valid, and whole without any endpoint being named."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator
from werkzeug.routing import Rule

from fieldcrm.core.description import PUBLIC
from fieldcrm.identity.policy import NOT_WITH_TOKEN
from fieldcrm.reference.document import document
from fieldcrm.reference.operations import is_for_programs
from fieldcrm.reference.words import ROOMS
from tests.fixtures.people import FieldClient

PROBLEM = {"$ref": "#/components/schemas/Problem"}


@pytest.fixture(scope="module")
def told(app: Flask) -> dict[str, Any]:
    return document(app)


def _operations(told: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_the_document_is_valid_openapi_3_1(told: dict[str, Any]) -> None:
    assert told["openapi"] == "3.1.0"
    assert list(OpenAPIV31SpecValidator(told).iter_errors()) == []


def test_it_is_served_to_whoever_asks_and_marked(stranger: FieldClient, told: dict[str, Any]) -> None:
    answer = stranger.get("/openapi.json")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert set(answer.json["paths"]) == set(told["paths"])
    again = stranger.get("/openapi.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_no_address_of_the_api_is_left_out(app: Flask, told: dict[str, Any]) -> None:
    """Pages say that they are for browsers; nothing below /api/ may."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/"):
            assert is_for_programs(app, rule), rule.rule
    assert {"/healthz", "/metrics", "/openapi.json"} <= set(told["paths"])


def test_every_method_of_every_address_is_described(app: Flask, told: dict[str, Any]) -> None:
    for rule in app.url_map.iter_rules():
        if is_for_programs(app, rule):
            path = "".join(part if is_plain else f"{{{part}}}" for is_plain, part in _parts(rule))
            methods = {method.lower() for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}
            assert methods <= set(told["paths"][path]), rule.rule


def _parts(rule: Rule) -> Iterator[tuple[bool, str]]:
    """Yield plain text and the names of parameters in turn, as werkzeug itself reads the rule."""
    for is_dynamic, part in rule._trace:
        yield not is_dynamic, part.lstrip("|")


def test_each_has_a_name_of_its_own_and_a_sentence(told: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, operation in _operations(told)]
    assert sorted({name for name in names if names.count(name) > 1}) == []
    for where, operation in _operations(told):
        assert len(operation["summary"]) >= 10, where
        assert operation["summary"].isascii(), where


def test_every_parameter_says_what_it_is(told: dict[str, Any]) -> None:
    silent = [
        f"{where}: {parameter['name']}"
        for where, operation in _operations(told)
        for parameter in operation.get("parameters", ())
        if not parameter["description"] or not parameter["schema"]
    ]
    assert silent == []


def test_every_room_says_what_it_is(told: dict[str, Any]) -> None:
    assert [tag["name"] for tag in told["tags"] if tag["name"] not in ROOMS] == []


def test_every_answer_with_content_has_a_schema(told: dict[str, Any]) -> None:
    for where, operation in _operations(told):
        successes = [status for status in operation["responses"] if status < "300"]
        assert successes, where
        for status in successes:
            content = operation["responses"][status].get("content", {})
            assert content if status != "204" else not content, f"{where}: {status}"
            assert all(each["schema"] for each in content.values()), f"{where}: {status}"


def test_every_refusal_is_a_problem_document(told: dict[str, Any]) -> None:
    for name, response in told["components"]["responses"].items():
        if name != "Problem416":
            assert response["content"]["application/problem+json"]["schema"] == PROBLEM
    for where, operation in _operations(told):
        refusals = {status for status in operation["responses"] if status >= "400"}
        expected = {"401", "403"} if operation["security"] not in ([], [{"csrf": []}]) else set()
        assert expected <= refusals, where


def test_what_needs_no_sign_in_is_what_is_public(app: Flask, told: dict[str, Any]) -> None:
    public = {view.__name__ for view in app.view_functions.values() if getattr(view, "policy", "") == PUBLIC}
    for _where, operation in _operations(told):
        is_open = not any("session" in way for way in operation["security"])
        assert is_open == (operation["operationId"] in public)
        assert is_open != ("x-policy" in operation)


def test_names_of_shapes_are_short(told: dict[str, Any]) -> None:
    assert [name for name in told["components"]["schemas"] if not name.isalnum()] == []


def test_marks_and_idempotency_are_told_where_they_hold(told: dict[str, Any]) -> None:
    read, write = told["paths"]["/api/accounts"]["get"], told["paths"]["/api/accounts"]["post"]
    assert "ETag" in read["responses"]["200"]["headers"]
    assert "304" in read["responses"]
    assert "If-None-Match" in {each["name"] for each in read["parameters"]}
    assert "Idempotency-Key" in {each["name"] for each in write["parameters"]}
    assert {"412", "409"} <= set(told["paths"]["/api/accounts/{account_id}"]["patch"]["responses"])


def test_what_tokens_never_open_says_so(told: dict[str, Any]) -> None:
    for where, operation in _operations(told):
        if policy := operation.get("x-policy"):
            is_for_programs = {"bearerAuth": []} in operation["security"]
            assert is_for_programs == (policy not in NOT_WITH_TOKEN), where


def test_reading_the_same_again_costs_no_bytes(client_for: Any, make_user: Any) -> None:
    client = client_for(make_user("administrator"))
    first = client.get("/api/statuses")
    again = client.get("/api/statuses", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    change = {"name_ja": "変わった"}
    assert client.patch(f"/api/statuses/{first.json['items'][0]['no']}", json=change).status_code == 200
    assert client.get("/api/statuses", headers={"If-None-Match": again.headers["ETag"]}).status_code == 200
