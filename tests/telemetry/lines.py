"""The log as it would be written, caught line by line."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fieldcrm.telemetry.log_format import JsonFormatter


class Lines:
    """What was logged so far."""

    def __init__(self, output: io.StringIO) -> None:
        self._output = output

    @property
    def text(self) -> str:
        return self._output.getvalue()

    def of(self, logger: str) -> list[dict[str, Any]]:
        """Return the lines of one logger, parsed."""
        parsed = [json.loads(line) for line in self.text.splitlines()]
        return [line for line in parsed if line["logger"] == logger]


@contextmanager
def caught_lines(level: int = logging.DEBUG) -> Iterator[Lines]:
    """Catch all that is logged in the block."""
    output = io.StringIO()
    handler = logging.StreamHandler(output)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(level)
    try:
        yield Lines(output)
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
