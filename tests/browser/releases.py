"""A relay to the served app that can put out a new build: every file under a new name, the old ones gone."""

from __future__ import annotations

import http.client
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from tests.browser.serving import ROOT

ASSETS = ROOT / "static" / "dist" / "assets"
SUFFIX = "-next"
# The worker's build has a name of twelve digits: another build, another name.
BUILD = re.compile(rb"(?<=[`\"'])[0-9a-f]{12}(?=[`\"'])")
NEXT_BUILD = b"0123456789ab"
PER_HOP = {"connection", "content-length", "transfer-encoding", "accept-encoding", "host"}
CONDITIONS = {"if-none-match", "if-modified-since"}
TEXT = ("text/html", "text/javascript", "text/css")


class Releases:
    """Where the relay is, what it withholds, and which build it serves."""

    def __init__(self, app_url: str) -> None:
        parts = urlsplit(app_url)
        self.app = (parts.hostname or "127.0.0.1", parts.port or 80)
        self.is_next = False
        self.withheld = ""
        names = sorted((path.name for path in ASSETS.iterdir()), key=len, reverse=True)
        self._names = re.compile("|".join(map(re.escape, names)).encode())
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def release(self) -> None:
        """Serve the next build from now on; the files of this one are gone."""
        self.is_next = True

    def withhold(self, path: str) -> None:
        """Let every request of a path that begins so fail; of none when it is empty."""
        self.withheld = path

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()

    def path_now(self, path: str) -> str | None:
        """Return what to ask the app for; None for a file that the build on air does not have."""
        if not self.is_next or not path.startswith("/static/assets/"):
            return path
        stem, dot, ending = path.rpartition(".")
        return f"{stem.removesuffix(SUFFIX)}{dot}{ending}" if stem.endswith(SUFFIX) else None

    def content_now(self, content: bytes, media_type: str) -> bytes:
        """Return a text of the app as the build on air has it."""
        if not self.is_next or not media_type.startswith(TEXT):
            return content
        renamed = self._names.sub(_renamed, content)
        return BUILD.sub(NEXT_BUILD, renamed)


def _renamed(found: re.Match[bytes]) -> bytes:
    stem, dot, ending = found.group().rpartition(b".")
    return stem + SUFFIX.encode() + dot + ending


def _handler(releases: Releases) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            path = releases.path_now(self.path)
            if releases.withheld and self.path.startswith(releases.withheld):
                self._say(503, [], b"")
            elif path is None:
                self._say(404, [], b"")
            else:
                self._relay(path)

        def _relay(self, path: str) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            # "Not changed" would be said of the former build's file.
            left_out = PER_HOP if path.startswith("/api/") else PER_HOP | CONDITIONS
            headers = {name: value for name, value in self.headers.items() if name.lower() not in left_out}
            line = http.client.HTTPConnection(*releases.app, timeout=120)
            line.request(self.command, path, body or None, {**headers, "Host": self.headers["Host"]})
            answer = line.getresponse()
            content = releases.content_now(answer.read(), answer.getheader("Content-Type") or "")
            kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in PER_HOP]
            line.close()
            self._say(answer.status, kept, content)

        def _say(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
            self.send_response_only(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            # A page that is left wants no answer any more.
            with suppress(OSError):
                self.end_headers()
                self.wfile.write(b"" if self.command == "HEAD" else content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's own name
            """Say nothing."""

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 - the base's names

    return Handler


@contextmanager
def releases_of(app_url: str) -> Iterator[Releases]:
    """A relay for the length of a test."""
    relay = Releases(app_url)
    try:
        yield relay
    finally:
        relay.close()
