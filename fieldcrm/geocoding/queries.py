"""Reads and keeps the answers of online geocoders."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from fieldcrm.core.actor import Actor
from fieldcrm.core.ids import new_id
from fieldcrm.geocoding.models import GeocodeCache


def find_answer(
    session: Session, actor: Actor, *, provider: str, address_key: str, not_before: datetime
) -> GeocodeCache | None:
    """Return the kept answer that is not older than the provider's terms allow."""
    return session.scalars(
        select(GeocodeCache).where(
            GeocodeCache.org_id == actor.org_id,
            GeocodeCache.provider == provider,
            GeocodeCache.address_key == address_key,
            GeocodeCache.asked_at >= not_before,
        )
    ).one_or_none()


def keep_answer(session: Session, row: GeocodeCache) -> None:
    """Store an answer, or put it in the place of the one before."""
    values = {
        "org_id": row.org_id,
        "id": new_id(),
        "provider": row.provider,
        "address_key": row.address_key,
        "lon": row.lon,
        "lat": row.lat,
        "precision": row.precision,
        "matched": row.matched,
        "asked_at": row.asked_at,
    }
    statement = insert(GeocodeCache).values(values)
    fresh = {name: statement.excluded[name] for name in ("lon", "lat", "precision", "matched", "asked_at")}
    session.execute(
        statement.on_conflict_do_update(index_elements=["org_id", "provider", "address_key"], set_=fresh)
    )
