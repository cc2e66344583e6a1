"""How precise each online provider says its answer is, in our levels: pure reading of its raw answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fieldcrm.geocoding.rules import Level

Raw = Mapping[str, Any]

_GOOGLE = {"ROOFTOP": Level.EXACT, "RANGE_INTERPOLATED": Level.BLOCK, "GEOMETRIC_CENTER": Level.TOWN}
_HERE = {
    "houseNumber": Level.EXACT,
    "addressBlock": Level.BLOCK,
    "intersection": Level.BLOCK,
    "street": Level.TOWN,
    "place": Level.EXACT,
    "locality": Level.MUNICIPALITY,
}
_ARCGIS = {
    "PointAddress": Level.EXACT,
    "Subaddress": Level.EXACT,
    "StreetAddress": Level.BLOCK,
    "StreetAddressExt": Level.BLOCK,
    "StreetName": Level.TOWN,
    "Postal": Level.POSTAL,
    "PostalExt": Level.POSTAL,
}
_NOMINATIM = {
    "house_number": Level.EXACT,
    "building": Level.EXACT,
    "amenity": Level.EXACT,
    "shop": Level.EXACT,
    "office": Level.EXACT,
    "block": Level.BLOCK,
    "road": Level.TOWN,
    "neighbourhood": Level.TOWN,
    "quarter": Level.TOWN,
    "suburb": Level.TOWN,
    "hamlet": Level.TOWN,
    "village": Level.MUNICIPALITY,
    "postcode": Level.POSTAL,
}
_MAPBOX = {
    "address": Level.EXACT,
    "poi": Level.EXACT,
    "block": Level.BLOCK,
    "street": Level.TOWN,
    "neighborhood": Level.TOWN,
    "neighbourhood": Level.TOWN,
    "locality": Level.TOWN,
    "postcode": Level.POSTAL,
    "postal_code": Level.POSTAL,
}
_POINT_ADDRESS = {
    "Point Address": Level.EXACT,
    "Address Range": Level.BLOCK,
    "POI": Level.EXACT,
    "Street": Level.TOWN,
    "Cross Street": Level.BLOCK,
}
_HOUSE = re.compile(r"\d+番(?:地)?\d*号?$|\d+-\d+$")
_HOUSE_FULL = re.compile(r"\d+番\d+号?$|\d+-\d+-\d+$|番地の?\d+$")
_TOWN = re.compile(r"丁目$|[町字]\S*$")


def google(raw: Raw) -> Level:
    """Read Google's location type."""
    return _GOOGLE.get(raw.get("geometry", {}).get("location_type", ""), Level.MUNICIPALITY)


def here(raw: Raw) -> Level:
    """Read HERE's result type."""
    return _HERE.get(raw.get("resultType", ""), Level.MUNICIPALITY)


def arcgis(raw: Raw) -> Level:
    """Read ArcGIS's address type."""
    return _ARCGIS.get(raw.get("attributes", {}).get("Addr_type", ""), Level.MUNICIPALITY)


def nominatim(raw: Raw) -> Level:
    """Read OpenStreetMap's kind of place."""
    kind = raw.get("addresstype") or raw.get("type", "")
    return _NOMINATIM.get(kind, Level.MUNICIPALITY)


def photon(raw: Raw) -> Level:
    """Read Photon's kind of place, by OpenStreetMap too."""
    properties = raw.get("properties", {})
    if properties.get("housenumber"):
        return Level.EXACT
    return Level.TOWN if properties.get("type") in ("street", "district", "locality") else Level.MUNICIPALITY


def place_types(raw: Raw) -> Level:
    """Read MapTiler's and Mapbox's answer: the finest of its place types."""
    levels = [_MAPBOX.get(kind, Level.MUNICIPALITY) for kind in raw.get("place_type", [])]
    return max(levels, default=Level.MUNICIPALITY)


def opencage(raw: Raw) -> Level:
    """Read OpenCage's finest component."""
    return _NOMINATIM.get(raw.get("components", {}).get("_type", ""), Level.MUNICIPALITY)


def point_address(raw: Raw) -> Level:
    """Read Azure Maps' and TomTom's answer."""
    return _POINT_ADDRESS.get(raw.get("type", ""), Level.MUNICIPALITY)


def gsi(raw: Raw) -> Level:
    """Read how far the title goes: ...7番1号, ...7番, ...一丁目, or less."""
    title = str(raw.get("properties", {}).get("title", ""))
    if _HOUSE_FULL.search(title):
        return Level.EXACT
    if _HOUSE.search(title):
        return Level.BLOCK
    return Level.TOWN if _TOWN.search(title) else Level.MUNICIPALITY
