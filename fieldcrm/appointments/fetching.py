"""Fetching a calendar from an address that a person typed: never from inside our own network.

Over TLS only; the name is resolved once, every address it has must be a public one, and the connection goes
to the very address that was looked at. Each redirection is judged anew. Size and time are limited.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import urljoin, urlsplit

LONGEST_S: Final = 20.0
LARGEST_BYTES: Final = 5 * 1024 * 1024
MOST_REDIRECTIONS: Final = 3
_WAIT_S: Final = 8.0
_PART: Final = 64 * 1024
_GOES_ON: Final = frozenset({301, 302, 303, 307, 308})
# Networks that are "global" to the letter and lead back to private ones.
_TRANSLATED: Final = tuple(
    ipaddress.ip_network(each) for each in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)

Resolve = Callable[[str, int], Sequence[str]]
IsAllowed = Callable[[str], bool]


class FetchFailed(Exception):
    """No calendar came; ``reason`` is one of the codes below."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


REASONS: Final = ("not_https", "not_public", "not_found", "unreachable", "refused", "too_large", "too_slow")


def resolve(host: str, port: int) -> Sequence[str]:
    """Return all addresses of a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: str) -> bool:
    """Return whether an address is out in the internet, and not one that leads inside."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    if mapped is not None:
        ip = mapped
    return (
        ip.is_global
        and not ip.is_multicast
        and not ip.is_reserved
        and not any(ip in network for network in _TRANSLATED if network.version == ip.version)
    )


def plain_url(typed: str) -> str | None:
    """Return an address as it is fetched (``webcal`` is https), or None when it is none over TLS."""
    text = typed.strip()
    scheme, separator, rest = text.partition("://")
    if scheme.lower() in ("webcal", "webcals"):
        scheme = "https"
    url = f"{scheme}{separator}{rest}"
    try:
        parts = urlsplit(url)
        has_port = parts.port != 0  # raises for what is no port
    except ValueError:
        return None
    is_fit = parts.scheme.lower() == "https" and parts.hostname and parts.username is None and has_port
    is_plain = is_fit and url.isascii() and not any(each.isspace() for each in url)
    return parts._replace(fragment="").geturl() if is_plain else None


def fetch(
    typed: str,
    *,
    resolve: Resolve = resolve,
    is_allowed: IsAllowed = is_public,
    trust: ssl.SSLContext | None = None,
) -> bytes:
    """Return what stands at the address, or raise FetchFailed."""
    until = time.monotonic() + LONGEST_S
    url: str | None = typed
    for _ in range(MOST_REDIRECTIONS + 1):
        plain = plain_url(url or "")
        if plain is None:
            raise FetchFailed("not_https")
        content, url = _step(plain, resolve=resolve, is_allowed=is_allowed, trust=trust, until=until)
        if content is not None:
            return content
    raise FetchFailed("refused")


def _step(
    url: str, *, resolve: Resolve, is_allowed: IsAllowed, trust: ssl.SSLContext | None, until: float
) -> tuple[bytes | None, str | None]:
    """Return the content, or where it is instead."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 443
    address = _address_of(host, port, resolve=resolve, is_allowed=is_allowed)
    line = _Line(host, port, address=address, trust=trust or ssl.create_default_context(), until=until)
    try:
        path = parts._replace(scheme="", netloc="").geturl() or "/"
        headers = {"Accept": "text/calendar", "Accept-Encoding": "identity", "User-Agent": "FieldCRM"}
        line.request("GET", path, headers=headers)
        answer = line.getresponse()
        if answer.status in _GOES_ON:
            return None, urljoin(url, answer.headers.get("Location", ""))
        if answer.status != 200:
            raise FetchFailed("not_found" if answer.status in (404, 410) else "refused")
        return _read(answer, line, until=until), None
    except TimeoutError:
        raise FetchFailed("too_slow") from None
    except (OSError, http.client.HTTPException):
        raise FetchFailed("unreachable") from None
    finally:
        line.close()


def _address_of(host: str, port: int, *, resolve: Resolve, is_allowed: IsAllowed) -> str:
    try:
        addresses = resolve(host, port)
    except (OSError, UnicodeError):
        raise FetchFailed("not_found") from None
    # One private address among public ones is how a name leads inside.
    if not addresses or not all(is_allowed(each) for each in addresses):
        raise FetchFailed("not_public")
    return addresses[0]


def _read(answer: http.client.HTTPResponse, line: _Line, *, until: float) -> bytes:
    content = bytearray()
    while True:
        line.limit(until)
        part = answer.read1(_PART)
        if not part:
            return bytes(content)
        content += part
        if len(content) > LARGEST_BYTES:
            raise FetchFailed("too_large")


class _Line(http.client.HTTPSConnection):
    """A connection to one address that was looked at, speaking for one host; no proxy, no second look-up."""

    def __init__(self, host: str, port: int, *, address: str, trust: ssl.SSLContext, until: float) -> None:
        super().__init__(host, port, timeout=_WAIT_S, context=trust)
        self._address, self._trust, self._until = address, trust, until

    def connect(self) -> None:
        """Open the connection."""
        bare = socket.create_connection((self._address, self.port), timeout=_left_s(self._until))
        try:
            self.sock = self._trust.wrap_socket(bare, server_hostname=self.host)
        except BaseException:
            bare.close()
            raise

    def limit(self, until: float) -> None:
        """Let no wait go past the end; raise TimeoutError at it."""
        left_s = _left_s(until)
        # Gone where the server closes after its answer, which is then read all the same.
        if self.sock is not None:
            self.sock.settimeout(left_s)


def _left_s(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return min(left, _WAIT_S)
