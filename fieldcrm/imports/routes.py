"""HTTP of imports."""

from __future__ import annotations

from uuid import UUID

from apiflask import APIBlueprint
from flask import Response, request

from fieldcrm.core.actor import Actor
from fieldcrm.core.db import db
from fieldcrm.core.description import BINARY, details
from fieldcrm.core.endpoint import endpoint
from fieldcrm.core.errors import FieldError, Invalid
from fieldcrm.core.paging import PageQuery
from fieldcrm.imports import messages, queries, service
from fieldcrm.imports.correction import retry_row
from fieldcrm.imports.refused import refused_csv
from fieldcrm.imports.rules import RowState
from fieldcrm.imports.schemas import (
    DraftOut,
    ImportOut,
    ImportPage,
    MappingIn,
    RetryIn,
    RowPage,
    RowsQuery,
    StartIn,
)
from fieldcrm.imports.serialise import draft_json, fields_json, import_json, row_json

__all__ = ["bp", "messages"]

bp = APIBlueprint("imports", __name__)

_UPLOAD = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {**BINARY, "description": "CSV, TSV or XLSX."},
        "encoding": {"type": "string", "description": "Its encoding, where it is known better than guessed."},
    },
}
_SHOWN_STATES = (RowState.REFUSED, RowState.FLAGGED, RowState.KEPT)


@bp.post("/api/imports")
@endpoint("imports.create", answer=DraftOut, status=201)
@details(takes={"multipart/form-data": _UPLOAD})
def create_import(*, actor: Actor) -> DraftOut:
    """Take a file in (multipart: file, encoding?) and say what its columns probably are."""
    upload = request.files.get("file")
    if upload is None:
        raise Invalid(FieldError("file", "imports.file_needed"))
    record = service.create_import(
        db.session(),
        actor,
        filename=upload.filename or "file",
        file=upload.stream,
        encoding=request.form.get("encoding") or None,
    )
    return draft_json(db.session(), actor, record)


@bp.get("/api/imports")
@endpoint("imports.read", query=PageQuery, answer=ImportPage)
def list_imports(*, actor: Actor, query: PageQuery) -> ImportPage:
    """Return imports, newest first."""
    records, next_cursor = queries.list_imports(db.session(), actor, query)
    return ImportPage(items=[import_json(record, actor) for record in records], next_cursor=next_cursor)


@bp.get("/api/imports/<uuid:import_id>")
@endpoint("imports.read", answer=ImportOut)
def read_import(*, actor: Actor, import_id: UUID) -> ImportOut:
    """Return where an import stands: ask again while it runs."""
    record = queries.get_import(db.session(), actor, import_id)
    problems = queries.count_problems(db.session(), actor, import_id)
    return import_json(record, actor, problems=problems)


@bp.get("/api/imports/<uuid:import_id>/mapping")
@endpoint("imports.read", answer=DraftOut)
@details(problems=(422,))
def read_mapping(*, actor: Actor, import_id: UUID) -> DraftOut:
    """Return columns, mapping and first rows of an import."""
    record = queries.get_import(db.session(), actor, import_id)
    return draft_json(db.session(), actor, record)


@bp.put("/api/imports/<uuid:import_id>/mapping")
@endpoint("imports.update", body=MappingIn, answer=DraftOut)
@details(problems=(409,))
def set_mapping(*, actor: Actor, import_id: UUID, body: MappingIn) -> DraftOut:
    """Say which field each column feeds; answer with the first rows read that way."""
    record = service.set_mapping(db.session(), actor, import_id, body.mapping)
    return draft_json(db.session(), actor, record)


@bp.post("/api/imports/<uuid:import_id>/start")
@endpoint("imports.update", body=StartIn, answer=ImportOut, status=202)
@details(problems=(409,))
def start_import(*, actor: Actor, import_id: UUID, body: StartIn) -> ImportOut:
    """Start an import in the background, or go on with one that stopped."""
    record = service.start_import(db.session(), actor, import_id, is_dry_run=body.dry_run)
    return import_json(record, actor)


@bp.post("/api/imports/<uuid:import_id>/undo")
@endpoint("imports.update", answer=ImportOut, status=202)
@details(problems=(409,))
def undo_import(*, actor: Actor, import_id: UUID) -> ImportOut:
    """Take a whole import back in the background."""
    return import_json(service.undo_import(db.session(), actor, import_id), actor)


@bp.get("/api/imports/<uuid:import_id>/rows")
@endpoint("imports.read", query=RowsQuery, answer=RowPage)
def list_rows(*, actor: Actor, import_id: UUID, query: RowsQuery) -> RowPage:
    """Return refused and pointed-out rows with their reasons."""
    record = queries.get_import(db.session(), actor, import_id)
    rows = queries.rows_of(
        db.session(),
        actor,
        import_id,
        states=[RowState(query.state)] if query.state else _SHOWN_STATES,
        after_row=queries.BEFORE_ALL if query.cursor is None else query.cursor,
        limit=query.limit + 1,
    )
    shown = rows[: query.limit]
    return RowPage(
        items=[row_json(row, record.mapping, actor.locale) for row in shown],
        fields=fields_json(db.session(), actor),
        next_cursor=str(shown[-1].row_no) if len(rows) > query.limit else None,
    )


@bp.post("/api/imports/<uuid:import_id>/rows/<int:row_no>/retry")
@endpoint("imports.update", body=RetryIn, answer=ImportOut)
@details(problems=(409,))
def retry(*, actor: Actor, import_id: UUID, row_no: int, body: RetryIn) -> ImportOut:
    """Import one row again with corrected values."""
    record = retry_row(db.session(), actor, import_id, row_no, values=body.values)
    problems = queries.count_problems(db.session(), actor, import_id)
    return import_json(record, actor, problems=problems)


@bp.get("/api/imports/<uuid:import_id>/refused.csv")
@endpoint("imports.read")
@details(media_type="text/csv")
def read_refused(*, actor: Actor, import_id: UUID) -> Response:
    """Return the refused rows as a file to correct and import again."""
    body = refused_csv(db.session(), actor, import_id)
    headers = {"Content-Disposition": 'attachment; filename="refused.csv"'}
    return Response(body, content_type="text/csv; charset=utf-8", headers=headers)
