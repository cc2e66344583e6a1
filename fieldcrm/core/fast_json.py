"""JSON for bulk: orjson writes and reads several times as fast as the standard library.

Lists, the phone's pulls and imports spend much of their time here. Request bodies are still read by
the standard library, whose refusals `core/wire.py` knows.
"""

from __future__ import annotations

from typing import Any

import orjson
from flask.json.provider import DefaultJSONProvider

loads = orjson.loads


def dumps(value: Any) -> str:
    """Return ``value`` as compact JSON; ids and days as text, moments in UTC with a trailing Z."""
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z).decode()


class FastJSONProvider(DefaultJSONProvider):
    """Answers of the application."""

    def dumps(self, obj: Any, **_options: Any) -> str:
        """Return an answer as JSON."""
        return dumps(obj)
