"""Signed links: what a mail leads to. A link names a row; whether it still opens anything, the row says.

No secret is kept: the signature is made with ``SECRET_KEY``, by the web server and by the worker alike.
"""

from __future__ import annotations

import hashlib
import uuid
from enum import StrEnum
from typing import Any, NamedTuple

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from fieldcrm.config import Settings
from fieldcrm.core.errors import ProblemError
from fieldcrm.core.ids import parse_id


class Kind(StrEnum):
    """What a link is for; one for the one never opens the other. The value is its place in the app."""

    INVITATION = "join"
    RESET = "reset"
    EMAIL = "confirm-email"


class LinkExpired(ProblemError):
    """The link opens nothing (any more)."""

    status = 410
    code = "link_expired"


class LinkKey(NamedTuple):
    """The row that a link names, and which of its links it is."""

    org_id: int
    row_id: uuid.UUID
    serial: int = 1


def link_to(kind: Kind, key: LinkKey) -> str:
    """Return the whole address, to be mailed or copied."""
    settings: Settings = current_app.extensions["settings"]
    return f"{settings.address}/{kind}?t={sign(kind, key)}"


def sign(kind: Kind, key: LinkKey) -> str:
    """Return the signed text of a link."""
    text: str = _signer(kind).dumps([key.org_id, key.row_id.hex, key.serial])
    return text


def read(kind: Kind, text: str) -> LinkKey | None:
    """Return what a link names, or None when we never signed it for this."""
    try:
        org_id, row_id, serial = _signer(kind).loads(text)
    except (BadData, ValueError, TypeError):
        return None
    found = parse_id(row_id)
    return None if found is None else LinkKey(int(org_id), found, int(serial))


def _signer(kind: Kind) -> Any:
    how = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"fieldcrm.{kind}", signer_kwargs=how)
