"""What search finds among more accounts than it reads one by one: each way of looking has its word."""

from __future__ import annotations

import pytest

from fieldcrm.accounts import search, service
from fieldcrm.core.db import transaction

MANY = 2 * search.AT_EACH_END + 100
MIDDLE = MANY // 2


@pytest.fixture
def find(client_for, make_user, organisation):
    """Names found for a text, among many shops of one ward and one association amid them."""
    rows = [
        {"name": f"店{number:04}", "address": "東京都港区芝1-2-3", "external_id": f"A{number:04}"}
        for number in range(MANY)
    ]
    rows[MIDDLE] = {"name": "港区商工会", "name_kana": "ミナトクショウコウカイ", "external_id": "B7777"}
    with transaction(organisation.actor) as session:
        service.bulk_create(session, organisation.actor, rows)
    admin = client_for(make_user("administrator"))

    def names(text, **query):
        answer = admin.get("/api/accounts", query_string={"q": text, "limit": 20, **query})
        return [item["name"] for item in answer.json["items"]]

    return names


@pytest.mark.parametrize("text", ["みなとく", "商工会", "B7777", "b77", "商工会 港区", "港区商工会"])
def test_one_amid_many_is_found(find, text):
    assert find(text) == ["港区商工会"]


def test_name_that_begins_with_the_word_comes_before_all_who_only_hold_it(find):
    hits = find("港区")
    assert hits[0] == "港区商工会"
    assert len(hits) == 20


def test_what_very_many_names_begin_with_comes_in_their_order(find):
    assert find("店") == [f"店{number:04}" for number in range(20)]


def test_a_number_of_some_years_ago_is_found_by_its_beginning(find):
    assert find("店0350 A03") == []
    assert find("A0349") == ["店0349"]
    assert {name[:3] for name in find("A03")} == {"店03"}


def test_filters_hold_for_every_way(find):
    assert find("店", kind="person") == []
    assert find("港区", kind="person") == []
    assert find("商工会", kind="company") == ["港区商工会"]
