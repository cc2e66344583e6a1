"""The address search of the Geospatial Information Authority of Japan, as a geocoder of geopy's kind."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode

from geopy.exc import GeocoderParseError
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location

AdapterFactory = Callable[..., Any]


class GSI(Geocoder):  # type: ignore[misc]  # geopy ships no types
    """Japanese addresses down to the house number; free, without a key, meant for modest use.

    Documentation: https://maps.gsi.go.jp/development/ (住所検索).
    """

    geocode_path = "/address-search/AddressSearch"

    def __init__(
        self,
        *,
        domain: str = "msearch.gsi.go.jp",
        scheme: str | None = None,
        timeout: float | object = DEFAULT_SENTINEL,
        proxies: object = DEFAULT_SENTINEL,
        user_agent: str | None = None,
        ssl_context: object = DEFAULT_SENTINEL,
        adapter_factory: AdapterFactory | None = None,
    ) -> None:
        super().__init__(
            scheme=scheme,
            timeout=timeout,
            proxies=proxies,
            user_agent=user_agent,
            ssl_context=ssl_context,
            adapter_factory=adapter_factory,
        )
        self.api = f"{self.scheme}://{domain.strip('/')}{self.geocode_path}"

    def geocode(
        self, query: str, *, exactly_one: bool = True, timeout: float | object = DEFAULT_SENTINEL
    ) -> Any:
        """Return the Location of an address (or all of them), None when there is none."""
        url = f"{self.api}?{urlencode({'q': query})}"
        return self._call_geocoder(url, partial(self._parse, exactly_one=exactly_one), timeout=timeout)

    def _parse(self, features: Any, *, exactly_one: bool) -> Any:
        if not isinstance(features, list):
            raise GeocoderParseError("expected a list of features")
        try:
            found = [self._location(feature) for feature in features]
        except (KeyError, TypeError, ValueError) as error:
            raise GeocoderParseError(f"not a feature: {error}") from error
        if not found:
            return None
        return found[0] if exactly_one else found

    def _location(self, feature: Any) -> Location:
        lon, lat = (float(value) for value in feature["geometry"]["coordinates"][:2])
        return Location(str(feature["properties"]["title"]), (lat, lon), feature)
