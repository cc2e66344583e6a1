"""The one policy table: who may do what, and how far it reaches.

A policy is what an endpoint is registered under (``@endpoint("accounts.update")``); the table says
for each role how much of the organisation it reaches:

- ``ALL``: everything of the organisation;
- ``TEAM``: one's own, that of one's teams, and the pool;
- ``OWN``: one's own and the pool;
- ``NONE``: may not do it.

The pool is what belongs to nobody (an account without owner and team): every member sees it, and
whoever may write accounts may take it up.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from fieldcrm.core.actor import Actor, Role
from fieldcrm.core.errors import Forbidden


class Scope(StrEnum):
    """How far a policy reaches inside the organisation."""

    ALL = "all"
    TEAM = "team"
    OWN = "own"
    NONE = "none"


ALL, TEAM, OWN, NONE = Scope.ALL, Scope.TEAM, Scope.OWN, Scope.NONE

Row = Mapping[Role, Scope]


def _may(administrator: Scope, manager: Scope, rep: Scope, back_office: Scope) -> Row:
    return {
        Role.ADMINISTRATOR: administrator,
        Role.MANAGER: manager,
        Role.REP: rep,
        Role.BACK_OFFICE: back_office,
    }


# fmt: off - a table is read by its columns
POLICIES: Mapping[str, Row] = {
    # policy                 administrator manager rep   back office
    "session.read": _may(ALL, ALL, ALL, ALL),
    "session.update": _may(OWN, OWN, OWN, OWN),
    "accounts.read": _may(ALL, TEAM, TEAM, ALL),
    "accounts.create": _may(ALL, TEAM, TEAM, NONE),
    "accounts.update": _may(ALL, TEAM, TEAM, NONE),
    "accounts.delete": _may(ALL, TEAM, OWN, NONE),
    "accounts.merge": _may(ALL, TEAM, NONE, NONE),
    "accounts.export": _may(ALL, TEAM, TEAM, ALL),
    "accounts.settings": _may(ALL, NONE, NONE, NONE),
    "contacts.read": _may(ALL, TEAM, TEAM, ALL),
    "contacts.create": _may(ALL, TEAM, TEAM, ALL),
    "contacts.update": _may(ALL, TEAM, TEAM, ALL),
    "contacts.delete": _may(ALL, TEAM, TEAM, ALL),
    "activities.read": _may(ALL, TEAM, TEAM, ALL),
    "activities.create": _may(ALL, TEAM, TEAM, ALL),
    "activities.update": _may(ALL, OWN, OWN, OWN),
    "tasks.read": _may(ALL, TEAM, TEAM, ALL),
    "tasks.update": _may(ALL, TEAM, TEAM, ALL),
    "appointments.read": _may(OWN, OWN, OWN, OWN),
    "appointments.create": _may(ALL, TEAM, TEAM, ALL),
    "appointments.update": _may(OWN, OWN, OWN, OWN),
    "calendars.read": _may(OWN, OWN, OWN, OWN),
    "calendars.link": _may(OWN, OWN, OWN, OWN),
    "attachments.read": _may(ALL, TEAM, TEAM, ALL),
    "attachments.create": _may(ALL, TEAM, TEAM, ALL),
    "attachments.delete": _may(ALL, TEAM, OWN, OWN),
    # Where people live and when they are out is theirs alone.
    "plans.read": _may(OWN, OWN, OWN, NONE),
    "plans.create": _may(ALL, TEAM, OWN, NONE),
    "plans.update": _may(OWN, OWN, OWN, NONE),
    "team.read": _may(ALL, TEAM, TEAM, ALL),
    "coverage.export": _may(ALL, TEAM, TEAM, ALL),
    "mapview.read": _may(ALL, TEAM, TEAM, ALL),
    "sync.pull": _may(ALL, TEAM, TEAM, ALL),
    "sync.push": _may(ALL, TEAM, TEAM, ALL),
    "conflicts.read": _may(ALL, TEAM, TEAM, ALL),
    "conflicts.settle": _may(ALL, TEAM, TEAM, ALL),
    "devices.register": _may(OWN, OWN, OWN, OWN),
    "devices.read": _may(ALL, TEAM, OWN, OWN),
    "devices.wipe": _may(ALL, OWN, OWN, OWN),
    "geocoding.read": _may(ALL, ALL, ALL, ALL),
    "organisation.read": _may(ALL, NONE, NONE, NONE),
    "organisation.update": _may(ALL, NONE, NONE, NONE),
    "audit.read": _may(ALL, NONE, NONE, NONE),
    "audit.export": _may(ALL, NONE, NONE, NONE),
    "users.read": _may(ALL, NONE, NONE, NONE),
    "users.create": _may(ALL, NONE, NONE, NONE),
    "users.update": _may(ALL, NONE, NONE, NONE),
    "teams.create": _may(ALL, NONE, NONE, NONE),
    "teams.update": _may(ALL, NONE, NONE, NONE),
    "teams.delete": _may(ALL, NONE, NONE, NONE),
    "tokens.read": _may(ALL, OWN, OWN, OWN),
    "tokens.issue": _may(OWN, OWN, OWN, OWN),
    "tokens.revoke": _may(ALL, OWN, OWN, OWN),
    "imports.read": _may(ALL, ALL, NONE, NONE),
    "imports.create": _may(ALL, ALL, NONE, NONE),
    "imports.update": _may(ALL, ALL, NONE, NONE),
}
# fmt: on


NOT_WITH_TOKEN = frozenset(
    {
        "calendars.link",
        "session.update",
        "tokens.read",
        "tokens.issue",
        "tokens.revoke",
        "users.create",
        "users.update",
    }
)
"""What a personal access token never does, whatever its person may: passwords and sessions, tokens, and who
may come in. Whoever steals one cannot make their stay longer than it lasts."""


def scope_of(actor: Actor, policy: str) -> Scope:
    """Return how far ``policy`` reaches for ``actor``; an unknown policy is a programming error."""
    return POLICIES[policy][actor.role]


def require(actor: Actor, policy: str) -> None:
    """Raise Forbidden unless ``actor`` may do ``policy`` at all."""
    if scope_of(actor, policy) is Scope.NONE:
        raise Forbidden()
