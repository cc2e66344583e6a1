"""Leaving an engine alone that failed: nobody waits for its time limit again and again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

FIRST_WAIT_S: Final = 10.0
LONGEST_WAIT_S: Final = 600.0


class BackOff:
    """Says whether an engine may be asked. Safe to share between threads."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._wait_s = 0.0
        self._until = 0.0

    def may_ask(self) -> bool:
        """Return True unless it failed a short while ago; after a wait to one asker alone, who tries it."""
        with self._lock:
            if not self._wait_s:
                return True
            if self._now() < self._until:
                return False
            self._until = self._now() + self._wait_s
            return True

    def failed(self, *, retry_after_s: float | None = None) -> None:
        """Wait, each time twice as long, and as long as it asked for."""
        with self._lock:
            self._wait_s = min(LONGEST_WAIT_S, max(FIRST_WAIT_S, 2 * self._wait_s))
            wait_s = max(self._wait_s, min(LONGEST_WAIT_S, retry_after_s or 0.0))
            self._until = self._now() + wait_s

    def answered(self) -> None:
        """Ask as usual again."""
        with self._lock:
            self._wait_s = 0.0
