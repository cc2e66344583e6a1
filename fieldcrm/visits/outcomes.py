"""Outcomes: how a contact ended, as the administrator names them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldcrm.core.actor import Actor
from fieldcrm.core.errors import Conflict, FieldError, Invalid, NotFound
from fieldcrm.identity.signals import organisation_created
from fieldcrm.visits.models import ActivityOutcome

DEFAULT_OUTCOMES: Final = (
    (1, "met", "面談", "Met"),
    (2, "absent", "不在", "Absent"),
    (3, "reception", "受付のみ", "Reception only"),
    (4, "material", "資料渡し", "Left material"),
    (5, "order", "受注", "Order"),
    (6, "complaint", "クレーム", "Complaint"),
)
MAX_OUTCOMES: Final = 30


@organisation_created.connect
def _seed(session: Session, *, actor: Actor) -> None:
    seed_defaults(session, actor)


def seed_defaults(session: Session, actor: Actor) -> None:
    """Give a new organisation the outcomes most start with; does nothing where there are any."""
    if list_outcomes(session, actor):
        return
    for position, (no, code, name_ja, name_en) in enumerate(DEFAULT_OUTCOMES):
        outcome = ActivityOutcome(
            org_id=actor.org_id, no=no, code=code, name_ja=name_ja, name_en=name_en, position=position
        )
        session.add(outcome)
    session.flush()


def list_outcomes(session: Session, actor: Actor) -> Sequence[ActivityOutcome]:
    """Return all outcomes, those no longer chosen too, in the organisation's order."""
    query = select(ActivityOutcome).where(
        ActivityOutcome.org_id == actor.org_id, ActivityOutcome.deleted_at.is_(None)
    )
    return session.scalars(query.order_by(ActivityOutcome.position, ActivityOutcome.no)).all()


def create_outcome(session: Session, actor: Actor, values: dict[str, Any]) -> ActivityOutcome:
    """Add an outcome under the next free number."""
    present = list_outcomes(session, actor)
    if len(present) >= MAX_OUTCOMES:
        raise Conflict("too_many", max=MAX_OUTCOMES)
    if any(outcome.code == values["code"] for outcome in present):
        raise Invalid(FieldError("code", "already_taken"))
    no = max((outcome.no for outcome in present), default=0) + 1
    position = max((outcome.position for outcome in present), default=-1) + 1
    outcome = ActivityOutcome(org_id=actor.org_id, no=no, **{"position": position, **values})
    session.add(outcome)
    session.flush()
    return outcome


def update_outcome(session: Session, actor: Actor, no: int, values: dict[str, Any]) -> ActivityOutcome:
    """Change an outcome; the last one in use stays in use."""
    present = list_outcomes(session, actor)
    outcome = next((found for found in present if found.no == no), None)
    if outcome is None:
        raise NotFound()
    if values.get("is_active") is False and not any(o.is_active for o in present if o.no != no):
        raise Conflict("last_outcome")
    for name, value in values.items():
        setattr(outcome, name, value)
    session.flush()
    return outcome
