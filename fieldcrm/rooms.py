"""The list of rooms: whose URLs are mounted, whose messages and background tasks are loaded."""

from __future__ import annotations

from flask import Blueprint, Flask

from fieldcrm.accounts import departures
from fieldcrm.accounts import jobs as accounts_jobs
from fieldcrm.accounts import models as accounts_models
from fieldcrm.accounts import routes as accounts_routes
from fieldcrm.accounts import settings_routes as account_settings_routes
from fieldcrm.appointments import calendar_routes
from fieldcrm.appointments import jobs as appointments_jobs
from fieldcrm.appointments import models as appointments_models
from fieldcrm.appointments import routes as appointments_routes
from fieldcrm.auditlog import routes as auditlog_routes
from fieldcrm.core import audit, health, idempotency, jobs, pages, rescue, together
from fieldcrm.demo.cli import sign_ins as demo_sign_ins
from fieldcrm.geocoding import basemap_routes, map_settings_routes
from fieldcrm.geocoding import jobs as geocoding_jobs
from fieldcrm.geocoding import models as geocoding_models
from fieldcrm.geocoding import routes as geocoding_routes
from fieldcrm.identity import (
    email_routes,
    invitation_routes,
    organisation_routes,
    people_routes,
    recovery_routes,
    session_routes,
    team_routes,
    token_routes,
)
from fieldcrm.identity import jobs as identity_jobs
from fieldcrm.identity import models as identity_models
from fieldcrm.identity import routes as identity_routes
from fieldcrm.identity.gate import install_gate
from fieldcrm.imports import export_routes
from fieldcrm.imports import jobs as imports_jobs
from fieldcrm.imports import models as imports_models
from fieldcrm.imports import routes as imports_routes
from fieldcrm.mapview import models as mapview_models
from fieldcrm.mapview import routes as mapview_routes
from fieldcrm.planning import fit_routes as planning_fit_routes
from fieldcrm.planning import models as planning_models
from fieldcrm.planning import routes as planning_routes
from fieldcrm.planning import settings_routes as planning_settings_routes
from fieldcrm.reference import routes as reference_routes
from fieldcrm.sync import bootstrap, conflict_routes, device_routes, push_routes
from fieldcrm.sync import models as sync_models
from fieldcrm.sync import routes as sync_routes
from fieldcrm.telemetry import routes as telemetry_routes
from fieldcrm.territories import jobs as territories_jobs
from fieldcrm.territories import routes as territories_routes
from fieldcrm.territories import service as territories
from fieldcrm.travel import jobs as travel_jobs
from fieldcrm.travel import models as travel_models
from fieldcrm.travel import service as travel
from fieldcrm.visits import attachment_routes
from fieldcrm.visits import jobs as visits_jobs
from fieldcrm.visits import models as visits_models
from fieldcrm.visits import routes as visits_routes
from fieldcrm.visits import service as visits

MODELS = (
    identity_models,
    geocoding_models,
    travel_models,
    accounts_models,
    departures,
    visits_models,
    appointments_models,
    imports_models,
    planning_models,
    mapview_models,
    sync_models,
    audit,
    idempotency,
    jobs,
    together,
)
"""Imported so that the metadata is whole for migrations and the tenancy tests, and sessions listen."""

BLUEPRINTS: tuple[Blueprint, ...] = (
    pages.bp,
    health.blueprint,
    telemetry_routes.bp,
    reference_routes.bp,
    reference_routes.pages,
    identity_routes.bp,
    identity_routes.pages,
    recovery_routes.pages,
    session_routes.bp,
    organisation_routes.bp,
    people_routes.bp,
    invitation_routes.bp,
    invitation_routes.pages,
    email_routes.pages,
    team_routes.bp,
    token_routes.bp,
    bootstrap.bp,
    basemap_routes.bp,
    mapview_routes.bp,
    accounts_routes.bp,
    account_settings_routes.bp,
    territories_routes.bp,
    visits_routes.bp,
    attachment_routes.bp,
    appointments_routes.bp,
    calendar_routes.bp,
    calendar_routes.pages,
    planning_routes.bp,
    planning_fit_routes.bp,
    planning_settings_routes.bp,
    sync_routes.bp,
    device_routes.bp,
    push_routes.bp,
    conflict_routes.bp,
    imports_routes.bp,
    export_routes.bp,
    auditlog_routes.bp,
    geocoding_routes.bp,
    map_settings_routes.bp,
)

TASKS = (
    rescue,
    identity_jobs,
    accounts_jobs,
    geocoding_jobs,
    travel_jobs,
    imports_jobs,
    territories_jobs,
    visits_jobs,
    appointments_jobs,
)
"""Imported so that workers know the background tasks of every room."""


def install(app: Flask) -> None:
    """Give each room that needs it its moment on the application (gate, caches)."""
    install_gate(app)
    mapview_routes.install(app)
    territories.use_visits(app, visits.visit_moments())
    travel.use_check_ins(app, visits.check_ins())
    if app.extensions["settings"].demo:
        app.extensions["demo_sign_ins"] = demo_sign_ins()
    with app.app_context():
        identity_routes.exempt_own_csrf_check()
