"""`flask roads build`: real roads from an OpenStreetMap extract, one command away."""

from __future__ import annotations

import time
from pathlib import Path

import click

from fieldcrm.config import load_settings
from fieldcrm.travel.building import PROFILES, build
from fieldcrm.travel.osrm_programs import RoadsProblem


@click.group("roads")
def roads_group() -> None:
    """Travel times on real roads: an OpenStreetMap extract prepared for the engine OSRM."""


@roads_group.command("build")
@click.argument("extract", metavar="FILE.osm.pbf", type=click.Path(path_type=Path))
@click.option(
    "--mode", "modes", multiple=True, type=click.Choice(list(PROFILES)), help="Only these, not all."
)
@click.option("--engine", type=click.Path(path_type=Path), help="Its wheel, where no index is in reach.")
def build_command(*, extract: Path, modes: tuple[str, ...], engine: Path | None) -> None:
    """Prepare FILE.osm.pbf for cars, bicycles and people on foot; `make run` then starts the engine."""
    started = time.monotonic()
    folder = load_settings().fieldcrm_local_dir / "roads"
    wanted = [mode for mode in PROFILES if not modes or mode in modes]
    try:
        build(folder, extract, modes=wanted, wheel=engine, say=click.echo)
    except RoadsProblem as problem:
        raise click.ClickException(str(problem)) from problem
    click.echo(f"Roads of {extract.name} built in {time.monotonic() - started:.1f} s: {', '.join(wanted)}.")
    click.echo("They are used from the next start on: make stop run")
