"""Error pages: in both languages, with the id, for browsers alone, and without the database."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from fieldcrm.core.errors import Forbidden, NotSignedIn
from tests.conftest import build_app
from tests.fixtures.people import FieldClient

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.fixture
def failing(database: dict[str, str]) -> Flask:
    """An application with a view that breaks, as it runs in earnest."""
    app = build_app(database)
    app.testing = False

    @app.get("/breaks")
    def breaks() -> str:
        raise ValueError("山田花子")

    @app.get("/forbids")
    def forbids() -> str:
        raise Forbidden()

    @app.get("/asks")
    def asks() -> str:
        raise NotSignedIn()

    return app


@pytest.mark.parametrize(
    ("language", "title", "way"),
    [("ja", "見つかりません", "アプリを開く"), ("en", "Not found", "Open the app")],
)
def test_an_unknown_address_is_a_page_with_the_id(
    stranger: FieldClient, language: str, title: str, way: str
) -> None:
    headers = {"Accept": BROWSER, "Accept-Language": language}
    answer = stranger.get("/nowhere", headers=headers)
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert answer.headers["Content-Language"] == language
    assert f'<h1 id="title">{title}</h1>' in answer.text
    assert way in answer.text
    assert f"<code>{answer.headers['X-Request-Id']}</code>" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_nothing_on_the_page_is_inline_or_from_elsewhere(stranger: FieldClient) -> None:
    page = stranger.get("/nowhere", headers={"Accept": BROWSER}).text
    assert "<script" not in page
    assert "<style" not in page
    assert " style=" not in page
    for link in re.findall(r'(?:href|src)="(/[^"]+\.css)"', page):
        assert stranger.get(link).status_code == 200


@pytest.mark.parametrize("accept", ["*/*", "application/json", "image/avif,image/webp,*/*;q=0.8", ""])
def test_programs_get_a_problem_document(stranger: FieldClient, accept: str) -> None:
    answer = stranger.get("/nowhere", headers={"Accept": accept})
    assert answer.content_type == "application/problem+json"


def test_a_fault_of_ours_is_a_page_that_says_nothing_of_it(failing: Flask) -> None:
    client = FieldClient(failing)
    answer = client.get("/breaks?x=1", headers={"Accept": BROWSER, "Accept-Language": "ja"})
    assert (answer.status_code, answer.mimetype) == (500, "text/html")
    assert "サーバーで問題が起きました" in answer.text
    assert "山田花子" not in answer.text
    assert "ValueError" not in answer.text
    assert 'href="/breaks?x=1"' in answer.text
    assert answer.headers["X-Request-Id"] in answer.text


def test_forbidden_is_a_page(failing: Flask) -> None:
    answer = FieldClient(failing).get("/forbids", headers={"Accept": BROWSER, "Accept-Language": "en"})
    assert (answer.status_code, answer.mimetype) == (403, "text/html")
    assert "You may not do this" in answer.text


def test_signed_out_the_page_leads_to_the_sign_in_and_back(failing: Flask) -> None:
    answer = FieldClient(failing).get("/asks?q=%22%3E%3Cb", headers={"Accept": BROWSER})
    assert answer.status_code == 401
    assert 'href="/sign-in?next=/asks%3Fq%3D%2522%253E%253Cb"' in answer.text


def test_the_api_answers_data_also_to_browsers(stranger: FieldClient) -> None:
    answer = stranger.get("/api/nothing", headers={"Accept": BROWSER})
    assert answer.content_type == "application/problem+json"
