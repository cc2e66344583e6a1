"""RFC 9457 problem documents: the one handler that turns errors into answers."""

from __future__ import annotations

import logging

from flask import Flask, Response, current_app, g, json, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from fieldcrm.core.database_errors import problem_of
from fieldcrm.core.error_pages import error_page, wants_page
from fieldcrm.core.errors import ProblemError
from fieldcrm.core.messages import catalogue, say

log = logging.getLogger(__name__)

_CODES = {
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_file",
    429: "too_many_requests",
}


def request_locale() -> str:
    """Return the language of the person asking: their own choice, else the browser's."""
    actor = g.get("actor")
    if actor is not None:
        return str(actor.locale)
    return request.accept_languages.best_match(["ja", "en"]) or "ja"


def page_locale(asked: str | None) -> str:
    """Return the language of a page: the one asked for in its address, else the person's."""
    return asked if asked in ("ja", "en") else request_locale()


def problem(error: ProblemError) -> Response:
    """Return ``error`` in the caller's language: ``application/problem+json``, or a page in a browser."""
    body = {**document(error, request_locale()), "request_id": g.get("request_id")}
    if wants_page():
        answer = error_page(error, page_locale(request.args.get("lang")))
    else:
        answer = Response(json.dumps(body), status=error.status, content_type="application/problem+json")
    if error.status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="FieldCRM"'
    if error.status == 429 and "seconds" in error.params:
        answer.headers["Retry-After"] = str(error.params["seconds"])
    return answer


def document(error: ProblemError, locale: str) -> dict[str, object]:
    """Return ``error`` as the members of a problem document in ``locale``."""
    body: dict[str, object] = {
        **error.extensions,
        "type": "about:blank",
        "title": say(error.code, locale, **error.params),
        "status": error.status,
        "code": error.code,
    }
    if error.errors:
        body["errors"] = [
            {"field": e.field, "code": e.code, "message": say(e.code, locale, **e.params)}
            for e in error.errors
        ]
    return body


def _from_http(error: HTTPException) -> Response:
    translated = ProblemError(_CODES.get(error.code or 500, f"http_{error.code}"))
    translated.status = error.code or 500
    if translated.code not in catalogue():
        translated.code = "internal" if translated.status >= 500 else "invalid"
    if translated.code == "too_large":
        translated.params = {"limit": f"{current_app.config['MAX_CONTENT_LENGTH'] / 1024**2:g} MB"}
    answer = problem(translated)
    if error.code == 405 and error.get_response().headers.get("Allow"):
        answer.headers["Allow"] = error.get_response().headers["Allow"]
    return answer


def configure_problems(app: Flask) -> None:
    """Register the handlers."""

    @app.errorhandler(ProblemError)
    def _known(error: ProblemError) -> Response:
        return problem(error)

    @app.errorhandler(DBAPIError)
    def _database(error: DBAPIError) -> Response:
        known = problem_of(error)
        if known is None:
            return _unknown(error)
        log.warning("the database refused: %s", getattr(error.orig, "sqlstate", None))
        return problem(known)

    @app.errorhandler(CSRFError)
    def _csrf(_error: CSRFError) -> Response:
        refused = ProblemError("csrf")
        refused.status = 403
        return problem(refused)

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response:
        if error.code is not None and 300 <= error.code < 400:
            return error.get_response()  # type: ignore[return-value]  # werkzeug types it as its own Response
        return _from_http(error)

    @app.errorhandler(Exception)
    def _unknown(error: Exception) -> Response:
        log.error("the request failed", exc_info=error)
        if app.testing:
            raise error
        return problem(ProblemError())
