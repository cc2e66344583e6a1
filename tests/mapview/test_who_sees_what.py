"""Scope and separation: a tile never tells, not even by a count, what its reader may not see."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from fieldcrm.accounts.models import Account
from fieldcrm.accounts.service import scope_filter
from fieldcrm.core.actor import Role
from fieldcrm.core.db import transaction
from fieldcrm.mapview import shelf
from tests.fixtures.people import Org, Person
from tests.mapview.conftest import OSAKA, TOKYO, scattered, see, tiles_over, url_of

PLACES = scattered(60)
ZOOMS = (4, 9, 10, 13, 14)


@pytest.fixture(params=["database", "columns"], autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both for organisations answered by the database and from columns."""
    monkeypatch.setattr(shelf, "LARGE_ORGANISATION", 1 if request.param == "columns" else 10**9)


@pytest.fixture
def people(
    organisation: Org, make_user: Callable[..., Person], make_team: Callable[..., Any],
    add_accounts: Callable[..., list[uuid.UUID]],
) -> dict[str, Person]:  # fmt: skip
    """Two teams; accounts of each rep, of each team without a rep, of nobody."""
    east, west = make_team(), make_team()
    found = {
        "east": make_user(Role.REP, teams=[east]),
        "east colleague": make_user(Role.REP, teams=[east]),
        "west": make_user(Role.REP, teams=[west]),
        "teamless": make_user(Role.REP),
        "manager": make_user(Role.MANAGER, teams=[east, west]),
        "office": make_user(Role.BACK_OFFICE),
        "administrator": make_user(Role.ADMINISTRATOR),
    }
    owners = [
        {"owner_id": found["east"].id, "team_id": east.id},
        {"owner_id": found["east"].id, "team_id": west.id},
        {"owner_id": found["west"].id, "team_id": west.id},
        {"owner_id": found["teamless"].id},
        {"team_id": east.id},
        {},
    ]
    add_accounts(organisation, [(place, owners[n % 6]) for n, place in enumerate(PLACES)])
    return found


WHO = ("east", "east colleague", "west", "teamless", "manager", "office", "administrator")


@pytest.mark.parametrize("who", WHO)
def test_a_tile_counts_what_the_list_shows(
    who: str, people: dict[str, Person], client_for: Callable[..., Any]
) -> None:
    person = people[who]
    with transaction(person.actor) as session:
        listed = select(func.count()).select_from(Account).where(scope_filter(person.actor))
        expected = session.scalar(listed)
        some = session.scalar(listed.where(Account.owner_id == people["east"].id))
    assert expected == {"administrator": 60, "office": 60, "manager": 50}.get(who, expected)
    client = client_for(person)
    for zoom in ZOOMS:
        tiles = tiles_over(zoom, PLACES)
        assert sum(see(client, tile).count for tile in tiles) == expected, zoom
        assert sum(see(client, tile, owner=str(people["east"].id)).count for tile in tiles) == some, zoom


def test_another_organisation_is_not_on_the_map(
    make_organisation: Callable[..., Org], make_user: Callable[..., Person],
    add_accounts: Callable[..., Any], client_for: Callable[..., Any],
) -> None:  # fmt: skip
    ours, theirs = make_organisation(), make_organisation()
    add_accounts(ours, [(OSAKA, {})])
    owner = make_user(Role.ADMINISTRATOR, org=theirs)
    add_accounts(theirs, [(TOKYO, {"owner_id": owner.id}) for _ in range(3)])
    client = client_for(make_user(Role.ADMINISTRATOR, org=ours))
    for zoom in ZOOMS:
        (tile,) = tiles_over(zoom, [TOKYO])
        expected = see(client, tile).count
        assert expected == (1 if tile in tiles_over(zoom, [OSAKA]) else 0)
        assert see(client, tile, owner=str(owner.id)).count == 0
    (tile,) = tiles_over(12, [TOKYO])
    assert client.get(url_of(tile)).status_code == 204


def test_nobody_looks_without_signing_in(stranger: Any) -> None:
    assert stranger.get("/api/tiles/accounts/4/14/6.mvt").status_code == 401
