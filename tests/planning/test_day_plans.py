"""The day that a person accepted: kept once, read by themselves alone, without what is no longer theirs."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from fieldcrm.accounts import service as accounts
from fieldcrm.accounts.schemas import AccountChange, AccountDraft
from fieldcrm.core.actor import Role
from fieldcrm.core.db import transaction
from tests.fixtures.people import FieldClient, MakeOrganisation, MakeUser, Person

ClientFor = Callable[[Person], FieldClient]
DAY = "/api/plans/2026-12-01"


def account_of(person: Person, name: str) -> uuid.UUID:
    with transaction(person.actor) as session:
        draft = AccountDraft(name=name, owner_id=person.id, lon=139.7, lat=35.6)
        return accounts.create_account(session, person.actor, draft).id


def stop_at(account_id: uuid.UUID | None, start: int) -> dict[str, Any]:
    return {
        "account_id": None if account_id is None else str(account_id), "arrival": start, "start": start,
        "departure": start + 1800, "drive_s": 600, "drive_m": 4000,
    }  # fmt: skip


@pytest.fixture
def rep(make_user: MakeUser) -> Person:
    return make_user(Role.REP)


def test_an_accepted_day_is_there_for_ones_other_phones(rep: Person, client_for: ClientFor) -> None:
    first, second = account_of(rep, "山田歯科"), account_of(rep, "鈴木医院")
    client = client_for(rep)
    assert client.get(DAY).status_code == 404
    body = {
        "stops": [stop_at(first, 36000), stop_at(second, 40000)], "breaks": [[43200, 46800]],
        "end": 60000, "drive_s": 1200, "drive_m": 8000, "is_estimated": False,
    }  # fmt: skip
    assert client.put(DAY, json=body).status_code == 200
    found = client_for(rep).get(DAY).json
    assert [(stop["name"], stop["start"]) for stop in found["stops"]] == [
        ("山田歯科", 36000),
        ("鈴木医院", 40000),
    ]
    assert (found["breaks"], found["drive_s"], found["is_estimated"]) == ([[43200, 46800]], 1200, False)


def test_accepting_again_replaces_the_day(rep: Person, client_for: ClientFor) -> None:
    first, second = account_of(rep, "山田歯科"), account_of(rep, "鈴木医院")
    client = client_for(rep)
    client.put(DAY, json={"stops": [stop_at(first, 36000)]})
    again = client.put(DAY, json={"stops": [stop_at(second, 36000)]}).json
    assert ([stop["name"] for stop in again["stops"]], again["version"]) == (["鈴木医院"], 2)
    assert client.get("/api/plans/2026-12-02").status_code == 404


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.MANAGER])
def test_nobody_else_reads_it(rep: Person, make_user: MakeUser, client_for: ClientFor, role: Role) -> None:
    client_for(rep).put(DAY, json={"stops": [stop_at(None, 36000)]})
    boss = client_for(make_user(role))
    assert boss.get(DAY).status_code == 404
    assert boss.put(DAY, json={}).json["version"] == 1  # their own
    assert len(client_for(rep).get(DAY).json["stops"]) == 1


def test_an_account_that_is_no_longer_ones_own_is_not_in_it(
    rep: Person, make_user: MakeUser, client_for: ClientFor
) -> None:
    kept, given = account_of(rep, "山田歯科"), account_of(rep, "鈴木医院")
    client_for(rep).put(DAY, json={"stops": [stop_at(kept, 36000), stop_at(given, 40000)]})
    change = AccountChange(owner_id=make_user().id)
    with transaction(rep.org.actor) as session:
        accounts.update_account(session, rep.org.actor, given, change)
    assert [stop["name"] for stop in client_for(rep).get(DAY).json["stops"]] == ["山田歯科"]


def test_an_account_that_is_not_there_for_one_is_refused_at_its_stop(
    rep: Person, make_user: MakeUser, make_organisation: MakeOrganisation, client_for: ClientFor
) -> None:
    own, colleagues = account_of(rep, "山田歯科"), account_of(make_user(), "同僚の客")
    elsewhere = account_of(make_user(Role.ADMINISTRATOR, org=make_organisation()), "よその客")
    for hidden in (colleagues, elsewhere, uuid.uuid4()):
        answer = client_for(rep).put(DAY, json={"stops": [stop_at(own, 36000), stop_at(hidden, 40000)]})
        assert answer.status_code == 422
        assert [(each["field"], each["code"]) for each in answer.json["errors"]] == [
            ("stops.1.account_id", "unknown_reference")
        ]


@pytest.mark.parametrize("day", ["2026-13-01", "2026-02-30", "morgen", "20261201"])
def test_what_is_no_day_is_not_there(rep: Person, client_for: ClientFor, day: str) -> None:
    assert client_for(rep).get(f"/api/plans/{day}").status_code == 404
