"""/api/geocode over HTTP."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient


@pytest.fixture
def client(make_user: Callable[..., Any], client_for: Callable[..., FlaskClient]) -> FlaskClient:
    return client_for(make_user(role="rep"))


def test_address_is_placed(client: FlaskClient) -> None:
    answer = client.get("/api/geocode", query_string={"q": "東京都千代田区永田町1-7-1 議事堂"})
    assert answer.status_code == 200
    assert answer.json == {
        "lon": 139.746306,
        "lat": 35.675895,
        "level": "town",
        "matched": "東京都千代田区永田町一丁目",
        "prefecture": "東京都",
        "municipality": "千代田区",
        "municipality_code": "13101",
        "rest": "7-1 議事堂",
    }


def test_unknown_address_is_an_answer_too(client: FlaskClient) -> None:
    answer = client.get("/api/geocode", query_string={"q": "どこでもない"})
    assert (answer.status_code, answer.json["level"], answer.json["lon"]) == (200, "none", None)


def test_point_is_named(client: FlaskClient) -> None:
    answer = client.get("/api/geocode/reverse?lon=139.6917&lat=35.6895")
    assert answer.status_code == 200
    assert answer.json["address"] == "東京都新宿区西新宿二丁目"
    assert answer.json["distance_m"] < 200


def test_sea_is_not_found(client: FlaskClient) -> None:
    assert client.get("/api/geocode/reverse?lon=143.5&lat=34.0").status_code == 404


@pytest.mark.parametrize(
    ("url", "field"),
    [
        ("/api/geocode", "q"),
        ("/api/geocode?q=" + "x" * 401, "q"),
        ("/api/geocode/reverse?lon=999&lat=35", "lon"),
        ("/api/geocode/reverse?lon=nan&lat=35", "lon"),
        ("/api/geocode/reverse?lon=139", "lat"),
    ],
)
def test_bad_input_is_marked_at_its_field(client: FlaskClient, url: str, field: str) -> None:
    answer = client.get(url)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == [field]


def test_stranger_is_refused(app: Any, connection: Any) -> None:
    assert app.test_client().get("/api/geocode?q=x").status_code == 401
