"""Programs in the background: started once, remembered by pid, stopped by pid."""

import json
import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from places import LOGS, PIDS, ROOT, environment

PATIENCE_S = 15


@dataclass(frozen=True)
class Background:
    """One program; its pid file also holds the start time, because numbers are given again."""

    name: str

    @property
    def log(self) -> Path:
        """Return the file that takes what the program prints."""
        return LOGS / f"{self.name}.log"

    def is_running(self) -> bool:
        """Tell whether the very process that start() made is alive."""
        saved = self._saved()
        if saved is None or saved["started"] is None:
            # It had ended before its start time could be read.
            return False
        return bool(_start_time(saved["pid"]) == saved["started"])

    def note(self) -> str:
        """Return what start() was told to remember."""
        saved = self._saved()
        return "" if saved is None else str(saved["note"])

    def start(self, command: list[str], *, note: str = "", **variables: str) -> None:
        """Start it in a session of its own, so that closing the terminal does not end it."""
        for folder in (LOGS, PIDS):
            folder.mkdir(parents=True, exist_ok=True)
        self.end_orphans()
        with self.log.open("a") as log:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment(**variables),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        saved = {"pid": process.pid, "started": _start_time(process.pid), "note": note}
        self._file.write_text(json.dumps(saved))

    def stop(self) -> bool:
        """Ask it to end, insist after a while; return False when it was not running."""
        saved = self._saved()
        was_running = self.is_running()
        if saved is not None and was_running:
            os.kill(saved["pid"], signal.SIGTERM)
            deadline = time.monotonic() + PATIENCE_S
            while self.is_running() and time.monotonic() < deadline:
                time.sleep(0.05)
            if self.is_running():
                # It leads its own group (start_new_session), so this reaches its children too.
                os.killpg(saved["pid"], signal.SIGKILL)
        self.end_orphans()
        self._file.unlink(missing_ok=True)
        return was_running

    def end_orphans(self) -> None:
        """End the children that a killed program left behind: they still hold its port."""
        saved = self._saved()
        if saved is None or _start_time(saved["pid"]) is not None:
            return
        orphans = _group(saved["pid"])
        for pid in orphans:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + PATIENCE_S
        while any(_start_time(pid) is not None for pid in orphans) and time.monotonic() < deadline:
            time.sleep(0.02)

    def last_lines(self, count: int = 15) -> str:
        """Return the end of its log."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])

    @property
    def _file(self) -> Path:
        return PIDS / f"{self.name}.json"

    def _saved(self) -> dict[str, Any] | None:
        try:
            saved: dict[str, Any] = json.loads(self._file.read_text())
        except (OSError, ValueError):
            return None
        return saved


def _group(leader: int) -> list[int]:
    """Return the processes of a group whose leader is gone, those that we started alone."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            group = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[2])
            if group == leader and (folder / "cwd").resolve() == ROOT:
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def _start_time(pid: int) -> int | None:
    """Return the kernel's start time of a living process, None when it is gone or a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else int(fields[19])


WEB = Background("web")
WORKER = Background("worker")
ROADS = {mode: Background(f"roads-{mode}") for mode in ("car", "bicycle", "walking")}
