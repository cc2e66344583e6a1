"""URLs of the organisation's people, for its administrators."""

from __future__ import annotations

import uuid

from apiflask import APIBlueprint

from fieldcrm.core.actor import Actor
from fieldcrm.core.db import db
from fieldcrm.core.description import details
from fieldcrm.core.endpoint import endpoint
from fieldcrm.core.paging import PageQuery
from fieldcrm.identity import email_changes, people
from fieldcrm.identity.people_schemas import (
    EmailChange,
    HandedOver,
    Leaving,
    PeopleList,
    PersonChange,
    PersonOut,
)

bp = APIBlueprint("people", __name__)


@bp.get("/api/users")
@endpoint("users.read", query=PageQuery, answer=PeopleList)
def list_people(*, actor: Actor, query: PageQuery) -> PeopleList:
    """Return everybody by name, those who left too."""
    rows, next_cursor = people.list_people(db.session(), actor, query)
    return PeopleList(items=[PersonOut.model_validate(row) for row in rows], next_cursor=next_cursor)


@bp.patch("/api/users/<uuid:user_id>")
@endpoint("users.update", body=PersonChange, answer=PersonOut)
@details(problems=(409,))
def update_person(*, actor: Actor, user_id: uuid.UUID, body: PersonChange) -> PersonOut:
    """Change name, role or teams."""
    session = db.session()
    people.update_person(session, actor, user_id, name=body.name, role=body.role, team_ids=body.team_ids)
    return PersonOut.model_validate(people.get_person(session, actor, user_id))


@bp.post("/api/users/<uuid:user_id>/deactivate")
@endpoint("users.update", body=Leaving, answer=HandedOver)
@details(problems=(409,))
def deactivate(*, actor: Actor, user_id: uuid.UUID, body: Leaving) -> HandedOver:
    """Shut somebody out at once; their accounts and open tasks change hands."""
    done = people.deactivate(db.session(), actor, user_id, owner_id=body.owner_id)
    return HandedOver(accounts=done.get("accounts", 0), tasks=done.get("tasks", 0))


@bp.post("/api/users/<uuid:user_id>/reactivate")
@endpoint("users.update", answer=PersonOut)
@details(problems=(409,))
def reactivate(*, actor: Actor, user_id: uuid.UUID) -> PersonOut:
    """Let somebody in again."""
    session = db.session()
    people.reactivate(session, actor, user_id)
    return PersonOut.model_validate(people.get_person(session, actor, user_id))


@bp.put("/api/users/<uuid:user_id>/email-change")
@endpoint("users.update", body=EmailChange, answer=PersonOut)
def ask_email_change(*, actor: Actor, user_id: uuid.UUID, body: EmailChange) -> PersonOut:
    """Have a person's new e-mail address confirmed by mail; until then the former one stays."""
    session = db.session()
    email_changes.ask(session, actor, user_id, email=body.email)
    return PersonOut.model_validate(people.get_person(session, actor, user_id))


@bp.delete("/api/users/<uuid:user_id>/email-change")
@endpoint("users.update", status=204)
def withdraw_email_change(*, actor: Actor, user_id: uuid.UUID) -> None:
    """Leave a person's e-mail address as it is."""
    email_changes.withdraw(db.session(), actor, user_id)
