"""URLs of contacts, statuses and custom fields."""

from __future__ import annotations

import uuid
from typing import Any

from apiflask import APIBlueprint

from fieldcrm.accounts import contacts, rank_renaming, ranks, service, settings
from fieldcrm.accounts.catalogue import catalogue_of
from fieldcrm.accounts.serialise import contact_json
from fieldcrm.accounts.settings_schemas import (
    ContactChange,
    ContactDraft,
    ContactOut,
    ContactPage,
    ContactQuery,
    CustomFieldChange,
    CustomFieldIn,
    CustomFieldList,
    CustomFieldOut,
    RankList,
    RankRename,
    RankRenaming,
    RanksChange,
    StatusChange,
    StatusIn,
    StatusList,
    StatusOut,
)
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import db
from fieldcrm.core.description import details
from fieldcrm.core.endpoint import endpoint
from fieldcrm.core.wire import Wire
from fieldcrm.identity.policy import Scope, scope_of

bp = APIBlueprint("account_settings", __name__)


@bp.get("/api/contacts")
@endpoint("contacts.read", query=ContactQuery, answer=ContactPage)
@details(problems=(404,))
def list_contacts(*, actor: Actor, query: ContactQuery) -> dict[str, Any]:
    """List an account's contacts."""
    session = db.session()
    service.get_account(session, actor, query.account_id)
    found, next_cursor = contacts.list_contacts(session, actor, query)
    return {"items": [contact_json(row) for row in found], "next_cursor": next_cursor}


@bp.post("/api/contacts")
@endpoint("contacts.create", body=ContactDraft, answer=ContactOut, status=201)
@details(problems=(404,))
def create_contact(*, actor: Actor, body: ContactDraft) -> dict[str, Any]:
    """Add a contact to an account."""
    return contact_json(contacts.create_contact(db.session(), actor, body))


@bp.patch("/api/contacts/<uuid:contact_id>")
@endpoint("contacts.update", body=ContactChange, answer=ContactOut)
def update_contact(*, actor: Actor, contact_id: uuid.UUID, body: ContactChange) -> dict[str, Any]:
    """Change the fields that are present."""
    return contact_json(contacts.update_contact(db.session(), actor, contact_id, body))


@bp.delete("/api/contacts/<uuid:contact_id>")
@endpoint("contacts.delete", status=204)
@details(problems=(409,))
def delete_contact(*, actor: Actor, contact_id: uuid.UUID) -> None:
    """Delete a contact softly."""
    contacts.delete_contact(db.session(), actor, contact_id)


@bp.get("/api/statuses")
@endpoint("accounts.read", answer=StatusList)
def list_statuses(*, actor: Actor) -> dict[str, Any]:
    """List the organisation's statuses."""
    found = settings.list_statuses(db.session(), actor)
    return {"items": [_as(StatusOut, row) for row in found], "next_cursor": None}


@bp.post("/api/statuses")
@endpoint("accounts.settings", body=StatusIn, answer=StatusOut, status=201)
def create_status(*, actor: Actor, body: StatusIn) -> StatusOut:
    """Add a status."""
    status = settings.create_status(db.session(), actor, _given(body))
    return StatusOut.model_validate(status)


@bp.patch("/api/statuses/<int:no>")
@endpoint("accounts.settings", body=StatusChange, answer=StatusOut)
def update_status(*, actor: Actor, no: int, body: StatusChange) -> StatusOut:
    """Change a status; 409 ``status_in_use`` when accounts have one that is taken away."""
    return StatusOut.model_validate(settings.update_status(db.session(), actor, no, _given(body)))


@bp.get("/api/ranks")
@endpoint("accounts.read", answer=RankList)
def list_ranks(*, actor: Actor) -> RankList:
    """Return the ranks that accounts may have, best first."""
    return _rank_list(actor, list(catalogue_of(db.session(), actor).ranks))


@bp.put("/api/ranks")
@endpoint("accounts.settings", body=RanksChange, answer=RankList)
@details(problems=(409,))
def set_ranks(*, actor: Actor, body: RanksChange) -> RankList:
    """Have exactly these ranks; 409 ``rank_in_use`` when accounts have one that is taken away."""
    return _rank_list(actor, ranks.set_ranks(db.session(), actor, body.ranks, force=body.force))


@bp.post("/api/ranks/rename")
@endpoint("accounts.settings", body=RankRename, answer=RankList)
def rename_rank(*, actor: Actor, body: RankRename) -> RankList:
    """Call a rank otherwise. Accounts follow; when they are many, ``renaming`` tells how far that is."""
    return _rank_list(actor, ranks.rename_rank(db.session(), actor, body.rank, body.to))


@bp.get("/api/custom-fields")
@endpoint("accounts.read", answer=CustomFieldList)
def list_custom_fields(*, actor: Actor) -> dict[str, Any]:
    """List the administrator's own fields."""
    found = settings.list_custom_fields(db.session(), actor)
    return {"items": [_as(CustomFieldOut, row) for row in found], "next_cursor": None}


@bp.post("/api/custom-fields")
@endpoint("accounts.settings", body=CustomFieldIn, answer=CustomFieldOut, status=201)
def create_custom_field(*, actor: Actor, body: CustomFieldIn) -> CustomFieldOut:
    """Add a field."""
    field = settings.create_custom_field(db.session(), actor, _given(body))
    return CustomFieldOut.model_validate(field)


@bp.patch("/api/custom-fields/<uuid:field_id>")
@endpoint("accounts.settings", body=CustomFieldChange, answer=CustomFieldOut)
def update_custom_field(*, actor: Actor, field_id: uuid.UUID, body: CustomFieldChange) -> CustomFieldOut:
    """Change labels, choices or order."""
    field = settings.update_custom_field(db.session(), actor, field_id, _given(body))
    return CustomFieldOut.model_validate(field)


@bp.delete("/api/custom-fields/<uuid:field_id>")
@endpoint("accounts.settings", status=204)
def delete_custom_field(*, actor: Actor, field_id: uuid.UUID) -> None:
    """Take a field away."""
    settings.delete_custom_field(db.session(), actor, field_id)


def _given(body: Wire) -> dict[str, Any]:
    """Return what the body sets; a field sent as null is left as it is."""
    return body.model_dump(exclude_unset=True, exclude_none=True)


def _as(shape: type[Wire], row: object) -> dict[str, Any]:
    return shape.model_validate(row).model_dump(mode="json")


def _rank_list(actor: Actor, names: list[str]) -> RankList:
    # How many there are of all is for those alone who see all.
    is_told = scope_of(actor, "accounts.settings") is not Scope.NONE
    job = rank_renaming.find_running(db.session(), actor) if is_told else None
    if job is None:
        return RankList(ranks=names)
    return RankList(ranks=names, renaming=RankRenaming(**(job.result or {}), done=job.done, total=job.total))
