"""URL of the figures."""

from __future__ import annotations

import hmac
import ipaddress

from apiflask import APIBlueprint
from flask import Response, current_app, request

from fieldcrm.config import Settings
from fieldcrm.core.description import PUBLIC, details
from fieldcrm.core.endpoint import endpoint
from fieldcrm.core.errors import Forbidden
from fieldcrm.telemetry.metrics import counted

bp = APIBlueprint("telemetry", __name__)


@bp.get("/metrics")
@endpoint(PUBLIC)
@details(
    media_type="text/plain",
    schema={"type": "string"},
    problems=(403,),
    headers={"Authorization": "`Bearer` and METRICS_TOKEN, from elsewhere than this machine."},
)
def metrics() -> Response:
    """Return figures in the format of Prometheus: to this machine, or to who has the METRICS_TOKEN."""
    if not (_is_from_here() or _has_token()):
        raise Forbidden()
    from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

    from fieldcrm.telemetry.queue_figures import QueueCollector

    registry = counted()
    registry.register(QueueCollector())
    answer = Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _is_from_here() -> bool:
    """Return whether this machine itself asks, and no proxy on it for somebody else."""
    settings: Settings = current_app.extensions["settings"]
    is_forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    if is_forwarded and not settings.trusted_proxies:
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _has_token() -> bool:
    settings: Settings = current_app.extensions["settings"]
    word, _, sent = request.headers.get("Authorization", "").partition(" ")
    is_same = hmac.compare_digest(sent.encode(), settings.metrics_token.encode())
    return bool(settings.metrics_token) and word.lower() == "bearer" and is_same
