"""Which engine answers for which mode: as the settings say."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from flask import current_app, has_app_context

from fieldcrm.config import Settings
from fieldcrm.travel import osrm, valhalla
from fieldcrm.travel.roads import Roads
from fieldcrm.travel.rules import Mode

_KEY: Final = "roads"
MODES: Final[tuple[Mode, ...]] = ("car", "bicycle", "walking")


class UnknownEngine(ValueError):
    """The settings give an address that is none."""


def roads_for(mode: Mode) -> Roads | None:
    """Return the running application's engine for this mode; None for the estimate alone."""
    if not has_app_context():
        return None
    found: dict[Mode, Roads] | None = current_app.extensions.get(_KEY)
    if found is None:
        found = current_app.extensions[_KEY] = open_roads(current_app.extensions["settings"])
    return found.get(mode)


def open_roads(settings: Settings) -> dict[Mode, Roads]:
    """Return the engines that the settings name: OSRM before Valhalla, modes without any left out."""
    urls: dict[Mode, str] = {
        "car": settings.osrm_url,
        "bicycle": settings.osrm_bicycle_url,
        "walking": settings.osrm_walking_url,
    }
    opened = {mode: _open(settings, mode, osrm_url=urls[mode]) for mode in MODES}
    return {mode: roads for mode, roads in opened.items() if roads is not None}


def _open(settings: Settings, mode: Mode, *, osrm_url: str) -> Roads | None:
    within_s = settings.roads_timeout_s
    if osrm_url:
        engine = osrm.Osrm(_checked(osrm_url), mode=mode, table_size=settings.osrm_table_size)
        return Roads(engine, most_stops=osrm.MOST_STOPS, within_s=within_s)
    if settings.valhalla_url:
        other = valhalla.Valhalla(_checked(settings.valhalla_url), mode=mode)
        return Roads(other, most_stops=valhalla.MOST_STOPS, within_s=within_s)
    return None


def _checked(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise UnknownEngine(f"{url!r} is no address of a routing server: http://HOST:PORT")
    return url
