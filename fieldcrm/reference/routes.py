"""URLs of the API's reference."""

from __future__ import annotations

from functools import cache
from typing import Any

from apiflask import APIBlueprint
from flask import Flask, Response, current_app

from fieldcrm.core.description import PUBLIC, details
from fieldcrm.core.endpoint import endpoint
from fieldcrm.core.fast_json import dumps
from fieldcrm.core.freshness import marked
from fieldcrm.reference.document import document

bp = APIBlueprint("reference", __name__)


@bp.get("/openapi.json")
@endpoint(PUBLIC)
@details(schema={"type": "object"})
def openapi() -> Response:
    """Return this document."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - how Flask unwraps it
    return marked(Response(_text(app), mimetype="application/json"))


@cache
def _text(app: Flask) -> str:
    """Return the document of the application, which does not change while it runs."""
    whole: dict[str, Any] = document(app)
    return dumps(whole)
