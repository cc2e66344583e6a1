"""Which refusals an operation may answer: those that follow from what it takes, and those it names."""

from __future__ import annotations

from typing import Any, Final

from fieldcrm.reference.operations import Operation
from fieldcrm.reference.parts import name_of

_BASE_VERSION: Final = "base_version"


def refusals_of(operation: Operation) -> dict[str, Any]:
    """Return the responses of the refusals by status."""
    statuses = sorted({*_implied(operation), *operation.description.details.problems})
    return {str(status): {"$ref": f"#/components/responses/{name_of(status)}"} for status in statuses}


def _implied(operation: Operation) -> set[int]:
    told = operation.description
    found = {503}  # every one of them asks the database
    if not operation.is_public:
        found |= {401, 403}
    if operation.rule.arguments:
        found.add(404)
    if operation.is_write:
        # The CSRF token, the Idempotency-Key, the size of the body.
        found |= {403, 413, 422}
    if told.query is not None:
        found.add(422)
    if told.body is not None:
        # A unique key that another request took a moment before.
        found |= {409} if not operation.is_public else set()
        found |= {412} if _BASE_VERSION in told.body.model_fields else set()
    return found
