"""The basemap's tiles over HTTP: for whoever is signed in, kept for a day once there is something to keep."""

from collections.abc import Callable
from typing import Any

import pytest

from fieldcrm.core.actor import Role
from fieldcrm.geocoding import basemap_routes
from tests.fixtures.people import Org, Person

TILE = "/api/tiles/basemap/5/28/12.mvt"


@pytest.fixture
def client(
    organisation: Org, make_user: Callable[..., Person], client_for: Callable[..., Any]
) -> Any:  # fmt: skip
    return client_for(make_user(Role.REP))


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> None:
    """A basemap has been built (what is on it is tested beside the builder)."""
    monkeypatch.setattr(basemap_routes, "basemap_version", lambda _session: "gazetteer-1")


@pytest.mark.usefixtures("built")
def test_a_tile_is_kept_for_a_day_and_asked_for_again_by_its_tag(client: Any) -> None:
    first = client.get(TILE)
    assert first.status_code == 200
    assert first.content_type == "application/vnd.mapbox-vector-tile"
    assert "max-age=86400" in first.headers["Cache-Control"]
    again = client.get(TILE, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_before_the_basemap_is_built_nothing_is_kept(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(basemap_routes, "basemap_version", lambda _session: "")
    answer = client.get(TILE)
    assert (answer.status_code, answer.headers.get("ETag")) == (200, None)
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["0/1/0", "3/8/0", "25/0/0"])
def test_a_tile_that_does_not_exist_is_not_found(client: Any, path: str) -> None:
    assert client.get(f"/api/tiles/basemap/{path}.mvt").status_code == 404


def test_strangers_get_no_tile(app: Any) -> None:
    assert app.test_client().get(TILE).status_code == 401
