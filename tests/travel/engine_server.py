"""A server on this machine in the place of a routing engine: with roads of its own, or failing."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Answer = tuple[int, dict[str, str], bytes]


@dataclass
class EngineServer:
    """How it answers, and what it was asked: for each table its sources and its targets."""

    url: str = ""
    answer: Callable[[str], Answer] | None = None
    asked: list[str] = field(default_factory=list)
    tables: list[tuple[list[tuple[float, float]], list[tuple[float, float]]]] = field(default_factory=list)
    let_go: threading.Event = field(default_factory=threading.Event)

    def will_answer(self, body: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.answer = lambda _path: (status, headers or {}, data)

    def will_hang(self) -> None:
        """Take the question and say nothing."""

        def hang(_path: str) -> Answer:
            self.let_go.wait(30)
            return 200, {}, b"{}"

        self.answer = hang

    def know(self, path: str) -> Answer:
        """Answer a table as OSRM would on a grid of streets: 10 m/s along the axes, one-way uphill."""
        url = urlsplit(path)
        places = [
            tuple(float(each) for each in pair.split(",")) for pair in url.path.split("/")[-1].split(";")
        ]
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        everything = ";".join(str(index) for index in range(len(places)))
        sources, targets = (
            [places[int(index)] for index in query.get(name, everything).split(";")]
            for name in ("sources", "destinations")
        )
        self.tables.append((sources, targets))
        metres = [[grid_m(one, other) for other in targets] for one in sources]
        body = {
            "code": "Ok",
            "durations": [[value / 10 for value in row] for row in metres],
            "distances": metres,
            "sources": [{"location": place} for place in sources],
            "destinations": [{"location": place} for place in targets],
        }
        return 200, {}, json.dumps(body).encode()


def grid_m(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    east, north = other[0] - one[0], other[1] - one[1]
    return round((abs(east) + abs(north) + max(north, 0)) * 100_000, 1)


@contextmanager
def engine_server() -> Iterator[EngineServer]:
    state = EngineServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            state.asked.append(self.path)
            status, headers, data = (state.answer or state.know)(self.path)
            if status == 0:
                return
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_arguments: object) -> None:
            pass

        def handle(self) -> None:
            # Who asked may have gone.
            with suppress(BrokenPipeError, ConnectionResetError):
                super().handle()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield state
    finally:
        state.let_go.set()
        server.shutdown()
        thread.join()
        server.server_close()
