"""URLs of identity: the sign-in page (works without JavaScript), sign-out, JSON sign-in, CSRF."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, current_app, redirect, render_template, request, send_from_directory
from flask import session as cookie
from flask_login import current_user, login_user, logout_user
from flask_wtf.csrf import CSRFError, generate_csrf
from pydantic import Field
from werkzeug.wrappers import Response as AnyResponse

from fieldcrm.config import PROJECT_DIR
from fieldcrm.core.actor import Actor, system_actor
from fieldcrm.core.db import transaction
from fieldcrm.core.description import details
from fieldcrm.core.endpoint import PUBLIC, endpoint
from fieldcrm.core.errors import ProblemError
from fieldcrm.core.messages import say
from fieldcrm.core.wire import Wire
from fieldcrm.identity import messages, rules, sessions
from fieldcrm.identity.gate import LANGUAGES, SignedIn, browser_locale
from fieldcrm.identity.sessions import SessionKey
from fieldcrm.identity.sign_in import authenticate

__all__ = ["bp", "messages"]

bp = APIBlueprint("identity", __name__)
pages = APIBlueprint("sign_in", __name__, enable_openapi=False)


class Credentials(Wire):
    """What one signs in with."""

    email: str = Field(max_length=rules.MAX_EMAIL)
    password: str = Field(max_length=1024)


class CsrfToken(Wire):
    """What unsafe requests send back as ``X-CSRFToken``."""

    csrf_token: str


@pages.get("/sign-in")
@endpoint(PUBLIC)
def sign_in_page() -> AnyResponse:
    """Show the sign-in form, or go on where one is signed in already."""
    if current_user.is_authenticated:
        return redirect(rules.safe_return_path(request.args.get("next")), code=303)
    return _page()


@pages.post("/sign-in")
@endpoint(PUBLIC)
def sign_in() -> AnyResponse:
    """Sign in and go on, or show what is wrong with what was typed still there."""
    form = request.form
    email, password = form.get("email", "").replace("\x00", ""), form.get("password", "")
    try:
        current_app.extensions["csrf"].protect()
        if not email.strip() or not password:
            return _page(email=email, missing=("password" if email.strip() else "email"))
        _enter(authenticate(email=email, password=password, address=_address()))
    except CSRFError:
        return _page(email=email, error=ProblemError("csrf"), status=400)
    except ProblemError as error:
        return _page(email=email, error=error, status=error.status)
    return redirect(rules.safe_return_path(form.get("next")), code=303)


@pages.post("/sign-out")
@endpoint(PUBLIC)
def sign_out() -> AnyResponse:
    """Sign this browser out."""
    _leave()
    return redirect("/sign-in", code=303)


@pages.get("/sign-in.css")
@endpoint(PUBLIC)
def sign_in_style() -> Response:
    """Serve the look of the sign-in page, which must not wait for the app's bundle."""
    return send_from_directory(PROJECT_DIR / "static" / "public", "sign_in.css", max_age=3600)


@bp.get("/api/csrf")
@endpoint(PUBLIC, answer=CsrfToken)
def csrf() -> CsrfToken:
    """Return a token for unsafe requests of this browser."""
    return CsrfToken(csrf_token=generate_csrf())


@bp.post("/api/session")
@endpoint(PUBLIC, body=Credentials, answer=CsrfToken)
@details(problems=(401, 429))
def create_session(*, body: Credentials) -> CsrfToken:
    """Sign in; the CSRF token is a new one."""
    _enter(authenticate(email=body.email, password=body.password, address=_address()))
    return CsrfToken(csrf_token=generate_csrf())


@bp.delete("/api/session")
@endpoint(PUBLIC, status=204)
def delete_session() -> None:
    """Sign this browser out."""
    _leave()


def _enter(actor: Actor) -> None:
    """Begin a fresh session: the old one ends, cookie and CSRF token change."""
    _leave()
    with transaction(actor) as session:
        key = sessions.start_session(session, actor, user_agent=request.headers.get("User-Agent"))
    cookie.permanent = True
    login_user(SignedIn(key=key, actor=actor))
    # Now, and not at the first look: two looks at once would each make one, and one would not count.
    generate_csrf()


def _leave() -> None:
    key: SessionKey | None = sessions.parse_key(cookie.get("_user_id", ""))
    if key is not None:
        with transaction(system_actor(key.org_id)) as session:
            sessions.end_session(session, key)
    logout_user()
    cookie.clear()


def _address() -> str:
    return request.remote_addr or ""


def _page(
    *,
    email: str = "",
    error: ProblemError | None = None,
    missing: str | None = None,
    status: int = 200,
) -> Response:
    locale = _page_locale()
    page = render_template(
        "sign_in.html",
        locale=locale,
        email=email,
        missing=missing,
        error=say(error.code, locale, **error.params) if error else None,
        next=rules.safe_return_path(request.values.get("next")),
        demo_sign_ins=current_app.extensions.get("demo_sign_ins", ()),
    )
    headers = {"Cache-Control": "no-store", "Content-Language": locale}
    return Response(page, status=422 if missing else status, headers=headers)


def _page_locale() -> str:
    asked = request.values.get("lang")
    return asked if asked in LANGUAGES else browser_locale() or LANGUAGES[0]


def exempt_own_csrf_check() -> None:
    """Leave the sign-in form's CSRF check to its view, which answers with the form and what was typed."""
    current_app.extensions["csrf"].exempt("fieldcrm.identity.routes.sign_in")
