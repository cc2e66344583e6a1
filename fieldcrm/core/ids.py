"""Identifiers: UUIDv7, minted by the client or the server, sortable by creation time."""

from __future__ import annotations

import os
import time
import uuid
from threading import Lock

_RANDOM_BITS = 74
_STEP_BITS = 32
_last = 0
_lock = Lock()


def new_id() -> uuid.UUID:
    """Return a UUIDv7 (RFC 9562): 48 bits of Unix milliseconds, then 74 random bits.

    Those of one process rise, also within a millisecond (by a random step, so none can be guessed) and
    when the machine's clock is set back: rows written in order keep their order.
    """
    global _last  # noqa: PLW0603 - the one thing that a next id must know
    millis = time.time_ns() // 1_000_000 & (1 << 48) - 1
    fresh = millis << _RANDOM_BITS | int.from_bytes(os.urandom(10), "big") >> 80 - _RANDOM_BITS
    with _lock:
        if fresh >> _RANDOM_BITS <= _last >> _RANDOM_BITS:
            fresh = _last + 1 + (fresh & (1 << _STEP_BITS) - 1)
        _last = fresh
    value = fresh >> _RANDOM_BITS << 80
    value |= 0x7 << 76
    value |= (fresh >> 62 & 0xFFF) << 64
    value |= 0b10 << 62
    value |= fresh & (1 << 62) - 1
    return uuid.UUID(int=value)


def parse_id(text: object) -> uuid.UUID | None:
    """Return the UUID written in ``text``, or None when it is not one."""
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return None
