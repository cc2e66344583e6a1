"""`flask geocode`: addresses to points on the command line; needs no database."""

import json
import sys

import click

from fieldcrm.geocoding.rules import Located
from fieldcrm.geocoding.service import locate, locate_many


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
