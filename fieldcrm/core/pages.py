"""Files at fixed addresses: the app shell, its built assets, manifest and service worker."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

from apiflask import APIBlueprint
from flask import Response, current_app, redirect, render_template, request, send_from_directory
from werkzeug.wrappers import Response as AnyResponse

from fieldcrm.config import PROJECT_DIR
from fieldcrm.core.assets import shell_assets
from fieldcrm.core.endpoint import PUBLIC

DIST = PROJECT_DIR / "static" / "dist"

bp = APIBlueprint("pages", __name__, enable_openapi=False)


@bp.get("/")
def shell() -> AnyResponse:
    """Serve the app; who is not signed in goes to the sign-in page."""
    if current_app.extensions["gate"].actor() is None:
        return redirect(f"/sign-in?next={quote(request.full_path.rstrip('?'))}")
    assets = shell_assets(DIST, vite_url=os.environ.get("FIELDCRM_VITE_URL"))
    locale = request.accept_languages.best_match(["ja", "en"]) or "ja"
    response = Response(render_template("shell.html", assets=assets, locale=locale))
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.get("/<any(map, lists, today, team, more, accounts, imports):place>")
@bp.get("/<any(map, lists, today, team, more, accounts, imports):place>/<path:rest>")
def place(**_address: str) -> AnyResponse:
    """Serve the app at any of its own addresses."""
    return shell()


@bp.get("/manifest.webmanifest")
def manifest() -> Response:
    """Serve the web app manifest."""
    return send_from_directory(PROJECT_DIR, "manifest.webmanifest", mimetype="application/manifest+json")


@bp.get("/sw.js")
def service_worker() -> Response:
    """Serve the service worker from the root, so that its scope is the whole app."""
    response = send_from_directory(DIST, "sw.js", mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.get("/error.css")
def error_style() -> Response:
    """Serve the look of error pages, also where the front end is not built."""
    return send_from_directory(PROJECT_DIR / "static" / "public", "error.css", max_age=3600)


@bp.get("/static/<path:name>")
def asset(name: str) -> Response:
    """Serve a built file; below assets/ its name holds its hash, so it never changes."""
    is_script = Path(name).suffix in (".js", ".mjs")
    response = send_from_directory(DIST, name, mimetype="text/javascript" if is_script else None)
    is_hashed = name.startswith("assets/")
    response.headers["Cache-Control"] = (
        "public, max-age=31536000, immutable" if is_hashed else "public, max-age=86400"
    )
    return response


@bp.get("/favicon.ico")
def favicon() -> Response:
    """Serve the icon browsers ask for by themselves."""
    return asset("icons/icon.svg")


for view in (shell, place, manifest, service_worker, error_style, asset, favicon):
    setattr(view, "policy", PUBLIC)  # noqa: B010 - mypy knows no attributes of functions
