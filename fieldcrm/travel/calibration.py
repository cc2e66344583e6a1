"""An organisation's own factors: counted from its check-ins now and then, read for its plans."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, Final, cast

import numpy as np
from flask import Flask, current_app
from procrastinate.exceptions import AlreadyEnqueued
from sqlalchemy import FromClause, delete
from sqlalchemy.orm import Session

from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.jobs import queue
from fieldcrm.travel import rules
from fieldcrm.travel.calibrating import CheckIn, Way, factors_from, ratio, ways_of
from fieldcrm.travel.choosing import roads_for
from fieldcrm.travel.factors import FactorBand, Factors
from fieldcrm.travel.matrices import Source
from fieldcrm.travel.models import TravelFactor
from fieldcrm.travel.queries import last_measured, list_days, list_factors
from fieldcrm.travel.roads import Roads
from fieldcrm.travel.rules import Band

TASK: Final = "travel.calibrate"
LOOKED_BACK: Final = timedelta(days=180)
MEASURED_EVERY: Final = timedelta(days=7)
_CHECK_INS: Final = "travel_check_ins"


def use_check_ins(app: Flask, check_ins: FromClause) -> None:
    """Say where check-ins are found: their room lies above this one.

    (org_id, user_id, occurred_at, duration_min, lon, lat)
    """
    app.extensions[_CHECK_INS] = check_ins


def find_factors(session: Session, actor: Actor) -> Factors:
    """Return the organisation's own factors; none before it has checked in often enough."""
    rows = list_factors(session, actor)
    return Factors({(cast(Source, row.source), cast(FactorBand, row.band)): row.factor for row in rows})


def refresh_factors(session: Session, actor: Actor) -> bool:
    """Have the factors counted in the background if that was a week ago; return whether it was asked for."""
    measured_at = last_measured(session, actor)
    if measured_at is not None and measured_at > clock.now() - MEASURED_EVERY:
        return False
    try:
        with session.begin_nested():
            # Asked for inside: the savepoint is made when its connection is.
            connection: Any = session.connection().connection.driver_connection
            queue.configure_task(TASK, connection=connection, queueing_lock=f"{TASK}.{actor.org_id}").defer(
                org_id=actor.org_id, timezone=actor.timezone
            )
    except AlreadyEnqueued:
        return False
    return True


def calibrate(session: Session, actor: Actor) -> Factors:
    """Count the organisation's factors anew from its check-ins of half a year, by estimate and by engine."""
    check_ins: FromClause = current_app.extensions[_CHECK_INS]
    days = list_days(session, actor, check_ins, since=clock.now() - LOOKED_BACK)
    measured: list[tuple[Source, Iterable[tuple[Band, float]]]] = [
        ("estimate", _against_estimate(days, actor.timezone))
    ]
    roads = roads_for("car")
    if roads is not None:
        measured.append((roads.source, _against_roads(roads, days, actor.timezone)))
    session.execute(
        delete(TravelFactor)
        .where(TravelFactor.org_id == actor.org_id)
        .execution_options(synchronize_session=False)
    )
    now = clock.now()
    for source, ratios in measured:
        # Too few ways are a row as well: it says that they were counted.
        for band, (factor, ways) in {"all": (1.0, 0), **factors_from(ratios)}.items():
            session.add(
                TravelFactor(
                    org_id=actor.org_id, source=source, band=band, factor=factor, ways=ways, measured_at=now
                )
            )
    session.flush()
    return find_factors(session, actor)


def _against_estimate(days: Iterable[Sequence[CheckIn]], timezone: str) -> list[tuple[Band, float]]:
    ways = [way for day in days for way in ways_of(day, timezone)]
    # With its buffer, which is for what is not known: whoever knows better arrives half of the time earlier.
    buffered = (100 + rules.BUFFER_PERCENT) / 100
    told = [rules.moving_s(way.crow_m, mode="car", band=way.band) * buffered for way in ways]
    return _ratios(ways, told)


def _against_roads(
    roads: Roads, days: Iterable[Sequence[CheckIn]], timezone: str
) -> list[tuple[Band, float]]:
    found: list[tuple[Band, float]] = []
    for day in days:
        ways = list(ways_of(day, timezone))
        if not ways:
            continue
        places = list(dict.fromkeys(place for way in ways for place in (way.one, way.other)))
        told = roads.table(places).durations_s
        where = {place: index for index, place in enumerate(places)}
        moving = [float(told[where[way.one], where[way.other]]) for way in ways]
        found += _ratios(ways, np.nan_to_num(moving).tolist())
    return found


def _ratios(ways: Sequence[Way], moving_s: Sequence[float]) -> list[tuple[Band, float]]:
    pairs = ((way.band, ratio(way, moving)) for way, moving in zip(ways, moving_s, strict=True))
    return [(band, value) for band, value in pairs if value is not None]
