"""Log lines as JSON, one object a line, without a word of what people entered.

Messages of exceptions are left out: they quote values. What remains says where and of what type, which is
enough to find the fault; for the whole text there is ``LOG_FORMAT=text`` on a developer's machine.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final

from flask import g, has_request_context

from fieldcrm.config import PROJECT_DIR

EXTRA: Final = "told"
"""The attribute of a record that holds members of its own."""

_MAX_FRAMES: Final = 30
# It logs the arguments of jobs; which job it was, its members tell.
_FOREIGN: Final = "procrastinate"


class JsonFormatter(logging.Formatter):
    """Writes a record as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of ``record``."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record),
            **_of_request(),
            **getattr(record, EXTRA, {}),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = list(_causes(record.exc_info[1]))
        return json.dumps(line, ensure_ascii=False, default=str)


def configure_logging(level: str, log_format: str) -> None:
    """Send the log to the error output in the chosen form."""
    handler = logging.StreamHandler(sys.stderr)
    if log_format == "json":
        handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level, handlers=[handler])


def _message(record: logging.LogRecord) -> str:
    if record.name.split(".")[0] != _FOREIGN:
        return record.getMessage()
    job = getattr(record, "job", None)
    told = f" {job.get('task_name')}[{job.get('id')}]" if isinstance(job, dict) else ""
    return f"{getattr(record, 'action', 'worker')}{told}"


def _of_request() -> dict[str, Any]:
    if not has_request_context():
        return {}
    actor = g.get("actor")
    found = {"request_id": g.get("request_id"), "org_id": None if actor is None else actor.org_id}
    return {name: value for name, value in found.items() if value is not None}


def _causes(error: BaseException | None) -> Iterator[dict[str, Any]]:
    """Yield the error and what caused it: types and places, no messages."""
    while error is not None:
        told: dict[str, Any] = {"type": type(error).__qualname__, "at": _places(error.__traceback__)}
        state = getattr(error, "sqlstate", None)
        yield told if state is None else {**told, "sqlstate": state}
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-_MAX_FRAMES:]
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]


def _short(path: str) -> str:
    prefix = f"{PROJECT_DIR}/"
    return path.removeprefix(prefix) if path.startswith(prefix) else path.rpartition("site-packages/")[2]
