"""URLs of teams, for administrators."""

from __future__ import annotations

import uuid

from apiflask import APIBlueprint

from fieldcrm.core.actor import Actor
from fieldcrm.core.db import db
from fieldcrm.core.endpoint import endpoint
from fieldcrm.identity import queries, teams
from fieldcrm.identity.models import Team
from fieldcrm.identity.people_schemas import TeamChange, TeamIn, TeamList, TeamOut

bp = APIBlueprint("teams", __name__)


@bp.get("/api/teams")
@endpoint("users.read", answer=TeamList)
def list_teams(*, actor: Actor) -> TeamList:
    """Return the teams and who is in each."""
    session = db.session()
    members = queries.user_ids_by_team(session, actor.org_id)
    return TeamList(items=[_team(team, members) for team in queries.list_teams(session, actor.org_id)])


@bp.post("/api/teams")
@endpoint("teams.create", body=TeamIn, answer=TeamOut, status=201)
def create_team(*, actor: Actor, body: TeamIn) -> TeamOut:
    """Create a team of these people."""
    session = db.session()
    team = teams.create_team(session, actor, name=body.name, user_ids=body.user_ids)
    return _team(team, queries.user_ids_by_team(session, actor.org_id))


@bp.patch("/api/teams/<uuid:team_id>")
@endpoint("teams.update", body=TeamChange, answer=TeamOut)
def update_team(*, actor: Actor, team_id: uuid.UUID, body: TeamChange) -> TeamOut:
    """Rename a team, or say who is in it."""
    session = db.session()
    if body.user_ids is not None:
        teams.set_members(session, actor, team_id, body.user_ids)
    if body.name is not None:
        teams.rename_team(session, actor, team_id, name=body.name)
    team = teams.get_team(session, actor, team_id)
    return _team(team, queries.user_ids_by_team(session, actor.org_id))


def _team(team: Team, members: dict[uuid.UUID, list[uuid.UUID]]) -> TeamOut:
    return TeamOut(id=team.id, name=team.name, user_ids=members.get(team.id, []))
