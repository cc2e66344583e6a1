"""The routing engine beside the app: OSRM on loopback, from what `flask roads build` prepared."""

import json
import os
import socket
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from places import LOCAL, say
from processes import ROADS, Background

FOLDER = LOCAL / "roads"
URLS = {"car": "OSRM_URL", "bicycle": "OSRM_BICYCLE_URL", "walking": "OSRM_WALKING_URL"}
"""Which variable tells the app where the engine of a mode is."""
TABLE_SIZE = 1_000
READY_WITHIN_S = 60


def start() -> None:
    """Start one engine for each mode that was built, and have the app ask them.

    Does nothing where an operator named an engine. One that does not start is told of; the app estimates.
    """
    if _named_by_operator():
        return
    for mode in _built().get("modes", []):
        program = ROADS[mode]
        if not program.is_running():
            address = f"http://127.0.0.1:{_free_port()}"
            program.start(_command(FOLDER / "map" / mode / "roads.osrm", address=address), note=address)
        if _is_ready(program):
            os.environ[URLS[mode]] = program.note()
            os.environ["OSRM_TABLE_SIZE"] = str(TABLE_SIZE)
        else:
            program.stop()
            say(f"The roads for mode {mode} could not be started, so its travel times are estimated:")
            say(f"{program.last_lines(3)}\nTo build them anew: flask --app fieldcrm roads build FILE.osm.pbf")


def described() -> str:
    """Return where travel times come from, for who started the app."""
    running = [mode for mode, program in ROADS.items() if program.is_running()]
    if running:
        return f"on the roads of {_built().get('extract')} ({', '.join(running)})"
    if _named_by_operator():
        return "on the roads of the server that was set"
    return "estimated; on real roads after `.venv/bin/flask --app fieldcrm roads build FILE.osm.pbf`"


def _named_by_operator() -> bool:
    return any(os.environ.get(name) for name in (*URLS.values(), "VALHALLA_URL"))


def _built() -> dict[str, Any]:
    try:
        note = json.loads((FOLDER / "map" / "built.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}


def _command(base: Path, *, address: str) -> list[str]:
    return [
        str(FOLDER / "osrm" / "bin" / "osrm-routed"),
        "--ip",
        "127.0.0.1",
        "--port",
        str(urlsplit(address).port),
        "--algorithm",
        "MLD",
        "--max-table-size",
        str(TABLE_SIZE),
        "--verbosity",
        "WARNING",  # else a line with every place that somebody visits
        str(base),
    ]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_ready(program: Background) -> bool:
    parts = urlsplit(program.note())
    deadline = time.monotonic() + READY_WITHIN_S
    while program.is_running() and time.monotonic() < deadline:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex((parts.hostname, parts.port)) == 0:
                return True
        time.sleep(0.05)
    return False
