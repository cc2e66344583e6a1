"""What maps to pass on need besides accounts: the built front end, and shapes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[2]

_SQUARE = """
    insert into place_areas (code, level, generalisation, name, prefecture, geom_3857)
    select %(code)s, %(level)s, generalisation, '区' || %(code)s, '東京都',
           ST_Multi(ST_Transform(ST_MakeEnvelope(%(lon)s - .15, %(lat)s - .15, %(lon)s + .15, %(lat)s + .15,
                                                 4326), 3857))
      from generate_series(0, 1) as generalisation
"""


def build_front_end() -> None:
    """Build static/dist where its sources have changed: Leaflet's files are there."""
    subprocess.run([sys.executable, "scripts/assets.py"], cwd=ROOT, check=True)


@contextmanager
def shapes_in_place(owner_url: str, *squares: tuple[str, int, float, float]) -> Iterator[None]:
    """Let the basemap's areas be these squares (code, level, lon, lat), a third of a degree across.

    What was there comes back: the tables are of all organisations, and only their owner may write them.
    """
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("create temp table kept as table place_areas")
        owner.execute("delete from place_areas")
        for code, level, lon, lat in squares:
            owner.execute(_SQUARE, {"code": code, "level": level, "lon": lon, "lat": lat})
        try:
            yield
        finally:
            owner.execute("delete from place_areas")
            owner.execute("insert into place_areas table kept")
