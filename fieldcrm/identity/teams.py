"""Teams and who is in them: people see their teams' accounts, and a manager leads the teams they are in."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fieldcrm.core import audit, clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import advance_clock
from fieldcrm.core.errors import Conflict, FieldError, Invalid, NotFound
from fieldcrm.identity import queries, rules, service
from fieldcrm.identity.models import Invitation, Team, TeamMember, User
from fieldcrm.identity.signals import team_dissolved


def create_team(session: Session, actor: Actor, *, name: str, user_ids: Collection[uuid.UUID] = ()) -> Team:
    """Create a team of these people. Raises Invalid at ``name`` or ``user_ids``."""
    _demand_free_name(session, actor, name=rules.one_line(name), but=None)
    _demand_people(session, actor, user_ids)
    team = service.create_team(session, actor, name=rules.one_line(name))
    _change(session, actor, [(team.id, user_id) for user_id in user_ids], into=True)
    return team


def rename_team(session: Session, actor: Actor, team_id: uuid.UUID, *, name: str) -> Team:
    """Give a team another name. Raises Invalid at ``name``, NotFound."""
    team = get_team(session, actor, team_id)
    _demand_free_name(session, actor, name=rules.one_line(name), but=team_id)
    team.name = rules.one_line(name)
    session.flush()
    return team


def set_members(session: Session, actor: Actor, team_id: uuid.UUID, user_ids: Collection[uuid.UUID]) -> None:
    """Have exactly these people in the team. Raises Invalid at ``user_ids``, NotFound."""
    get_team(session, actor, team_id)
    _demand_people(session, actor, user_ids)
    present = set(
        session.scalars(
            select(TeamMember.user_id).where(TeamMember.org_id == actor.org_id, TeamMember.team_id == team_id)
        )
    )
    wanted = set(user_ids)
    _change(session, actor, [(team_id, each) for each in present - wanted], into=False)
    _change(session, actor, [(team_id, each) for each in wanted - present], into=True)


def set_teams_of(session: Session, actor: Actor, user_id: uuid.UUID, team_ids: Collection[uuid.UUID]) -> None:
    """Have the person in exactly these teams. Raises Invalid at ``team_ids``."""
    demand_teams(session, actor, team_ids)
    present = set(queries.team_ids_by_user(session, actor.org_id).get(user_id, []))
    wanted = set(team_ids)
    _change(session, actor, [(each, user_id) for each in present - wanted], into=False)
    _change(session, actor, [(each, user_id) for each in wanted - present], into=True)


def dissolve(
    session: Session, actor: Actor, team_id: uuid.UUID, *, heir_id: uuid.UUID | None
) -> dict[str, int]:
    """End a team; people and accounts go over to the team ``heir_id``; return how many, by kind.

    With None nobody follows: people keep their own accounts, and those that were only the team's become
    everybody's. Raises Invalid at ``team_id``, NotFound, Conflict.
    """
    team = get_team(session, actor, team_id)
    if heir_id is not None and heir_id not in only_known(session, actor, [heir_id]):
        raise Invalid(FieldError("team_id", "unknown_reference"))
    if heir_id == team_id:
        raise Conflict("same_team")
    members = queries.user_ids_by_team(session, actor.org_id, only=[team_id]).get(team_id, [])
    handed_over: dict[str, int] = {"people": len(members)}
    # First, as it locks accounts: everybody locks those before the organisation's clock.
    for _receiver, counts in team_dissolved.send(session, actor=actor, team_id=team_id, heir_id=heir_id):
        handed_over.update(counts)
    _change(session, actor, [(team_id, each) for each in members], into=False)
    if heir_id is not None:
        there = queries.user_ids_by_team(session, actor.org_id, only=[heir_id]).get(heir_id, [])
        _change(session, actor, [(heir_id, each) for each in members if each not in there], into=True)
    _follow_in_invitations(session, actor, team_id, heir_id=heir_id)
    team.deleted_at = clock.now()
    session.flush()
    return handed_over


def get_team(session: Session, actor: Actor, team_id: uuid.UUID) -> Team:
    """Return a team of the organisation, or raise NotFound."""
    found = session.scalar(
        select(Team).where(Team.org_id == actor.org_id, Team.id == team_id, Team.deleted_at.is_(None))
    )
    if found is None:
        raise NotFound()
    return found


def demand_teams(session: Session, actor: Actor, team_ids: Collection[uuid.UUID]) -> None:
    """Raise Invalid at ``team_ids`` unless all are teams of the organisation."""
    if len(only_known(session, actor, team_ids)) != len(set(team_ids)):
        raise Invalid(FieldError("team_ids", "unknown_reference"))


def only_known(session: Session, actor: Actor, team_ids: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    """Return those of the ids that are teams of the organisation."""
    known = {team.id for team in queries.list_teams(session, actor.org_id)}
    return sorted(known & set(team_ids))


def _follow_in_invitations(
    session: Session, actor: Actor, team_id: uuid.UUID, *, heir_id: uuid.UUID | None
) -> None:
    """Let who has been invited into the team join the other."""
    waiting = select(Invitation).where(
        Invitation.org_id == actor.org_id,
        Invitation.accepted_at.is_(None),
        Invitation.withdrawn_at.is_(None),
        Invitation.team_ids.contains([team_id]),
    )
    for invitation in session.scalars(waiting):
        kept = set(invitation.team_ids) - {team_id} | ({heir_id} if heir_id is not None else set())
        invitation.team_ids = sorted(kept)


def _demand_people(session: Session, actor: Actor, user_ids: Collection[uuid.UUID]) -> None:
    known = select(User.id).where(
        User.org_id == actor.org_id, User.id.in_(list(user_ids)), User.deleted_at.is_(None)
    )
    if len(session.scalars(known).all()) != len(set(user_ids)):
        raise Invalid(FieldError("user_ids", "unknown_reference"))


def _demand_free_name(session: Session, actor: Actor, *, name: str, but: uuid.UUID | None) -> None:
    same = select(Team.id).where(Team.org_id == actor.org_id, Team.name == name, Team.deleted_at.is_(None))
    if any(team_id != but for team_id in session.scalars(same)):
        raise Invalid(FieldError("name", "already_taken"))


def _change(
    session: Session, actor: Actor, pairs: Collection[tuple[uuid.UUID, uuid.UUID]], *, into: bool
) -> None:
    """Put people into teams or take them out. What each may see changes with it, so the clock goes on."""
    for team_id, user_id in pairs:
        if into:
            service.add_member(session, actor, team_id=team_id, user_id=user_id)
            continue
        gone = session.execute(
            delete(TeamMember)
            .where(
                TeamMember.org_id == actor.org_id,
                TeamMember.team_id == team_id,
                TeamMember.user_id == user_id,
            )
            .returning(TeamMember.id)
            .execution_options(synchronize_session=False)
        ).scalar_one()
        audit.record(
            session,
            action="erase",
            entity="team_members",
            entity_id=gone,
            changes={"team_id": (str(team_id), None), "user_id": (str(user_id), None)},
        )
    if pairs:
        advance_clock(session)
