"""The offline answer bettered by an online provider where one is set; without it, or when it fails, kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from fieldcrm.core.actor import Actor
from fieldcrm.geocoding.folding import fold, normalise
from fieldcrm.geocoding.locator import LONGEST_ADDRESS
from fieldcrm.geocoding.models import GeocodeCache
from fieldcrm.geocoding.places import Places
from fieldcrm.geocoding.providers import Answer, OnlineGeocoder, ProviderFailed
from fieldcrm.geocoding.queries import find_answer, keep_answer
from fieldcrm.geocoding.rules import Level, Located


@dataclass(frozen=True, slots=True)
class BestLocated:
    """The best answer there is. `source` is "gazetteer", "provider:<name>" or None when there is no point.

    `problem` says why an online provider was not used: not_found, outside_prefecture, not_better, or the
    reason of its failure (timed_out, unavailable, quota, key_rejected, bad_answer).
    """

    located: Located
    source: str | None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """An address and what is known of it offline."""

    address: str
    offline: Located
    now: datetime


def better(
    session: Session, actor: Actor, geocoder: OnlineGeocoder | None, question: Question, *, places: Places
) -> BestLocated:
    """Return the provider's answer if it is finer and in the address's prefecture, else the offline one."""
    offline = question.offline
    source = "gazetteer" if offline.has_point else None
    if geocoder is None:
        return BestLocated(offline, source)
    try:
        answer = _answer(session, actor, geocoder, question)
    except ProviderFailed as failure:
        return BestLocated(offline, source, failure.reason)
    if answer is None:
        return BestLocated(offline, source, "not_found")
    if offline.prefecture and not places.agree([answer.lon], [answer.lat], [offline.prefecture])[0]:
        return BestLocated(offline, source, "outside_prefecture")
    if answer.level <= offline.level:
        return BestLocated(offline, source, "not_better")
    return BestLocated(_merged(offline, answer, places), f"provider:{geocoder.name}")


def _answer(session: Session, actor: Actor, geocoder: OnlineGeocoder, question: Question) -> Answer | None:
    address = normalise(question.address[:LONGEST_ADDRESS])
    key = fold(address)
    not_before = question.now - timedelta(days=geocoder.cache_days)
    kept = find_answer(session, actor, provider=geocoder.name, address_key=key, not_before=not_before)
    if kept is not None:
        if kept.lon is None or kept.lat is None:
            return None
        return Answer(kept.lon, kept.lat, Level(kept.precision), kept.matched)
    answer = geocoder.ask(address)
    keep_answer(
        session,
        GeocodeCache(
            org_id=actor.org_id,
            provider=geocoder.name,
            address_key=key,
            lon=answer.lon if answer else None,
            lat=answer.lat if answer else None,
            precision=int(answer.level) if answer else 0,
            matched=answer.matched if answer else "",
            asked_at=question.now,
        ),
    )
    return answer


def _merged(offline: Located, answer: Answer, places: Places) -> Located:
    placed = replace(
        offline, lon=answer.lon, lat=answer.lat, level=answer.level, matched=answer.matched or offline.matched
    )
    if offline.prefecture is not None:
        return placed
    nearest = places.nearest(answer.lon, answer.lat)
    if nearest is None:
        return placed
    return replace(
        placed,
        prefecture=nearest.prefecture,
        municipality=nearest.municipality,
        municipality_code=nearest.municipality_code,
    )
