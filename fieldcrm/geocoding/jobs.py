"""Background work: the basemap is built once for each version of the gazetteer's data."""

from __future__ import annotations

from enum import Enum

import psycopg
from procrastinate.exceptions import AlreadyEnqueued
from sqlalchemy.orm import Session

from fieldcrm.config import Settings
from fieldcrm.core.jobs import defer, queue
from fieldcrm.core.worker import running_app
from fieldcrm.geocoding import basemap
from fieldcrm.geocoding.basemap_tiles import basemap_version
from fieldcrm.geocoding.gazetteer import FORMAT_VERSION
from fieldcrm.geocoding.gazetteer_source import data_key
from fieldcrm.geocoding.service import gazetteer


@queue.task(name="geocoding.build_basemap", queueing_lock="geocoding.build_basemap")
def build_basemap() -> None:
    """Build the basemap if its tables hold another version."""
    settings: Settings = running_app().extensions["settings"]
    build_if_changed(settings)


def build_if_changed(settings: Settings) -> bool:
    """Bring the basemap's tables up to date as their owner; return whether there was anything to do."""
    key = basemap.build_key(data_key(FORMAT_VERSION))
    url = settings.database_owner_url or settings.database_url
    with psycopg.connect(url) as owner:
        # The worker and somebody at the command line may want it at once; the second finds it built.
        # Readers go on: this lock keeps out writers only.
        owner.execute("lock table basemap_builds in exclusive mode")
        if basemap.is_built(owner, key):
            return False
        basemap.build(owner, gazetteer(), key)
    return True


class Queued(Enum):
    """What came of asking for a build."""

    NOW = "Basemap queued."
    BEFORE = "Basemap is queued already."
    NOT_NEEDED = "Basemap is up to date."


def defer_basemap(session: Session) -> Queued:
    """Queue the build if the tables hold another version and none is queued yet."""
    key = basemap.build_key(data_key(FORMAT_VERSION))
    if basemap_version(session) == key:
        return Queued.NOT_NEEDED
    try:
        with session.begin_nested():
            defer(session, build_basemap)
    except AlreadyEnqueued:
        return Queued.BEFORE
    return Queued.NOW
