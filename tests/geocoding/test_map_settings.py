"""An organisation chooses its maps and whether addresses are looked up online, if the operator allows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from fieldcrm.geocoding.map_settings import address_problem
from tests.fixtures.people import FieldClient, MakeUser, Person

ClientFor = Callable[[Person], FieldClient]
TILES = "https://maps.example/{z}/{x}/{y}.png"
EVIL = "https://evil.example/{z}/{x}/{y}"


@pytest.fixture(autouse=True)
def operator(app: Flask) -> Iterator[None]:
    """The operator offers one map, allows another server, and has set a geocoder with a key."""
    before = app.extensions["settings"]
    app.extensions["settings"] = before.model_copy(
        update={
            "basemap_raster_url": "https://tiles.example/{z}/{x}/{y}.png",
            "basemap_raster_attribution": "標準の地図",
            "basemap_origins": "https://maps.example",
            "basemap_pmtiles_url": "",
            "geocoder": "google",
            "geocoder_api_key": "very-secret-key",
        }
    )
    yield
    app.extensions["settings"] = before


@pytest.fixture
def admin(make_user: MakeUser, client_for: ClientFor) -> FieldClient:
    return client_for(make_user("administrator"))


def test_at_first_it_is_what_the_operator_offers_and_no_address_leaves(admin: FieldClient) -> None:
    answer = admin.get("/api/map-settings")
    assert answer.json == {
        "basemap_online": "server",
        "basemap_raster_url": None,
        "basemap_credit": None,
        "basemap_pmtiles_url": None,
        "geocode_online": False,
        "server_map": "標準の地図",
        "servers": ["https://tiles.example", "https://maps.example"],
        "geocoder": "google",
    }
    assert "very-secret-key" not in answer.text
    assert admin.get("/api/session").json["basemap"]["raster_attribution"] == "標準の地図"


def test_own_maps_reach_every_phone_and_go_again(
    admin: FieldClient, make_user: MakeUser, client_for: ClientFor
) -> None:
    phone = client_for(make_user("rep"))
    before = phone.get("/api/sync/clock").headers["ETag"]
    own = {"basemap_online": "own", "basemap_raster_url": TILES, "basemap_credit": "見本地図"}
    answer = admin.patch("/api/map-settings", json={**own, "basemap_pmtiles_url": "/maps/town.pmtiles"})
    assert answer.status_code == 200, answer.text
    assert phone.get("/api/session").json["basemap"] == {
        "raster_url": TILES,
        "raster_attribution": "見本地図",
        "pmtiles_url": "/maps/town.pmtiles",
    }
    assert phone.get("/api/sync/clock").headers["ETag"] != before
    # An empty address is none; what was typed for an own map stays for the next time.
    off = {"basemap_online": "none", "basemap_pmtiles_url": ""}
    assert admin.patch("/api/map-settings", json=off).json["basemap_raster_url"] == TILES
    told = phone.get("/api/session").json["basemap"]
    assert (told["raster_url"], told["pmtiles_url"]) == (None, None)
    changes = admin.get("/api/audit?entity=organisations").json["items"][0]["changes"]
    assert {(each["label"], each["before"], each["after"]) for each in changes} == {
        ("オンライン地図", "自社指定", "使わない"),
        ("独自の地図ファイル", "/maps/town.pmtiles", None),
    }


def test_addresses_go_to_the_geocoder_only_when_an_administrator_says_so(
    admin: FieldClient, app: Flask
) -> None:
    assert admin.patch("/api/map-settings", json={"geocode_online": True}).json["geocode_online"] is True
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"geocoder": ""})
    assert admin.get("/api/map-settings").json["geocode_online"] is False
    refused = admin.patch("/api/map-settings", json={"geocode_online": True})
    assert [(e["field"], e["code"]) for e in refused.json["errors"]] == [("geocode_online", "no_geocoder")]


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({"basemap_online": "own"}, {"basemap_raster_url": "required", "basemap_credit": "required"}),
        (
            {"basemap_online": "own", "basemap_raster_url": EVIL, "basemap_credit": "x"},
            {"basemap_raster_url": "server_not_allowed"},
        ),
        ({"basemap_raster_url": "https://maps.example/tile.png"}, {"basemap_raster_url": "no_tile_places"}),
        ({"basemap_pmtiles_url": EVIL}, {"basemap_pmtiles_url": "server_not_allowed"}),
        ({"basemap_pmtiles_url": "javascript:alert(1)"}, {"basemap_pmtiles_url": "bad_url"}),
        ({"basemap_pmtiles_url": "x" * 501}, {"basemap_pmtiles_url": "too_long"}),
        ({"basemap_online": "mars"}, {"basemap_online": "not_a_choice"}),
        ({"geocoder_api_key": "mine"}, {"geocoder_api_key": "unknown_field"}),
    ],
)  # fmt: skip
def test_what_the_operator_does_not_allow_is_refused_at_its_field(
    admin: FieldClient, change: dict[str, Any], faults: dict[str, str]
) -> None:
    before = admin.get("/api/map-settings").json
    refused = admin.patch("/api/map-settings", json=change)
    assert refused.status_code == 422, refused.text
    assert {each["field"]: each["code"] for each in refused.json["errors"]} == faults
    assert admin.get("/api/map-settings").json == before


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("/maps/{z}/{x}/{y}.png", None),
        ("https://MAPS.example/a.pmtiles", None),
        ("//evil.example/a", "bad_url"),
        ("/\\evil.example/a", "bad_url"),
        ("https://maps.example@evil.example/a", "bad_url"),
        ("https://maps.example.evil.example/a", "server_not_allowed"),
        ("https://maps.example:8443/a", "server_not_allowed"),
        ("http://maps.example/a", "server_not_allowed"),
        ("https://[::1", "bad_url"),
        ("data:text/html,x", "bad_url"),
        ("ftp://maps.example/a", "bad_url"),
    ],
)
def test_an_address_is_of_this_server_or_of_one_that_is_allowed(url: str, problem: str | None) -> None:
    assert address_problem(url, ("https://maps.example",)) == problem


@pytest.mark.parametrize("role", ["manager", "rep", "back_office"])
def test_only_administrators_choose(make_user: MakeUser, client_for: ClientFor, role: str) -> None:
    client = client_for(make_user(role))
    assert client.get("/api/map-settings").status_code == 403
    assert client.patch("/api/map-settings", json={"basemap_online": "none"}).status_code == 403
