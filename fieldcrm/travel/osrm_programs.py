"""OSRM's own programs, taken out of the package `osrm-bindings` into the private folder.

The package is for another Python than ours may be, so it is not installed: its programs need none.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

PACKAGE: Final = "osrm-bindings==26.10.0"
FETCH: Final = ("pip", "download", "--python-version", "3.12", "--only-binary=:all:", "--no-deps", PACKAGE)
_WANTED: Final = ("osrm/bin/", "osrm/share/")


class RoadsProblem(Exception):
    """Why there are no roads, as a sentence for whoever typed the command."""


class EngineOutOfReach(RoadsProblem):
    """The package index does not give the engine."""


def programs(folder: Path, *, wheel: Path | None, say: Callable[[str], None]) -> Path:
    """Return the folder that holds `bin` and `share`, filled from the wheel, else from the package index."""
    home = folder / "osrm"
    if wheel is None and (home / "bin" / "osrm-extract").exists():
        return home
    with tempfile.TemporaryDirectory() as scratch:
        if wheel is None:
            say(f"Fetching {PACKAGE} ...")
            wheel = _download(Path(scratch))
        unpacked = folder / "osrm.new"
        shutil.rmtree(unpacked, ignore_errors=True)
        _unpack(wheel, unpacked)
    _demand_running(unpacked / "bin" / "osrm-extract")
    shutil.rmtree(home, ignore_errors=True)
    unpacked.rename(home)
    return home


def _download(target: Path) -> Path:
    command = [sys.executable, "-m", *FETCH, "--quiet", "--disable-pip-version-check", "--dest", str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = next(target.glob("*.whl"), None)
    if done.returncode != 0 or found is None:
        last = (done.stderr.strip() or "no answer").splitlines()[-1]
        raise EngineOutOfReach(
            f"The routing engine cannot be had here ({last}). Where a package index is reachable run"
            f" `{' '.join(FETCH)}` and give the file it saves: roads build FILE --engine WHEEL. Until then"
            " travel times are estimated, or set OSRM_URL or VALHALLA_URL."
        )
    return found


def _unpack(wheel: Path, home: Path) -> None:
    try:
        with zipfile.ZipFile(wheel) as packed:
            for name in packed.namelist():
                if name.startswith(_WANTED) and not name.endswith("/"):
                    target = home / Path(name).relative_to("osrm")
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(packed.read(name))
                    target.chmod(0o755)
                elif name.endswith("LICENSE.TXT"):
                    home.mkdir(parents=True, exist_ok=True)
                    (home / "LICENSE.TXT").write_bytes(packed.read(name))
    except (OSError, zipfile.BadZipFile) as error:
        raise RoadsProblem(f"{wheel} cannot be read as a wheel ({error}).") from error
    if not (home / "bin" / "osrm-extract").exists():
        raise RoadsProblem(f"{wheel} holds no OSRM programs; the package is {PACKAGE}.")


def _demand_running(program: Path) -> None:
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
        problem = done.stderr.strip() if done.returncode else ""
    except OSError as error:
        problem = str(error)
    if problem:
        raise RoadsProblem(f"OSRM's programs do not run on this machine ({problem.splitlines()[-1]}).")
