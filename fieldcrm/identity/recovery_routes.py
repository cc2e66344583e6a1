"""Pages for who forgot the password: asking for a link, setting a new one by it. They need no JavaScript."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from fieldcrm.core.actor import system_actor
from fieldcrm.core.db import transaction
from fieldcrm.core.endpoint import PUBLIC, endpoint
from fieldcrm.core.errors import ProblemError
from fieldcrm.identity import links, recovery
from fieldcrm.identity.entrance import (
    asking_address,
    check_form,
    demand_twice,
    enter,
    form_page,
    page_locale,
    typed,
)
from fieldcrm.identity.links import Kind, LinkExpired, LinkKey

pages = APIBlueprint("recovery", __name__, enable_openapi=False)


@pages.get("/forgot")
@endpoint(PUBLIC)
def forgot() -> Response:
    """Show the form that asks for the address."""
    return form_page("password_forgot.html", locale=page_locale(), email=typed("email"))


@pages.post("/forgot")
@endpoint(PUBLIC)
def ask() -> Response:
    """Have a link mailed; the same answer whether anybody has the address."""
    email, locale = typed("email"), page_locale()
    try:
        check_form()
        recovery.ask(email=email, address=asking_address(), locale=locale)
    except ProblemError as error:
        return form_page("password_forgot.html", locale=locale, error=error, email=email)
    return form_page("password_forgot.html", locale=locale, is_asked=True)


@pages.get("/reset")
@endpoint(PUBLIC)
def reset_page() -> Response:
    """Show the form for a new password, if the link still opens it. Looking uses nothing up."""
    return _form()


@pages.post("/reset")
@endpoint(PUBLIC)
def reset() -> AnyResponse:
    """Set the password, end all sessions, and go in."""
    try:
        check_form()
        key = _key()
        password = demand_twice()
        with transaction(system_actor(key.org_id)) as session:
            actor, email = recovery.use(session, key, password=password)
        enter(actor, email=email)
    except ProblemError as error:
        return _form(error)
    return redirect("/", code=303)


def _form(error: ProblemError | None = None) -> Response:
    locale = page_locale()
    try:
        key = _key()
        with transaction(system_actor(key.org_id)) as session:
            _, user = recovery.get_open(session, key)
            email = user.email
    except LinkExpired as expired:
        return form_page("link_expired.html", locale=locale, error=expired)
    return form_page(
        "password_reset.html", locale=locale, error=error, email=email, token=request.values.get("t", "")
    )


def _key() -> LinkKey:
    key = links.read(Kind.RESET, request.values.get("t", ""))
    if key is None:
        raise LinkExpired()
    return key
