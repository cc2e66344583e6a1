"""The cookie of a browser that somebody has signed in with before: only their own slips slow it down.

It opens nothing. It says that attempts from here are the rightful user's, so that a stranger who tries
passwords elsewhere, however often, never keeps them out.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any, Final

from flask import Flask, Response, after_this_request, current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

from fieldcrm.core.ids import new_id
from fieldcrm.identity.rules import keyed_hash

COOKIE: Final = "fieldcrm_device"
LIFETIME: Final = timedelta(days=365)
MOST: Final = 5
"""So many people may share a browser before the first is forgotten."""


def known_device(email: str) -> str | None:
    """Return the id of the asking browser if ``email`` has signed in with it before."""
    device_id, people = _read()
    return device_id if _mark(email) in people else None


def remember_device(email: str) -> None:
    """Have this browser known from now on as one that ``email`` signs in with."""
    device_id, people = _read()
    mark = _mark(email)
    kept = [device_id or new_id().hex, [*(each for each in people if each != mark), mark][-MOST:]]
    app: Flask = current_app

    @after_this_request
    def _keep(response: Response) -> Response:
        response.set_cookie(
            COOKIE,
            _signer().dumps(kept),
            max_age=LIFETIME,
            httponly=True,
            secure=app.config["SESSION_COOKIE_SECURE"],
            samesite=app.config["SESSION_COOKIE_SAMESITE"],
        )
        return response


def _read() -> tuple[str | None, list[str]]:
    try:
        device_id, people = _signer().loads(
            request.cookies.get(COOKIE, ""), max_age=int(LIFETIME.total_seconds())
        )
    except (BadData, ValueError, TypeError):
        return None, []
    return str(device_id), [str(each) for each in people]


def _mark(email: str) -> str:
    return keyed_hash(current_app.config["SECRET_KEY"], "device", email)[:16]


def _signer() -> Any:
    how = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="fieldcrm.device", signer_kwargs=how)
