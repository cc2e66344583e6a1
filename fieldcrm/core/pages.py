"""Files at fixed addresses: the app shell, its built assets, manifest and service worker."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from apiflask import APIBlueprint
from flask import Response, current_app, redirect, render_template, request, send_from_directory
from werkzeug.wrappers import Response as AnyResponse

from fieldcrm.config import PROJECT_DIR
from fieldcrm.core.endpoint import PUBLIC

DIST = PROJECT_DIR / "static" / "dist"

bp = APIBlueprint("pages", __name__, enable_openapi=False)


def content_security_policy() -> str:
    """Return the policy: our own origin, the raster tiles of the settings, workers from blobs."""
    settings = current_app.extensions["settings"]
    tiles = ""
    if settings.basemap_raster_url:
        tiles = " " + "/".join(settings.basemap_raster_url.split("/")[:3])
    return (
        "default-src 'self'; script-src 'self'; style-src 'self'; "
        f"img-src 'self' data: blob:{tiles}; connect-src 'self'{tiles}; worker-src 'self' blob:; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


@lru_cache(maxsize=1)
def _assets(_stamp: float) -> dict[str, dict[str, object]]:
    manifest: dict[str, dict[str, object]] = json.loads(
        (DIST / ".vite" / "manifest.json").read_text(encoding="utf-8")
    )
    return manifest


def entry() -> dict[str, object]:
    """Return the built entry (``file``, ``css``), or a sentence when nothing is built."""
    path = DIST / ".vite" / "manifest.json"
    if not path.exists():
        raise RuntimeError("The front end is not built yet: run `make build`.")
    return next(item for item in _assets(path.stat().st_mtime).values() if item.get("isEntry"))


@bp.get("/")
def shell() -> AnyResponse:
    """Serve the app; who is not signed in goes to the sign-in page."""
    if current_app.extensions["gate"].actor() is None:
        return redirect(f"/sign-in?next={request.path}")
    response = Response(render_template("shell.html", entry=entry()))
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.get("/<any(map, lists, today, team, more, accounts, imports):place>")
@bp.get("/<any(map, lists, today, team, more, accounts, imports):place>/<path:rest>")
def place(place: str, rest: str = "") -> AnyResponse:
    """Serve the app at any of its own addresses."""
    return shell()


@bp.get("/manifest.webmanifest")
def manifest() -> Response:
    """Serve the web app manifest."""
    return send_from_directory(
        PROJECT_DIR, "manifest.webmanifest", mimetype="application/manifest+json"
    )


@bp.get("/sw.js")
def service_worker() -> Response:
    """Serve the service worker from the root, so that its scope is the whole app."""
    response = send_from_directory(DIST, "sw.js", mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.get("/assets/<path:name>")
def asset(name: str) -> Response:
    """Serve a built file; its name holds its hash, so it never changes."""
    suffix = Path(name).suffix
    response = send_from_directory(
        DIST / "assets", name, mimetype="text/javascript" if suffix in (".js", ".mjs") else None
    )
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@bp.get("/icons/<path:name>")
def icon(name: str) -> Response:
    """Serve an icon."""
    response = send_from_directory(PROJECT_DIR / "static" / "public" / "icons", name)
    response.headers["Cache-Control"] = "public, max-age=604800"
    return response


@bp.get("/favicon.ico")
def favicon() -> Response:
    """Serve the icon browsers ask for by themselves."""
    return icon("favicon.svg")


for view in (shell, place, manifest, service_worker, asset, icon, favicon):
    view.policy = PUBLIC  # type: ignore[attr-defined]  # read by the policy table's test
