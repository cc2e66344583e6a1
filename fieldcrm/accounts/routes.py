"""URLs of accounts."""

from __future__ import annotations

import uuid
from typing import Any

from apiflask import APIBlueprint

from fieldcrm.accounts import lists, messages, service
from fieldcrm.accounts.filters import ListQuery, NearestQuery
from fieldcrm.accounts.history import list_history
from fieldcrm.accounts.merging import merge_accounts
from fieldcrm.accounts.schemas import (
    AccountChange,
    AccountDraft,
    AccountOut,
    AccountPage,
    HistoryPage,
    MergeIn,
    PositionIn,
)
from fieldcrm.accounts.serialise import account_json
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import db
from fieldcrm.core.description import details
from fieldcrm.core.endpoint import answer_once_made, endpoint
from fieldcrm.core.paging import PageQuery

__all__ = ["bp", "messages"]

bp = APIBlueprint("accounts", __name__)


@bp.get("/api/accounts")
@endpoint("accounts.read", query=ListQuery, answer=AccountPage)
def list_accounts(*, actor: Actor, query: ListQuery) -> dict[str, Any]:
    """List accounts by the filters, in an order, page by page."""
    page = lists.list_accounts(db.session(), actor, query)
    answer: dict[str, Any] = {"items": _items(page.rows), "next_cursor": page.next_cursor}
    return answer if page.total is None else {**answer, "total": page.total}


@bp.get("/api/accounts/nearest")
@endpoint("accounts.read", query=NearestQuery, answer=AccountPage)
def list_nearest(*, actor: Actor, query: NearestQuery) -> dict[str, Any]:
    """List the accounts nearest to a point, with ``distance_m``."""
    near = lists.nearest(db.session(), actor, query)
    return {"items": [_at_distance(*one) for one in near], "next_cursor": None}


@bp.post("/api/accounts")
@endpoint("accounts.create", body=AccountDraft, answer=AccountOut, status=201)
@details(also=(200,))
def create_account(*, actor: Actor, body: AccountDraft) -> Any:
    """Create an account; 201, or 200 when the same was created before."""
    session = db.session()
    account = service.create_account(session, actor, body)
    return answer_once_made(session, account, account_json(account))


@bp.get("/api/accounts/<uuid:account_id>")
@endpoint("accounts.read", answer=AccountOut)
def get_account(*, actor: Actor, account_id: uuid.UUID) -> dict[str, Any]:
    """Return an account; a deleted one too, so that it can be restored."""
    return account_json(service.get_account(db.session(), actor, account_id, with_deleted=True))


@bp.patch("/api/accounts/<uuid:account_id>")
@endpoint("accounts.update", body=AccountChange, answer=AccountOut)
def update_account(*, actor: Actor, account_id: uuid.UUID, body: AccountChange) -> dict[str, Any]:
    """Change the fields that are present."""
    return account_json(service.update_account(db.session(), actor, account_id, body))


@bp.delete("/api/accounts/<uuid:account_id>")
@endpoint("accounts.delete", status=204)
@details(problems=(409,))
def delete_account(*, actor: Actor, account_id: uuid.UUID) -> None:
    """Delete an account softly."""
    service.delete_account(db.session(), actor, account_id)


@bp.post("/api/accounts/<uuid:account_id>/restore")
@endpoint("accounts.update", answer=AccountOut)
@details(problems=(409,))
def restore_account(*, actor: Actor, account_id: uuid.UUID) -> dict[str, Any]:
    """Bring a deleted account back."""
    return account_json(service.restore_account(db.session(), actor, account_id))


@bp.post("/api/accounts/<uuid:account_id>/merge")
@endpoint("accounts.merge", body=MergeIn, answer=AccountOut)
def merge_account(*, actor: Actor, account_id: uuid.UUID, body: MergeIn) -> dict[str, Any]:
    """Merge an account into another; answers with that one."""
    return account_json(merge_accounts(db.session(), actor, account_id, into_id=body.into_id))


@bp.put("/api/accounts/<uuid:account_id>/position")
@endpoint("accounts.update", body=PositionIn, answer=AccountOut)
def move_account(*, actor: Actor, account_id: uuid.UUID, body: PositionIn) -> dict[str, Any]:
    """Put the pin where a person says it is."""
    return account_json(service.move_account(db.session(), actor, account_id, body))


@bp.get("/api/accounts/<uuid:account_id>/history")
@endpoint("accounts.read", query=PageQuery, answer=HistoryPage)
def account_history(*, actor: Actor, account_id: uuid.UUID, query: PageQuery) -> dict[str, Any]:
    """List what happened to every field, newest first."""
    session = db.session()
    service.get_account(session, actor, account_id, with_deleted=True)
    return list_history(session, actor, account_id, cursor=query.cursor, limit=query.limit)


def _items(rows: list[lists.AnyRow]) -> list[dict[str, Any]]:
    """Return rows as JSON, with the distance where the query has one."""
    if not rows or "distance_m" not in rows[0]._fields:
        return [account_json(row) for row in rows]
    return [_at_distance(row, row.distance_m) for row in rows]


def _at_distance(row: lists.AnyRow, distance_m: float | None) -> dict[str, Any]:
    return account_json(row) | {"distance_m": None if distance_m is None else round(distance_m, 1)}
