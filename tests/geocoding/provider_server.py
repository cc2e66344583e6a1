"""A geocoding server on this machine that answers as the real ones do."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

NAGATACHO = (139.7448, 35.6759)


@dataclass
class ProviderServer:
    """What to answer next, and what was asked."""

    host: str = ""
    answers: list[tuple[int, dict[str, str], Any]] = field(default_factory=list)
    asked: list[tuple[str, dict[str, list[str]], str]] = field(default_factory=list)

    def will_answer(self, body: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.answers.append((status, headers or {}, body))


def gsi_feature(title: str, point: tuple[float, float] = NAGATACHO) -> dict[str, Any]:
    return {
        "geometry": {"coordinates": list(point), "type": "Point"},
        "type": "Feature",
        "properties": {"addressCode": "", "title": title},
    }


@contextmanager
def provider_server() -> Iterator[ProviderServer]:
    state = ProviderServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            state.asked.append((url.path, parse_qs(url.query), self.headers.get("User-Agent", "")))
            status, headers, body = state.answers.pop(0)
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    state.host = f"http://127.0.0.1:{server.server_port}"
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
