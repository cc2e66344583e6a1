"""Preparing an OpenStreetMap extract for OSRM, beside the present one, which stays until all is well."""

from __future__ import annotations

import fcntl
import json
import os
import re
import resource
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from fieldcrm.travel.map_file import problem_of
from fieldcrm.travel.osrm_programs import PACKAGE, RoadsProblem, programs
from fieldcrm.travel.rules import Mode

PROFILES: Final[dict[Mode, str]] = {"car": "car.lua", "bicycle": "bicycle.lua", "walking": "foot.lua"}
MAP, NOTE, BASE = "map", "built.json", "roads.osrm"
"""Below the roads folder: one folder a mode, and what they were built from. scripts/roads.py reads it."""

_STEPS: Final = (
    ("reading the roads", "osrm-extract"),
    ("dividing the map", "osrm-partition"),
    ("computing the ways", "osrm-customize"),
)


def build(
    folder: Path, extract: Path, *, modes: Sequence[Mode], wheel: Path | None, say: Callable[[str], None]
) -> None:
    """Prepare `extract` for these modes below `folder`; raises RoadsProblem and then changes nothing.

    OSRM's programs come from `wheel`, else they are there or fetched.
    """
    problem = problem_of(extract)
    if problem is not None:
        raise RoadsProblem(problem)
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        home = programs(folder, wheel=wheel, say=say)
        fresh = folder / f"{MAP}.new"
        shutil.rmtree(fresh, ignore_errors=True)
        try:
            for mode in modes:
                _build_mode(fresh / mode, home, extract, mode=mode, say=say)
        except RoadsProblem:
            shutil.rmtree(fresh)
            raise
        note = {
            "extract": extract.name,
            "bytes": extract.stat().st_size,
            "modes": list(modes),
            "engine": PACKAGE,
        }
        (fresh / NOTE).write_text(json.dumps(note), encoding="utf-8")
        former = folder / f"{MAP}.old"
        shutil.rmtree(former, ignore_errors=True)
        if (folder / MAP).exists():
            (folder / MAP).rename(former)
        fresh.rename(folder / MAP)
        shutil.rmtree(former, ignore_errors=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RoadsProblem("Roads are being built already.") from error
        yield


def _build_mode(target: Path, home: Path, extract: Path, *, mode: Mode, say: Callable[[str], None]) -> None:
    target.mkdir(parents=True)
    base = target / BASE
    threads = ["--threads", str(os.cpu_count() or 1)]
    for title, program in _STEPS:
        started = time.monotonic()
        command = [str(home / "bin" / program), *threads]
        if program == "osrm-extract":
            profile = home / "share" / "profiles" / PROFILES[mode]
            command += ["--profile", str(profile), "--output", str(base), str(extract)]
        else:
            command += [str(base)]
        _run(command, extract)
        say(f"{mode}: {title} took {time.monotonic() - started:.1f} s")
    _run([str(home / "bin" / "osrm-routed"), "--algorithm", "MLD", "--trial=1", str(base)], extract)


def _run(command: list[str], extract: Path) -> None:
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        preexec_fn=_without_core,
    )
    if done.returncode == 0:
        return
    if done.returncode == -9:
        raise RoadsProblem(
            f"The system ended the work on {extract}, most often for want of memory: take a smaller area."
        )
    raise RoadsProblem(f"{extract} could not be made into roads: {_reason(done.stdout)}")


def _without_core() -> None:
    """Keep a program that gives up on a damaged file from leaving its memory behind as a file."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _reason(output: str) -> str:
    """Return what the program said last of why it gave up, without its marks for programmers."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    thrown = re.findall(r"what\(\):\s*(.+)", output)
    errors = [line for line in lines if "[error]" in line]
    found = (thrown or errors or lines or ["no message"])[-1]
    found = re.sub(r"^\[[^\]]*\] \[error\] ", "", found)
    found = re.sub(r"src/\S+:\d+$", "", found).rstrip(" .")
    return f"{found}; is the download whole?" if found.startswith("PBF error") else f"{found}."
