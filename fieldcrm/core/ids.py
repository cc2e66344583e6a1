"""Identifiers: UUIDv7, minted by the client or the server, sortable by creation time."""

from __future__ import annotations

import os
import time
import uuid


def new_id() -> uuid.UUID:
    """Return a UUIDv7 (RFC 9562): 48 bits of Unix milliseconds, then 74 random bits."""
    millis = time.time_ns() // 1_000_000
    random_bits = int.from_bytes(os.urandom(10), "big")
    value = (millis & (1 << 48) - 1) << 80
    value |= 0x7 << 76
    value |= (random_bits >> 68 & 0xFFF) << 64
    value |= 0b10 << 62
    value |= random_bits & (1 << 62) - 1
    return uuid.UUID(int=value)


def parse_id(text: object) -> uuid.UUID | None:
    """Return the UUID written in ``text``, or None when it is not one."""
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return None
