"""Ask the running app how it is."""

import json
import socket
import time
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


def is_port_taken(address: str, *, patience_s: float = 3) -> bool:
    """Tell whether somebody listens there, and still does after a while: a killed program lets go late."""
    deadline = time.monotonic() + patience_s
    while _is_listening(address):
        if time.monotonic() > deadline:
            return True
        time.sleep(0.1)
    return False


def _is_listening(address: str) -> bool:
    parts = urlsplit(address)
    with socket.socket(socket.AF_INET6 if ":" in (parts.hostname or "") else socket.AF_INET) as probe:
        probe.settimeout(1)
        return probe.connect_ex((parts.hostname, parts.port)) == 0
