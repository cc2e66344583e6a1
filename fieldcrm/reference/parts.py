"""What the document says once and refers to: problems, headers, ways to sign in."""

from __future__ import annotations

from typing import Any, Final

from fieldcrm.core.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    NotSignedIn,
    StaleVersion,
    TooLarge,
    TooManyRequests,
    Unavailable,
    UnsupportedFile,
)

Json = dict[str, Any]

PROBLEM_SCHEMAS: Final[Json] = {
    "Problem": {
        "type": "object",
        "description": "Why a request was refused (RFC 9457). Decide by `code`; `title` is for people, "
        "in their language. Some problems carry further members.",
        "required": ["type", "title", "status", "code", "request_id"],
        "properties": {
            "type": {"type": "string", "const": "about:blank"},
            "title": {"type": "string", "description": "What happened, in the caller's language."},
            "status": {"type": "integer", "description": "The HTTP status again."},
            "code": {"type": "string", "description": "What happened, for programs."},
            "request_id": {"type": "string", "description": "The id to give when asking for help."},
            "errors": {
                "type": "array",
                "description": "What is wrong with each field, where fields are wrong.",
                "items": {"$ref": "#/components/schemas/FieldProblem"},
            },
        },
    },
    "FieldProblem": {
        "type": "object",
        "description": "What is wrong with one field.",
        "required": ["field", "code", "message"],
        "properties": {
            "field": {"type": "string", "description": "Its name; a path with dots inside a structure."},
            "code": {"type": "string"},
            "message": {"type": "string", "description": "In the caller's language."},
        },
    },
}

REQUEST_ID: Final[Json] = {"$ref": "#/components/headers/X-Request-Id"}
ETAG: Final[Json] = {"$ref": "#/components/headers/ETag"}
IDEMPOTENT_REPLAY: Final[Json] = {"$ref": "#/components/headers/Idempotent-Replay"}

HEADERS: Final[Json] = {
    "X-Request-Id": {
        "description": "The id of this request in the logs: the one that was sent, if it was usable.",
        "schema": {"type": "string"},
    },
    "ETag": {
        "description": "The mark of this content; as `If-None-Match` it gives 304 while it is the same.",
        "schema": {"type": "string"},
    },
    "Idempotent-Replay": {
        "description": "`true` when this is the first answer to the same `Idempotency-Key` again.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "Retry-After": {"description": "After how many seconds it will do.", "schema": {"type": "integer"}},
}

_MEANINGS: Final = {
    NotSignedIn.status: "Nobody is signed in, or the token is not valid.",
    Forbidden.status: "The role or the token does not allow it, or the CSRF token is missing.",
    NotFound.status: "Not there, or not the caller's to see: the two are not told apart.",
    Conflict.status: "It collides with what is there.",
    410: "This device is to be wiped, or is.",
    StaleVersion.status: "Somebody changed the row first; `current` is how it is now.",
    TooLarge.status: "More bytes or rows than are taken.",
    UnsupportedFile.status: "A file of a kind that cannot be read.",
    416: "The file has no such part.",
    Invalid.status: "Bad input; `errors` names each field.",
    TooManyRequests.status: "Too often; later it will do.",
    Unavailable.status: "The database or a store does not answer now; trying again later may help.",
}


def _refusal(status: int, meaning: str) -> Json:
    told: Json = {"description": meaning, "headers": {"X-Request-Id": REQUEST_ID}}
    if status != 416:  # a range that is not there has no document, as HTTP wants it
        told["content"] = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return told


def name_of(status: int) -> str:
    """Return the name of a refusal among the components."""
    return f"Problem{status}"


RESPONSES: Final[Json] = {name_of(status): _refusal(status, text) for status, text in _MEANINGS.items()}

SECURITY_SCHEMES: Final[Json] = {
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "fieldcrm",
        "description": "The cookie of a person who signed in; what browsers use.",
    },
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": "X-CSRFToken",
        "description": "With the cookie, every unsafe request carries the token of `GET /api/csrf`.",
    },
    "bearerAuth": {
        "type": "http",
        "scheme": "bearer",
        "description": "A personal access token; what programs use. It may be limited to reading.",
    },
}


def security_of(*, is_public: bool, is_write: bool, is_for_programs: bool = True) -> list[Json]:
    """Return the ways to be let in, any of which will do."""
    if is_public:
        return [{"csrf": []}] if is_write else []
    browser: Json = {"session": [], "csrf": []} if is_write else {"session": []}
    return [browser, {"bearerAuth": []}] if is_for_programs else [browser]
