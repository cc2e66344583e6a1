"""URLs of personal access tokens; for browsers only, never with a token."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Annotated

from apiflask import APIBlueprint
from pydantic import Field

from fieldcrm.core.actor import Actor
from fieldcrm.core.db import db, transaction
from fieldcrm.core.endpoint import endpoint
from fieldcrm.core.paging import PageQuery
from fieldcrm.core.wire import Moment, Wire
from fieldcrm.identity import tokens
from fieldcrm.identity.tokens import LONGEST_LIFE, TokenScope

bp = APIBlueprint("tokens", __name__)


class TokenIn(Wire):
    """A token to be made: what for, what it may, for how long."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    scope: TokenScope
    days: Annotated[int, Field(ge=1, le=LONGEST_LIFE.days)] = 90


class TokenOut(Wire):
    """A token, whose it is and when it was last used; never its secret."""

    id: uuid.UUID
    user_id: uuid.UUID
    user_name: str
    name: str
    scope: TokenScope
    created_at: Moment
    expires_at: Moment
    last_used_at: Moment | None


class TokenList(Wire):
    """One page of the living tokens, newest first."""

    items: list[TokenOut]
    next_cursor: str | None


class NewToken(Wire):
    """The token itself, told this once."""

    id: uuid.UUID
    token: str
    expires_at: Moment


@bp.get("/api/personal-tokens")
@endpoint("tokens.read", query=PageQuery, answer=TokenList)
def list_tokens(*, actor: Actor, query: PageQuery) -> TokenList:
    """Return one's own tokens, newest first; an administrator everybody's."""
    rows, next_cursor = tokens.list_tokens(db.session(), actor, query)
    return TokenList(items=[TokenOut.model_validate(row) for row in rows], next_cursor=next_cursor)


@bp.post("/api/personal-tokens")
@endpoint("tokens.issue", body=TokenIn, answer=NewToken, status=201, is_stepwise=True)
def issue(*, actor: Actor, body: TokenIn) -> NewToken:
    """Make a token of one's own. It is in this answer and nowhere else."""
    # Stepwise: a stored answer to a repeated request would hold the token.
    life = timedelta(days=body.days)
    with transaction(actor) as session:
        token, text = tokens.issue(session, actor, name=body.name, scope=body.scope, life=life)
        return NewToken(id=token.id, token=text, expires_at=token.expires_at)


@bp.delete("/api/personal-tokens/<uuid:personal_token_id>")
@endpoint("tokens.revoke", status=204)
def revoke(*, actor: Actor, personal_token_id: uuid.UUID) -> None:
    """End a token at once."""
    tokens.revoke(db.session(), actor, personal_token_id)
