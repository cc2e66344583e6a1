"""URLs of the organisation's choice of maps and address look-up, for its administrators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from flask import current_app
from pydantic import Field

from fieldcrm.config import Settings
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import db
from fieldcrm.core.endpoint import endpoint
from fieldcrm.core.wire import Wire
from fieldcrm.geocoding.map_settings import SERVER, update_map_settings
from fieldcrm.identity.organisation import settings_of

bp = APIBlueprint("map_settings", __name__)

OnlineMap = Literal["server", "own", "none"]
Address = Annotated[str, Field(max_length=500)]


class MapSettingsOut(Wire):
    """What is chosen, and what the operator allows; of keys nothing is told.

    ``server_map`` is the credit of the operator's online map, ``geocoder`` the name of the online geocoder.
    """

    basemap_online: OnlineMap
    basemap_raster_url: str | None
    basemap_credit: str | None
    basemap_pmtiles_url: str | None
    geocode_online: bool
    server_map: str | None
    servers: list[str]
    geocoder: str | None


class MapSettingsChange(Wire):
    """What is not given stays; an empty address is none."""

    basemap_online: OnlineMap | None = None
    basemap_raster_url: Address | None = None
    basemap_credit: Annotated[str, Field(max_length=200)] | None = None
    basemap_pmtiles_url: Address | None = None
    geocode_online: bool | None = None


@bp.get("/api/map-settings")
@endpoint("organisation.read", answer=MapSettingsOut)
def get_map_settings(*, actor: Actor) -> MapSettingsOut:
    """Return which maps and which address look-up the organisation chose, and what it may choose."""
    return _out(settings_of(db.session(), actor), _settings())


@bp.patch("/api/map-settings")
@endpoint("organisation.update", body=MapSettingsChange, answer=MapSettingsOut)
def change_map_settings(*, actor: Actor, body: MapSettingsChange) -> MapSettingsOut:
    """Choose maps and address look-up, on servers the operator allows."""
    given = body.model_dump(exclude_unset=True, exclude_none=True)
    settings = _settings()
    return _out(update_map_settings(db.session(), actor, given, settings=settings), settings)


def _settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found


def _out(chosen: Mapping[str, Any], settings: Settings) -> MapSettingsOut:
    return MapSettingsOut(
        basemap_online=chosen.get("basemap_online", SERVER),
        basemap_raster_url=chosen.get("basemap_raster_url"),
        basemap_credit=chosen.get("basemap_credit"),
        basemap_pmtiles_url=chosen.get("basemap_pmtiles_url"),
        geocode_online=bool(settings.geocoder and chosen.get("geocode_online")),
        server_map=settings.basemap_raster_attribution if settings.basemap_raster_url else None,
        servers=list(settings.basemap_servers),
        geocoder=settings.geocoder or None,
    )
