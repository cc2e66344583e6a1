"""Ask the running app how it is."""

import json
import socket
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit


def ask(address: str) -> dict[str, Any]:
    """Return the answer of /healthz; {} when nobody or something else answers."""
    # A proxy of the environment must not stand between us and our own machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{address}/healthz", timeout=5) as response:
            body = response.read()
    except urllib.error.HTTPError as error:
        body = error.read()
    except (OSError, ValueError):
        return {}
    try:
        report = json.loads(body)
    except ValueError:
        return {}
    return report if isinstance(report, dict) and "checks" in report else {}


def is_port_taken(address: str) -> bool:
    """Tell whether somebody listens there."""
    parts = urlsplit(address)
    with socket.socket(socket.AF_INET6 if ":" in (parts.hostname or "") else socket.AF_INET) as probe:
        probe.settimeout(1)
        return probe.connect_ex((parts.hostname, parts.port)) == 0
