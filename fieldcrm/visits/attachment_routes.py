"""URLs of attachments: made and deleted, their bytes in and out."""

from __future__ import annotations

import uuid
from typing import Any

from apiflask import APIBlueprint
from flask import Response, request

from fieldcrm.core.actor import Actor
from fieldcrm.core.db import db
from fieldcrm.core.description import BINARY, details
from fieldcrm.core.endpoint import answer_once_made, endpoint
from fieldcrm.core.errors import Conflict, NotFound, TooLarge
from fieldcrm.core.problems import problem
from fieldcrm.files.rules import MAX_PART_BYTES, file_key, thumbnail_key
from fieldcrm.files.serving import serve
from fieldcrm.files.storage import storage
from fieldcrm.visits import attachments, queries
from fieldcrm.visits.attachment_schemas import (
    AttachmentDraft,
    AttachmentList,
    AttachmentOut,
    AttachmentQuery,
    PartQuery,
    Progress,
)
from fieldcrm.visits.attachment_upload import Part, take_part
from fieldcrm.visits.serialise import attachment_json

bp = APIBlueprint("attachments", __name__)

_PART_HEADERS = {"X-Chunk-SHA256": "The SHA-256 of this part, in hexadecimal."}
_RANGE = {"Range": "A part of the file, as `bytes=from-to`."}


@bp.get("/api/attachments")
@endpoint("attachments.read", query=AttachmentQuery, answer=AttachmentList)
@details(problems=(404,))
def list_attachments(*, actor: Actor, query: AttachmentQuery) -> dict[str, Any]:
    """List an account's attachments, newest first."""
    found, next_cursor = attachments.list_attachments(db.session(), actor, query)
    return {"items": [attachment_json(row) for row in found], "next_cursor": next_cursor}


@bp.post("/api/attachments")
@endpoint("attachments.create", body=AttachmentDraft, answer=AttachmentOut, status=201)
@details(also=(200,), problems=(404,))
def add_attachment(*, actor: Actor, body: AttachmentDraft) -> Any:
    """Announce a file; 201, or 200 when the same was announced before. Its bytes follow."""
    session = db.session()
    attachment = attachments.add_attachment(session, actor, body)
    return answer_once_made(session, attachment, attachment_json(attachment))


@bp.get("/api/attachments/<uuid:attachment_id>")
@endpoint("attachments.read", answer=AttachmentOut)
def get_attachment(*, actor: Actor, attachment_id: uuid.UUID) -> dict[str, Any]:
    """Return what is known of an attachment."""
    return attachment_json(attachments.get_attachment(db.session(), actor, attachment_id))


@bp.delete("/api/attachments/<uuid:attachment_id>")
@endpoint("attachments.delete", status=204)
def delete_attachment(*, actor: Actor, attachment_id: uuid.UUID) -> None:
    """Delete an attachment."""
    attachments.delete_attachment(db.session(), actor, attachment_id)


@bp.put("/api/attachments/<uuid:attachment_id>/bytes")
@endpoint("attachments.create", query=PartQuery, answer=Progress)
@details(problems=(409,), takes={"application/octet-stream": BINARY}, headers=_PART_HEADERS)
def put_bytes(*, actor: Actor, attachment_id: uuid.UUID, query: PartQuery) -> Any:
    """Take a part of the file: raw body, its SHA-256 in X-Chunk-SHA256; 409 tells where to go on."""
    part = Part(query.offset, _raw_body(), request.headers.get("X-Chunk-SHA256", ""))
    taken = take_part(db.session(), actor, attachment_id, part, storage=storage())
    if taken.was_elsewhere:
        refused = Conflict("wrong_offset")
        refused.extensions = {"received_bytes": taken.received_bytes}
        return problem(refused)
    return Progress.model_validate(taken)


@bp.get("/api/attachments/<uuid:attachment_id>/progress")
@endpoint("attachments.read", answer=Progress)
def get_progress(*, actor: Actor, attachment_id: uuid.UUID) -> Progress:
    """Tell how much of the file has arrived, also to who sends it and no longer sees the account."""
    found = queries.find_upload(db.session(), actor, attachment_id)
    if found is None:
        raise NotFound()
    return Progress.model_validate(found)


@bp.get("/api/attachments/<uuid:attachment_id>/content")
@endpoint("attachments.read")
@details(media_type="*/*", also=(206,), problems=(416,), headers=_RANGE)
def get_content(*, actor: Actor, attachment_id: uuid.UUID) -> Response:
    """Send the file."""
    found = attachments.get_stored(db.session(), actor, attachment_id)
    key = file_key(found.org_id, found.id)
    return serve(storage(), key, media_type=found.media_type, name=found.name, etag=found.sha256)


@bp.get("/api/attachments/<uuid:attachment_id>/thumbnail")
@endpoint("attachments.read")
@details(media_type="image/jpeg", also=(206,), problems=(416,), headers=_RANGE)
def get_thumbnail(*, actor: Actor, attachment_id: uuid.UUID) -> Response:
    """Send a picture's small JPEG, 320 pixels at its longer side."""
    found = attachments.get_stored(db.session(), actor, attachment_id)
    key = thumbnail_key(found.org_id, found.id)
    etag = f"{found.sha256}-small"
    return serve(storage(), key, media_type="image/jpeg", name=f"{found.name}.small.jpg", etag=etag)


def _raw_body() -> bytes:
    """Return the body, reading no more of it than a part may hold."""
    content = request.get_data(cache=True) if (request.content_length or 0) <= MAX_PART_BYTES else None
    if content is None or len(content) > MAX_PART_BYTES:
        raise TooLarge(limit=f"{MAX_PART_BYTES // 1024} KB")
    return content
