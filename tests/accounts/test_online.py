"""The online geocoder behind accounts: asked in a job, finer points taken, people's pins left alone."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from fieldcrm.accounts import service
from fieldcrm.accounts.online import ONLINE_TASK, refine
from fieldcrm.accounts.schemas import PositionIn
from fieldcrm.config import Settings
from fieldcrm.core.db import transaction
from fieldcrm.geocoding import providers
from fieldcrm.geocoding.map_settings import update_map_settings
from tests.accounts.conftest import MakeAccount
from tests.geocoding.provider_server import NAGATACHO, ProviderServer, gsi_feature, provider_server

ADDRESS = "東京都千代田区永田町1-7-1"


@pytest.fixture
def server() -> Iterator[ProviderServer]:
    with provider_server() as running:
        running.will_answer([gsi_feature("東京都千代田区永田町一丁目7番1号")])
        yield running
    providers.online_geocoder.cache_clear()


@pytest.fixture
def chosen(app: Flask, server: ProviderServer, organisation: Any) -> Iterator[Settings]:
    """The operator has set a geocoder, and the organisation agreed to have its addresses sent there."""
    offline: Settings = app.extensions["settings"]
    settings = offline.model_copy(update={"geocoder": "gsi", "geocoder_url": server.host})
    app.extensions["settings"] = settings
    _agree(organisation, settings, is_agreed=True)
    yield settings
    app.extensions["settings"] = offline


def _agree(organisation: Any, settings: Settings, *, is_agreed: bool) -> None:
    with transaction(organisation.actor) as session:
        agreed = {"geocode_online": is_agreed}
        update_map_settings(session, organisation.actor, agreed, settings=settings)


def _jobs(organisation: Any) -> list[dict[str, Any]]:
    query = text("select args from procrastinate.procrastinate_jobs where task_name = :task")
    with transaction(organisation.actor) as session:
        found = session.execute(query, {"task": ONLINE_TASK}).scalars()
        return [args for args in found if args["org_id"] == organisation.org_id]


def test_an_address_is_left_to_the_online_geocoder_and_takes_its_finer_point(
    organisation: Any, chosen: Settings, make_account: MakeAccount
) -> None:
    account_id = make_account("国会前クリニック", address=ADDRESS)
    assert [job["account_ids"] for job in _jobs(organisation)] == [[str(account_id)]]
    assert _refine(organisation, account_id, chosen)
    with transaction(organisation.actor) as session:
        account = service.get_account(session, organisation.actor, account_id)
        assert (account.geo_source, account.lon, account.lat) == ("provider:gsi", *NAGATACHO)


def test_a_pin_set_on_the_spot_is_not_asked_about(
    organisation: Any, chosen: Settings, server: ProviderServer, make_account: MakeAccount
) -> None:
    account_id = make_account("国会前クリニック", address=ADDRESS)
    with transaction(organisation.actor) as session:
        place = PositionIn(lon=139.745, lat=35.676, source="here")
        service.move_account(session, organisation.actor, account_id, place)
    assert not _refine(organisation, account_id, chosen)
    assert server.asked == []


def test_without_an_online_geocoder_nothing_is_queued(organisation: Any, make_account: MakeAccount) -> None:
    make_account("国会前クリニック", address=ADDRESS)
    assert _jobs(organisation) == []


def test_without_the_organisations_consent_no_address_leaves(
    organisation: Any, chosen: Settings, server: ProviderServer, make_account: MakeAccount
) -> None:
    account_id = make_account("国会前クリニック", address=ADDRESS)
    _agree(organisation, chosen, is_agreed=False)
    assert not _refine(organisation, account_id, chosen)
    make_account("議員会館前歯科", address=ADDRESS)
    assert len(_jobs(organisation)) == 1
    assert server.asked == []


def _refine(organisation: Any, account_id: uuid.UUID, chosen: Settings) -> bool:
    with transaction(organisation.actor) as session:
        return refine(session, organisation.actor, account_id, settings=chosen)
