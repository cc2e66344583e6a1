"""HTTP of exports: any list as a file, with the filters of the list."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, request

from fieldcrm.accounts.filters import AccountFilter
from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import db
from fieldcrm.core.description import details
from fieldcrm.core.endpoint import endpoint
from fieldcrm.imports.coverage_export import coverage_csv, coverage_xlsx
from fieldcrm.imports.export import Exporter
from fieldcrm.imports.geojson import MEDIA_TYPE, SCHEMA, mark_of, write_geojson
from fieldcrm.imports.tables import TYPES, in_pieces
from fieldcrm.territories.schemas import CoverageQuery

bp = APIBlueprint("exports", __name__)


@bp.get("/api/accounts/export.csv")
@endpoint("accounts.export", query=AccountFilter)
@details(media_type="text/csv")
def export_csv(*, actor: Actor, query: AccountFilter) -> Response:
    """Return the accounts that the filters show as CSV."""
    return _file(in_pieces(Exporter(db.session(), actor).csv(query)), actor, "csv")


@bp.get("/api/accounts/export.xlsx")
@endpoint("accounts.export", query=AccountFilter)
@details(media_type=TYPES["xlsx"])
def export_xlsx(*, actor: Actor, query: AccountFilter) -> Response:
    """Return the accounts that the filters show as a workbook."""
    return _file(in_pieces(Exporter(db.session(), actor).xlsx(query)), actor, "xlsx")


@bp.get("/api/coverage/export.csv")
@endpoint("coverage.export", query=CoverageQuery)
@details(media_type="text/csv")
def export_coverage_csv(*, actor: Actor, query: CoverageQuery) -> Response:
    """Return coverage by owner and by municipality as one CSV table."""
    return _file(in_pieces(coverage_csv(db.session(), actor, query)), actor, "csv", name="coverage")


@bp.get("/api/coverage/export.xlsx")
@endpoint("coverage.export", query=CoverageQuery)
@details(media_type=TYPES["xlsx"])
def export_coverage_xlsx(*, actor: Actor, query: CoverageQuery) -> Response:
    """Return coverage as a workbook of two sheets."""
    return _file(in_pieces(coverage_xlsx(db.session(), actor, query)), actor, "xlsx", name="coverage")


@bp.get("/api/accounts.geojson")
@endpoint("accounts.export", query=AccountFilter)
@details(media_type=MEDIA_TYPE, schema=SCHEMA)
def export_geojson(*, actor: Actor, query: AccountFilter) -> Response:
    """Return the accounts that the filters show as GeoJSON, for map programs such as QGIS.

    Whole, in one answer; 304 while nothing has changed. Like every export it is written down.
    """
    session = db.session()
    tag = mark_of(session, actor, query)
    if request.if_none_match.contains_weak(tag):
        answer = Response(status=304)
    else:
        answer = _file(in_pieces(write_geojson(session, actor, query)), actor, "geojson")
    answer.set_etag(tag, weak=True)
    return answer


def _file(pieces: object, actor: Actor, kind: str, *, name: str = "accounts") -> Response:
    day = clock.local_date(clock.now(), actor.timezone).isoformat()
    headers = {"Content-Disposition": f'attachment; filename="{name}-{day}.{kind}"'}
    return Response(pieces, content_type=TYPES[kind], headers=headers)  # type: ignore[arg-type]  # an iterable
