"""HTTP of exports: any list as a file, with the filters of the list."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response

from fieldcrm.accounts.filters import AccountFilter
from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import db
from fieldcrm.core.description import details
from fieldcrm.core.endpoint import endpoint
from fieldcrm.imports.export import Exporter, in_pieces

bp = APIBlueprint("exports", __name__)

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@bp.get("/api/accounts/export.csv")
@endpoint("accounts.export", query=AccountFilter)
@details(media_type="text/csv")
def export_csv(*, actor: Actor, query: AccountFilter) -> Response:
    """Return the accounts that the filters show as CSV."""
    return _file(in_pieces(Exporter(db.session(), actor).csv(query)), actor, "csv")


@bp.get("/api/accounts/export.xlsx")
@endpoint("accounts.export", query=AccountFilter)
@details(media_type=_TYPES["xlsx"])
def export_xlsx(*, actor: Actor, query: AccountFilter) -> Response:
    """Return the accounts that the filters show as a workbook."""
    return _file(in_pieces(Exporter(db.session(), actor).xlsx(query)), actor, "xlsx")


def _file(pieces: object, actor: Actor, kind: str) -> Response:
    day = clock.local_date(clock.now(), actor.timezone).isoformat()
    headers = {"Content-Disposition": f'attachment; filename="accounts-{day}.{kind}"'}
    return Response(pieces, content_type=_TYPES[kind], headers=headers)  # type: ignore[arg-type]  # an iterable
