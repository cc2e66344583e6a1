"""The application: create_app() as named steps, in order."""

from __future__ import annotations

import gc

from apiflask import APIFlask
from flask import Flask
from flask_compress import Compress
from flask_migrate import Migrate
from geoalchemy2 import alembic_helpers
from werkzeug.middleware.proxy_fix import ProxyFix

from fieldcrm import __version__
from fieldcrm.config import PROJECT_DIR, Settings, load_settings
from fieldcrm.core.converters import configure_converters
from fieldcrm.core.csrf import BrowserCsrf
from fieldcrm.core.db import db
from fieldcrm.core.engine import configure_database
from fieldcrm.core.fast_json import FastJSONProvider
from fieldcrm.core.headers import configure_headers
from fieldcrm.core.problems import configure_problems
from fieldcrm.telemetry.log_format import configure_logging
from fieldcrm.telemetry.service import configure_telemetry

csrf = BrowserCsrf()


def create_app(settings: Settings | None = None, *, testing: bool = False) -> Flask:
    """Return the application; ``settings`` default to the environment's."""
    app = APIFlask(
        "fieldcrm",
        title="FieldCRM",
        version=__version__,
        enable_openapi=False,  # the reference room writes the document
        static_folder=None,  # type: ignore[arg-type]  # Flask allows it; pages.py serves the build
        template_folder=str(PROJECT_DIR / "templates"),
    )
    app.testing = testing
    configure_settings(app, settings or load_settings())
    configure_database(app)
    configure_requests(app)
    configure_problems(app)
    configure_converters(app)
    configure_rooms(app)
    if not testing:
        settle_memory()
    return app


def configure_settings(app: Flask, settings: Settings) -> None:
    """Copy the typed settings into Flask's own configuration."""
    app.extensions["settings"] = settings
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=settings.max_upload_bytes,
        SESSION_COOKIE_NAME="fieldcrm",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.cookie_secure,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=settings.cookie_secure,
        COMPRESS_MIMETYPES=[
            "application/json",
            "application/problem+json",
            "application/geo+json",
            "application/vnd.mapbox-vector-tile",
            "application/manifest+json",
            "text/html",
            "text/css",
            "text/javascript",
            "image/svg+xml",
        ],
        COMPRESS_BR_LEVEL=4,
        COMPRESS_LEVEL=5,
    )
    app.json = FastJSONProvider(app)
    configure_logging(settings.log_level, settings.log_format)


def configure_requests(app: Flask) -> None:
    """Give every request an id, security headers, compression and CSRF protection."""
    settings: Settings = app.extensions["settings"]
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    configure_telemetry(app)  # first: what is refused below has its id as well
    Compress(app)
    csrf.init_app(app)
    configure_headers(app)


def settle_memory() -> None:
    """Take what is loaded by now out of the garbage collector's rounds: it stays until the end.

    A full round over it would hold up a request now and then by a tenth of a second.
    """
    gc.collect()
    gc.freeze()


def configure_rooms(app: APIFlask) -> None:
    """Mount every room's URLs and commands."""
    from fieldcrm import cli
    from fieldcrm.rooms import BLUEPRINTS, install

    install(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    cli.register(app)
    Migrate(
        app,
        db,
        directory=str(PROJECT_DIR / "migrations"),
        include_object=alembic_helpers.include_object,
        render_item=alembic_helpers.render_item,
    )
