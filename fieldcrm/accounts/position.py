"""Where an account is: from its address, from a file, or from a person who put the pin there.

What a person set (`here`, `drag`) is never moved by a geocode; it is only marked when the address
changed after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from fieldcrm.accounts import rules
from fieldcrm.accounts.models import Account
from fieldcrm.core import geo
from fieldcrm.geocoding import service as geocoding

STALE: Final = "stale"
OUTSIDE_PREFECTURE: Final = "outside_prefecture"
NOT_IN_JAPAN: Final = "not_in_japan"


def locate(account: Mapping[str, Any]) -> geocoding.Located:
    """Return where the account's address lies; level NONE when it has none or cannot be placed."""
    asked = question(account)
    return geocoding.locate(asked.text, postal_code=asked.postal_code, area=asked.area)


def question(account: Mapping[str, Any]) -> geocoding.Address:
    """Return the account's address as the geocoder asks for it."""
    area = f"{account.get('prefecture') or ''}{account.get('municipality') or ''}"
    return geocoding.Address(account.get("address") or "", account.get("postal_code"), area or None)


def from_address(
    account: Mapping[str, Any],
    *,
    at: datetime,
    file_lon: float | None = None,
    file_lat: float | None = None,
) -> dict[str, Any]:
    """Return position columns for an address, and prefecture and municipality where it names them.

    Coordinates of a file are used when they agree with the address to the prefecture.
    """
    located = locate(account)
    decision = geocoding.decide_position(located, file_lon, file_lat)
    columns = stored(
        decision.lon,
        decision.lat,
        precision=int(decision.level),
        source=decision.source,
        at=at,
        flags=decision.flags,
        matched=decision.matched,
    )
    for name in ("prefecture", "municipality"):
        if found := getattr(located, name):
            columns[name] = found
    return columns


def municipality_code(account: Mapping[str, Any]) -> str | None:
    """Return the national code of the account's municipality: by its address, else by its point."""
    return geocoding.municipality_code(
        account.get("prefecture"), account.get("municipality"), account.get("lon"), account.get("lat")
    )


def from_person(
    lon: float, lat: float, *, source: str, at: datetime, prefecture: str | None
) -> dict[str, Any]:
    """Return position columns for a point someone chose; a doubtful one is kept and flagged."""
    flags = flags_of(lon, lat, prefecture=prefecture)
    return stored(lon, lat, precision=rules.EXACT, source=source, at=at, flags=flags, matched=None)


def flags_of(lon: float, lat: float, *, prefecture: str | None) -> tuple[str, ...]:
    """Return what speaks against a point: in the sea or abroad, or outside the address's prefecture."""
    if geocoding.prefecture_of_point(lon, lat) is None:
        return (NOT_IN_JAPAN,)
    if prefecture and not geocoding.agrees_with_prefecture(lon, lat, prefecture):
        return (OUTSIDE_PREFECTURE,)
    return ()


def stored(
    lon: float | None,
    lat: float | None,
    *,
    precision: int,
    source: str | None,
    at: datetime,
    flags: tuple[str, ...] | list[str] = (),
    matched: str | None = None,
) -> dict[str, Any]:
    """Return every column that follows from a position."""
    has_point = lon is not None and lat is not None
    return {
        "lon": lon if has_point else None,
        "lat": lat if has_point else None,
        "geom_3857": geo.mercator_point(lon, lat) if lon is not None and lat is not None else None,
        "qk": geo.quadkey(lon, lat) if lon is not None and lat is not None else None,
        "precision": precision if has_point else 0,
        "geo_source": source if has_point else None,
        "geo_at": at,
        "geo_flags": list(flags),
        "geo_matched": matched or None,
    }


def refresh(account: Account, *, at: datetime) -> None:
    """Place the account by its changed address; a pin someone set stays and is marked stale."""
    if account.geo_source in rules.STANDING_SOURCES:
        if STALE not in account.geo_flags:
            account.geo_flags = [*account.geo_flags, STALE]
        return
    address = {name: getattr(account, name) for name in rules.ADDRESS_FIELDS}
    for name, value in from_address(address, at=at).items():
        setattr(account, name, value)
