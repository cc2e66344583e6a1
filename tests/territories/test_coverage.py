"""Coverage over HTTP: to the unit what pandas counts, for every role, and nothing of others."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.engine import Connection

from fieldcrm.accounts import service as accounts
from fieldcrm.accounts.schemas import AccountDraft, PositionIn
from fieldcrm.core import clock
from fieldcrm.core.actor import Role, system_actor
from fieldcrm.core.db import forget_tenant, transaction
from fieldcrm.demo.companies import COMPANIES
from fieldcrm.identity import queries as identity
from fieldcrm.identity.service import resolve_slug
from fieldcrm.visits.schemas import ActivityDraft
from fieldcrm.visits.service import log_activity
from tests.fixtures.people import FieldClient, MakeUser, Org, Person, Team
from tests.fixtures.surroundings import FrozenClock
from tests.territories.independent import Tables, sums, told, total

ClientFor = Callable[[Person], FieldClient]


def ask(client: FieldClient, **query: Any) -> dict[str, Any]:
    answer = client.get("/api/coverage", query_string=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


@pytest.fixture
def sales(
    organisation: Org, make_user: MakeUser, make_team: Callable[..., Team], make_accounts: Callable[..., Any]
) -> dict[str, Person]:
    """Two teams, people of every role, 600 accounts of them, of nobody and of one team only."""
    teams = [make_team(), make_team()]
    people = {
        "administrator": make_user(Role.ADMINISTRATOR),
        "back office": make_user(Role.BACK_OFFICE),
        "manager": make_user(Role.MANAGER, teams=teams[:1]),
        "rep": make_user(Role.REP, teams=teams[:1]),
        "rep of the other team": make_user(Role.REP, teams=teams[1:]),
        "rep without a team": make_user(Role.REP),
    }
    owners = [people[name] for name in ("rep", "rep of the other team", "rep without a team", "manager")]
    make_accounts(organisation, 600, people=owners, teams=teams, seed=4)
    return people


@pytest.mark.parametrize("days", [1, 30, 90])
def test_the_figures_are_those_of_an_independent_count_for_every_role(
    organisation: Org, sales: dict[str, Person], client_for: ClientFor, days: int
) -> None:
    with transaction(organisation.actor) as session:
        tables = Tables(session, organisation.org_id)
    seen = {}
    for name, person in sales.items():
        found = ask(client_for(person), days=days)
        wanted = tables.count(person.actor, days=days, now=clock.now())
        assert told(found["owners"], "owner_id") == sums(wanted, "owner_id"), name
        assert told(found["municipalities"], "code") == sums(wanted, "municipality_code"), name
        assert told([{**found["total"], "x": 1}], "x")[1] == total(wanted), name
        seen[name] = found["total"]["accounts"]
    assert seen["administrator"] == seen["back office"] == 570
    assert 0 < seen["rep without a team"] < seen["manager"] < 570
    assert min(total(wanted)) > 0  # nothing was compared with an empty column


def test_the_figures_of_one_rank_are_those_of_an_independent_count(
    organisation: Org, sales: dict[str, Person], client_for: ClientFor
) -> None:
    with transaction(organisation.actor) as session:
        tables = Tables(session, organisation.org_id)
    manager = sales["manager"]
    client = client_for(manager)
    whole = 0
    for rank in "ABC":
        found = ask(client, days=30, rank=rank)
        wanted = tables.count(manager.actor, days=30, now=clock.now(), rank=rank)
        assert told(found["owners"], "owner_id") == sums(wanted, "owner_id")
        assert told(found["municipalities"], "code") == sums(wanted, "municipality_code")
        assert min(total(wanted)) > 0
        # The list that opens from the number holds as many.
        listed = client.get("/api/accounts", query_string={"rank": rank, "overdue": True, "total": True})
        assert listed.json["total"] == found["total"]["overdue"]
        whole += found["total"]["accounts"]
    assert 0 < whole < ask(client, days=30)["total"]["accounts"]  # some have no rank
    assert ask(client, days=30, rank="Z")["total"]["accounts"] == 0


def test_an_answer_about_one_rank_is_not_taken_for_that_of_another(
    sales: dict[str, Person], client_for: ClientFor
) -> None:
    client = client_for(sales["manager"])
    tag = client.get("/api/coverage?rank=A").headers["ETag"]
    asked = {"headers": {"If-None-Match": tag}}
    assert client.get("/api/coverage?rank=A", **asked).status_code == 304
    assert client.get("/api/coverage?rank=B", **asked).status_code == 200
    assert client.get("/api/coverage", **asked).status_code == 200


def test_the_demos_figures_are_those_of_an_independent_count(
    app: Flask, connection: Connection, client_for: ClientFor
) -> None:
    done = app.test_cli_runner().invoke(args=["demo"])
    assert done.exit_code == 0, done.output
    for company in COMPANIES:
        org_id = resolve_slug(company.slug)
        forget_tenant()
        assert org_id is not None
        org = Org(org_id, company.slug, system_actor(org_id))
        with transaction(org.actor) as session:
            tables = Tables(session, org_id)
            teams_of = identity.team_ids_by_user(session, org_id)
            users = [(u.id, u.name, u.email, Role(u.role)) for u in identity.list_users(session, org_id)]
        assert {role for *_, role in users} == set(Role)
        for user_id, name, email, role in users:
            actor = clone(org.actor, user_id, role, teams_of.get(user_id, []))
            found = ask(client_for(Person(user_id, name, email, org, actor)), days=30)
            wanted = tables.count(actor, days=30, now=clock.now())
            assert told(found["owners"], "owner_id") == sums(wanted, "owner_id")
            # By its own name: the demo writes municipalities as the register has them.
            assert told(found["municipalities"], "name") == sums(wanted, "municipality")


def clone(actor: Any, user_id: uuid.UUID, role: Role, team_ids: list[uuid.UUID]) -> Any:
    return type(actor)(org_id=actor.org_id, user_id=user_id, role=role, team_ids=frozenset(team_ids))


def test_an_account_without_cadence_is_measured_by_the_period(
    organisation: Org, make_user: MakeUser, client_for: ClientFor, frozen_clock: FrozenClock
) -> None:
    manager = make_user(Role.ADMINISTRATOR)
    with transaction(organisation.actor) as session:
        account = accounts.create_account(session, organisation.actor, AccountDraft(name="周期なし"))
        draft = ActivityDraft(account_id=account.id, channel="visit", occurred_at=clock.now())
        log_activity(session, organisation.actor, draft)
    frozen_clock.move(days=30)
    client = client_for(manager)
    assert ask(client, days=30)["total"]["covered"] == 1
    frozen_clock.move(days=1)
    found = ask(client, days=30)["total"]
    assert (found["covered"], found["overdue"], found["without_cadence"], found["visits"]) == (0, 0, 1, 0)
    assert ask(client, days=90)["total"]["covered"] == 1


def test_covered_and_overdue_change_over_with_the_due_day(
    organisation: Org, make_user: MakeUser, client_for: ClientFor, frozen_clock: FrozenClock
) -> None:
    administrator = make_user(Role.ADMINISTRATOR)
    with transaction(organisation.actor) as session:
        account = accounts.create_account(
            session, organisation.actor, AccountDraft(name="月1回", cadence_days=30)
        )
        draft = ActivityDraft(account_id=account.id, channel="visit", occurred_at=clock.now())
        log_activity(session, organisation.actor, draft)
    frozen_clock.move(days=30)
    client = client_for(administrator)
    found = ask(client)["total"]
    assert (found["covered"], found["overdue"], found["share"]) == (1, 0, 100)
    frozen_clock.move(days=1)
    found = ask(client)["total"]
    assert (found["covered"], found["overdue"], found["share"]) == (0, 1, 0)


def test_a_municipality_comes_from_the_address_and_without_one_from_the_pin(
    organisation: Org, make_user: MakeUser, client_for: ClientFor
) -> None:
    client = client_for(make_user(Role.ADMINISTRATOR))
    actor = organisation.actor
    with transaction(actor) as session:
        drafts = (
            AccountDraft(name="住所", address="東京都世田谷区太子堂4-1-1"),
            AccountDraft(name="異字", prefecture="茨城県", municipality="龍ヶ崎市"),
            AccountDraft(
                name="区なし", prefecture="大阪府", municipality="大阪市", lon=135.4983, lat=34.7052
            ),
            AccountDraft(name="ピン", lon=139.7454, lat=35.6586),
            AccountDraft(name="住所もピンもない"),
        )
        ids = [accounts.create_account(session, actor, draft).id for draft in drafts]
    found = {row["code"]: (row["name"], row["accounts"]) for row in ask(client)["municipalities"]}
    assert found == {
        "13112": ("世田谷区", 1), "08208": ("龍ケ崎市", 1), "27127": ("大阪市北区", 1), "13103": ("港区", 1),
        None: (None, 1),
    }  # fmt: skip
    with transaction(actor) as session:
        # Dragged into another ward: the address still names the first.
        accounts.move_account(session, actor, ids[0], PositionIn(lon=139.7454, lat=35.6586, source="drag"))
        accounts.move_account(session, actor, ids[4], PositionIn(lon=139.7454, lat=35.6586, source="here"))
    found = {row["code"]: row["accounts"] for row in ask(client)["municipalities"]}
    assert found == {"13112": 1, "08208": 1, "27127": 1, "13103": 2}


def test_each_number_opens_exactly_its_accounts(
    organisation: Org, sales: dict[str, Person], client_for: ClientFor
) -> None:
    """The list's filters find as many accounts as each number says, for the whole, an owner, a place."""
    client = client_for(sales["manager"])
    found = ask(client, days=30)
    filters = {
        "accounts": {}, "covered": {"covered_within_days": 30}, "overdue": {"overdue": 1},
        "never_visited": {"never_visited": 1}, "visited": {"visited_within_days": 30},
    }  # fmt: skip
    rows = [({}, found["total"])]
    rows += [({"owner": row["owner_id"] or "none"}, row) for row in found["owners"]]
    rows += [({"municipality": row["code"] or "none"}, row) for row in found["municipalities"]]
    assert len(rows) > 8
    for where, row in rows:
        for name, narrowed in filters.items():
            query = {**where, **narrowed, "limit": 1, "total": 1}
            answer = client.get("/api/accounts", query_string=query)
            assert answer.json["total"] == row[name], (where, name)


def test_one_owners_coverage_is_that_owners_row(sales: dict[str, Person], client_for: ClientFor) -> None:
    client = client_for(sales["administrator"])
    whole = ask(client, days=30)
    for row in whole["owners"]:
        found = ask(client, days=30, owner=row["owner_id"] or "none")
        assert found["owners"] == [row]
        assert sum(place["accounts"] for place in found["municipalities"]) == row["accounts"]


def test_an_unchanged_answer_is_not_sent_twice_and_another_persons_never(
    organisation: Org, sales: dict[str, Person], client_for: ClientFor, frozen_clock: FrozenClock
) -> None:
    client = client_for(sales["manager"])
    tag = client.get("/api/coverage?days=30").headers["ETag"]

    def status(asker: FieldClient, query: str = "days=30") -> int:
        return asker.get(f"/api/coverage?{query}", headers={"If-None-Match": tag}).status_code

    assert status(client) == 304
    assert status(client, "days=90") == 200
    assert status(client_for(sales["rep of the other team"])) == 200
    frozen_clock.move(days=1)
    assert status(client) == 200
    tag = client.get("/api/coverage?days=30").headers["ETag"]
    with transaction(organisation.actor) as session:
        accounts.create_account(session, organisation.actor, AccountDraft(name="新規"))
    assert status(client) == 200


@pytest.mark.parametrize(
    "query", ["days=0", "days=-30", "days=99999999999", "days=x", "owner=x", "municipality=13112", "days="]
)
def test_a_senseless_question_is_refused(make_user: MakeUser, client_for: ClientFor, query: str) -> None:
    answer = client_for(make_user(Role.MANAGER)).get(f"/api/coverage?{query}")
    assert answer.status_code == 422, answer.text


def test_nothing_is_nothing(make_user: MakeUser, client_for: ClientFor) -> None:
    found = ask(client_for(make_user(Role.REP)), days=90)
    assert found["total"]["accounts"] == 0
    assert found["total"]["share"] is None
    assert (found["owners"], found["municipalities"]) == ([], [])
    assert found["since"] == str(clock.local_date(clock.now(), "Asia/Tokyo") - timedelta(days=90))
