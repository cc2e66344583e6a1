"""A network line to the served app that can be cut: for browsers whose network a driver cannot switch off."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

CHUNK_BYTES = 65_536


class Line:
    """Relays a port of its own to the app; while cut, nobody answers there and open connections end."""

    def __init__(self, app_url: str) -> None:
        parts = urlsplit(app_url)
        self._app = (parts.hostname or "127.0.0.1", parts.port or 80)
        self._listener: socket.socket | None = None
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._port = 0
        self.mend()
        self.url = f"http://127.0.0.1:{self._port}"

    def cut(self) -> None:
        """End every connection and answer no more."""
        with self._lock:
            listener, self._listener = self._listener, None
            ends, self._open = self._open, set()
        for end in (*ends, *([listener] if listener else [])):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def mend(self) -> None:
        """Answer again, at the same address."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self._port))
        listener.listen()
        self._port = listener.getsockname()[1]
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
                far = socket.create_connection(self._app)
            except OSError:
                return
            with self._lock:
                self._open |= {near, far}
            for here, there in ((near, far), (far, near)):
                threading.Thread(target=self._relay, args=(here, there), daemon=True).start()

    def _relay(self, here: socket.socket, there: socket.socket) -> None:
        with suppress(OSError):
            while chunk := here.recv(CHUNK_BYTES):
                there.sendall(chunk)
        for end in (here, there):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        with self._lock:
            self._open -= {here, there}


@contextmanager
def line_to(app_url: str) -> Iterator[Line]:
    """A line for the length of a test."""
    line = Line(app_url)
    try:
        yield line
    finally:
        line.cut()
