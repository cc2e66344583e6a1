"""Pure decisions of identity: what an e-mail, a password, a slug and a safe return address are."""

from __future__ import annotations

import re
import unicodedata

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
