"""Passwords: argon2id, one cost for a known and an unknown address."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from fieldcrm.identity.rules import MAX_PASSWORD, normal_password

# OWASP's first choice: one pass over 46 MiB in one lane (about 50 ms); a sign-in needs no second thread.
_HASHER = PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1)


def hash_password(password: str) -> str:
    """Return the argon2id hash of ``password``."""
    return _HASHER.hash(normal_password(password))


def is_password(password: str, *, stored: str | None) -> bool:
    """Return whether ``password`` is the one hashed in ``stored``; None costs the same and is no."""
    # What is too long to be anyone's is cut before hashing, so that a long body buys no CPU time.
    typed = normal_password(password[: MAX_PASSWORD + 1])
    # Made for whoever comes first after a start, so that its cost tells nobody from somebody.
    nobodys = _nobodys_hash()
    try:
        _HASHER.verify(stored or nobodys, typed)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Return whether ``stored`` was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(stored)


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash("")
