"""URLs of geocoding: an address to a point, a point to an address; both from the packaged data."""

from __future__ import annotations

from apiflask import APIBlueprint
from pydantic import Field

from fieldcrm.core.actor import Actor
from fieldcrm.core.description import details
from fieldcrm.core.endpoint import endpoint
from fieldcrm.core.errors import NotFound
from fieldcrm.core.wire import Wire
from fieldcrm.geocoding import service

bp = APIBlueprint("geocoding", __name__, url_prefix="/api/geocode")


class AddressQuery(Wire):
    """An address, and its postal code if it is known apart."""

    q: str = Field(min_length=1, max_length=400)
    postal_code: str | None = Field(None, max_length=20)


class PointQuery(Wire):
    """A point."""

    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)


class LocatedAnswer(Wire):
    """Where an address lies; lon and lat are null when that cannot be told."""

    lon: float | None
    lat: float | None
    level: str
    matched: str
    prefecture: str | None
    municipality: str | None
    municipality_code: str | None
    rest: str


class PlaceAnswer(Wire):
    """The town nearest to a point."""

    address: str
    prefecture: str
    municipality: str
    municipality_code: str | None
    town: str
    distance_m: float


@bp.get("")
@endpoint("geocoding.read", query=AddressQuery, answer=LocatedAnswer)
def geocode(*, actor: Actor, query: AddressQuery) -> LocatedAnswer:  # noqa: ARG001 - every view is given it
    """Place an address."""
    located = service.locate(query.q, postal_code=query.postal_code)
    return LocatedAnswer(
        lon=located.lon,
        lat=located.lat,
        level=located.level.wire,
        matched=located.matched,
        prefecture=located.prefecture,
        municipality=located.municipality,
        municipality_code=located.municipality_code,
        rest=located.rest,
    )


@bp.get("/reverse")
@endpoint("geocoding.read", query=PointQuery, answer=PlaceAnswer)
@details(problems=(404,))
def reverse(*, actor: Actor, query: PointQuery) -> PlaceAnswer:  # noqa: ARG001 - every view is given it
    """Name the town at a point; 404 in the sea and abroad."""
    place = service.reverse(query.lon, query.lat)
    if place is None:
        raise NotFound()
    return PlaceAnswer.model_validate(place)
