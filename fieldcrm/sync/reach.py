"""Where a phone stands: the organisation's change clock, and the mark of what its person may see."""

from __future__ import annotations

import hashlib

from sqlalchemy import text
from sqlalchemy.orm import Session

from fieldcrm.core.actor import Actor
from fieldcrm.identity.policy import scope_of


def read_clock(session: Session, actor: Actor) -> int:
    """Return the organisation's change clock."""
    found = session.scalar(
        text("select change_seq from organisations where org_id = :org_id"), {"org_id": actor.org_id}
    )
    return int(found or 0)


def reach_of(actor: Actor) -> str:
    """Return the mark of what ``actor`` may see: another role or team, another mark."""
    scope = scope_of(actor, "accounts.read")
    seen = ",".join([str(actor.user_id), actor.role, scope, *sorted(map(str, actor.team_ids))])
    return hashlib.sha256(seen.encode()).hexdigest()[:16]
