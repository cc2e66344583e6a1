"""URLs of the organisation itself, for its administrators."""

from __future__ import annotations

from apiflask import APIBlueprint

from fieldcrm.core.actor import Actor
from fieldcrm.core.db import db
from fieldcrm.core.endpoint import endpoint
from fieldcrm.identity import queries
from fieldcrm.identity.models import Organisation
from fieldcrm.identity.organisation import update_organisation, working_days_of
from fieldcrm.identity.organisation_schemas import OrganisationChange, OrganisationOut

bp = APIBlueprint("organisation", __name__)


@bp.get("/api/organisation")
@endpoint("organisation.read", answer=OrganisationOut)
def get_organisation(*, actor: Actor) -> OrganisationOut:
    """Return the organisation's name, language, time zone and working days."""
    return _out(queries.get_organisation(db.session(), actor.org_id))


@bp.patch("/api/organisation")
@endpoint("organisation.update", body=OrganisationChange, answer=OrganisationOut)
def change_organisation(*, actor: Actor, body: OrganisationChange) -> OrganisationOut:
    """Change the organisation's name, language, time zone or working days."""
    given = body.model_dump(exclude_unset=True, exclude_none=True)
    return _out(update_organisation(db.session(), actor, given))


def _out(row: Organisation) -> OrganisationOut:
    return OrganisationOut(
        name=row.name,
        locale="en" if row.locale == "en" else "ja",
        timezone=row.timezone,
        working_days=working_days_of(row),
    )
