"""Protection against forged requests is for browsers: they send cookies by themselves, programs send a token.

A request with a personal access token gets nothing from its cookies (identity/gate.py), so nobody can forge
one; without a policy of its own (sign-in, sign-out) an address is for browsers only and always protected.
"""

from __future__ import annotations

from flask import current_app, request
from flask_wtf.csrf import CSRFProtect

from fieldcrm.core.endpoint import PUBLIC, token_of
from fieldcrm.core.errors import Invalid


class BrowserCsrf(CSRFProtect):  # type: ignore[misc]  # Flask-WTF ships no types
    """Flask-WTF's protection, left out where a token proves who asks."""

    def protect(self, apply_exemptions: bool = False) -> None:  # noqa: FBT001, FBT002 - as it is called
        """Raise CSRFError for an unsafe request of a browser without its token."""
        view = current_app.view_functions.get(request.endpoint or "")
        if token_of(request) is not None and getattr(view, "policy", PUBLIC) != PUBLIC:
            return
        super().protect(apply_exemptions=apply_exemptions)

    def _get_csrf_token(self) -> str | None:
        if None in request.form:  # a part without a name, over which the library stumbles
            raise Invalid(code="bad_form")
        token: str | None = super()._get_csrf_token()
        return token
