"""Requests sent twice are done once: the first answer is kept and given again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Response, jsonify, request
from sqlalchemy import Integer, Text, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import TenantModel
from fieldcrm.core.errors import FieldError, Invalid
from fieldcrm.core.ids import parse_id

_CHUNK_BYTES = 1 << 20


class IdempotencyKey(TenantModel):
    """The first answer to a request key; ``id`` is the key itself."""

    __tablename__ = "idempotency_keys"
    __audited__ = False

    at: Mapped[datetime] = mapped_column(default=clock.now)
    user_id: Mapped[str | None] = mapped_column(Text)
    fingerprint: Mapped[str] = mapped_column(Text)
    status: Mapped[int | None] = mapped_column(Integer)
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSONB)


def once(session: Session, key_text: str, act: Callable[[], Response]) -> Response:
    """Run ``act`` in the running transaction, or return the stored answer to ``key_text``.

    A second request with the same key waits on the unique index until the first commits.
    """
    key = parse_id(key_text)
    if key is None:
        raise Invalid(FieldError("Idempotency-Key", "bad_id"))
    actor: Actor = session.info["actor"]
    claimed = session.execute(
        insert(IdempotencyKey)
        .values(
            org_id=actor.org_id,
            id=key,
            at=clock.now(),
            user_id=str(actor.user_id),
            fingerprint=_fingerprint(actor),
        )
        .on_conflict_do_nothing()
        .returning(IdempotencyKey.id)
    ).scalar()
    if claimed is None:
        return _replay(session, actor, key)
    answer = act()
    if answer.status_code >= 400:
        # A refusal may be mended and tried again under the same key.
        session.rollback()
        return answer
    session.execute(
        update(IdempotencyKey)
        .where(IdempotencyKey.org_id == actor.org_id, IdempotencyKey.id == key)
        .values(status=answer.status_code, answer={"json": answer.get_json(silent=True)})
    )
    return answer


def _replay(session: Session, actor: Actor, key: object) -> Response:
    stored = session.execute(
        select(IdempotencyKey).where(IdempotencyKey.org_id == actor.org_id, IdempotencyKey.id == key)
    ).scalar_one()
    if stored.fingerprint != _fingerprint(actor):
        raise Invalid(code="idempotency_mismatch")
    body = (stored.answer or {}).get("json")
    answer = Response(status=204) if body is None else jsonify(body)
    answer.status_code = stored.status or 200
    answer.headers["Idempotent-Replay"] = "true"
    return answer


def _fingerprint(actor: Actor) -> str:
    """Return what makes two requests the same: who, what, where, and the body."""
    parts = (str(actor.user_id), request.method, request.full_path)
    digest = hashlib.sha256("\n".join(parts).encode())
    if request.mimetype == "multipart/form-data":
        # The boundary differs each time; and the form may have been read already.
        for name, value in sorted(request.form.items(multi=True)):
            digest.update(f"{name}={value}\n".encode())
        for name, file in sorted(request.files.items(multi=True), key=lambda item: item[0]):
            digest.update(f"{name}:{file.filename}\n".encode())
            while chunk := file.stream.read(_CHUNK_BYTES):
                digest.update(chunk)
            file.stream.seek(0)
    else:
        digest.update(request.get_data(cache=True))
    return digest.hexdigest()
