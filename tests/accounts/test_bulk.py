"""Writing accounts by the thousand gives the same rows as one by one."""

from __future__ import annotations

from datetime import date

import pytest

from fieldcrm.accounts import position, service
from fieldcrm.accounts.jobs import place_stale
from fieldcrm.accounts.models import Account
from fieldcrm.accounts.schemas import AccountDraft, PositionIn
from fieldcrm.core import clock
from fieldcrm.core.db import transaction

FIELDS = {
    "name": "㈱見本商店", "name_kana": "ミホン", "address": "東京都中央区銀座4-1", "phones": ["03-1234-5678"],
    "tags": ["重点", "展示会"], "cadence_days": 30, "win_prob": 40, "rank": "B",
    "opening_hours": {"mon": [["09:00", "12:00"]]},
}  # fmt: skip
OWN = {"id", "created_at", "updated_at", "geo_at", "change_seq", "win_prob_at", "geom_3857"}


@pytest.fixture
def actor(organisation):
    return organisation.actor


@pytest.fixture
def bulk_made(actor):
    with transaction(actor) as session:
        checked = service.check_fields(AccountDraft(**FIELDS), service.Catalogue(session, actor), is_new=True)
        assert checked.errors == []
        place = position.from_address(checked.columns, at=clock.now())
        return service.bulk_create(session, actor, [{**checked.columns, **place}])[0]


def columns(account):
    return {
        column.name: getattr(account, column.name)
        for column in Account.__table__.columns
        if column.name not in OWN
    }


def test_bulk_rows_equal_single_ones(actor, bulk_made):
    with transaction(actor) as session:
        single = service.create_account(session, actor, AccountDraft(**FIELDS))
        many = service.get_account(session, actor, bulk_made)
        assert columns(many) == columns(single)
        assert session.scalar(single.geom_3857.ST_AsText()) == session.scalar(many.geom_3857.ST_AsText())


def test_any_text_is_kept_in_a_list_as_it_is(actor, bulk_made):
    tags = ['"重点"', "a\\b", "a, b", "{c}", "NULL", "", " x ", "改\n行", "\\N"]
    with transaction(actor) as session:
        service.bulk_update(session, actor, {bulk_made: {"tags": tags}})
        assert service.get_account(session, actor, bulk_made).tags == tags


def test_bulk_update_changes_only_what_differs_and_writes_history(actor, bulk_made, client_for, make_user):
    with transaction(actor) as session:
        same = {"name": "㈱見本商店", "win_prob": 40, "tags": ["重点", "展示会"]}
        assert service.bulk_update(session, actor, {bulk_made: same}) == set()
        changed = {"win_prob": 55, "cadence_days": 60}
        assert service.bulk_update(session, actor, {bulk_made: changed}) == {bulk_made}
        account = service.get_account(session, actor, bulk_made)
        assert (account.win_prob, account.version) == (55, 2)
        created = clock.local_date(account.created_at, actor.timezone)
        assert account.due_on == date.fromordinal(created.toordinal() + 60)
    client = client_for(make_user("administrator"))
    newest = client.get(f"/api/accounts/{bulk_made}/history").json["items"][0]
    assert newest["changes"] == {"win_prob": [40, 55], "cadence_days": [30, 60]}


def test_bulk_update_reaches_no_other_organisation(actor, bulk_made, make_organisation):
    other = make_organisation().actor
    with transaction(other) as session:
        assert service.bulk_update(session, other, {bulk_made: {"name": "盗む"}}) == set()
    with transaction(actor) as session:
        assert service.get_account(session, actor, bulk_made).name == "㈱見本商店"


def test_changed_address_is_stale_until_the_job_has_placed_it(actor, bulk_made):
    with transaction(actor) as session:
        service.bulk_update(session, actor, {bulk_made: {"address": "大阪府大阪市北区梅田1-1"}})
        account = service.get_account(session, actor, bulk_made)
        assert (account.geo_flags, account.prefecture) == (["stale"], None)
        assert place_stale(session, actor, [bulk_made]) == 1
        account = service.get_account(session, actor, bulk_made)
        assert (account.geo_flags, account.prefecture) == ([], "大阪府")
        assert account.lat < 35
        assert place_stale(session, actor, [bulk_made]) == 0


def test_bulk_update_leaves_a_pin_that_a_person_put(actor, bulk_made):
    with transaction(actor) as session:
        here = PositionIn(lon=139.765, lat=35.671, source="here")
        service.move_account(session, actor, bulk_made, here)
        place = position.from_address({"address": "北海道札幌市中央区北1条西2丁目"}, at=clock.now())
        service.bulk_update(session, actor, {bulk_made: {"notes": "新しい台帳", **place}})
        account = service.get_account(session, actor, bulk_made)
        assert (account.lon, account.lat, account.geo_source) == (139.765, 35.671, "here")
        assert account.notes == "新しい台帳"
