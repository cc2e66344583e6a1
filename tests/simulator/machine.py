"""The server that the phones talk to: a database and web workers that may be killed at any time."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from threading import Event, Lock, Thread

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / ".local" / "simulator"
ATTACHMENTS = LOCAL / "attachments"
DATABASE = "fieldcrm_simulator"
READY_WITHIN_S = 90


class Machine:
    """PostGIS and two web workers."""

    def __init__(self) -> None:
        self.url = f"http://127.0.0.1:{_free_port()}"
        self._web: subprocess.Popen[bytes] | None = None
        self._lock = Lock()
        self._serving = Lock()
        self._stopping = Event()
        self.environment: dict[str, str] = {}
        self.planted = ""

    def start(self) -> None:
        """Make a fresh database, migrate it, serve."""
        LOCAL.mkdir(parents=True, exist_ok=True)
        # A fresh database counts its organisations from one again: nobody's old files may lie there.
        shutil.rmtree(ATTACHMENTS, ignore_errors=True)
        self._database("create-test", DATABASE, "--fresh")
        lines = (LOCAL / "env").read_text(encoding="utf-8").splitlines()
        saved = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
        names = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_SUPERUSER_URL")
        urls = {name: saved[name].replace("/fieldcrm?", f"/{DATABASE}?") for name in names}
        self.environment = {
            **os.environ,
            **urls,
            "FIELDCRM_LOCAL_DIR": str(LOCAL),
            "SECRET_KEY": "only-for-simulations",
        }
        for command in (("db", "upgrade"), ("db-post",)):
            self._python("-m", "flask", "--app", "fieldcrm", *command)
        self._serve()
        self.wait_until_ready()
        Thread(target=self._keep_serving, daemon=True).start()

    def stop(self) -> None:
        """Stop web server and database."""
        self._stopping.set()
        with self._serving:
            self._end_serving()
        self._database("down")

    def serve_with(self, planted: str) -> None:
        """Serve with the bug of that name (see planted.py); with none when it is empty."""
        with self._serving:
            self._end_serving()
            self.planted = self.environment["PLANTED"] = planted
            self._serve()
        self.wait_until_ready()

    def kill_web_worker(self, choice: int) -> None:
        """Kill -9 one of the web workers; the server starts another."""
        assert self._web is not None
        workers = _children(self._web.pid)
        if workers:
            with suppress(ProcessLookupError):
                os.kill(workers[choice % len(workers)], signal.SIGKILL)

    def kill_database(self) -> None:
        """Kill -9 the whole database server, then let it recover."""
        with self._lock:
            data = (
                (LOCAL / "postgres.location").read_text().strip()
                if (LOCAL / "postgres.location").exists()
                else str(LOCAL / "postgres")
            )
            pid_file = Path(data) / "data" / "postmaster.pid"
            with suppress(OSError, ValueError):
                os.kill(int(pid_file.read_text().split("\n")[0]), signal.SIGKILL)
            self._database("up")

    def wait_until_ready(self) -> None:
        """Return when the app answers and says that its database does."""
        deadline = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < deadline:
            with suppress(OSError), urllib.request.urlopen(f"{self.url}/healthz", timeout=5):
                return
            time.sleep(0.1)
        log = (LOCAL / "web.log").read_text(errors="replace")
        raise RuntimeError(f"the app does not answer; the end of its log:\n{log[-3000:]}")

    def _serve(self) -> None:
        web = ["-m", "tests.simulator.serve", "--interface", "wsgi"]
        web += ["--factory", "tests.simulator.planted:create_app"]
        web += ["--port", self.url.rsplit(":", 1)[1], "--workers", "2", "--blocking-threads", "6"]
        web += ["--respawn-failed-workers", "--no-access-log", "--no-ws"]
        with (LOCAL / "web.log").open("ab") as output:
            self._web = subprocess.Popen(
                [sys.executable, *web],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _keep_serving(self) -> None:
        """Start the web server again when it gave up: it does after several workers killed in a row."""
        while not self._stopping.wait(0.2):
            with self._serving:
                if not self._stopping.is_set() and self._web is not None and self._web.poll() is not None:
                    self._end_group(self._web)
                    self._serve()

    def _end_serving(self) -> None:
        if self._web is None:
            return
        self._web.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._web.wait(timeout=15)
        self._end_group(self._web)

    def _database(self, *words: str) -> None:
        environment = {**os.environ, "FIELDCRM_LOCAL_DIR": str(LOCAL)}
        self._run([sys.executable, "scripts/db.py", *words], environment)

    def _python(self, *words: str) -> None:
        self._run([sys.executable, *words], self.environment)

    @staticmethod
    def _run(command: list[str], environment: dict[str, str]) -> None:
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(command[1:])} failed:\n{done.stdout}{done.stderr}")

    @staticmethod
    def _end_group(process: subprocess.Popen[bytes]) -> None:
        # It leads its own group, so this reaches the workers it left behind and nobody else.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    names = {int(child): Path(f"/proc/{child}/comm") for child in found}
    return sorted(child for child, comm in names.items() if comm.exists())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
