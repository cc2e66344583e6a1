"""One line and one observation a request: when its answer is closed, so that streams are told whole."""

from __future__ import annotations

import logging
import re
import time
import uuid
from typing import Final

from flask import Flask, Response, g, request

from fieldcrm.telemetry.log_format import EXTRA
from fieldcrm.telemetry.metrics import Instruments

log = logging.getLogger("fieldcrm.request")

NO_ROUTE: Final = "(none)"
"""What stands for the route of an address that is none of ours: the address itself may say anything."""

_USABLE: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")


def configure_request_log(app: Flask, instruments: Instruments) -> None:
    """Give every request an id, and write down how it went."""

    @app.before_request
    def _begin() -> None:
        g.request_id = request_id_of(request.headers.get("X-Request-Id"))
        g.started_s = time.perf_counter()

    @app.after_request
    def _note(response: Response) -> Response:
        method, status, started_s = request.method, response.status_code, g.get("started_s")
        route = NO_ROUTE if request.url_rule is None else request.url_rule.rule
        actor = g.get("actor")
        told = {"request_id": g.get("request_id"), "method": method, "route": route, "status": status}
        if actor is not None:
            told["org_id"] = actor.org_id

        def over() -> None:
            duration_s = time.perf_counter() - (started_s or time.perf_counter())
            instruments.observe(method=method, route=route, status=status, duration_s=duration_s)
            level = logging.ERROR if status >= 500 else logging.INFO
            log.log(level, "request", extra={EXTRA: {**told, "duration_ms": round(duration_s * 1000, 1)}})

        response.call_on_close(over)
        return response


def request_id_of(sent: str | None) -> str:
    """Return the id that was sent along, if it is one, or a fresh one."""
    return sent if sent is not None and _USABLE.fullmatch(sent) else uuid.uuid4().hex[:16]
