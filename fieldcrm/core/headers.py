"""Security headers: what every answer says of itself, whoever wrote it."""

from __future__ import annotations

from typing import Final

from flask import Flask, Response, g, request

from fieldcrm.config import Settings

_ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Origin-Agent-Cluster": "?1",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=(self), payment=(), usb=()",
}
TLS_ONLY: Final = "max-age=63072000"
"""For two years browsers then ask over TLS only. Other names below the same one are not ours to bind."""

DATA_POLICY: Final = "default-src 'none'; frame-ancestors 'none'"
"""Of what is read by programs: opened as a page it may nothing. A phone asks often, and each byte counts."""


def content_security_policy(settings: Settings) -> str:
    """Return the policy: our own origin alone, the servers of maps, pictures made on the phone."""
    tiles = "".join(f" {server}" for server in settings.basemap_servers)
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; manifest-src 'self'; "
        f"img-src 'self' data: blob:{tiles}; media-src 'self' blob:; "
        f"connect-src 'self'{tiles}; worker-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def configure_headers(app: Flask) -> None:
    """Have every answer carry the headers; a view that sets one itself keeps its own."""
    settings: Settings = app.extensions["settings"]
    standing = {**_ALWAYS, "Content-Security-Policy": content_security_policy(settings)}

    @app.after_request
    def _headers(response: Response) -> Response:
        # One pass: to ask for each header whether it is set costs as much as the rest of this together.
        present = {name.lower() for name, _ in response.headers}
        given = {**standing, "X-Request-Id": g.get("request_id", "")}
        if "json" in (response.content_type or ""):
            given["Content-Security-Policy"] = DATA_POLICY
        if request.path.startswith("/api/"):
            given["Cache-Control"] = "private, no-cache"
        if settings.cookie_secure or request.is_secure:
            given["Strict-Transport-Security"] = TLS_ONLY
        response.headers.extend({name: text for name, text in given.items() if name.lower() not in present})
        return response
