"""Identifiers: UUIDv7, minted by the client or the server, sortable by creation time."""

from __future__ import annotations

import os
import time
import uuid
from io import BytesIO
from threading import Lock

_RANDOM_BITS = 74
_STEP_BITS = 32
_BYTES_OF_ONE = 10
_BYTES_AT_ONCE = 400 * _BYTES_OF_ONE
_last = 0
_lock = Lock()
_random = BytesIO()


def new_id() -> uuid.UUID:
    """Return a UUIDv7 (RFC 9562): 48 bits of Unix milliseconds, then 74 random bits.

    Those of one process rise, also within a millisecond (by a random step, so none can be guessed) and
    when the machine's clock is set back: rows written in order keep their order.
    """
    global _last  # noqa: PLW0603 - the one thing that a next id must know
    millis = time.time_ns() // 1_000_000 & (1 << 48) - 1
    with _lock:
        fresh = millis << _RANDOM_BITS | int.from_bytes(_random_bytes(), "big") >> 80 - _RANDOM_BITS
        if fresh >> _RANDOM_BITS <= _last >> _RANDOM_BITS:
            fresh = _last + 1 + (fresh & (1 << _STEP_BITS) - 1)
        _last = fresh
    value = fresh >> _RANDOM_BITS << 80
    value |= 0x7 << 76
    value |= (fresh >> 62 & 0xFFF) << 64
    value |= 0b10 << 62
    value |= fresh & (1 << 62) - 1
    return uuid.UUID(int=value)


def _random_bytes() -> bytes:
    """Return the next random bytes, fetched for many ids at once.

    Each fetch lets another thread in; an import would wait for its reading thread at every row.
    """
    global _random  # noqa: PLW0603 - what is left of the last fetch
    found = _random.read(_BYTES_OF_ONE)
    if not found:
        _random = BytesIO(os.urandom(_BYTES_AT_ONCE))
        found = _random.read(_BYTES_OF_ONE)
    return found


def _forget_random_bytes() -> None:
    global _random  # noqa: PLW0603 - see above
    _random = BytesIO()


# Parent and child would go on with the same bytes.
os.register_at_fork(after_in_child=_forget_random_bytes)


def parse_id(text: object) -> uuid.UUID | None:
    """Return the UUID written in ``text``, or None when it is not one."""
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return None
