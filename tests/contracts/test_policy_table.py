"""The policy table: every view is in it, every entry is used, and it says what was agreed."""

from __future__ import annotations

import pytest
from flask import Flask

from fieldcrm.core.actor import Role
from fieldcrm.core.endpoint import PUBLIC
from fieldcrm.identity.policy import ALL, NONE, POLICIES, scope_of
from tests.fixtures.people import MakeUser

WRITES = ("create", "update", "delete", "settings")
CONTACT_HISTORY = ("activities", "contacts", "tasks", "attachments", "appointments")


def _policies(app: Flask) -> dict[str, str | None]:
    return {name: getattr(view, "policy", None) for name, view in app.view_functions.items()}


def test_every_view_carries_a_known_policy(app: Flask) -> None:
    unknown = {name: policy for name, policy in _policies(app).items() if policy not in {*POLICIES, PUBLIC}}
    assert unknown == {}


def test_every_policy_is_used_by_a_view(app: Flask) -> None:
    assert set(POLICIES) - set(_policies(app).values()) == set()


@pytest.mark.parametrize("policy", POLICIES)
def test_every_role_is_decided(policy: str) -> None:
    assert set(POLICIES[policy]) == set(Role)


@pytest.mark.parametrize("policy", POLICIES)
def test_administrator_may_all_and_nobody_exceeds_them(policy: str) -> None:
    order = ["none", "own", "team", "all"]
    row = {role: order.index(scope) for role, scope in POLICIES[policy].items()}
    assert row[Role.ADMINISTRATOR] > 0
    assert max(row.values()) == row[Role.ADMINISTRATOR]
    assert row[Role.REP] <= row[Role.MANAGER]


@pytest.mark.parametrize("policy", POLICIES)
def test_back_office_reads_all_and_writes_contact_history_only(policy: str) -> None:
    room, act = policy.split(".")
    scope = POLICIES[policy][Role.BACK_OFFICE]
    if act in WRITES and room not in (*CONTACT_HISTORY, "session"):
        assert scope is NONE
    elif act == "read" and room in ("accounts", "contacts", "activities", "tasks", "mapview", "team"):
        assert scope is ALL


def test_reps_and_managers_never_reach_all_accounts() -> None:
    for policy in POLICIES:
        if policy.split(".")[0] in ("accounts", *CONTACT_HISTORY, "mapview", "sync"):
            assert POLICIES[policy][Role.REP] is not ALL
            assert POLICIES[policy][Role.MANAGER] is not ALL


def test_unknown_policy_is_loud(make_user: MakeUser) -> None:
    with pytest.raises(KeyError):
        scope_of(make_user().actor, "accounts.raed")
