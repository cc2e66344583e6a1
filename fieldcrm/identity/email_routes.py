"""The page that a mailed link opens to confirm an e-mail address (without JavaScript)."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, request

from fieldcrm.core.actor import system_actor
from fieldcrm.core.db import transaction
from fieldcrm.core.endpoint import PUBLIC, endpoint
from fieldcrm.core.errors import ProblemError
from fieldcrm.identity import email_changes, links
from fieldcrm.identity.entrance import check_form, form_page, page_locale
from fieldcrm.identity.links import Kind, LinkExpired, LinkKey

pages = APIBlueprint("email_change", __name__, enable_openapi=False)


@pages.get("/confirm-email")
@endpoint(PUBLIC)
def confirmation_page() -> Response:
    """Show what is to be confirmed, if the link still opens it. Looking uses nothing up."""
    return _form()


@pages.post("/confirm-email")
@endpoint(PUBLIC)
def confirm() -> Response:
    """Change the address: from now on the person signs in with it."""
    try:
        check_form()
        key = _key()
        with transaction(system_actor(key.org_id)) as session:
            email = email_changes.confirm(session, key)
    except ProblemError as error:
        return _form(error)
    return form_page("email_change.html", locale=page_locale(), email=email, is_done=True)


def _form(error: ProblemError | None = None) -> Response:
    try:
        key = _key()
        with transaction(system_actor(key.org_id)) as session:
            user, email = email_changes.get_open(session, key)
            name, former, locale = user.name, user.email, user.locale
    except LinkExpired as expired:
        return form_page("link_expired.html", locale=page_locale(), error=expired, is_email=True)
    return form_page(
        "email_change.html",
        locale=page_locale(default=locale),
        error=error,
        name=name,
        former=former,
        email=email,
        token=request.values.get("t", ""),
    )


def _key() -> LinkKey:
    key = links.read(Kind.EMAIL, request.values.get("t", ""))
    if key is None:
        raise LinkExpired()
    return key
