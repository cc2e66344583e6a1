"""Page marks of lists: opaque to clients, stable while rows come and go (keyset, not offset)."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any

from fieldcrm.core.errors import FieldError, Invalid
from fieldcrm.core.messages import register

register({"bad_cursor": ("続きの読み込み位置が正しくありません", "This page mark is not valid")})


def encode_cursor(values: Sequence[Any]) -> str:
    """Return the mark after the row with these sort values (JSON values)."""
    text = json.dumps(list(values), separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, *, length: int) -> list[Any]:
    """Return the sort values of a mark; raise Invalid when it is none of ours."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        raise bad_cursor() from None
    if not isinstance(values, list) or len(values) != length:
        raise bad_cursor()
    return values


def bad_cursor() -> Invalid:
    """Return the error of a mark that does not fit the list."""
    return Invalid(FieldError("cursor", "bad_cursor"))
