"""Pure decisions of identity: what an e-mail, a password, a slug and a safe return address are; who waits."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import unicodedata
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Final

MIN_PASSWORD = 10
MAX_PASSWORD = 256
MAX_EMAIL = 254

_EMAIL = re.compile(r"[^\s@\"<>]+@[^\s@\"<>]+\.[^\s@\"<>]+")
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def normal_email(typed: str) -> str:
    """Return the e-mail as it is looked up: NFKC (full-width typing), trimmed, lower case."""
    return unicodedata.normalize("NFKC", typed).strip().lower()


def is_email(text: str) -> bool:
    """Return whether ``text`` has the form of an e-mail address."""
    return len(text) <= MAX_EMAIL and _EMAIL.fullmatch(text) is not None


def is_slug(text: str) -> bool:
    """Return whether ``text`` may be an organisation's short name."""
    return _SLUG.fullmatch(text) is not None


def normal_password(typed: str) -> str:
    """Return the password as it is hashed: NFKC, so that an input method's width does not matter."""
    return unicodedata.normalize("NFKC", typed)


def password_problem(password: str, *, email: str) -> str | None:
    """Return the code of what is wrong with a new password, or None."""
    if len(password) < MIN_PASSWORD:
        return "password_too_short"
    if len(password) > MAX_PASSWORD:
        return "too_long"
    if normal_email(password) == email:
        return "password_is_email"
    return None


def safe_return_path(target: str | None) -> str:
    """Return ``target`` if it is a path of this app, else "/".

    Browsers read a backslash as a slash and skip tabs and newlines, so "/\\t/elsewhere" would leave.
    """
    if not target or not target.startswith("/") or target.startswith("//"):
        return "/"
    if "\\" in target or any(ord(letter) < 0x20 or ord(letter) == 0x7F for letter in target):
        return "/"
    return target


class Purpose(StrEnum):
    """What an attempt is at."""

    SIGN_IN = "sign_in"
    RESET = "reset"
    OWN_PASSWORD = "own_password"  # noqa: S105 - the name of a purpose


class Counted(StrEnum):
    """What attempts are counted by."""

    PAIR = "pair"
    """A person from a network."""
    NETWORK = "network"
    """Whoever from a network."""
    ACCOUNT = "account"
    """A person from wherever: many networks that try one password each."""
    DEVICE = "device"
    """A person on a browser they have signed in with before. Then nothing else counts."""


LIMITS: Final[Mapping[Purpose, Mapping[Counted, int]]] = {
    Purpose.SIGN_IN: {Counted.PAIR: 5, Counted.NETWORK: 100, Counted.ACCOUNT: 50, Counted.DEVICE: 5},
    Purpose.RESET: {Counted.ACCOUNT: 4, Counted.NETWORK: 40},
    Purpose.OWN_PASSWORD: {Counted.DEVICE: 5},
}
"""How many attempts are free; from then on each doubles the wait."""

LONGEST_WAIT_S: Final = 300
FORGET_AFTER: Final = timedelta(minutes=15)


def left_s(failures: int, *, free: int, since_s: float) -> float:
    """Return how long the next attempt must still wait, the last of ``failures`` being ``since_s`` ago."""
    if failures < free:
        return 0.0
    return max(0.0, min(float(LONGEST_WAIT_S), 2.0 ** min(failures - free, 30)) - since_s)


def network_of(address: str) -> str:
    """Return the network that an address stands for: one IPv4 address, or the /64 that one IPv6 line has."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False))


def keyed_hash(key: str, purpose: str, text: str) -> str:
    """Return a name for ``text`` that tells nothing of it to who does not have ``key``."""
    return hmac.new(key.encode(), f"{purpose}\n{text}".encode(), hashlib.sha256).hexdigest()


def one_line(text: str) -> str:
    """Return a name as it is kept: on one line, single spaces."""
    return " ".join(text.split())
