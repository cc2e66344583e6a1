"""URLs of identity: the sign-in page (works without JavaScript), sign-out, JSON sign-in, CSRF."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, current_app, redirect, request, send_from_directory
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from pydantic import Field
from werkzeug.wrappers import Response as AnyResponse

from fieldcrm.config import PROJECT_DIR
from fieldcrm.core.actor import Actor
from fieldcrm.core.description import details
from fieldcrm.core.endpoint import PUBLIC, endpoint
from fieldcrm.core.errors import ProblemError
from fieldcrm.core.wire import Wire
from fieldcrm.identity import messages, rules
from fieldcrm.identity.entrance import asking_address, check_form, enter, form_page, leave, page_locale, typed
from fieldcrm.identity.known_devices import known_device
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
    email, password = typed("email"), request.form.get("password", "")
    try:
        check_form()
        if not email.strip() or not password:
            return _page(email=email, missing=("password" if email.strip() else "email"))
        _enter(email, password)
    except ProblemError as error:
        return _page(email=email, error=error)
    return redirect(rules.safe_return_path(request.form.get("next")), code=303)


@pages.post("/sign-out")
@endpoint(PUBLIC)
def sign_out() -> AnyResponse:
    """Sign this browser out."""
    leave()
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
    _enter(body.email, body.password)
    return CsrfToken(csrf_token=generate_csrf())


@bp.delete("/api/session")
@endpoint(PUBLIC, status=204)
def delete_session() -> None:
    """Sign this browser out."""
    leave()


def _enter(email: str, password: str) -> None:
    device = known_device(rules.normal_email(email))
    actor: Actor = authenticate(email=email, password=password, address=asking_address(), device=device)
    enter(actor, email=email)


def _page(*, email: str = "", error: ProblemError | None = None, missing: str | None = None) -> Response:
    return form_page(
        "sign_in.html",
        locale=page_locale(),
        error=error,
        status=422 if missing else 200,
        email=email,
        missing=missing,
        next=rules.safe_return_path(request.values.get("next")),
        # A phone that has just emptied itself says so, with the number of records the server had not taken.
        wiped=request.args.get("wiped", type=int),
        demo_sign_ins=current_app.extensions.get("demo_sign_ins", ()),
    )


OWN_CSRF_CHECK = (
    "fieldcrm.identity.routes.sign_in",
    "fieldcrm.identity.recovery_routes.ask",
    "fieldcrm.identity.recovery_routes.reset",
    "fieldcrm.identity.invitation_routes.accept",
    "fieldcrm.identity.email_routes.confirm",
)
"""Forms whose views check the token themselves, to answer with the form and what was typed."""


def exempt_own_csrf_check() -> None:
    """Leave their CSRF check to the views of ``OWN_CSRF_CHECK``."""
    for view in OWN_CSRF_CHECK:
        current_app.extensions["csrf"].exempt(view)
