"""`flask geocode`: addresses to points, without a database; `flask basemap`: the map they are shown on."""

import json
import sys
import time

import click
from flask import current_app
from flask.cli import with_appcontext

from fieldcrm.config import Settings
from fieldcrm.core.db import db
from fieldcrm.geocoding.jobs import build_if_changed, defer_basemap
from fieldcrm.geocoding.rules import Located
from fieldcrm.geocoding.service import gazetteer, locate, locate_many


@click.command("geocode")
@click.argument("address")
@click.option("--postal-code", help="Used where the address alone is not enough.")
def geocode_command(address: str, postal_code: str | None) -> None:
    """Print where ADDRESS lies as JSON; with - read one address a line and print one object a line."""
    if address != "-":
        click.echo(_json(locate(address, postal_code=postal_code)))
        return
    lines = (line.decode(errors="replace").rstrip("\r\n") for line in sys.stdin.buffer)
    # Written straight to the stream: click.echo flushes every line.
    for located in locate_many(lines):
        sys.stdout.write(_json(located) + "\n")


def _json(located: Located) -> str:
    fields = {
        "lon": located.lon,
        "lat": located.lat,
        "level": located.level.wire,
        "matched": located.matched,
        "prefecture": located.prefecture,
        "municipality": located.municipality,
    }
    return json.dumps(fields, ensure_ascii=False)


@click.group("basemap")
def basemap_group() -> None:
    """The embedded basemap: place names, areas and borders made from the packaged data."""


@basemap_group.command("build")
@click.option("--later", is_flag=True, help="Leave it to the worker.")
@with_appcontext
def build_command(*, later: bool) -> None:
    """Build the basemap if the tables hold none or one of other data."""
    if later:
        # Made now, so that no request has to wait for it.
        gazetteer()
        click.echo(defer_basemap(db.session()).value)
        db.session.commit()
        return
    started = time.monotonic()
    settings: Settings = current_app.extensions["settings"]
    was_built = build_if_changed(settings)
    click.echo(
        f"Basemap built in {time.monotonic() - started:.0f} s." if was_built else "Basemap is up to date."
    )
