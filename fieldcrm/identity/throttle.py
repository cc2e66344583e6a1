"""Failed sign-ins are slowed down, by address and e-mail together: nobody can lock out another.

Counts live in this process, at most 10,000 of them; the oldest are forgotten first.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from fieldcrm.core import clock
from fieldcrm.core.errors import TooManyRequests

FREE_FAILURES = 5
FREE_FAILURES_PER_ADDRESS = 100
LONGEST_WAIT_S = 300
FORGET_AFTER = timedelta(minutes=15)
MAX_ENTRIES = 10_000


class SignInThrottled(TooManyRequests):
    """Too many failures in a row; ``seconds`` says how long to wait."""

    code = "sign_in_throttled"


@dataclass
class _Failures:
    count: int
    last_at: datetime


class Throttle:
    """Counts failures of ``(e-mail, address)`` pairs and of whole addresses."""

    def __init__(self) -> None:
        self._entries: OrderedDict[tuple[str, str], _Failures] = OrderedDict()
        self._lock = Lock()

    def check(self, *, email: str, address: str) -> None:
        """Raise SignInThrottled while this pair, or this whole address, has to wait."""
        with self._lock:
            wait_s = max(
                self._wait_s((email, address), free=FREE_FAILURES),
                self._wait_s(("", address), free=FREE_FAILURES_PER_ADDRESS),
            )
        if wait_s > 0:
            raise SignInThrottled(seconds=math.ceil(wait_s))

    def failed(self, *, email: str, address: str) -> None:
        """Count a failure."""
        with self._lock:
            for key in ((email, address), ("", address)):
                entry = self._entries.setdefault(key, _Failures(0, clock.now()))
                is_old = clock.now() - entry.last_at > FORGET_AFTER
                entry.count = 1 if is_old else entry.count + 1
                entry.last_at = clock.now()
                self._entries.move_to_end(key)
            while len(self._entries) > MAX_ENTRIES:
                self._entries.popitem(last=False)

    def succeeded(self, *, email: str, address: str) -> None:
        """Forget the failures of the pair."""
        with self._lock:
            self._entries.pop((email, address), None)

    def _wait_s(self, key: tuple[str, str], *, free: int) -> float:
        entry = self._entries.get(key)
        if entry is None or entry.count < free:
            return 0.0
        wait_s = min(LONGEST_WAIT_S, 2.0 ** (entry.count - free))
        return wait_s - (clock.now() - entry.last_at).total_seconds()


sign_in_throttle = Throttle()
