"""Maps to pass on: ordered, made in the background, fetched by who ordered them, noted, gone after a day."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import select

from fieldcrm.accounts import service as accounts
from fieldcrm.accounts.schemas import AccountDraft
from fieldcrm.core.actor import Role
from fieldcrm.core.audit import AuditEntry
from fieldcrm.core.db import transaction
from fieldcrm.files.rules import file_key
from fieldcrm.files.storage import storage
from fieldcrm.identity.models import User
from fieldcrm.territories.jobs import make_map, purge
from fieldcrm.territories.mapmaking import NoShapes
from tests.fixtures.people import FieldClient, MakeUser, Org, Person, Team
from tests.fixtures.surroundings import FrozenClock
from tests.territories.built import build_front_end, shapes_in_place

NASTY = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'`${x}\u2028😀<!--"
HERE = {"lon": 139.65, "lat": 35.64, "geo_source": "drag", "address": "東京都世田谷区太子堂4-1-1"}


@pytest.fixture(scope="module", autouse=True)
def _front_end() -> None:
    build_front_end()


@pytest.fixture
def shapes(database: dict[str, str]) -> Iterator[None]:
    """A prefecture and a municipality to draw on."""
    with shapes_in_place(database["owner"], ("13", 1, 139.65, 35.64), ("13112", 2, 139.65, 35.64)):
        yield


@pytest.fixture
def manager(
    running: Flask, shapes: None, organisation: Org, make_user: MakeUser, make_team: Callable[..., Team]
) -> Person:
    """A manager with a team's account; another team has one too."""
    team, other = make_team(), make_team()
    with transaction(organisation.actor) as session:
        for name, owner in ((NASTY, team), ("他チームの秘密医院", other)):
            draft = AccountDraft(name=name, team_id=owner.id, **HERE)
            accounts.create_account(session, organisation.actor, draft)
    return make_user(Role.MANAGER, teams=[team], name='山田 "<b>花子</b>"')


def order(client: FieldClient, **draft: Any) -> str:
    answer = client.post("/api/coverage/maps", json={"days": 30, **draft})
    assert answer.status_code == 202, answer.text
    assert answer.json["state"] == "queued"
    return str(answer.json["id"])


def made(client: FieldClient, org: Org, **draft: Any) -> str:
    job_id = order(client, **draft)
    make_map(org_id=org.org_id, job_id=job_id)
    return job_id


def test_a_map_is_ordered_made_and_fetched_and_its_export_is_noted(
    organisation: Org, manager: Person, client_for: Callable[[Person], FieldClient]
) -> None:
    client = client_for(manager)
    job_id = made(client, organisation)
    told = client.get(f"/api/coverage/maps/{job_id}").json
    assert (told["state"], told["done"], told["total"], told["message"]) == ("done", 1, 1, None)
    answer = client.get(f"/api/coverage/maps/{job_id}/file")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert len(answer.data) == told["size_bytes"]
    with transaction(organisation.actor) as session:
        noted = session.scalars(select(AuditEntry).where(AuditEntry.entity == "coverage")).one()
        assert (noted.action, noted.actor_id) == ("export", manager.id)
        assert noted.changes["count"] == [None, 1]


def test_a_map_of_one_rank_shows_its_accounts_alone_and_says_so(
    organisation: Org, manager: Person, client_for: Callable[[Person], FieldClient]
) -> None:
    with transaction(organisation.actor) as session:
        draft = AccountDraft(name="最重要医院", rank="A", team_id=next(iter(manager.actor.team_ids)), **HERE)
        accounts.create_account(session, organisation.actor, draft)
    client = client_for(manager)
    counts = {rank: _on_map(client, organisation, rank=rank) for rank in ("A", "B", None)}
    assert {rank: count for rank, (count, _) in counts.items()} == {"A": 1, "B": 0, None: 2}
    page = counts["A"][1]
    assert "最重要医院" in page
    assert "alert(1)" not in page
    assert "ランクAのカバレッジ" in page
    assert "ランク" not in counts[None][1]


def _on_map(client: FieldClient, org: Org, *, rank: str | None) -> tuple[int, str]:
    job_id = made(client, org, rank=rank)
    count = client.get(f"/api/coverage/maps/{job_id}").json["total"]
    return count, client.get(f"/api/coverage/maps/{job_id}/file").text


def test_names_can_neither_begin_a_tag_nor_end_the_script(
    organisation: Org, manager: Person, client_for: Callable[[Person], FieldClient]
) -> None:
    client = client_for(manager)
    page = client.get(f"/api/coverage/maps/{made(client, organisation)}/file").get_data(as_text=True)
    assert "<img" not in page
    assert "<b>花子" not in page
    assert page.count("<script") == page.count("</script>")
    assert "alert(1)" in page  # it is there, as data
    assert "他チームの秘密医院" not in page


def test_nothing_in_the_file_is_elsewhere(
    organisation: Org, manager: Person, client_for: Callable[[Person], FieldClient]
) -> None:
    client = client_for(manager)
    page = client.get(f"/api/coverage/maps/{made(client, organisation)}/file").get_data(as_text=True)
    assert re.findall(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=\"(?!data:)[^\"]*\"", page) == []
    # Leaflet names a part of Internet Explorer by a fragment, which is nowhere else either.
    assert re.findall(r"url\((?!data:|#)[^)]*\)", page) == []
    assert "@import" not in page
    assert "default-src 'none'" in page


def test_it_speaks_the_language_it_was_ordered_in(
    organisation: Org, manager: Person, client_for: Callable[[Person], FieldClient]
) -> None:
    client = client_for(manager)
    pages = {
        locale: client.get(f"/api/coverage/maps/{made(client, organisation, locale=locale)}/file").text
        for locale in ("ja", "en")
    }
    assert '<html lang="ja">' in pages["ja"]
    assert "期限超過" in pages["ja"]
    assert '<html lang="en">' in pages["en"]
    assert "Never visited" in pages["en"]
    assert "期限超過" not in pages["en"]


def test_only_who_ordered_a_map_finds_it(
    organisation: Org, manager: Person, make_user: MakeUser, client_for: Callable[[Person], FieldClient]
) -> None:
    job_id = made(client_for(manager), organisation)
    other = client_for(make_user(Role.ADMINISTRATOR))
    for address in (f"/api/coverage/maps/{job_id}", f"/api/coverage/maps/{job_id}/file"):
        assert other.get(address).status_code == 404
    assert client_for(manager).get(f"/api/coverage/maps/{uuid.uuid4()}/file").status_code == 404


def test_rights_that_changed_meanwhile_count(
    organisation: Org, manager: Person, client_for: Callable[[Person], FieldClient]
) -> None:
    client = client_for(manager)
    waiting, ready = order(client), made(client, organisation)
    with transaction(organisation.actor) as session:
        session.get_one(User, (organisation.org_id, manager.id)).role = "rep"
    make_map(org_id=organisation.org_id, job_id=waiting)
    assert client.get(f"/api/coverage/maps/{waiting}").json["state"] == "failed"
    assert client.get(f"/api/coverage/maps/{ready}/file").status_code == 404


def test_without_shapes_it_says_what_to_wait_for(
    organisation: Org, manager: Person, client_for: Callable[[Person], FieldClient], database: dict[str, str]
) -> None:
    client = client_for(manager)
    with psycopg.connect(database["owner"], autocommit=True) as owner:
        owner.execute("delete from place_areas")
    told = client.get(f"/api/coverage/maps/{made(client, organisation)}").json
    assert told["state"] == "failed"
    assert told["message"].startswith("地図の下地を準備しています")
    assert NoShapes.code == "coverage.no_shapes"


def test_a_worker_that_died_is_not_waited_for_for_ever(
    manager: Person, client_for: Callable[[Person], FieldClient], frozen_clock: FrozenClock
) -> None:
    client = client_for(manager)
    job_id = order(client)
    frozen_clock.move(minutes=6)
    told = client.get(f"/api/coverage/maps/{job_id}").json
    assert (told["state"], told["message"]) == (
        "failed",
        "地図の作成が途中で止まりました。もう一度作成してください",
    )


def test_a_map_is_gone_after_a_day(
    organisation: Org,
    manager: Person,
    client_for: Callable[[Person], FieldClient],
    frozen_clock: FrozenClock,
) -> None:
    client = client_for(manager)
    job_id = made(client, organisation)
    key = file_key(organisation.org_id, uuid.UUID(job_id))
    for hours, is_there in ((23, True), (2, False)):
        frozen_clock.move(hours=hours)
        with transaction(organisation.actor) as session:
            assert purge(session, organisation.actor, storage()) == int(not is_there)
        assert (storage().size(key) is not None) == is_there
    assert client.get(f"/api/coverage/maps/{job_id}/file").status_code == 404
