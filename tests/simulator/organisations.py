"""An organisation for one history: people in two teams, accounts, and what their phones sign in with."""

from __future__ import annotations

import random
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from fieldcrm.accounts import service as accounts
from fieldcrm.accounts.schemas import AccountDraft
from fieldcrm.core.actor import Actor, Role, system_actor
from fieldcrm.core.db import transaction
from fieldcrm.identity import service, sessions

PEOPLE = (
    ("anna", Role.REP, 0),
    ("ben", Role.REP, 0),
    ("chie", Role.REP, 1),
    ("boss", Role.ADMINISTRATOR, None),
)
ACCOUNTS = 12


def create(app: Flask, seed: int) -> dict[str, Any]:
    """Return {org_id, people: {name: {id, cookie}}, teams: [id], accounts: [id]} of a fresh organisation."""
    chance = random.Random(seed)  # noqa: S311 - not a secret
    with app.app_context():
        root = system_actor(service.reserve_org_id())
        mark = f"sim-{root.org_id}"
        with transaction(root) as session:
            service.create_organisation(session, root, slug=mark, name=f"見本 {mark}")
            teams = [service.create_team(session, root, name=name).id for name in ("東", "西")]
            people = {}
            for name, role, team in PEOPLE:
                of = [] if team is None else [teams[team]]
                user = service.create_user(
                    session, root, email=f"{name}@{mark}.example", name=name, role=role, team_ids=of
                )
                people[name] = user.id
            drafts = [_draft(chance, number, owners=list(people.values())[:3]) for number in range(ACCOUNTS)]
            ids = [str(accounts.create_account(session, root, draft).id) for draft in drafts]
    return {
        "org_id": root.org_id,
        "people": {
            name: {
                "id": str(user_id),
                "cookie": cookie_for(app, org_id=root.org_id, name=name, user_id=user_id),
            }
            for name, user_id in people.items()
        },
        "teams": [str(team) for team in teams],
        "accounts": ids,
    }


def cookie_for(app: Flask, *, org_id: int, name: str, user_id: Any) -> str:
    """Sign a person in and return the cookie's value, as the sign-in page would set it."""
    role = next(role for known, role, _ in PEOPLE if known == name)
    actor = Actor(org_id=org_id, user_id=user_id, role=role)
    with app.app_context():
        with transaction(actor) as session:
            key = sessions.start_session(session, actor, user_agent="simulator")
        signer = SecureCookieSessionInterface().get_signing_serializer(app)
        assert signer is not None
        return str(signer.dumps({"_user_id": str(key), "_fresh": True, "_permanent": True}))


def _draft(chance: random.Random, number: int, *, owners: list[Any]) -> AccountDraft:
    # The first eight belong to the first team's two reps, two to the other team's, two to nobody.
    owner = owners[number % 2] if number < 8 else owners[2] if number < 10 else None
    return AccountDraft.model_validate(
        {
            "name": f"取引先{number}",
            "status": 1 + chance.randrange(3),
            "win_prob": chance.randrange(0, 101, 5),
            "owner_id": owner,
            "cadence_days": 30,
            "lon": 139.6 + chance.random() / 5,
            "lat": 35.6 + chance.random() / 5,
            "geo_source": "drag",
        }
    )
