"""The database of the measurements on the phone: the organisation of `sync_data`, with its basemap."""

import math
import uuid
from dataclasses import dataclass
from datetime import date

import psycopg
from flask import Flask

from bench import database, sync_data
from bench.browser import person
from bench.sync_data import FLEET
from fieldcrm.accounts import settings
from fieldcrm.core.actor import Actor, Role
from fieldcrm.core.db import transaction
from fieldcrm.identity import sessions
from fieldcrm.visits import outcomes

NAME = "fieldcrm_bench_app"
PRISTINE = "fieldcrm_bench_app_pristine"
"""Kept until what makes it changes or a day has passed; what is measured is written to a copy of it."""
TOKYO = (139.70, 35.68)
WORLD_PX = 512
"""The width of the whole world at zoom 0."""


@dataclass(frozen=True)
class Circle:
    """A circle on the screen and the camera that brings so many accounts into it."""

    lon: float
    lat: float
    zoom: float
    radius_px: int


def build() -> dict[str, str]:
    """Return the settings that reach a fresh copy of the data."""
    database.create(PRISTINE)
    kept, fingerprint = database.urls_of(PRISTINE), _fingerprint()
    if database.comment_of(kept, PRISTINE) != fingerprint:
        sync_data.build(PRISTINE)
        database.flask(kept, "basemap", "build")
        with database.superuser(kept) as connection:
            connection.execute(f"comment on database {PRISTINE} is '{fingerprint}'")
    database.create(NAME, is_fresh=True)
    with database.superuser(database.urls_of("postgres")) as connection:
        connection.execute(f"drop database {NAME}")
        connection.execute(f"create database {NAME} owner fieldcrm_owner template {PRISTINE}")
    return database.urls_of(NAME)


def _fingerprint() -> str:
    """Return what names the data: the code that makes it, and the day its months are counted back from."""
    return f"{database.fingerprint('bench/sync_data.py', 'bench/app_data.py')} {date.today()}"  # noqa: DTZ011


def set_up(app: Flask, urls: dict[str, str]) -> Actor:
    """Give it the statuses and outcomes most start with; return its administrator, who sees everything."""
    administrator = person(FLEET.org_id, FLEET.administrator, Role.ADMINISTRATOR)
    with database.superuser(urls) as connection:
        for no, *values in settings.DEFAULT_STATUSES:
            connection.execute(
                "update account_statuses set (code, name_ja, name_en, letter_ja, letter_en, colour,"
                " colour_dark, shape) = (%s, %s, %s, %s, %s, %s, %s, %s) where org_id = %s and no = %s",
                (*values, FLEET.org_id, no),
            )
    with app.app_context(), transaction(administrator) as session:
        outcomes.seed_defaults(session, administrator)
    return administrator


def sign_in(app: Flask, actor: Actor) -> tuple[str, str]:
    """Return the name and value of the cookie of a browser in which the person has signed in."""
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    with app.app_context(), transaction(actor) as session:
        key = sessions.start_session(session, actor, user_agent="bench")
    return app.config["SESSION_COOKIE_NAME"], signer.dumps(
        {"_user_id": str(key), "_fresh": True, "_permanent": True}
    )


def circle_of(urls: dict[str, str], count: int, *, radius_px: int) -> Circle:
    """Return the circle around the middle of Tokyo that holds so many accounts."""
    lon, lat = TOKYO
    with database.superuser(urls) as connection:
        (metres,) = _one(
            connection,
            "select st_distance(geom_3857, st_transform(st_setsrid(st_point(%s, %s), 4326), 3857))"
            " from accounts order by 1 offset %s limit 1",
            (lon, lat, count),
        )
    share = metres / (2 * math.pi * 6_378_137)
    return Circle(lon, lat, math.log2(radius_px / (WORLD_PX * share)), radius_px)


def account_ids(urls: dict[str, str], count: int) -> list[uuid.UUID]:
    """Return so many accounts, from everywhere in the organisation."""
    with database.superuser(urls) as connection:
        rows = connection.execute("select id from accounts order by md5(id::text) limit %s", (count,))
        return [row[0] for row in rows.fetchall()]


def _one(connection: psycopg.Connection, query: str, given: tuple[object, ...]) -> tuple[float]:
    row = connection.execute(query, given).fetchone()
    if row is None:
        raise SystemExit("the organisation has too few accounts")
    return (float(row[0]),)
