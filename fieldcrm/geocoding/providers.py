"""Online geocoders through geopy: which there are, how often each may be asked, what a failure means."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from geopy import exc, geocoders
from geopy.adapters import URLLibAdapter
from geopy.extra.rate_limiter import RateLimiter

from fieldcrm.config import Settings
from fieldcrm.geocoding import provider_levels as levels
from fieldcrm.geocoding.gsi import GSI
from fieldcrm.geocoding.rules import Level

_TIMEOUT_S = 8.0
_TRIES = 3
_LONGEST_WAIT_S = 10.0


@dataclass(frozen=True, slots=True)
class Provider:
    """One online geocoder: how it is made, asked and read, and what its terms ask of us.

    `cache_days` is how long an answer may be kept under the provider's terms.
    """

    make: Callable[..., Any]
    level: Callable[[Mapping[str, Any]], Level]
    per_second: float
    cache_days: int
    key_name: str | None = None
    needs_user_agent: bool = False
    ask: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider found; `matched` is the address in its own words."""

    lon: float
    lat: float
    level: Level
    matched: str


class ProviderFailed(Exception):
    """The provider gave no answer; `reason` is one of the codes below."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


REASONS = ("timed_out", "unavailable", "quota", "key_rejected", "bad_answer")

PROVIDERS: Mapping[str, Provider] = {
    "gsi": Provider(GSI, levels.gsi, per_second=1, cache_days=3650),
    "nominatim": Provider(
        geocoders.Nominatim,
        levels.nominatim,
        per_second=1,
        cache_days=3650,
        needs_user_agent=True,
        ask={"country_codes": "jp", "language": "ja"},
    ),
    "photon": Provider(geocoders.Photon, levels.photon, per_second=1, cache_days=3650),
    "google": Provider(
        geocoders.GoogleV3,
        levels.google,
        per_second=20,
        cache_days=30,
        key_name="api_key",
        ask={"region": "jp", "language": "ja"},
    ),
    "arcgis": Provider(
        geocoders.ArcGIS, levels.arcgis, per_second=5, cache_days=1, ask={"out_fields": ["Addr_type"]}
    ),
    "here": Provider(
        geocoders.HereV7,
        levels.here,
        per_second=5,
        cache_days=30,
        key_name="apikey",
        ask={"countries": ["JPN"], "language": "ja-JP"},
    ),
    "maptiler": Provider(
        geocoders.MapTiler,
        levels.place_types,
        per_second=5,
        cache_days=30,
        key_name="api_key",
        ask={"language": "ja"},
    ),
    "mapbox": Provider(
        geocoders.MapBox,
        levels.place_types,
        per_second=10,
        cache_days=1,
        key_name="api_key",
        ask={"country": "JP", "language": "ja"},
    ),
    "opencage": Provider(
        geocoders.OpenCage,
        levels.opencage,
        per_second=1,
        cache_days=3650,
        key_name="api_key",
        ask={"country": "jp", "language": "ja", "annotations": False},
    ),
    "azure": Provider(
        geocoders.AzureMaps,
        levels.point_address,
        per_second=10,
        cache_days=30,
        key_name="subscription_key",
        ask={"language": "ja-JP"},
    ),
    "tomtom": Provider(
        geocoders.TomTom,
        levels.point_address,
        per_second=5,
        cache_days=30,
        key_name="api_key",
        ask={"language": "ja-JP"},
    ),
}


class UnknownProvider(ValueError):
    """The settings name a geocoder that is not here, or leave out what it needs."""


class OnlineGeocoder:
    """A configured provider. Safe to share between threads; calls are spaced as its terms ask."""

    def __init__(
        self, name: str, provider: Provider, geocoder: Any, *, wait: Callable[[float], None] = time.sleep
    ) -> None:
        self.name = name
        self.cache_days = provider.cache_days
        self._provider = provider
        self._wait = wait
        self._paced = RateLimiter(
            geocoder.geocode,
            min_delay_seconds=1 / provider.per_second,
            max_retries=0,
            swallow_exceptions=False,
        )
        self._lock = threading.Lock()

    def ask(self, address: str) -> Answer | None:
        """Return what the provider finds, None when it finds nothing; raise ProviderFailed otherwise."""
        for attempt in range(_TRIES):
            try:
                # One at a time: the limiter spaces the calls' beginnings only.
                with self._lock:
                    found = self._paced(address, **self._provider.ask)
            except exc.GeopyError as error:
                if attempt == _TRIES - 1 or not self._may_retry(error, attempt):
                    raise ProviderFailed(_reason(error)) from error
            else:
                return self._read(found)
        raise AssertionError("the last attempt returns or raises")

    def _may_retry(self, error: exc.GeopyError, attempt: int) -> bool:
        if isinstance(error, exc.GeocoderRateLimited):
            wait_s = error.retry_after if error.retry_after is not None else _LONGEST_WAIT_S
        elif isinstance(error, (exc.GeocoderTimedOut, exc.GeocoderUnavailable)):
            wait_s = 2.0**attempt
        else:
            return False
        if wait_s > _LONGEST_WAIT_S:
            return False
        self._wait(wait_s)
        return True

    def _read(self, found: Any) -> Answer | None:
        if found is None:
            return None
        return Answer(found.longitude, found.latitude, self._provider.level(found.raw), found.address)


def _reason(error: exc.GeopyError) -> str:
    for kinds, reason in (
        (exc.GeocoderTimedOut, "timed_out"),
        ((exc.GeocoderQuotaExceeded, exc.GeocoderRateLimited), "quota"),
        ((exc.GeocoderAuthenticationFailure, exc.GeocoderInsufficientPrivileges), "key_rejected"),
        ((exc.GeocoderParseError, exc.GeocoderQueryError), "bad_answer"),
    ):
        if isinstance(error, kinds):
            return reason
    return "unavailable"


@lru_cache(maxsize=4)
def online_geocoder(settings: Settings) -> OnlineGeocoder | None:
    """Return the geocoder the settings choose, the same one each time; None for offline only."""
    if not settings.geocoder:
        return None
    provider = PROVIDERS.get(settings.geocoder)
    if provider is None:
        raise UnknownProvider(f"GEOCODER={settings.geocoder!r}: known are {', '.join(PROVIDERS)}")
    # The adapter on `requests` obeys any Retry-After by itself, be it an hour; ours decides how long to wait.
    options: dict[str, Any] = {"timeout": _TIMEOUT_S, "adapter_factory": URLLibAdapter}
    if provider.key_name:
        if not settings.geocoder_api_key:
            raise UnknownProvider(f"GEOCODER={settings.geocoder} needs GEOCODER_API_KEY")
        options[provider.key_name] = settings.geocoder_api_key
    if provider.needs_user_agent and not settings.geocoder_user_agent:
        raise UnknownProvider(f"GEOCODER={settings.geocoder} needs GEOCODER_USER_AGENT, its terms ask for it")
    if settings.geocoder_user_agent:
        options["user_agent"] = settings.geocoder_user_agent
    options |= _server(settings.geocoder_url)
    return OnlineGeocoder(settings.geocoder, provider, provider.make(**options))


def _server(url: str) -> dict[str, str]:
    """Return geopy's domain and scheme for a server of one's own, given with or without the scheme."""
    if not url:
        return {}
    parts = urlsplit(url if "://" in url else f"https://{url}")
    return {"domain": parts.netloc + parts.path.rstrip("/"), "scheme": parts.scheme}
