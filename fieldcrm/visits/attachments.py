"""Attachments of accounts and visits: added, sent in parts, read, deleted. Their bytes are ``files``'s.

Services never commit. An attachment whose account the actor may not see is NotFound; but who added one may
always send the rest of it, though the account has gone to somebody else meanwhile.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldcrm.accounts import service as accounts
from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, TooLarge
from fieldcrm.core.paging import newest_first
from fieldcrm.files import rules as files
from fieldcrm.identity.policy import Scope, scope_of
from fieldcrm.visits import queries
from fieldcrm.visits.attachment_schemas import AttachmentDraft, AttachmentQuery
from fieldcrm.visits.models import Activity, Attachment

TAKEN: Final[Mapping[str, frozenset[str]]] = {
    "photo": files.PICTURES,
    "sketch": files.PICTURES,
    "voice": files.SOUNDS,
    "file": files.PICTURES | files.SOUNDS | {files.PDF},
}
"""The types that an attachment of each kind may have."""

_AS_GIVEN: Final = (
    "account_id",
    "activity_id",
    "kind",
    "size_bytes",
    "sha256",
    "width",
    "height",
    "duration_s",
)


def add_attachment(session: Session, actor: Actor, draft: AttachmentDraft) -> Attachment:
    """Make the row of a file whose bytes will follow; the same draft again returns what is stored.

    Raises TooLarge beyond the size of a file or the organisation's quota, Invalid at the field.
    """
    columns = _columns(draft)
    account = accounts.lock_contacted(session, actor, draft.account_id)
    if draft.id is not None:
        present = session.scalar(
            select(Attachment).where(Attachment.org_id == actor.org_id, Attachment.id == draft.id)
        )
        if present is not None:
            is_own = present.created_by == actor.user_id
            if is_own and accounts.is_same_creation(session, present, columns):
                return present
            raise Conflict("id_taken")
        columns["id"] = draft.id
    _demand_valid(session, actor, draft, account_id=account.id)
    attachment = Attachment(org_id=actor.org_id, **columns)
    session.add(attachment)
    session.flush()
    return attachment


def delete_attachment(session: Session, actor: Actor, attachment_id: uuid.UUID) -> None:
    """Delete softly; the bytes go 30 days later. Reps delete what they added, managers what they see."""
    attachment = queries.find_attachment(session, actor, attachment_id, is_locking=True)
    if attachment is None:
        raise NotFound()
    is_own_only = scope_of(actor, "attachments.delete") is Scope.OWN
    if is_own_only and attachment.created_by != actor.user_id:
        raise Forbidden("not_the_author")
    attachment.deleted_at = clock.now()
    session.flush()


def get_attachment(session: Session, actor: Actor, attachment_id: uuid.UUID) -> Attachment:
    """Return an attachment whose account the actor may see, or raise NotFound."""
    attachment = queries.find_attachment(session, actor, attachment_id)
    if attachment is None:
        raise NotFound()
    return attachment


def get_stored(session: Session, actor: Actor, attachment_id: uuid.UUID) -> Attachment:
    """Like ``get_attachment``, but its bytes are here."""
    attachment = get_attachment(session, actor, attachment_id)
    if attachment.stored_at is None:
        raise NotFound("not_stored_yet")
    return attachment


def list_attachments(
    session: Session, actor: Actor, query: AttachmentQuery
) -> tuple[Sequence[Attachment], str | None]:
    """Return a page of an account's attachments, newest first."""
    accounts.get_account(session, actor, query.account_id, with_deleted=True)
    found = select(Attachment).where(
        Attachment.org_id == actor.org_id,
        Attachment.account_id == query.account_id,
        Attachment.deleted_at.is_(None),
    )
    return newest_first(session, found, query, at=Attachment.created_at, row_id=Attachment.id)


def _columns(draft: AttachmentDraft) -> dict[str, Any]:
    media_type = files.plain_type(draft.media_type)
    name = files.clean_name(draft.name, stem=draft.kind, media_type=media_type)
    return {each: getattr(draft, each) for each in _AS_GIVEN} | {"media_type": media_type, "name": name}


def _demand_valid(session: Session, actor: Actor, draft: AttachmentDraft, *, account_id: uuid.UUID) -> None:
    if draft.size_bytes > files.MAX_FILE_BYTES:
        raise TooLarge(limit=_megabytes(files.MAX_FILE_BYTES))
    if files.plain_type(draft.media_type) not in TAKEN[draft.kind]:
        raise Invalid(FieldError("media_type", "attachment_kind"))
    if draft.activity_id is not None and not _is_of_account(session, actor, draft.activity_id, account_id):
        raise Invalid(FieldError("activity_id", "unknown_reference"))
    quota = current_app.extensions["settings"].attachments_quota_mb * 1024 * 1024
    if quota and _kept_bytes(session, actor) + draft.size_bytes > quota:
        raise TooLarge("quota_reached", limit=_megabytes(quota))


def _is_of_account(session: Session, actor: Actor, activity_id: uuid.UUID, account_id: uuid.UUID) -> bool:
    query = select(Activity.id).where(
        Activity.org_id == actor.org_id,
        Activity.id == activity_id,
        Activity.account_id == account_id,
        Activity.deleted_at.is_(None),
    )
    return session.scalar(query) is not None


def _kept_bytes(session: Session, actor: Actor) -> int:
    query = select(func.coalesce(func.sum(Attachment.size_bytes), 0)).where(
        Attachment.org_id == actor.org_id, Attachment.deleted_at.is_(None)
    )
    return int(session.scalar(query) or 0)


def _megabytes(size: int) -> str:
    return f"{size / 1024**2:g} MB"
