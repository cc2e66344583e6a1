"""Errors as types. One handler turns them into RFC 9457 problem documents (see problems.py)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field; ``code`` is a key of the message catalogue."""

    field: str
    code: str
    params: Mapping[str, object] = dataclasses.field(default_factory=dict)


class ProblemError(Exception):
    """Base of every error a client is told about."""

    status = 500
    code = "internal"

    def __init__(self, code: str | None = None, /, **params: object) -> None:
        self.code = code or type(self).code
        self.params = params
        self.errors: Sequence[FieldError] = ()
        # Further members of the problem document, as JSON values.
        self.extensions: Mapping[str, object] = {}
        super().__init__(self.code)


class NotSignedIn(ProblemError):
    """Nobody is signed in."""

    status = 401
    code = "not_signed_in"


class Forbidden(ProblemError):
    """The role does not allow it."""

    status = 403
    code = "forbidden"


class NotFound(ProblemError):
    """Not there, or not the caller's to see: the two are not told apart."""

    status = 404
    code = "not_found"


class Conflict(ProblemError):
    """It collides with what is there."""

    status = 409
    code = "conflict"


class StaleVersion(ProblemError):
    """Somebody changed the row first."""

    status = 412
    code = "stale_version"


class TooLarge(ProblemError):
    """More bytes or rows than are taken."""

    status = 413
    code = "too_large"


class UnsupportedFile(ProblemError):
    """A file of a kind that cannot be read."""

    status = 415
    code = "unsupported_file"


class Invalid(ProblemError):
    """Bad input; ``errors`` names each field."""

    status = 422
    code = "invalid"

    def __init__(self, *errors: FieldError, code: str | None = None, **params: object) -> None:
        super().__init__(code, **params)
        self.errors = errors


class TooManyRequests(ProblemError):
    """Too often; later it will do."""

    status = 429
    code = "too_many_requests"


class Unavailable(ProblemError):
    """A part we depend on does not answer now; trying again later may help."""

    status = 503
    code = "unavailable"
