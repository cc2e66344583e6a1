"""What the database refuses, as problems people can act on: by SQLSTATE, never by message."""

from __future__ import annotations

import re

from psycopg import Error
from sqlalchemy import MetaData
from sqlalchemy.exc import DBAPIError

from fieldcrm.core.db import Base
from fieldcrm.core.errors import Conflict, FieldError, Invalid, ProblemError, Unavailable

_UNSTORABLE = frozenset(
    {
        "22P02",  # text that is no number, no id
        "22P05",  # a character the encoding lacks
        "22021",  # NUL
        "22003",  # a number beyond its column
        "22007",  # no date
        "22008",  # a date beyond the calendar
        "23502",  # nothing where something must be
        "23514",  # a check
    }
)
_PASSING = frozenset({"40001", "40P01", "55P03", "57014", "57P01", "57P03", "53300"})
"""Serialisation, deadlock, lock or statement time-out, shutdown, start-up, too many connections."""


def problem_of(error: DBAPIError) -> ProblemError | None:
    """Return what to tell the person, or None where the fault is ours."""
    original = error.orig
    if not isinstance(original, Error):
        return None
    state = original.sqlstate
    if error.connection_invalidated or state is None or state in _PASSING or state.startswith("08"):
        return Unavailable()
    field = constrained_field(Base.metadata, original.diag.constraint_name) or original.diag.column_name
    if state == "23505":
        return Conflict()
    if state == "23503":
        return Invalid(*_at(field, "unknown_reference"))
    return Invalid(*_at(field, "bad_value")) if state in _UNSTORABLE else None


def constrained_field(metadata: MetaData, constraint: str | None) -> str | None:
    """Return the column, besides the tenant, that the named constraint is about.

    A distributed table's constraint carries a shard number at its end.
    """
    if constraint is None:
        return None
    plain = re.sub(r"_\d+$", "", constraint)
    for table in metadata.tables.values():
        for known in table.constraints:
            if known.name in (constraint, plain) and hasattr(known, "columns"):
                names = [column.name for column in known.columns if column.name != "org_id"]
                return names[0] if len(names) == 1 else None
    return None


def _at(field: str | None, code: str) -> list[FieldError]:
    return [FieldError(field, code)] if field else []
