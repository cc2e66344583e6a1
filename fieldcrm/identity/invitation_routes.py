"""URLs of invitations: the administrator's, and the page that the mailed link opens (without JavaScript)."""

from __future__ import annotations

import uuid

from apiflask import APIBlueprint
from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from fieldcrm.core.actor import Actor, system_actor
from fieldcrm.core.db import db, transaction
from fieldcrm.core.description import details
from fieldcrm.core.endpoint import PUBLIC, endpoint
from fieldcrm.core.errors import FieldError, Invalid, ProblemError
from fieldcrm.core.paging import PageQuery
from fieldcrm.identity import invitations, links, queries, rules
from fieldcrm.identity.entrance import check_form, demand_twice, enter, form_page, page_locale, typed
from fieldcrm.identity.links import Kind, LinkExpired, LinkKey
from fieldcrm.identity.people_schemas import InvitationIn, InvitationLink, InvitationList, InvitationOut

bp = APIBlueprint("invitations", __name__)
pages = APIBlueprint("invitation", __name__, enable_openapi=False)
MAX_NAME = 80


@bp.get("/api/invitations")
@endpoint("users.read", query=PageQuery, answer=InvitationList)
def list_invitations(*, actor: Actor, query: PageQuery) -> InvitationList:
    """Return the invitations that wait, newest first."""
    rows, next_cursor = invitations.list_open(db.session(), actor, query)
    return InvitationList(items=[InvitationOut.model_validate(row) for row in rows], next_cursor=next_cursor)


@bp.post("/api/invitations")
@endpoint("users.create", body=InvitationIn, answer=InvitationOut, status=201)
def invite(*, actor: Actor, body: InvitationIn) -> InvitationOut:
    """Ask somebody to join; the link is mailed to them."""
    return InvitationOut.model_validate(
        invitations.invite(
            db.session(),
            actor,
            email=body.email,
            name=body.name,
            role=body.role,
            locale=body.locale,
            team_ids=body.team_ids,
        )
    )


@bp.post("/api/invitations/<uuid:invitation_id>/resend")
@endpoint("users.create", answer=InvitationOut)
@details(problems=(409,))
def resend(*, actor: Actor, invitation_id: uuid.UUID) -> InvitationOut:
    """Mail a fresh link; the former one ends."""
    return InvitationOut.model_validate(invitations.resend(db.session(), actor, invitation_id))


@bp.post("/api/invitations/<uuid:invitation_id>/link")
@endpoint("users.create", answer=InvitationLink, is_stepwise=True)
@details(problems=(409,))
def show_link(*, actor: Actor, invitation_id: uuid.UUID) -> InvitationLink:
    """Return the link, to be handed over by other means."""
    # Stepwise: a stored answer to a repeated request would hold the link.
    with transaction(actor) as session:
        return InvitationLink(link=invitations.show_link(session, actor, invitation_id))


@bp.delete("/api/invitations/<uuid:invitation_id>")
@endpoint("users.create", status=204)
@details(problems=(409,))
def withdraw(*, actor: Actor, invitation_id: uuid.UUID) -> None:
    """Take an invitation back."""
    invitations.withdraw(db.session(), actor, invitation_id)


@pages.get("/join")
@endpoint(PUBLIC)
def invitation_page() -> Response:
    """Show the form to join, if the link still opens it. Looking uses nothing up."""
    return _form()


@pages.post("/join")
@endpoint(PUBLIC)
def accept() -> AnyResponse:
    """Join: the person is created, and goes in."""
    try:
        check_form()
        key = _key()
        name = _name()
        password = demand_twice()
        actor = system_actor(key.org_id)
        with transaction(actor) as session:
            email = invitations.get_open(session, key).email
            joined = invitations.accept(session, actor, key, name=name, password=password)
        enter(joined, email=email)
    except ProblemError as error:
        return _form(error)
    return redirect("/", code=303)


def _name() -> str:
    name = rules.one_line(typed("name"))
    if not name:
        raise Invalid(FieldError("name", "required"))
    if len(name) > MAX_NAME:
        raise Invalid(FieldError("name", "too_long", {"max": MAX_NAME}))
    return name


def _form(error: ProblemError | None = None) -> Response:
    try:
        key = _key()
        with transaction(system_actor(key.org_id)) as session:
            found = invitations.get_open(session, key)
            organisation = queries.get_organisation(session, key.org_id).name
            email, name, locale = found.email, found.name, found.locale
    except LinkExpired as expired:
        return form_page("link_expired.html", locale=page_locale(), error=expired, is_invitation=True)
    return form_page(
        "invitation.html",
        locale=page_locale(default=locale),
        error=error,
        email=email,
        name=typed("name") or name,
        organisation=organisation,
        token=request.values.get("t", ""),
    )


def _key() -> LinkKey:
    key = links.read(Kind.INVITATION, request.values.get("t", ""))
    if key is None:
        raise LinkExpired()
    return key
