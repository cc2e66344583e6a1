"""What of maps and address look-up an organisation chooses, within what the operator allows.

Keys and the servers that may be asked stay in the environment: an administrator can neither read a secret nor
have people's browsers, or this server, talk to an address of their own choice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from fieldcrm.config import Settings
from fieldcrm.core.actor import Actor
from fieldcrm.core.errors import FieldError, Invalid
from fieldcrm.core.messages import register
from fieldcrm.identity.organisation import lock_organisation, set_values, settings_of

SERVER, OWN, NONE = "server", "own", "none"
"""Which online map: the one the operator offers, one of the organisation's, none."""
_PLACES: Final = ("{z}", "{x}", "{y}")


@dataclass(frozen=True, slots=True)
class Basemap:
    """Where the map's background comes from besides the one embedded, which is always there."""

    raster_url: str | None
    raster_attribution: str
    pmtiles_url: str | None


def basemap_of(chosen: Mapping[str, Any], settings: Settings) -> Basemap:
    """Return what people are offered whose organisation chose this."""
    online = chosen.get("basemap_online", SERVER)
    raster = {SERVER: settings.basemap_raster_url, OWN: chosen.get("basemap_raster_url")}.get(online)
    credit = chosen.get("basemap_credit") if online == OWN else settings.basemap_raster_attribution
    return Basemap(
        raster_url=raster or None,
        raster_attribution=credit or "",
        pmtiles_url=chosen.get("basemap_pmtiles_url") or settings.basemap_pmtiles_url or None,
    )


def asks_online(session: Session, actor: Actor, settings: Settings) -> bool:
    """Return whether addresses may go to the online geocoder: there is one, and the organisation agreed."""
    if not settings.geocoder:
        return False
    return bool(settings_of(session, actor).get("geocode_online"))


def update_map_settings(
    session: Session, actor: Actor, values: Mapping[str, Any], *, settings: Settings
) -> Mapping[str, Any]:
    """Change what is given; an empty address is none. Phones hear of it by the change clock.

    Raises Invalid at the field that does not fit with the rest.
    """
    organisation = lock_organisation(session, actor)
    wanted = {name: None if value == "" else value for name, value in values.items()}
    after = {**organisation.settings, **wanted}
    errors = [*_address_errors(after, settings)]
    if wanted.get("geocode_online") and not settings.geocoder:
        errors.append(FieldError("geocode_online", "no_geocoder"))
    if errors:
        raise Invalid(*errors)
    set_values(session, organisation, wanted)
    return organisation.settings


def _address_errors(after: Mapping[str, Any], settings: Settings) -> list[FieldError]:
    errors = []
    raster, file = after.get("basemap_raster_url"), after.get("basemap_pmtiles_url")
    if after.get("basemap_online") == OWN:
        errors += [
            FieldError(name, "required")
            for name in ("basemap_raster_url", "basemap_credit")
            if not after.get(name)
        ]
    for name, url in (("basemap_raster_url", raster), ("basemap_pmtiles_url", file)):
        if url and (problem := address_problem(url, settings.basemap_servers)):
            errors.append(FieldError(name, problem))
    if raster and not all(place in raster for place in _PLACES):
        errors.append(FieldError("basemap_raster_url", "no_tile_places"))
    return errors


def address_problem(url: str, allowed: tuple[str, ...]) -> str | None:
    """Return what is wrong with an address; it must be of this server or of one the operator allows."""
    if url.startswith("/") and not url.startswith(("//", "/\\")):
        return None
    try:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}".lower()
    except ValueError:
        return "bad_url"
    if parts.scheme not in ("https", "http") or not parts.hostname or "@" in parts.netloc or "\\" in url:
        return "bad_url"
    return None if origin in allowed else "server_not_allowed"


register(
    {
        "server_not_allowed": (
            "このサーバーの地図は使えません。使えるサーバーはシステム管理者が決めます",
            "Maps of this server cannot be used. Whoever runs FieldCRM says which can",
        ),
        "no_tile_places": (
            "タイルの位置 {{z}} {{x}} {{y}} を含めてください",
            "The address must hold {{z}}, {{x}} and {{y}}",
        ),
        "no_geocoder": (
            "オンラインの住所検索は、このシステムに設定されていません",
            "No online address look-up is set up here",
        ),
    }
)
