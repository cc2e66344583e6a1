"""The organisation itself, as its administrators set it: name, language, time zone, working days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldcrm.core import audit
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import advance_clock
from fieldcrm.core.errors import FieldError, Invalid
from fieldcrm.identity import queries, rules
from fieldcrm.identity.models import Organisation
from fieldcrm.identity.signals import timezone_changed

DEFAULT_WORKING_DAYS: Final = (1, 2, 3, 4, 5)
"""ISO weekdays: Monday is 1, Sunday is 7."""
DEFAULT_RANKS: Final = ("A", "B", "C", "D")
_COLUMNS: Final = frozenset({"name", "locale", "timezone"})


def working_days_of(organisation: Organisation) -> list[int]:
    """Return the ISO weekdays on which the organisation works."""
    return list(organisation.settings.get("working_days") or DEFAULT_WORKING_DAYS)


def ranks_of(organisation: Organisation) -> list[str]:
    """Return the ranks that accounts may have, best first."""
    return list(organisation.settings.get("ranks") or DEFAULT_RANKS)


def former_ranks_of(organisation: Organisation) -> dict[str, str]:
    """Return what ranks are called now, by what they were called before."""
    return dict(organisation.settings.get("former_ranks") or {})


def note_former_ranks(session: Session, organisation: Organisation, former: Mapping[str, str]) -> None:
    """Keep former names that no rank has, of ranks that there are. Nobody sets them: they have no history."""
    present = ranks_of(organisation)
    kept = {name: now for name, now in former.items() if name not in present and now in present}
    if kept != former_ranks_of(organisation):
        organisation.settings = {**organisation.settings, "former_ranks": kept}
        session.flush()


def find_organisation(session: Session, actor: Actor) -> Organisation | None:
    """Return the organisation of ``actor``, or None where there is none of that number."""
    return session.scalar(select(Organisation).where(Organisation.org_id == actor.org_id))


def organisation_of(session: Session, actor: Actor) -> Organisation:
    """Return the organisation of ``actor``: its name, language and time zone."""
    return queries.get_organisation(session, actor.org_id)


def update_organisation(session: Session, actor: Actor, values: Mapping[str, Any]) -> Organisation:
    """Change name, language, time zone or working days; what is not given stays.

    Phones hear of it by the change clock. Raises Invalid at ``name`` or ``timezone``.
    """
    wanted = dict(values)
    if "name" in wanted:
        wanted["name"] = rules.one_line(wanted["name"])
    if "timezone" in wanted and wanted["timezone"] not in available_timezones():
        raise Invalid(FieldError("timezone", "unknown_timezone"))
    organisation = lock_organisation(session, actor)
    changes = set_values(session, organisation, wanted)
    if "timezone" in changes:
        timezone_changed.send(session, actor=actor)
    return organisation


def settings_of(session: Session, actor: Actor) -> Mapping[str, Any]:
    """Return what the organisation set, by name; what is not there is as it is by default."""
    return queries.get_organisation(session, actor.org_id).settings


def own_organisation(session: Session, actor: Actor) -> Organisation:
    """Return the organisation that ``actor`` is of."""
    return queries.get_organisation(session, actor.org_id)


def lock_organisation(session: Session, actor: Actor) -> Organisation:
    """Return the organisation as it is now, and have others who change it wait."""
    found = select(Organisation).where(Organisation.org_id == actor.org_id)
    return session.scalars(found.with_for_update().execution_options(populate_existing=True)).one()


def set_values(session: Session, organisation: Organisation, wanted: Mapping[str, Any]) -> audit.Changes:
    """Set columns and settings by name on the locked organisation; return, audited, what really changed.

    A setting of None goes back to what it is by default.
    """
    before = {name: _present(organisation, name) for name in wanted}
    changes = {name: (before[name], value) for name, value in wanted.items() if value != before[name]}
    if not changes:
        return {}
    settings = {**organisation.settings}
    for name, (_, value) in changes.items():
        if name in _COLUMNS:
            setattr(organisation, name, value)
        else:
            settings[name] = value
    organisation.settings = {name: value for name, value in settings.items() if value is not None}
    session.flush()
    advance_clock(session)
    audit.record(session, action="update", entity="organisations", entity_id=None, changes=changes)
    return changes


def _present(organisation: Organisation, name: str) -> Any:
    by_default = {"working_days": working_days_of, "ranks": ranks_of}.get(name)
    if by_default is not None:
        return by_default(organisation)
    return getattr(organisation, name) if name in _COLUMNS else organisation.settings.get(name)
