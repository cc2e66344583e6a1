"""Pure decisions of sync: what a phone's clock is worth, which operations depend on which."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

CREATING: Final = frozenset(
    {
        "account.create",
        "contact.create",
        "task.create",
        "appointment.create",
        "activity.log",
        "attachment.add",
    }
)
"""Operations that make a thing which later ones may be about."""
TOLERATED: Final = timedelta(seconds=60)
"""What the way and honest clocks make up: smaller differences are left alone."""
KEPT: Final = timedelta(days=400)
"""How long receipts are kept, and how far back an operation can have been recorded."""

_REFERENCES: Final = ("account_id", "activity_id", "contact_ids")


def skew(now: datetime, sent_at: datetime) -> timedelta:
    """Return what to add to a phone's times, from its clock at the moment of sending."""
    difference = now - sent_at
    return difference if abs(difference) > TOLERATED else timedelta(0)


def true_moment(told: datetime, by: timedelta, *, now: datetime) -> datetime:
    """Return when something was recorded, by our clock: never in the future nor before living memory."""
    return min(max(shifted(told, by), now - KEPT), now)


def occurred(told: datetime, *, recorded_at: datetime, by: timedelta, now: datetime) -> datetime:
    """Return when a visit was, by our clock.

    One recorded after now was recorded by a clock that was ahead and has been put right since: the visit
    is brought back by as much. A visit after its own recording is left as told, to be refused.
    """
    moment, ahead = shifted(told, by), shifted(recorded_at, by) - now
    return shifted(moment, -ahead) if ahead > timedelta(0) and moment > now else moment


def shifted(told: datetime, by: timedelta) -> datetime:
    """Return ``told`` moved; at the ends of the calendar as it is."""
    try:
        return told + by
    except OverflowError:
        return told


def mentioned(entity_id: object, account_id: object, body: Mapping[str, Any]) -> set[str]:
    """Return the ids of everything an operation is about."""
    found = {str(entity_id), str(account_id)}
    for name in _REFERENCES:
        value = body.get(name)
        found |= {str(each) for each in value} if isinstance(value, list) else {str(value)}
    return found - {str(None)}


def is_id_of(value: object, known: uuid.UUID) -> bool:
    """Return whether a body's id, as sent, is the operation's own."""
    return str(value).lower() == str(known)


def fingerprint(sent: Mapping[str, Any]) -> str:
    """Return what makes two operations the same: what is to be done to what, and when it was recorded.

    The device is left out (an exported outbox is sent from another one), and so is what a phone may
    learn between two tries (the base version, the account's id after a merge).
    """
    said = [sent.get(name) for name in ("type", "entity_id", "recorded_at", "body")]
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
