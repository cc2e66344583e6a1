"""The readable page: the whole document, in both languages, nothing inline and nothing from elsewhere."""

from __future__ import annotations

import re

import pytest

from tests.fixtures.people import FieldClient

HREF = re.compile(r'href="#([^"]+)"')
ID = re.compile(r' id="([^"]+)"')


@pytest.fixture(params=["ja", "en"])
def page(request: pytest.FixtureRequest, stranger: FieldClient) -> str:
    answer = stranger.get("/docs", query_string={"lang": request.param})
    assert answer.status_code == 200
    assert answer.headers["Content-Language"] == request.param
    return answer.text


def test_every_operation_and_shape_is_on_the_page(page: str, stranger: FieldClient) -> None:
    told = stranger.get("/openapi.json").json
    names = [operation["operationId"] for each in told["paths"].values() for operation in each.values()]
    shapes = [f"shape-{name}" for name in told["components"]["schemas"]]
    assert {*names, *shapes} - set(ID.findall(page)) == set()


def test_every_link_on_the_page_leads_somewhere(page: str) -> None:
    assert set(HREF.findall(page)) - set(ID.findall(page)) == set()


def test_no_name_is_given_twice(page: str) -> None:
    found = ID.findall(page)
    assert len(found) == len(set(found))


def test_nothing_is_inline_and_nothing_comes_from_elsewhere(page: str) -> None:
    assert "<script" not in page
    assert "<style" not in page
    assert " style=" not in page
    assert not re.search(r'(src|href)="(https?:)?//', page)


def test_the_policy_is_that_of_the_app(stranger: FieldClient) -> None:
    answer = stranger.get("/docs")
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]
    assert stranger.get("/docs.css").content_type.startswith("text/css")


def test_the_language_is_the_browsers_unless_asked_for(stranger: FieldClient) -> None:
    english = stranger.get("/docs", headers={"Accept-Language": "en"})
    assert 'lang="en"' in english.text[:200]
    assert "Who may, and how far" in english.text
    japanese = stranger.get("/docs?lang=ja", headers={"Accept-Language": "en"})
    assert "使える人と範囲" in japanese.text


def test_every_room_has_a_name_in_japanese(stranger: FieldClient) -> None:
    titles = re.findall(r'<h2 id="title-(\w+)">([^<]+)', stranger.get("/docs?lang=ja").text)
    assert len(titles) > 10
    assert [room for room, name in titles if room in name or not re.search(r"[ぁ-んァ-ヶ一-龠]", name)] == []


def test_markup_in_descriptions_is_shown_and_not_run() -> None:
    from fieldcrm.reference.page import prose

    assert str(prose("a `<b>` **<i>**")) == "a <code>&lt;b&gt;</code> <b>&lt;i&gt;</b>"
