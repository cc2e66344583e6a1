"""What a list shows, on the server; static/src/accounts/shared.test.ts binds the phone to the same cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fieldcrm.accounts import service
from fieldcrm.accounts.models import Account
from fieldcrm.accounts.schemas import AccountDraft
from fieldcrm.core.db import transaction

CASES = json.loads((Path(__file__).parents[1] / "cases" / "accounts.json").read_text(encoding="utf-8"))
KEPT_BY_VISITS = ("due_on", "last_visit_at")


@pytest.fixture
def shown(client_for, make_user, make_team, organisation, frozen_clock):
    """Ask for a list as the rep of the cases; answers the keys."""
    teams = {name: make_team(name) for name in ("east", "north", "west")}
    me = make_user("manager", teams=[teams["east"], teams["north"], teams["west"]])
    people = {"me": me, "colleague": make_user(), "stranger": make_user()}
    keys: dict[str, str] = {}
    with transaction(organisation.actor) as session:
        for given in CASES["accounts"]:
            keys[_add(session, organisation.actor, given, people=people, teams=teams)] = given["key"]
    frozen_clock.set(f"{CASES['today']}T03:00:00Z")
    client = client_for(me)

    def ask(**query: Any) -> list[str]:
        if "team" in query:
            query["team"] = [str(teams[name].id) for name in query["team"]]
        answer = client.get("/api/accounts", query_string={**query, "limit": 200})
        assert answer.status_code == 200, answer.json
        return [keys[item["id"]] for item in answer.json["items"]]

    return ask


def _add(session, actor, given, *, people, teams) -> str:
    fields = {
        name: value for name, value in given.items() if name not in ("key", "owner", "team", *KEPT_BY_VISITS)
    }
    owner, team = given.get("owner"), given.get("team")
    draft = AccountDraft.model_validate(
        {
            **fields,
            "owner_id": people[owner].id if owner else None,
            "team_id": teams[team].id if team else None,
            "geo_source": "drag" if "lon" in given else None,
        }
    )
    account_id = service.create_account(session, actor, draft).id
    account = session.get(Account, (actor.org_id, account_id))
    for name in KEPT_BY_VISITS:
        if name in given:
            setattr(account, name, given[name])
    session.flush()
    return str(account_id)


def test_filters_keep_what_the_phone_keeps(shown):
    for case in CASES["filters"]:
        assert set(shown(**case["query"])) == set(case["expected"]), case["name"]


def test_searches_find_what_the_phone_finds(shown):
    for case in CASES["searches"]:
        assert set(shown(q=case["q"])) == set(case["expected"]), case["q"]


def test_orders_are_the_phones(shown):
    for case in CASES["orders"]:
        place = CASES["here"] if case["sort"] == "distance" else {}
        found, expected = shown(sort=case["sort"], **place), case["expected"]
        # Those without a value come last; in which order, the phone (by name) and the server (by id) differ.
        ordered = len(expected) - CASES["without_value"].get(case["sort"], 0)
        assert found[:ordered] == expected[:ordered], case["sort"]
        assert set(found[ordered:]) == set(expected[ordered:]), case["sort"]
