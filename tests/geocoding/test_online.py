"""The offline answer and the online one together, with the organisation's cache."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fieldcrm.config import Settings
from fieldcrm.core.db import transaction
from fieldcrm.geocoding import providers
from fieldcrm.geocoding.service import Address, Level, locate_best
from tests.geocoding.provider_server import NAGATACHO, ProviderServer, gsi_feature, provider_server

ADDRESS = Address("東京都千代田区永田町1-7-1")
TITLE = "東京都千代田区永田町一丁目7番1号"
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[ProviderServer]:
    with provider_server() as running:
        yield running
    providers.online_geocoder.cache_clear()


@pytest.fixture
def ask(server: ProviderServer, make_organisation: Callable[..., Any]) -> Callable[..., Any]:
    organisation = make_organisation()
    chosen = Settings().model_copy(update={"geocoder": "gsi", "geocoder_url": server.host})

    def run(address: Address = ADDRESS, *, now: datetime = NOW, org: Any = organisation) -> Any:
        with transaction(org.actor) as session:
            return locate_best(session, org.actor, address, settings=chosen, now=now)

    return run


def test_finer_answer_is_taken(server: ProviderServer, ask: Callable[..., Any]) -> None:
    server.will_answer([gsi_feature(TITLE)])
    best = ask()
    assert (best.source, best.problem) == ("provider:gsi", None)
    assert (best.located.lon, best.located.lat) == NAGATACHO
    assert (best.located.level, best.located.municipality_code) == (Level.EXACT, "13101")


def test_answer_is_kept_and_not_asked_again(server: ProviderServer, ask: Callable[..., Any]) -> None:
    server.will_answer([gsi_feature(TITLE)])
    assert ask() == ask(Address("東京都千代田区永田町１丁目７－１"))
    assert len(server.asked) == 1


def test_nothing_found_is_kept_too(server: ProviderServer, ask: Callable[..., Any]) -> None:
    server.will_answer([])
    assert [ask().problem, ask().problem] == ["not_found", "not_found"]
    assert len(server.asked) == 1
    assert ask().located.level is Level.TOWN


def test_kept_answer_ages_as_the_terms_say(server: ProviderServer, ask: Callable[..., Any]) -> None:
    server.will_answer([])
    server.will_answer([gsi_feature(TITLE)])
    assert ask().problem == "not_found"
    assert ask(now=NOW + timedelta(days=4_000)).source == "provider:gsi"
    assert ask(now=NOW + timedelta(days=4_001)).source == "provider:gsi"
    assert len(server.asked) == 2


def test_other_organisation_does_not_see_what_was_kept(
    server: ProviderServer, ask: Callable[..., Any], make_organisation: Callable[..., Any]
) -> None:
    server.will_answer([gsi_feature(TITLE)])
    server.will_answer([gsi_feature(TITLE)])
    ask()
    ask(org=make_organisation())
    assert len(server.asked) == 2


def test_failure_leaves_the_offline_answer_and_its_reason(
    server: ProviderServer, ask: Callable[..., Any]
) -> None:
    server.will_answer({}, status=403)
    best = ask()
    assert (best.source, best.problem, best.located.level) == ("gazetteer", "key_rejected", Level.TOWN)
    server.will_answer([gsi_feature(TITLE)])
    assert ask().source == "provider:gsi"


def test_answer_in_another_prefecture_is_not_believed(
    server: ProviderServer, ask: Callable[..., Any]
) -> None:
    server.will_answer([gsi_feature(TITLE, (135.5, 34.7))])
    best = ask()
    assert (best.source, best.problem, best.located.prefecture) == (
        "gazetteer",
        "outside_prefecture",
        "東京都",
    )


def test_coarser_answer_is_not_taken(server: ProviderServer, ask: Callable[..., Any]) -> None:
    server.will_answer([gsi_feature("東京都千代田区")])
    assert (ask().source, ask().problem) == ("gazetteer", "not_better")


def test_address_unknown_offline_gets_its_municipality_from_the_point(
    server: ProviderServer, ask: Callable[..., Any]
) -> None:
    server.will_answer([gsi_feature("国会議事堂1番1号")])
    best = ask(Address("国会議事堂"))
    assert (best.source, best.located.municipality) == ("provider:gsi", "千代田区")


def test_without_a_provider_nothing_is_asked(make_organisation: Callable[..., Any]) -> None:
    actor = make_organisation().actor
    with transaction(actor) as session:
        best = locate_best(session, actor, ADDRESS, settings=Settings(), now=NOW)
        lost = locate_best(session, actor, Address("?"), settings=Settings(), now=NOW)
    assert (best.source, best.problem) == ("gazetteer", None)
    assert lost.source is None
