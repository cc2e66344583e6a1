"""The application as people are served it: its own processes behind a real socket."""

import http.client
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.harness import ROOT

READY_WITHIN_S = 60
HOST = "127.0.0.1"


@contextmanager
def served(urls: dict[str, str], *, secret_key: str) -> Iterator[int]:
    """Start the web server as `make run` does, yield its port, stop it."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    log = Path(os.environ.get("FIELDCRM_LOCAL_DIR") or ROOT / ".local") / "bench" / "served.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [
        *(str(ROOT / ".venv/bin/granian"), "--interface", "wsgi", "--factory", "fieldcrm:create_app"),
        *("--no-access-log", "--no-ws", "--host", HOST, "--port", str(port)),
        *("--workers", "2", "--blocking-threads", "8"),
    ]
    environment = {**os.environ, **urls, "SECRET_KEY": secret_key}
    with log.open("wb") as output:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
    try:
        _wait(port, server, log)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline and server.poll() is None:
        try:
            connection = http.client.HTTPConnection(HOST, port, timeout=5)
            connection.request("GET", "/api/csrf")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"the server did not answer; the end of its log:\n{log.read_text()[-2000:]}")
