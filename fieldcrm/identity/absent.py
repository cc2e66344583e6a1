"""Who acts in the background: the person who asked for the work, with the rights they have now."""

from __future__ import annotations

from uuid import UUID

from fieldcrm.core.actor import Actor, Role, system_actor
from fieldcrm.core.db import transaction
from fieldcrm.identity import queries
from fieldcrm.identity.models import Organisation


def actor_of(org_id: int, user_id: UUID | None) -> Actor:
    """Return the person who asked for background work, with the rights they have now.

    Without a person (the command line) it is the system. Who left may nothing more.
    """
    system = system_actor(org_id)
    with transaction(system) as session:
        organisation = session.get_one(Organisation, org_id)
        locale, timezone = organisation.locale, organisation.timezone
        if user_id is None:
            return system_actor(org_id, locale=locale, timezone=timezone)
        user = queries.find_user(session, org_id=org_id, user_id=user_id)
        if user is None:
            return Actor(org_id, user_id, Role.REP, locale=locale, timezone=timezone)
        teams = queries.team_ids_by_user(session, org_id).get(user_id, [])
        return Actor(
            org_id=org_id,
            user_id=user_id,
            role=Role(user.role) if user.is_active else Role.REP,
            team_ids=frozenset(teams),
            locale=user.locale or locale,
            timezone=timezone,
        )


def names_of(actor: Actor) -> tuple[str, str]:
    """Return what the organisation and the person are called, for what is made in their name."""
    with transaction(actor) as session:
        organisation = session.get_one(Organisation, actor.org_id)
        user = None
        if actor.user_id is not None:
            user = queries.find_user(session, org_id=actor.org_id, user_id=actor.user_id)
        return organisation.name, user.name if user else ""
