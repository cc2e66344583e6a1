"""The real Valhalla: its programs out of their wheel, fetched once, and run on a real extract."""

from __future__ import annotations

import fcntl
import importlib.util
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.travel.conftest import free_port, wait_for_port

PACKAGE = "pyvalhalla==3.9.1"
WANTED = (
    "valhalla/bin/valhalla_build_tiles",
    "valhalla/bin/valhalla_service",
    "valhalla/valhalla_build_config.py",
)


def valhalla_home(folder: Path) -> Path:
    """Return the folder of its programs; skips where the wheel cannot be had."""
    folder.mkdir(parents=True, exist_ok=True)
    home = folder / "programs"
    with (folder / "fetching").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if home.exists():
            return home
        command = [
            "pip",
            "download",
            "--quiet",
            "--python-version",
            "3.12",
            "--only-binary=:all:",
            "--no-deps",
        ]
        done = subprocess.run(
            [sys.executable, "-m", *command, "--dest", str(folder), PACKAGE],
            capture_output=True,
            text=True,
            check=False,
        )
        wheel = next(folder.glob("pyvalhalla-*.whl"), None)
        if done.returncode or wheel is None:
            pytest.skip(f"{PACKAGE} cannot be had: {done.stderr.strip().splitlines()[-1:]}")
        fresh = folder / "programs.new"
        with zipfile.ZipFile(wheel) as packed:
            for name in packed.namelist():
                if name in WANTED or name.startswith("pyvalhalla.libs/"):
                    Path(packed.extract(name, fresh)).chmod(0o755)
        wheel.unlink()
        fresh.rename(home)
        return home


@contextmanager
def valhalla(home: Path, extract: Path, scratch: Path) -> Iterator[str]:
    """Build its tiles from the extract and serve them; yields the address."""
    port = free_port()
    config = scratch / "valhalla.json"
    config.write_text(json.dumps(_config(home, scratch, port=port)))
    programs = home / "valhalla" / "bin"
    subprocess.run(
        [programs / "valhalla_build_tiles", "--config", config, extract], check=True, capture_output=True
    )
    with subprocess.Popen(
        [str(programs / "valhalla_service"), str(config), "1"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as service:
        try:
            wait_for_port(port, service)
            yield f"http://127.0.0.1:{port}"
        finally:
            service.terminate()


def _config(home: Path, scratch: Path, *, port: int) -> dict[str, Any]:
    spec = importlib.util.spec_from_file_location(
        "valhalla_build_config", home / "valhalla" / "valhalla_build_config.py"
    )
    assert spec is not None
    assert spec.loader is not None
    shipped = importlib.util.module_from_spec(spec)
    # Its dataclasses look themselves up there.
    sys.modules[spec.name] = shipped
    spec.loader.exec_module(shipped)
    config = _without_open(shipped.config, shipped)
    config["mjolnir"] |= {
        "tile_dir": str(scratch),
        "tile_extract": "",
        "admin": "",
        "timezone": "",
        "concurrency": 1,
    }
    config["mjolnir"].pop("traffic_extract", None)
    config["httpd"]["service"] |= {
        "listen": f"tcp://127.0.0.1:{port}",
        "loopback": f"ipc://{scratch}/loopback",
        "interrupt": f"ipc://{scratch}/interrupt",
    }
    for part in ("loki", "thor", "odin", "meili"):
        if "service" in config[part]:
            config[part]["service"]["proxy"] = f"ipc://{scratch}/{part}"
    return config


def _without_open(settings: dict[str, Any], shipped: ModuleType) -> dict[str, Any]:
    return {
        name: _without_open(value, shipped) if isinstance(value, dict) else value
        for name, value in settings.items()
        if not isinstance(value, shipped.Optional)
    }
