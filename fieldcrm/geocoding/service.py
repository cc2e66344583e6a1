"""The room's public face: where an address lies, what lies at a point, which coordinates to believe."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from fieldcrm.geocoding import gazetteer_store
from fieldcrm.geocoding.gazetteer import Gazetteer
from fieldcrm.geocoding.locator import Address, locate_all, locate_one
from fieldcrm.geocoding.municipalities import Municipalities, code_at
from fieldcrm.geocoding.rules import Level, Located, Place, PositionDecision, nowhere

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import ArrayLike
    from sqlalchemy.orm import Session

    from fieldcrm.config import Settings
    from fieldcrm.core.actor import Actor
    from fieldcrm.geocoding.online import BestLocated
    from fieldcrm.geocoding.places import Places

__all__ = [
    "Address",
    "Level",
    "Located",
    "Place",
    "PositionDecision",
    "agree_with_prefectures",
    "agrees_with_prefecture",
    "decide_position",
    "decide_positions",
    "locate",
    "locate_best",
    "locate_many",
    "municipalities",
    "municipality_code",
    "prefecture_of_point",
    "prefectures_of_points",
    "reverse",
]

COUNTRY = "JP"


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """Return the gazetteer of this process, opened on first use."""
    return gazetteer_store.open_gazetteer(gazetteer_store.default_cache_folder())


@lru_cache(maxsize=1)
def places() -> "Places":
    """Return the tree of towns of this process, built on first use (0.1 s)."""
    # scipy costs a third of a second to import, and the command line mostly does without.
    from fieldcrm.geocoding.places import Places

    return Places(gazetteer())


@lru_cache(maxsize=1)
def municipalities() -> Municipalities:
    """Return the municipalities of this process, by code."""
    return Municipalities(gazetteer())


def municipality_code(
    prefecture: str | None, municipality: str | None, lon: float | None, lat: float | None
) -> str | None:
    """Return the national code of the municipality that an address names; else of that around the point.

    A name alone may mean several (a city of wards, without its ward): there the point decides too.
    """
    code = municipalities().code_of(prefecture, municipality)
    if code is not None or lon is None or lat is None:
        return code
    return code_at(places(), lon, lat)


def locate(
    address: str, *, postal_code: str | None = None, area: str | None = None, country: str = COUNTRY
) -> Located:
    """Return where an address lies, from the packaged data alone; level NONE when it cannot be told.

    `area` is prefecture and municipality when known apart from the address. Never raises on bad text.
    """
    if country != COUNTRY:
        return nowhere(address)
    return locate_one(gazetteer(), Address(address, postal_code, area))


def locate_many(addresses: Iterable[str | Address]) -> Iterator[Located]:
    """Yield where each address lies, in order, reading the input only as far as it is asked for."""
    wanted = (Address(item) if isinstance(item, str) else item for item in addresses)
    return locate_all(gazetteer(), wanted)


def locate_best(
    session: "Session",
    actor: "Actor",
    address: Address,
    *,
    settings: "Settings",
    now: "datetime",
) -> "BestLocated":
    """Return where one address lies, asking the online geocoder of the settings too, if there is one.

    May take seconds: for background jobs. Its answers are kept in the organisation's cache; its failures
    leave the offline answer, with the reason. Raises UnknownProvider when the settings are wrong.
    """
    from fieldcrm.geocoding import online, providers

    question = online.Question(
        f"{address.area or ''}{address.text}" if _needs_area(address) else address.text,
        locate_one(gazetteer(), address),
        now,
    )
    return online.better(session, actor, providers.online_geocoder(settings), question, places=places())


def _needs_area(address: Address) -> bool:
    """Return whether the text alone does not tell its prefecture."""
    return bool(address.area) and locate(address.text).prefecture is None


def reverse(lon: float, lat: float) -> Place | None:
    """Return the town nearest to a point, or None in the sea and abroad."""
    return places().nearest(lon, lat)


def prefecture_of_point(lon: float, lat: float) -> str | None:
    """Return the prefecture a point lies in, or None in the sea and abroad."""
    return places().prefectures([lon], [lat])[0]


def prefectures_of_points(lons: "ArrayLike", lats: "ArrayLike") -> list[str | None]:
    """Return `prefecture_of_point` of many at once."""
    return places().prefectures(lons, lats)


def agrees_with_prefecture(lon: float, lat: float, prefecture: str) -> bool:
    """Return whether a point may lie in the prefecture; within 3 km of a border either side will do."""
    return places().agree([lon], [lat], [prefecture])[0]


def agree_with_prefectures(
    lons: "ArrayLike", lats: "ArrayLike", prefectures: Sequence[str | None]
) -> list[bool]:
    """Return `agrees_with_prefecture` of many at once."""
    return places().agree(lons, lats, prefectures)


def decide_position(located: Located, file_lon: float | None, file_lat: float | None) -> PositionDecision:
    """Return the position to store for an address that came with coordinates (either may be None)."""
    return decide_positions([located], [(file_lon, file_lat)])[0]


def decide_positions(
    located: Sequence[Located], coordinates: Sequence[tuple[float | None, float | None]]
) -> list[PositionDecision]:
    """Return `decide_position` of many at once (some 50,000 a second); coordinates are (lon, lat)."""
    from fieldcrm.geocoding import positions

    return positions.decide_all(places(), located, coordinates)
