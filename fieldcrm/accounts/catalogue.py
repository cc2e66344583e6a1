"""What the organisation defined and accounts refer to: statuses, ranks, custom fields, people.

Loaded once for a request or a whole import; each part is read when it is first asked for.
"""

from __future__ import annotations

import uuid
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldcrm.accounts.custom_values import CustomFieldRule
from fieldcrm.accounts.models import AccountStatus, CustomField
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import known
from fieldcrm.identity.models import Organisation, Team, TeamMember, User
from fieldcrm.identity.organisation import former_ranks_of, ranks_of


class Catalogue:
    """The organisation's own choices, against which accounts are checked."""

    def __init__(self, session: Session, actor: Actor) -> None:
        self._session = session
        self._org_id = actor.org_id

    @cached_property
    def statuses(self) -> tuple[int, ...]:
        """Numbers of the statuses that may be chosen, in the organisation's order."""
        query = select(AccountStatus.no).where(
            AccountStatus.org_id == self._org_id,
            AccountStatus.is_active,
            AccountStatus.deleted_at.is_(None),
        )
        return tuple(self._session.scalars(query.order_by(AccountStatus.position, AccountStatus.no)))

    @cached_property
    def ranks(self) -> tuple[str, ...]:
        """The ranks accounts may have, best first."""
        return tuple(ranks_of(self._organisation))

    @cached_property
    def former_ranks(self) -> dict[str, str]:
        """What ranks are called now, by what they were called before."""
        return former_ranks_of(self._organisation)

    @cached_property
    def _organisation(self) -> Organisation:
        found = select(Organisation).where(Organisation.org_id == self._org_id)
        return self._session.scalars(found).one()

    @cached_property
    def custom_fields(self) -> dict[str, CustomFieldRule]:
        """Rules of the administrator's own fields by key."""
        query = select(CustomField).where(
            CustomField.org_id == self._org_id, CustomField.deleted_at.is_(None)
        )
        return {
            field.key: CustomFieldRule(key=field.key, type=field.type, choices=tuple(field.choices))
            for field in self._session.scalars(query)
        }

    @cached_property
    def team_of_owner(self) -> dict[uuid.UUID, uuid.UUID | None]:
        """The people who may own accounts, each with their (first) team."""
        query = (
            select(User.id, TeamMember.team_id)
            .outerjoin(TeamMember, (TeamMember.org_id == User.org_id) & (TeamMember.user_id == User.id))
            .where(User.org_id == self._org_id, User.is_active, User.deleted_at.is_(None))
            .order_by(User.id, TeamMember.team_id.desc())
        )
        return {row.id: row.team_id for row in self._session.execute(query)}

    @cached_property
    def teams(self) -> frozenset[uuid.UUID]:
        """The organisation's teams."""
        query = select(Team.id).where(Team.org_id == self._org_id, Team.deleted_at.is_(None))
        return frozenset(self._session.scalars(query))


def catalogue_of(session: Session, actor: Actor) -> Catalogue:
    """Return the running transaction's catalogue: each part is read once."""
    found: Catalogue = known(session).setdefault("catalogue", Catalogue(session, actor))
    return found
