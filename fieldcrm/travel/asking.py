"""Asking an engine over HTTP: one answer as JSON within a time limit, or the reason why not."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

MOST_BYTES: Final = 64 * 1024 * 1024
_PIECE_BYTES: Final = 64 * 1024
_HERE: Final = ("127.0.0.1", "::1", "localhost")


class EngineFailed(Exception):
    """No usable answer; `reason` is timed_out, unavailable, busy, refused or bad_answer.

    `refused` is about what was asked (a place, a mode), everything else about the engine.
    """

    def __init__(self, reason: str, *, retry_after_s: float | None = None) -> None:
        self.reason = reason
        self.retry_after_s = retry_after_s
        super().__init__(reason)


def ask(url: str, *, within_s: float, body: Any = None) -> Any:
    """Return the JSON that `url` answers (to `body` by POST); raise EngineFailed otherwise.

    Takes at most twice `within_s`: until the answer begins, and from then until it ends.
    """
    request = urllib.request.Request(  # noqa: S310 - the scheme was checked when the settings were read
        url,
        data=None if body is None else json.dumps(body).encode(),
        headers={"User-Agent": "FieldCRM", "Accept": "application/json", "Content-Type": "application/json"},
    )
    try:
        with _opener(url).open(request, timeout=within_s) as response:
            return orjson.loads(_read(response, within_s=within_s))
    except urllib.error.HTTPError as error:
        with error:
            raise _refusal(error) from error
    except TimeoutError as error:
        raise EngineFailed("timed_out") from error
    except urllib.error.URLError as error:
        reason = "timed_out" if isinstance(error.reason, TimeoutError) else "unavailable"
        raise EngineFailed(reason) from error
    except (OSError, HTTPException) as error:
        raise EngineFailed("unavailable") from error
    except ValueError as error:
        raise EngineFailed("bad_answer") from error


def _opener(url: str) -> urllib.request.OpenerDirector:
    # A proxy of the environment must not stand between us and our own machine.
    is_here = urlsplit(url).hostname in _HERE
    return urllib.request.build_opener(*([urllib.request.ProxyHandler({})] if is_here else []))


def _read(response: Any, *, within_s: float) -> bytes:
    """Return the body; a server that sends a byte now and then does not hold us for ever."""
    until = time.monotonic() + within_s
    pieces, size = [], 0
    while piece := response.read1(_PIECE_BYTES):
        pieces.append(piece)
        size += len(piece)
        if size > MOST_BYTES:
            raise EngineFailed("bad_answer")
        if time.monotonic() > until:
            raise EngineFailed("timed_out")
    return b"".join(pieces)


def _refusal(error: urllib.error.HTTPError) -> EngineFailed:
    if error.code == 429 or error.code >= 500:
        waits = error.headers.get("Retry-After", "")
        return EngineFailed("busy", retry_after_s=float(waits) if waits.isdecimal() else None)
    return EngineFailed("refused")
