"""The session: who is signed in, and the organisation's settings the app starts with."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, TypeVar

from apiflask import APIBlueprint
from flask import current_app
from flask_wtf.csrf import generate_csrf
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldcrm import __version__
from fieldcrm.accounts.models import AccountStatus, CustomField
from fieldcrm.config import Settings
from fieldcrm.core import clock
from fieldcrm.core.actor import Actor, Role
from fieldcrm.core.db import db
from fieldcrm.core.description import details
from fieldcrm.core.endpoint import endpoint
from fieldcrm.core.wire import Wire
from fieldcrm.geocoding.map_settings import basemap_of
from fieldcrm.identity import queries, service
from fieldcrm.identity.gate import with_locale
from fieldcrm.identity.models import Organisation, User
from fieldcrm.identity.organisation import ranks_of, working_days_of
from fieldcrm.sync.session_schemas import (
    Preferences,
    SessionBasemap,
    SessionColleague,
    SessionCustomField,
    SessionOrganisation,
    SessionOut,
    SessionOutcome,
    SessionStatus,
    SessionTeam,
    SessionUser,
)
from fieldcrm.visits.models import ActivityOutcome

bp = APIBlueprint("session", __name__)

TeamsOf = dict[uuid.UUID, list[uuid.UUID]]
Shape = TypeVar("Shape", bound=Wire)


@bp.get("/api/session")
@endpoint("session.read", answer=SessionOut)
@details(is_marked=False)
def read_session(*, actor: Actor) -> SessionOut:
    """Return who is signed in and the organisation's settings."""
    return _session(db.session(), actor)


@bp.put("/api/session/preferences")
@endpoint("session.update", body=Preferences, answer=SessionOut)
def set_preferences(*, actor: Actor, body: Preferences) -> SessionOut:
    """Remember the language chosen; return the session in it."""
    session = db.session()
    service.set_locale(session, actor, locale=body.locale)
    return _session(session, with_locale(actor, body.locale))


def _session(session: Session, actor: Actor) -> SessionOut:
    org_id = actor.org_id
    users = queries.list_users(session, org_id)
    teams_of = queries.team_ids_by_user(session, org_id)
    organisation = queries.get_organisation(session, org_id)
    return SessionOut(
        csrf_token=generate_csrf(),
        user=_user(actor, users, teams_of),
        organisation=_organisation(organisation),
        statuses=_catalogue(session, org_id, table=AccountStatus, shape=SessionStatus),
        outcomes=_catalogue(session, org_id, table=ActivityOutcome, shape=SessionOutcome),
        custom_fields=_catalogue(session, org_id, table=CustomField, shape=SessionCustomField),
        users=[_colleague(row, teams_of) for row in users],
        teams=[SessionTeam.model_validate(row) for row in queries.list_teams(session, org_id)],
        basemap=_basemap(organisation),
        version=__version__,
    )


def _user(actor: Actor, users: Sequence[User], teams_of: TeamsOf) -> SessionUser:
    me = next(row for row in users if row.id == actor.user_id)
    colleague = _colleague(me, teams_of)
    return SessionUser.model_validate(
        {**colleague.model_dump(exclude={"is_active"}), "email": me.email, "locale": actor.locale},
    )


def _colleague(row: User, teams_of: TeamsOf) -> SessionColleague:
    return SessionColleague(
        id=row.id,
        name=row.name,
        role=Role(row.role),
        team_ids=teams_of.get(row.id, []),
        is_active=row.is_active,
    )


def _organisation(row: Organisation) -> SessionOrganisation:
    return SessionOrganisation(
        id=str(row.org_id),
        name=row.name,
        locale=row.locale,
        timezone=row.timezone,
        today=clock.local_date(clock.now(), row.timezone),
        ranks=ranks_of(row),
        working_days=working_days_of(row),
        clock=row.change_seq,
    )


def _basemap(organisation: Organisation) -> SessionBasemap:
    settings: Settings = current_app.extensions["settings"]
    return SessionBasemap.model_validate(basemap_of(organisation.settings, settings), from_attributes=True)


def _catalogue(session: Session, org_id: int, *, table: Any, shape: type[Shape]) -> list[Shape]:
    found = select(table).where(table.org_id == org_id, table.deleted_at.is_(None))
    rows = session.scalars(found.order_by(table.position, table.id))
    return [shape.model_validate(row) for row in rows]
