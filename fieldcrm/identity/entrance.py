"""Coming in and going out: what sign-in, invitation and password reset share at the edge."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Response, current_app, render_template, request
from flask import session as cookie
from flask_login import current_user, login_user, logout_user
from flask_wtf.csrf import CSRFError, generate_csrf

from fieldcrm.core.actor import Actor, system_actor
from fieldcrm.core.db import transaction
from fieldcrm.core.errors import FieldError, Invalid, ProblemError
from fieldcrm.core.messages import say
from fieldcrm.identity import rules, sessions
from fieldcrm.identity.gate import LANGUAGES, SignedIn, browser_locale
from fieldcrm.identity.known_devices import remember_device
from fieldcrm.identity.sessions import SessionKey


def enter(actor: Actor, *, email: str) -> None:
    """Begin a fresh session: the old one ends, cookie and CSRF token change."""
    leave()
    with transaction(actor) as session:
        key = sessions.start_session(session, actor, user_agent=request.headers.get("User-Agent"))
    carry(key, actor)
    remember_device(rules.normal_email(email))


def carry(key: SessionKey, actor: Actor) -> None:
    """Have the browser carry the session ``key`` from now on."""
    cookie.permanent = True
    login_user(SignedIn(key=key, actor=actor))
    # Now, and not at the first look: two looks at once would each make one, and one would not count.
    generate_csrf()


def leave() -> None:
    """Sign the asking browser out."""
    key: SessionKey | None = sessions.parse_key(cookie.get("_user_id", ""))
    if key is not None:
        actor = current_user.actor if current_user.is_authenticated else system_actor(key.org_id)
        with transaction(actor) as session:
            sessions.end_session(session, key)
    logout_user()
    cookie.clear()


def asking_address() -> str:
    """Return the network address that asks."""
    return request.remote_addr or ""


def check_form() -> None:
    """Raise ProblemError where a form came without its token: too old, or not ours."""
    try:
        current_app.extensions["csrf"].protect()
    except CSRFError:
        refused = ProblemError("csrf")
        refused.status = 400
        raise refused from None


def page_locale(default: str | None = None) -> str:
    """Return the language of a page for who is not signed in: as asked for, else the browser's."""
    asked = request.values.get("lang")
    return asked if asked in LANGUAGES else default or browser_locale() or LANGUAGES[0]


def typed(name: str) -> str:
    """Return what stands in a field of the form, as the database can keep it."""
    return request.form.get(name, "").replace("\x00", "")


def demand_twice() -> str:
    """Return the new password of the form, typed twice alike; raises Invalid at the field."""
    password = request.form.get("password", "")
    if not password:
        raise Invalid(FieldError("password", "required"))
    if password != request.form.get("again", ""):
        raise Invalid(FieldError("again", "passwords_differ"))
    return password


def form_page(
    template: str, *, locale: str, error: ProblemError | None = None, status: int = 200, **values: Any
) -> Response:
    """Return a page of the sign-in's kind: never kept, in ``locale``, with what is wrong said."""
    errors = {each.field: say(each.code, locale, **each.params) for each in error.errors} if error else {}
    page = render_template(
        template,
        locale=locale,
        language_urls={language: _address_in(language) for language in LANGUAGES},
        errors=errors,
        error=None if error is None or errors else say(error.code, locale, **error.params),
        **values,
    )
    headers = {"Cache-Control": "no-store", "Content-Language": locale}
    return Response(page, status=error.status if error else status, headers=headers)


def _address_in(language: str) -> str:
    kept = {name: request.values[name] for name in ("t", "next") if name in request.values}
    return f"{request.path}?{urlencode({**kept, 'lang': language})}"
