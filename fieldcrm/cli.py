"""`flask --app fieldcrm` commands: each room brings its own, this file mounts them."""

from __future__ import annotations

from flask import Flask

from fieldcrm.core.post_migrate import db_post
from fieldcrm.core.worker import worker
from fieldcrm.demo.cli import demo
from fieldcrm.geocoding.cli import basemap_group, geocode_command
from fieldcrm.identity.cli import org, user
from fieldcrm.imports.cli import import_group
from fieldcrm.reference.cli import openapi_command
from fieldcrm.travel.cli import roads_group

_COMMANDS = (
    db_post,
    worker,
    geocode_command,
    basemap_group,
    roads_group,
    org,
    user,
    demo,
    import_group,
    openapi_command,
)


def register(app: Flask) -> None:
    """Mount every command."""
    for command in _COMMANDS:
        app.cli.add_command(command)
