"""Statements that took long: their text and duration in the log, never their values."""

from __future__ import annotations

import logging
import re
import time
from typing import Any, Final

from flask import has_request_context, request
from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection

from fieldcrm.telemetry.log_format import EXTRA
from fieldcrm.telemetry.metrics import Instruments

log = logging.getLogger("fieldcrm.slow_query")

_MAX_CHARACTERS: Final = 2_000
_LITERAL: Final = re.compile(r"'(?:[^']|'')*'|\$\w*\$.*?\$\w*\$", re.DOTALL)
_NUMBER: Final = re.compile(r"(?<![\w$%(])\d{3,}(?:\.\d+)?\b")


def watch_statements(engine: Engine, instruments: Instruments, *, threshold_ms: int) -> None:
    """Log every statement of ``engine`` that takes ``threshold_ms`` or longer; 0 logs none."""
    if threshold_ms <= 0:
        return

    @event.listens_for(engine, "before_cursor_execute")
    def _start(connection: Connection, *_: Any) -> None:
        connection.info["statement_started_s"] = time.perf_counter()

    @event.listens_for(engine, "after_cursor_execute")
    def _end(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        duration_ms = (time.perf_counter() - connection.info["statement_started_s"]) * 1000
        if duration_ms >= threshold_ms:
            instruments.slow_statements.inc()
            told = {"duration_ms": round(duration_ms, 1), "statement": without_values(statement)}
            if has_request_context() and request.url_rule is not None:
                told["route"] = request.url_rule.rule
            log.warning("slow statement", extra={EXTRA: told})


def without_values(statement: str) -> str:
    """Return the statement's text on one line, with what was written into it as a value left out.

    Values are sent apart as parameters; a literal in the text is taken out all the same.
    """
    plain = _NUMBER.sub("?", _LITERAL.sub("?", statement))
    return " ".join(plain.split())[:_MAX_CHARACTERS]
