"""The real app for browser tests: own database with the demo, web server and worker as processes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import own_name

ROOT = Path(__file__).resolve().parents[2]
DATABASE = own_name("fieldcrm_browser")
READY_WITHIN_S = 300
PASSWORD = "demo-fieldcrm"


@dataclass(frozen=True)
class Served:
    """A running app: where it is, and the environment its commands take."""

    url: str
    environment: dict[str, str]

    def flask(self, *words: str) -> str:
        """Run a `flask` command of this app and return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "fieldcrm", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def serve(logs: Path) -> Iterator[Served]:
    """Serve a fresh demo on a free port; stop every process at the end."""
    url = f"http://127.0.0.1:{_free_port()}"
    own = {"ATTACHMENTS_DIR": str(logs / "attachments"), "MAIL_DIR": str(logs / "mail"), "PUBLIC_URL": url}
    served = Served(url, {**_fresh_database(), **own})
    served.flask("db", "upgrade")
    served.flask("db-post")
    served.flask("demo")
    served.flask("basemap", "build", "--later")
    worker = ["-m", "flask", "--app", "fieldcrm", "worker"]
    with _running(worker, served, logs / "worker.log"), _web(served, logs / "web.log"):
        yield served


@contextmanager
def serve_beside(served: Served, log: Path, *, factory: str, **settings: str) -> Iterator[Served]:
    """A second web server on the same database, with another factory and other settings."""
    other = Served(f"http://127.0.0.1:{_free_port()}", {**served.environment, **settings})
    with _web(other, log, factory=factory):
        yield other


@contextmanager
def _web(served: Served, log: Path, *, factory: str = "fieldcrm:create_app") -> Iterator[None]:
    port = served.url.rsplit(":", 1)[1]
    web = ["-m", "granian", "--interface", "wsgi", "--factory", factory, "--port", port]
    web += ["--workers", "1", "--blocking-threads", "8", "--respawn-failed-workers"]
    with _running(web, served, log):
        _wait(served.url, log)
        yield


@contextmanager
def _running(arguments: list[str], served: Served, log: Path) -> Iterator[None]:
    process = _start(arguments, served, log)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _fresh_database() -> dict[str, str]:
    create = [sys.executable, "scripts/db.py", "create-test", DATABASE, "--fresh"]
    subprocess.run(create, cwd=ROOT, check=True)
    lines = (ROOT / ".local" / "env").read_text(encoding="utf-8").splitlines()
    saved = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    names = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_SUPERUSER_URL")
    urls = {name: saved[name].replace("/fieldcrm?", f"/{DATABASE}?") for name in names}
    return {**os.environ, **urls, "SECRET_KEY": "only-for-tests", "BASEMAP_RASTER_URL": ""}


def _start(arguments: list[str], served: Served, log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=served.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def _wait(url: str, log: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"the app does not answer:\n{log.read_text(errors='replace')[-3000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
