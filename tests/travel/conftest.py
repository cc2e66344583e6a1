"""Real roads: OSRM built from the real extract, once a run, and served on this machine."""

from __future__ import annotations

import fcntl
import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from fieldcrm.travel.building import build
from fieldcrm.travel.osrm_programs import EngineOutOfReach, programs
from fieldcrm.travel.rules import Mode, Point
from tests.conftest import ROOT

MODES: tuple[Mode, ...] = ("car", "bicycle", "walking")


@pytest.fixture(scope="session")
def harrisburg(shared_data: Path) -> Path:
    """The folder of the real extract and of the matrix that was computed from it elsewhere."""
    folder = shared_data / "routes" / "osm"
    if not (folder / "harrisburg.osm.pbf").exists():
        pytest.skip(f"the real extract is not here ({folder})")
    return folder


@pytest.fixture(scope="session")
def stored(harrisburg: Path) -> dict[str, Any]:
    """The stored matrix: `pts` (here longitude first), `dur` in s, `dist` in m."""
    found: dict[str, Any] = json.loads((harrisburg / "mat_harrisburg.json").read_text(encoding="utf-8"))
    return {**found, "pts": [(lon, lat) for lat, lon in found["pts"]]}


@pytest.fixture(scope="session")
def osrm_home() -> Path:
    """OSRM's programs, fetched once for this checkout."""
    folder = ROOT / ".local" / "roads-of-tests"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "fetching").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            return programs(folder, wheel=None, say=print)
        except EngineOutOfReach as problem:
            # Anything else that is wrong with it is a failure.
            pytest.skip(f"OSRM cannot be had: {problem}")


@pytest.fixture(scope="session")
def roads_folder(harrisburg: Path, osrm_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `flask roads build` makes of the real extract."""
    folder = tmp_path_factory.mktemp("roads")
    (folder / "osrm").symlink_to(osrm_home)
    build(folder, harrisburg / "harrisburg.osm.pbf", modes=MODES, wheel=None, say=print)
    return folder


@pytest.fixture(scope="session")
def osrm_urls(roads_folder: Path) -> Iterator[dict[Mode, str]]:
    """The addresses of an engine a mode, of the real extract."""
    with ExitStack() as engines:
        yield {mode: engines.enter_context(_engine(roads_folder, mode)) for mode in MODES}


@contextmanager
def _engine(folder: Path, mode: Mode) -> Iterator[str]:
    port = free_port()
    command = [
        folder / "osrm/bin/osrm-routed",
        "--ip",
        "127.0.0.1",
        "--port",
        str(port),
        "--algorithm",
        "MLD",
    ]
    with subprocess.Popen(
        [*command, str(folder / "map" / mode / "roads.osrm")], stdout=subprocess.DEVNULL
    ) as engine:
        try:
            wait_for_port(port, engine)
            yield f"http://127.0.0.1:{port}"
        finally:
            engine.terminate()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int, program: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert program.poll() is None, "the engine ended"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError("the engine does not listen")


def near(one: Point, other: Point) -> bool:
    return abs(one[0] - other[0]) < 0.002 and abs(one[1] - other[1]) < 0.002
