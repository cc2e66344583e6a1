"""`flask openapi`: the API's document on standard output, for generators of clients."""

from __future__ import annotations

import json

import click
from flask import current_app
from flask.cli import with_appcontext

from fieldcrm.reference.document import document


@click.command("openapi")
@with_appcontext
def openapi_command() -> None:
    """Print the OpenAPI document of the API."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - how Flask unwraps it
    click.echo(json.dumps(document(app), ensure_ascii=False, indent=2))
