"""The edge: one decorator that every view carries.

It names the policy, finds the actor, parses the input, opens the transaction that sets the
tenant, answers a repeated ``Idempotency-Key`` from the stored first answer, and describes the
endpoint for the OpenAPI document.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol

from flask import Request, Response, current_app, g, jsonify, make_response, request
from pydantic import BaseModel
from sqlalchemy.orm import Session

from fieldcrm.core import idempotency
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import Tracked, transaction
from fieldcrm.core.description import PUBLIC, Description, details_of
from fieldcrm.core.errors import NotSignedIn
from fieldcrm.core.freshness import marked
from fieldcrm.core.wire import dump, parse_body, parse_query

__all__ = ["PUBLIC", "Gate", "answer_once_made", "endpoint", "request_id", "token_of"]

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
View = Callable[..., Any]


class Gate(Protocol):
    """What identity provides: who is asking, and whether they may."""

    def actor(self) -> Actor | None:
        """Return the signed-in person, or None."""

    def check(self, actor: Actor, policy: str) -> None:
        """Raise Forbidden unless ``actor`` may do ``policy``."""


def endpoint(
    policy: str,
    *,
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    answer: type[BaseModel] | None = None,
    status: int = 200,
    is_stepwise: bool = False,
) -> Callable[[View], View]:
    """Make ``view(*, actor, body=?, query=?, **path)`` an endpoint under ``policy``.

    The view returns a pydantic model, plain JSON values, or a Response; what it writes is
    committed when it returns and rolled back when it raises. A stepwise view opens its transactions
    itself, one after the other: what a step committed stays when a later one fails.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def run(**path: Any) -> Response:
            if policy == PUBLIC:
                return _respond(view(**path, **_inputs(body, query)), status)
            gate: Gate = current_app.extensions["gate"]
            actor = gate.actor()
            if actor is None:
                raise NotSignedIn()
            gate.check(actor, policy)
            inputs = _inputs(body, query)

            def act() -> Response:
                return _respond(view(actor=actor, **path, **inputs), status)

            if is_stepwise:
                return act()
            with transaction(actor) as session:
                key = None if request.method in _SAFE else request.headers.get("Idempotency-Key")
                answer = act() if key is None else idempotency.once(session, key, act)
            return marked(answer) if described.has_etag and request.method in _SAFE else answer

        described = Description(
            policy=policy,
            body=body,
            query=query,
            answer=answer,
            status=status,
            is_stepwise=is_stepwise,
            details=details_of(view),
        )
        # Read by the OpenAPI document, and by the tests that make up their own calls.
        vars(run).update(policy=policy, body=body, query=query, description=described)
        return run

    return decorate


def _inputs(body: type[BaseModel] | None, query: type[BaseModel] | None) -> dict[str, Any]:
    inputs: dict[str, Any] = {}
    if body is not None:
        inputs["body"] = parse_body(body)
    if query is not None:
        inputs["query"] = parse_query(query, request.args)
    return inputs


def _respond(result: Any, status: int) -> Response:
    if isinstance(result, Response):
        return result
    if isinstance(result, tuple):
        return make_response(result)
    if result is None:
        return Response(status=204)
    answer = jsonify(dump(result) if isinstance(result, BaseModel) else result)
    answer.status_code = status
    return answer


def answer_once_made(session: Session, row: Tracked, answer: dict[str, Any]) -> Any:
    """Return the answer about a row that was to be made: with 200 where the same had been made before."""
    is_fresh = row.version == 1 and row.change_seq == session.info.get("change_seq")
    return answer if is_fresh else (answer, 200)


def token_of(asked: Request) -> str | None:
    """Return the token that a program sends as ``Authorization: Bearer``, or None."""
    scheme, _, text = asked.headers.get("Authorization", "").partition(" ")
    return text.strip() if scheme.lower() == "bearer" else None


def request_id() -> str | None:
    """Return the id of the running request, as logs and error pages show it."""
    found: str | None = g.get("request_id")
    return found
