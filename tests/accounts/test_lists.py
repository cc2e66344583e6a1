"""Lists: filters, orders, pages that stay put, nearest, and search by its index under RLS."""

from __future__ import annotations

import pytest

from fieldcrm.accounts import service
from fieldcrm.core.cursors import encode_cursor
from fieldcrm.core.db import transaction

TOKYO = (139.7671, 35.6812)


@pytest.fixture
def admin(client_for, make_user):
    return client_for(make_user("administrator"))


def names(client, **query):
    return [item["name"] for item in client.get("/api/accounts", query_string=query).json["items"]]


def pages(client, **query):
    """Every page's names, following the cursors."""
    found, cursor = [], None
    while True:
        step = {**query, **({"cursor": cursor} if cursor else {})}
        page = client.get("/api/accounts", query_string=step).json
        found.append([item["name"] for item in page["items"]])
        cursor = page["next_cursor"]
        if cursor is None:
            return found


@pytest.fixture
def seven(organisation):
    rows = [
        {
            "name": f"{letter}店", "name_kana": letter, "status": 1 + number % 3, "rank": "ABC"[number % 3],
            "win_prob": None if number % 3 == 0 else number * 10, "tags": ["重点"] if number % 2 else [],
            "cadence_days": 10 if number in (2, 3) else None, "precision": 6, "geo_source": "file",
            # Three at one point: ties in every order by distance.
            "lon": TOKYO[0] + max(0, number - 2) * 0.01, "lat": TOKYO[1],
        }
        for number, letter in enumerate("あいうえおかき")
    ]  # fmt: skip
    with transaction(organisation.actor) as session:
        return service.bulk_create(session, organisation.actor, rows)


@pytest.mark.parametrize("sort", ["name", "kana", "due", "win_prob", "rank", "updated", "distance"])
def test_pages_hold_every_account_once_in_order(admin, seven, sort):
    place = {"lon": TOKYO[0], "lat": TOKYO[1]} if sort == "distance" else {}
    whole = names(admin, sort=sort, **place)
    paged = pages(admin, sort=sort, limit=2, **place)
    assert [len(page) for page in paged] == [2, 2, 2, 1]
    assert [name for page in paged for name in page] == whole
    assert len(set(whole)) == 7


def test_orders_mean_what_they_say(admin, seven):
    assert names(admin)[:2] == ["あ店", "い店"]
    assert names(admin, sort="win_prob")[:2] == ["か店", "お店"]
    assert names(admin, sort="due")[:2] == ["う店", "え店"]
    assert names(admin, sort="rank")[:3] == ["あ店", "え店", "き店"]
    far = admin.get("/api/accounts", query_string={"sort": "distance", "lon": TOKYO[0], "lat": TOKYO[1]}).json
    metres = [item["distance_m"] for item in far["items"]]
    assert metres == sorted(metres)
    assert metres[-1] == pytest.approx(3620, rel=0.01)


def test_ranks_stand_in_the_organisations_order_then_those_no_longer_offered_then_none(admin, seven):
    """う店 and か店 have C, which is taken out of the choices; い店 loses its rank."""
    by_name = {item["name"]: item["id"] for item in admin.get("/api/accounts").json["items"]}
    admin.patch(f"/api/accounts/{by_name['い店']}", json={"rank": None})
    admin.put("/api/ranks", json={"ranks": ["Z", "B", "A"], "force": True})
    expected = [f"{letter}店" for letter in "おあえきうかい"]
    assert names(admin, sort="rank") == expected
    for limit in (1, 2, 3):
        assert [name for page in pages(admin, sort="rank", limit=limit) for name in page] == expected


def test_a_page_by_rank_goes_on_where_it_was_when_its_rank_is_offered_no_longer(admin, seven):
    first = admin.get("/api/accounts", query_string={"sort": "rank", "limit": 2}).json
    assert [item["name"] for item in first["items"]] == ["あ店", "え店"]
    admin.put("/api/ranks", json={"ranks": ["B", "C"], "force": True})
    rest = names(admin, sort="rank", cursor=first["next_cursor"])
    assert rest == ["き店"]


@pytest.mark.parametrize(
    "mark", [["A", "あ"], ["A", 5, "x"], [7, "あ", "x"], ["A", "\x00", "x"], ["A", "あ", "x"]]
)
def test_a_mark_of_no_page_by_rank_is_refused(admin, seven, mark):
    answer = admin.get("/api/accounts", query_string={"sort": "rank", "cursor": encode_cursor(mark)})
    assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "bad_cursor")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"status": [1, 2]}, "あいえおき"),
        ({"rank": "B"}, "いお"),
        ({"tag": "重点"}, "いえか"),
        ({"win_min": 20, "win_max": 40}, "うお"),
        ({"never_visited": 1}, "あいうえおかき"),
        ({"overdue": 1}, ""),
        ({"owner": "none"}, "あいうえおかき"),
        ({"owner": "me"}, ""),
        ({"bbox": "139.77,35.6,139.79,35.7"}, "えお"),
        ({"bbox": "139.79,35.6,-170,35.7"}, "かき"),
        ({"kind": "person"}, ""),
        ({"q": "うて"}, ""),
        ({"q": "う", "status": 3}, "う"),
    ],
)
def test_filters_show_what_they_name(admin, seven, query, expected):
    assert sorted(names(admin, **query)) == [f"{letter}店" for letter in expected]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"bbox": "1,2,3"}, "bbox"),
        ({"bbox": "139,91,140,92"}, "bbox"),
        ({"owner": "someone"}, "owner"),
        ({"status": "many"}, "status.0"),
        ({"sort": "colour"}, "sort"),
        ({"sort": "distance"}, "sort"),
        ({"cursor": "???"}, "cursor"),
        ({"cursor": "WzEsMl0"}, "cursor"),
        ({"limit": 201}, "limit"),
        ({"win_min": 101}, "win_min"),
    ],
)
def test_odd_query_is_refused_at_its_parameter(admin, query, field):
    answer = admin.get("/api/accounts", query_string=query)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == [field]


def test_unknown_parameter_is_refused(admin):
    assert admin.get("/api/accounts", query_string={"colour": "red"}).status_code == 422


def test_nearest_are_in_order_of_metres_within_the_filters(admin, seven):
    place = {"lon": TOKYO[0], "lat": TOKYO[1]}
    near = admin.get("/api/accounts/nearest", query_string={**place, "limit": 4}).json["items"]
    assert {item["name"] for item in near[:3]} == {"あ店", "い店", "う店"}
    assert near[3]["distance_m"] == pytest.approx(905, rel=0.01)
    b_only = admin.get("/api/accounts/nearest", query_string={**place, "rank": "B"}).json["items"]
    assert [item["name"] for item in b_only] == ["い店", "お店"]


def test_list_asks_the_same_number_of_queries_for_any_number_of_rows(admin, seven, count_queries):
    with count_queries() as one:
        names(admin, limit=1)
    with count_queries() as many:
        names(admin, limit=50)
    assert len(many) == len(one)
