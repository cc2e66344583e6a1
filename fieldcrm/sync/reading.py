"""Reading what a phone sent: one operation at a time, its times set right, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fieldcrm.core.errors import FieldError, Invalid
from fieldcrm.core.wire import Wire, parse
from fieldcrm.sync import messages, rules
from fieldcrm.sync.dispatch import OPERATIONS, Kind
from fieldcrm.sync.push_schemas import Operation
from fieldcrm.visits.schemas import ActivityDraft

__all__ = ["Readable", "messages", "read"]


@dataclass(frozen=True, slots=True)
class Readable:
    """An operation that can be applied: its envelope, its body in the shape of its kind, its true time."""

    operation: Operation
    kind: Kind
    body: Wire
    recorded_at: datetime
    fingerprint: str


def read(sent: Any, *, skew: timedelta, now: datetime) -> Readable:
    """Return an operation as sent, or raise Invalid with the fields that are wrong."""
    try:
        return _read(sent, skew=skew, now=now)
    except RecursionError:
        raise Invalid(code="bad_json") from None


def _read(sent: Any, *, skew: timedelta, now: datetime) -> Readable:
    operation = parse(Operation, sent)
    kind = OPERATIONS.get(operation.type)
    if kind is None:
        raise Invalid(code="unknown_operation")
    body = parse(kind.shape, _completed(operation))
    if isinstance(body, ActivityDraft):
        occurred_at = rules.occurred(body.occurred_at, recorded_at=operation.recorded_at, by=skew, now=now)
        body = body.model_copy(update={"occurred_at": occurred_at})
    return Readable(
        operation=operation,
        kind=kind,
        body=body,
        recorded_at=rules.true_moment(operation.recorded_at, skew, now=now),
        fingerprint=rules.fingerprint(sent),
    )


def _completed(operation: Operation) -> Mapping[str, Any]:
    """Return the body with the ids that the envelope already tells."""
    body = dict(operation.body)
    if operation.type in rules.CREATING:
        if not rules.is_id_of(body.setdefault("id", str(operation.entity_id)), operation.entity_id):
            raise Invalid(FieldError("id", "bad_id"))
        if operation.type != "account.create" and operation.account_id is not None:
            body.setdefault("account_id", str(operation.account_id))
    return body
