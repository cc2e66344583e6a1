"""Online providers, asked for real over HTTP on this machine."""

import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from geopy.adapters import URLLibAdapter
from geopy.exc import GeocoderParseError

from fieldcrm.config import Settings
from fieldcrm.geocoding import provider_levels as levels
from fieldcrm.geocoding.gsi import GSI
from fieldcrm.geocoding.providers import (
    PROVIDERS,
    OnlineGeocoder,
    Provider,
    ProviderFailed,
    UnknownProvider,
    online_geocoder,
)
from fieldcrm.geocoding.rules import Level
from tests.geocoding.provider_server import NAGATACHO, ProviderServer, gsi_feature, provider_server

ADDRESS = "東京都千代田区永田町1-7-1"
TITLE = "東京都千代田区永田町一丁目7番1号"


@pytest.fixture
def server() -> Iterator[ProviderServer]:
    with provider_server() as running:
        yield running


def gsi(server: ProviderServer) -> GSI:
    return GSI(
        domain=urlsplit(server.host).netloc,
        scheme="http",
        user_agent="fieldcrm-test",
        adapter_factory=URLLibAdapter,
    )


def impatient(server: ProviderServer, waits: list[float]) -> OnlineGeocoder:
    provider = Provider(GSI, levels.gsi, per_second=1000, cache_days=1)
    return OnlineGeocoder("gsi", provider, gsi(server), wait=waits.append)


def test_gsi_finds_an_address(server: ProviderServer) -> None:
    server.will_answer([gsi_feature(TITLE), gsi_feature("東京都")])
    found = gsi(server).geocode(ADDRESS)
    assert (found.address, found.longitude, found.latitude) == (TITLE, *NAGATACHO)
    assert server.asked == [("/address-search/AddressSearch", {"q": [ADDRESS]}, "fieldcrm-test")]


def test_gsi_gives_all_when_asked(server: ProviderServer) -> None:
    server.will_answer([gsi_feature(TITLE), gsi_feature("東京都")])
    assert [found.address for found in gsi(server).geocode(ADDRESS, exactly_one=False)] == [TITLE, "東京都"]


def test_gsi_finds_nothing(server: ProviderServer) -> None:
    server.will_answer([])
    assert gsi(server).geocode("どこでもない") is None


@pytest.mark.parametrize(
    "body", [{"error": "x"}, [{"geometry": None}], [{"geometry": {"coordinates": ["a", 1]}}]]
)
def test_gsi_says_when_it_cannot_read_the_answer(server: ProviderServer, body: object) -> None:
    server.will_answer(body)
    with pytest.raises(GeocoderParseError):
        gsi(server).geocode(ADDRESS)


@pytest.mark.parametrize(
    ("title", "level"),
    [
        (TITLE, Level.EXACT),
        ("東京都千代田区永田町一丁目7番", Level.BLOCK),
        ("東京都千代田区永田町一丁目", Level.TOWN),
        ("北海道士別市字西士別", Level.TOWN),
        ("岩手県盛岡市", Level.MUNICIPALITY),
    ],
)
def test_gsi_level_follows_the_title(title: str, level: Level) -> None:
    assert levels.gsi(gsi_feature(title)) is level


@pytest.mark.parametrize(
    ("read", "raw", "level"),
    [
        (levels.google, {"geometry": {"location_type": "ROOFTOP"}}, Level.EXACT),
        (levels.google, {"geometry": {"location_type": "APPROXIMATE"}}, Level.MUNICIPALITY),
        (levels.here, {"resultType": "addressBlock"}, Level.BLOCK),
        (levels.arcgis, {"attributes": {"Addr_type": "PointAddress"}}, Level.EXACT),
        (levels.nominatim, {"addresstype": "neighbourhood"}, Level.TOWN),
        (levels.photon, {"properties": {"housenumber": "1"}}, Level.EXACT),
        (levels.place_types, {"place_type": ["locality", "address"]}, Level.EXACT),
        (levels.opencage, {"components": {"_type": "postcode"}}, Level.POSTAL),
        (levels.point_address, {"type": "Address Range"}, Level.BLOCK),
    ],
)
def test_levels_are_read_from_each_provider(read: object, raw: object, level: Level) -> None:
    assert read(raw) is level  # type: ignore[operator]


@pytest.mark.parametrize("read", [provider.level for provider in PROVIDERS.values()])
def test_an_answer_without_a_level_is_taken_for_coarse(read: object) -> None:
    assert read({}) is Level.MUNICIPALITY  # type: ignore[operator]


def test_answer_carries_point_level_and_words(server: ProviderServer) -> None:
    server.will_answer([gsi_feature(TITLE)])
    answer = impatient(server, []).ask(ADDRESS)
    assert answer is not None
    assert (answer.lon, answer.lat, answer.level, answer.matched) == (*NAGATACHO, Level.EXACT, TITLE)


def test_short_trouble_is_waited_out(server: ProviderServer) -> None:
    server.will_answer({}, status=503)
    server.will_answer({}, status=429, headers={"Retry-After": "3"})
    server.will_answer([gsi_feature(TITLE)])
    waits: list[float] = []
    assert impatient(server, waits).ask(ADDRESS) is not None
    assert waits == [1.0, 3]


@pytest.mark.parametrize(
    ("status", "headers", "body", "reason", "asked"),
    [
        (503, {}, {}, "timed_out", 3),
        (500, {}, {}, "unavailable", 1),
        (429, {"Retry-After": "3600"}, {}, "quota", 1),
        (403, {}, {}, "key_rejected", 1),
        (401, {}, {}, "key_rejected", 1),
        (200, {}, b"<html>", "bad_answer", 1),
    ],
)
def test_failure_has_a_reason(
    server: ProviderServer, status: int, headers: dict[str, str], body: object, reason: str, asked: int
) -> None:
    for _ in range(3):
        server.will_answer(body, status=status, headers=headers)
    with pytest.raises(ProviderFailed) as failure:
        impatient(server, []).ask(ADDRESS)
    assert failure.value.reason == reason
    assert len(server.asked) == asked


def test_server_that_cannot_be_reached_is_unavailable() -> None:
    provider = Provider(GSI, levels.gsi, per_second=1000, cache_days=1)
    unreachable = GSI(domain="127.0.0.1:1", scheme="http", timeout=1, adapter_factory=URLLibAdapter)
    with pytest.raises(ProviderFailed) as failure:
        OnlineGeocoder("gsi", provider, unreachable, wait=lambda _: None).ask(ADDRESS)
    assert failure.value.reason == "unavailable"


def test_calls_are_spaced_as_the_terms_ask(server: ProviderServer) -> None:
    for _ in range(3):
        server.will_answer([gsi_feature(TITLE)])
    spaced = OnlineGeocoder("gsi", Provider(GSI, levels.gsi, per_second=10, cache_days=1), gsi(server))
    started = time.monotonic()
    for _ in range(3):
        spaced.ask(ADDRESS)
    assert time.monotonic() - started >= 0.2


def settings(**values: str) -> Settings:
    return Settings().model_copy(update=values)


def test_no_provider_is_the_default() -> None:
    assert online_geocoder(settings(geocoder="")) is None


def test_every_provider_can_be_configured() -> None:
    for name in PROVIDERS:
        chosen = online_geocoder(settings(geocoder=name, geocoder_api_key="key", geocoder_user_agent="agent"))
        assert chosen is not None
        assert chosen.name == name


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"geocoder": "mapquest"}, "known are gsi, nominatim"),
        ({"geocoder": "google"}, "needs GEOCODER_API_KEY"),
        ({"geocoder": "nominatim"}, "needs GEOCODER_USER_AGENT"),
    ],
)
def test_wrong_settings_are_told(values: dict[str, str], told: str) -> None:
    with pytest.raises(UnknownProvider, match=told):
        online_geocoder(settings(**values))


def test_own_nominatim_is_asked_in_its_own_place(server: ProviderServer) -> None:
    server.will_answer(
        [{"lat": "35.6759", "lon": "139.7448", "display_name": "国会議事堂", "addresstype": "building"}]
    )
    own = online_geocoder(
        settings(geocoder="nominatim", geocoder_user_agent="acme", geocoder_url=f"{server.host}/nominatim")
    )
    assert own is not None
    answer = own.ask(ADDRESS)
    assert answer is not None
    assert answer.level is Level.EXACT
    path, asked, agent = server.asked[0]
    assert (path, agent) == ("/nominatim/search", "acme")
    assert asked["countrycodes"] == ["jp"]
