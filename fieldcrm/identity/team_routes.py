"""URLs of teams, for administrators."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from fieldcrm.core.actor import Actor
from fieldcrm.core.db import db
from fieldcrm.core.description import details
from fieldcrm.core.endpoint import endpoint
from fieldcrm.core.paging import PageQuery
from fieldcrm.identity import queries, teams
from fieldcrm.identity.models import Team
from fieldcrm.identity.people_schemas import (
    Dissolution,
    Dissolved,
    TeamChange,
    TeamIn,
    TeamList,
    TeamOut,
)

bp = APIBlueprint("teams", __name__)


@bp.get("/api/teams")
@endpoint("users.read", query=PageQuery, answer=TeamList)
def list_teams(*, actor: Actor, query: PageQuery) -> TeamList:
    """Return the teams by name, and who is in each."""
    session = db.session()
    found, next_cursor = queries.page_of_teams(session, actor.org_id, query)
    return TeamList(items=_shown(session, actor, found), next_cursor=next_cursor)


@bp.post("/api/teams")
@endpoint("teams.create", body=TeamIn, answer=TeamOut, status=201)
def create_team(*, actor: Actor, body: TeamIn) -> TeamOut:
    """Create a team of these people."""
    session = db.session()
    team = teams.create_team(session, actor, name=body.name, user_ids=body.user_ids)
    return _shown(session, actor, [team])[0]


@bp.patch("/api/teams/<uuid:team_id>")
@endpoint("teams.update", body=TeamChange, answer=TeamOut)
def update_team(*, actor: Actor, team_id: uuid.UUID, body: TeamChange) -> TeamOut:
    """Rename a team, or say who is in it."""
    session = db.session()
    if body.user_ids is not None:
        teams.set_members(session, actor, team_id, body.user_ids)
    if body.name is not None:
        teams.rename_team(session, actor, team_id, name=body.name)
    return _shown(session, actor, [teams.get_team(session, actor, team_id)])[0]


@bp.post("/api/teams/<uuid:team_id>/dissolve")
@endpoint("teams.delete", body=Dissolution, answer=Dissolved)
@details(problems=(409,))
def dissolve(*, actor: Actor, team_id: uuid.UUID, body: Dissolution) -> Dissolved:
    """End a team; its people and accounts go over to another team, or to none."""
    done = teams.dissolve(db.session(), actor, team_id, heir_id=body.team_id)
    return Dissolved(people=done["people"], accounts=done.get("accounts", 0))


def _shown(session: Session, actor: Actor, found: Sequence[Team]) -> list[TeamOut]:
    members = queries.user_ids_by_team(session, actor.org_id, only=[team.id for team in found])
    return [TeamOut(id=team.id, name=team.name, user_ids=members.get(team.id, [])) for team in found]
