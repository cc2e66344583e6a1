"""Separation inside an organisation and between organisations: nothing leaks, wherever it might."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator

import pytest
from apiflask import APIBlueprint
from flask import Flask, Response
from sqlalchemy import func, select, text
from sqlalchemy.engine import Connection

from fieldcrm.accounts.models import Account
from fieldcrm.core.actor import Actor, Role
from fieldcrm.core.db import db
from fieldcrm.core.endpoint import endpoint
from fieldcrm.core.errors import NotFound
from fieldcrm.core.wire import Wire
from tests.conftest import build_app
from tests.contracts.calls import endpoints
from tests.contracts.expectations import EXPECTED
from tests.contracts.kinds import Company, hanging_tables, make_company
from tests.contracts.matrix import Matrix, unexpected
from tests.contracts.rows import World, make_world


@pytest.fixture
def company(connection: Connection) -> Company:
    return make_company(connection, "甲社")


@pytest.fixture
def foreign(connection: Connection) -> World:
    return make_world(connection, "よその秘密")


def test_every_endpoint_has_an_expectation_and_every_expectation_an_endpoint(app: Flask) -> None:
    assert unexpected(app) == []
    used = {each.policy for each in endpoints(app)} | {str(each) for each in endpoints(app)}
    assert set(EXPECTED) - used == set()


@pytest.mark.parametrize("role", list(Role))
def test_each_role_reaches_what_the_table_says_and_nothing_else(
    app: Flask, connection: Connection, company: Company, foreign: World, role: Role
) -> None:
    faults = Matrix(app, connection, company, role, foreign=foreign).faults()
    assert not faults, f"{len(faults)} faults\n" + "\n".join(faults)


# The test of the test: a leak of each kind turns the matrix red.


class _Find(Wire):
    """What to look for."""

    q: str = ""


def _all(actor: Actor) -> list[Account]:
    """Forget the scope, as a careless query would."""
    return list(
        db.session.scalars(select(Account).where(Account.org_id == actor.org_id).order_by(Account.id))
    )


def _planted() -> APIBlueprint:
    bp = APIBlueprint("planted", __name__)

    @bp.get("/api/planted/row/<uuid:account_id>")
    @endpoint("accounts.read")
    def row(*, actor: Actor, account_id: object) -> dict[str, str]:
        names = [each.name for each in _all(actor) if each.id == account_id]
        if not names:
            raise NotFound()
        return {"name": names[0]}

    @bp.delete("/api/planted/write/<uuid:account_id>")
    @endpoint("accounts.update")
    def write(*, actor: Actor, account_id: object) -> tuple[str, int]:
        changed = "update accounts set notes = 'x' where org_id = :org_id and id = :id"
        db.session.execute(text(changed), {"org_id": actor.org_id, "id": account_id})
        return "", 404

    @bp.get("/api/planted/tile/<int:z>/<int:x>/<int:y>.mvt")
    @endpoint("mapview.read")
    def tile(*, actor: Actor, z: int, x: int, y: int) -> Response:
        cluster = bytes([0x1A, len(_all(actor))])
        return Response(cluster, content_type="application/vnd.mapbox-vector-tile")

    @bp.get("/api/planted/export")
    @endpoint("accounts.export")
    def export(*, actor: Actor) -> Response:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as book:
            book.writestr("sheet.xml", "".join(each.name for each in _all(actor)))
        return Response(target.getvalue(), content_type="application/zip")

    @bp.get("/api/planted/search")
    @endpoint("accounts.read", query=_Find)
    def search(*, actor: Actor, query: _Find) -> dict[str, bool]:
        return {"is_known": any(query.q and query.q in each.name for each in _all(actor))}

    @bp.get("/api/planted/count")
    @endpoint("accounts.read")
    def count(*, actor: Actor) -> dict[str, int | None]:
        counted = select(func.count()).select_from(Account).where(Account.org_id == actor.org_id)
        return {"total": db.session.scalar(counted)}

    @bp.get("/api/planted/error/<uuid:account_id>")
    @endpoint("accounts.read")
    def error(*, actor: Actor, account_id: object) -> dict[str, str]:
        known = {each.id: each for each in _all(actor)}
        if account_id in known and known[account_id].owner_id != actor.user_id:
            raise NotFound("not_yours")
        raise NotFound()

    return bp


@pytest.fixture
def leaky(database: dict[str, str], connection: Connection) -> Iterator[Flask]:
    """The application with an endpoint for each kind of leak."""
    app = build_app(database)
    app.register_blueprint(_planted())
    with app.app_context():
        db._app_engines[app][None] = connection  # type: ignore[assignment]
        yield app


@pytest.fixture
def faults_of(
    leaky: Flask, connection: Connection, company: Company, foreign: World
) -> Callable[[str], list[str]]:
    matrix = Matrix(leaky, connection, company, Role.REP, foreign=foreign)

    def find(kind: str) -> list[str]:
        planted = [each for each in endpoints(leaky) if each.rule.rule.startswith(f"/api/planted/{kind}")]
        assert len(planted) == 1
        return matrix.faults(planted)

    return find


@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        ("row", "path of other team's row: expected as if it were not there: 200"),
        ("write", "path of other team's row: changes ['accounts']"),
        ("tile", "depends on rows out of reach"),
        ("export", "tells '甲社6号' of other team's row"),
        ("search", "depends on rows out of reach"),
        ("count", "depends on rows out of reach"),
        ("error", "path of other team's row: tells it from one that is not there"),
    ],
)
def test_a_planted_leak_of_each_kind_is_found(
    faults_of: Callable[[str], list[str]], kind: str, fault: str
) -> None:
    found = faults_of(kind)
    assert any(fault in each for each in found), found


def test_an_endpoint_nobody_has_decided_about_is_found(database: dict[str, str]) -> None:
    app = build_app(database)
    bp = APIBlueprint("undecided", __name__)

    @bp.get("/api/undecided")
    @endpoint("deals.read")
    def undecided(*, actor: Actor) -> dict[str, str]:
        return {}

    app.register_blueprint(bp)
    assert unexpected(app) == ["GET /api/undecided"]


def test_every_kind_of_row_hangs_on_every_holder(company: Company) -> None:
    """A table that hangs on accounts is filled for all of them: there is something to leak."""
    tables = {table.name for table in hanging_tables()}
    assert {"accounts", "activities", "contacts", "tasks", "attachments", "conflicts"} <= tables
    assert all(set(held.ids) == tables for held in company.held.values())
