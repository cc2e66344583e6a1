"""URLs of the API's reference: the document for programs, the page for people."""

from __future__ import annotations

from functools import cache
from typing import Any

from apiflask import APIBlueprint
from flask import Flask, Response, current_app, render_template, request, send_from_directory

from fieldcrm.config import PROJECT_DIR
from fieldcrm.core.description import PUBLIC, details
from fieldcrm.core.endpoint import endpoint
from fieldcrm.core.fast_json import dumps
from fieldcrm.core.freshness import marked
from fieldcrm.core.problems import page_locale
from fieldcrm.reference.document import document
from fieldcrm.reference.page import prose, rooms_of, shapes_of
from fieldcrm.reference.words import INTRODUCTION, INTRODUCTION_JA

bp = APIBlueprint("reference", __name__)
pages = APIBlueprint("docs", __name__, enable_openapi=False)


@bp.get("/openapi.json")
@endpoint(PUBLIC)
@details(schema={"type": "object"})
def openapi() -> Response:
    """Return this document."""
    return marked(Response(dumps(_document(_app())), mimetype="application/json"))


@pages.get("/docs")
@endpoint(PUBLIC)
def docs() -> Response:
    """Show the document to people; needs no script."""
    locale = page_locale(request.args.get("lang"))
    page = Response(_page(_app(), locale))
    page.headers["Cache-Control"] = "no-cache"
    page.headers["Content-Language"] = locale
    return marked(page)


@pages.get("/docs.css")
@endpoint(PUBLIC)
def docs_style() -> Response:
    """Serve the look of the page."""
    return send_from_directory(PROJECT_DIR / "static" / "public", "docs.css", max_age=3600)


def _app() -> Flask:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - how Flask unwraps it
    return app


@cache
def _document(app: Flask) -> dict[str, Any]:
    """Return the document of the application, which does not change while it runs."""
    return document(app)


@cache
def _page(app: Flask, locale: str) -> str:
    """Return the page in a language; it is the same for everyone."""
    told = _document(app)
    text = INTRODUCTION_JA if locale == "ja" else INTRODUCTION
    # Japanese has no spaces between words: a line of it goes on without one.
    joined = [("" if locale == "ja" else " ").join(each.split("\n")) for each in text.split("\n\n")]
    return render_template(
        "docs.html",
        locale=locale,
        version=told["info"]["version"],
        introduction=[prose(each) for each in joined],
        rooms=rooms_of(told),
        shapes=shapes_of(told),
    )
