"""A tile's tag: the same while nothing changes, another as soon as something does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fieldcrm.core.actor import Role
from fieldcrm.mapview.rules import Tile
from tests.fixtures.people import Org, Person
from tests.mapview.conftest import TOKYO, see, tiles_over, url_of

TILE = tiles_over(12, [TOKYO])[0]


@pytest.fixture
def client(
    organisation: Org, make_user: Callable[..., Person], add_accounts: Callable[..., Any],
    client_for: Callable[..., Any],
) -> Any:  # fmt: skip
    add_accounts(organisation, [(TOKYO, {}), (TOKYO, {})])
    return client_for(make_user(Role.ADMINISTRATOR))


def tag_of(client: Any, tile: Tile = TILE, **filters: Any) -> str:
    answer = client.get(url_of(tile), query_string=filters)
    return str(answer.headers["ETag"])


def test_an_unchanged_tile_is_not_sent_again(client: Any) -> None:
    answer = client.get(url_of(TILE))
    assert answer.headers["Cache-Control"] == "private, max-age=0, must-revalidate"
    assert answer.content_type == "application/vnd.mapbox-vector-tile"
    again = client.get(url_of(TILE), headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == answer.headers["ETag"]
    assert again.headers["Cache-Control"] == answer.headers["Cache-Control"]


def test_every_write_changes_the_tag(
    client: Any, organisation: Org, add_accounts: Callable[..., Any], change_accounts: Callable[..., None]
) -> None:
    tags = [tag_of(client)]
    add_accounts(organisation, [(TOKYO, {})])
    tags.append(tag_of(client))
    change_accounts(organisation, "status = 2")
    tags.append(tag_of(client))
    change_accounts(organisation, "deleted_at = now()")
    tags.append(tag_of(client))
    assert len(set(tags)) == 4
    stale = client.get(url_of(TILE), headers={"If-None-Match": tags[0]})
    assert stale.status_code == 204


def test_the_tag_tells_filters_people_and_days_apart(
    client: Any, make_user: Callable[..., Person], client_for: Callable[..., Any], frozen_clock: Any
) -> None:
    other = client_for(make_user(Role.REP))
    one_more = client_for(make_user(Role.REP))
    client_tags = [tag_of(client, **filters) for filters in ({}, {"status": 1}, {"status": [1, 2]})]
    tags = {*client_tags, tag_of(other), tag_of(one_more)}
    assert len(tags) == 5
    assert tag_of(client, status=[2, 1]) == client_tags[2]
    frozen_clock.move(days=1)
    assert tag_of(client) not in tags


def test_a_large_answer_is_compressed(
    client: Any, organisation: Org, add_accounts: Callable[..., Any]
) -> None:
    add_accounts(organisation, [(TOKYO, {"name": f"見本医院{n}"}) for n in range(60)])
    (tile,) = tiles_over(15, [TOKYO])
    plain = client.get(url_of(tile))
    packed = client.get(url_of(tile), headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < len(plain.data) / 2
    unchanged = client.get(
        url_of(tile),
        headers={"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]},
    )
    assert unchanged.status_code == 304
    assert see(client, tile).count == 62
