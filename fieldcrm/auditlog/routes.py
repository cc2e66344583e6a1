"""URLs of the audit log, for administrators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO

from apiflask import APIBlueprint
from flask import Response

from fieldcrm.auditlog import words
from fieldcrm.auditlog.export import audit_csv, audit_xlsx
from fieldcrm.auditlog.schemas import AuditChoice, AuditChoices, AuditFilter, AuditPage, AuditQuery
from fieldcrm.auditlog.service import list_entries
from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import db
from fieldcrm.core.description import details
from fieldcrm.core.endpoint import endpoint
from fieldcrm.imports.tables import TYPES, in_pieces

bp = APIBlueprint("audit", __name__)


@bp.get("/api/audit")
@endpoint("audit.read", query=AuditQuery, answer=AuditPage)
def list_audit(*, actor: Actor, query: AuditQuery) -> AuditPage:
    """List what was done, by whom, to what and when, newest first and in words.

    Some searches look through a part of the log at a time: a page may then hold few entries, or none, and
    still have a ``next_cursor``.
    """
    return list_entries(db.session(), actor, query)


@bp.get("/api/audit/choices")
@endpoint("audit.read", answer=AuditChoices)
def list_audit_choices(*, actor: Actor) -> AuditChoices:
    """List by which actions and kinds of things the log can be filtered."""
    return AuditChoices(actions=_choices(words.ACTIONS, actor), kinds=_choices(words.KINDS, actor))


@bp.get("/api/audit/export.csv")
@endpoint("audit.export", query=AuditFilter)
@details(media_type="text/csv")
def export_audit_csv(*, actor: Actor, query: AuditFilter) -> Response:
    """Return the newest 50,000 of the entries that the filters show as CSV."""
    return _file(audit_csv(db.session(), actor, query), actor, "csv")


@bp.get("/api/audit/export.xlsx")
@endpoint("audit.export", query=AuditFilter)
@details(media_type=TYPES["xlsx"])
def export_audit_xlsx(*, actor: Actor, query: AuditFilter) -> Response:
    """Return the newest 50,000 of the entries that the filters show as a workbook."""
    return _file(audit_xlsx(db.session(), actor, query), actor, "xlsx")


def _choices(table: Mapping[str, words.Pair], actor: Actor) -> list[AuditChoice]:
    return [
        AuditChoice(value=value, text=words.in_language(pair, actor.locale)) for value, pair in table.items()
    ]


def _file(target: IO[bytes], actor: Actor, kind: str) -> Response:
    day = clock.local_date(clock.now(), actor.timezone).isoformat()
    headers = {"Content-Disposition": f'attachment; filename="audit-{day}.{kind}"'}
    return Response(in_pieces(target), content_type=TYPES[kind], headers=headers)
