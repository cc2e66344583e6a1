"""Two accounts that are the same customer become one: the survivor takes over what hangs on the other."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from fieldcrm.accounts import queries
from fieldcrm.accounts.models import Account, Contact
from fieldcrm.accounts.reappearing import SEEN_BY, reappear
from fieldcrm.accounts.service import derive
from fieldcrm.accounts.signals import accounts_merged
from fieldcrm.core import audit, clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from fieldcrm.core.restamp import rehang

_FILLED: Final = (
    ("name_kana",), ("external_id",), ("email",), ("web",), ("rank",), ("cadence_days",), ("opening_hours",),
    ("notes",), ("win_prob", "win_prob_by", "win_prob_at"), ("owner_id", "team_id"),
    ("postal_code", "prefecture", "municipality", "address", "building"),
)  # fmt: skip
"""What is taken over where the survivor has nothing; what belongs together goes together or not at all."""
_PLACE: Final = (
    "lon", "lat", "geom_3857", "qk", "precision", "geo_source", "geo_at", "geo_flags", "geo_matched"
)  # fmt: skip
_EMPTY: Final[tuple[Any, ...]] = (None, "", {})
_MAX_PHONES: Final = 10


def merge_accounts(session: Session, actor: Actor, account_id: uuid.UUID, *, into_id: uuid.UUID) -> Account:
    """Merge an account into another and return that one.

    Contacts, activities, tasks, attachments and conflicts move; what the survivor lacks is filled in,
    tags, telephones and custom fields are united. The other is deleted and points to the survivor.
    """
    if account_id == into_id:
        raise Conflict("same_account")
    loser, survivor = _lock_both(session, actor, account_id, into_id)
    before = {name: getattr(survivor, name) for name in SEEN_BY}
    taken = _what_survivor_lacks(loser, survivor)
    loser.deleted_at, loser.merged_into_id = clock.now(), survivor.id
    loser.external_id = None
    session.flush()  # the number is free before the survivor takes it
    for name, value in taken.items():
        setattr(survivor, name, value)
    rehang(session, actor, Contact, from_id=loser.id, to_id=survivor.id)
    accounts_merged.send(session, actor=actor, loser_id=loser.id, survivor_id=survivor.id)
    derive(session, actor, survivor)
    session.flush()
    if any(getattr(survivor, name) != value for name, value in before.items()):
        reappear(session, actor, [survivor.id])
    _tell(session, loser.id, {"merged_into": (None, survivor.name)})
    _tell(session, survivor.id, {"merged_from": (None, loser.name)})
    return survivor


def _lock_both(
    session: Session, actor: Actor, account_id: uuid.UUID, into_id: uuid.UUID
) -> tuple[Account, Account]:
    # In the order of their ids: two merges at once never wait for each other in a ring.
    found = {
        each: queries.find_for_change(session, actor, each, policy="accounts.merge")
        for each in sorted((account_id, into_id))
    }
    loser, survivor = found[account_id], found[into_id]
    if loser is None:
        raise NotFound()
    if loser.account.merged_into_id is not None:
        raise Conflict("already_merged")
    if loser.account.deleted_at is not None:
        raise NotFound()
    if survivor is None or survivor.account.deleted_at is not None:
        raise Invalid(FieldError("into_id", "unknown_reference"))
    if not (loser.is_reached and survivor.is_reached):
        raise Forbidden()
    return loser.account, survivor.account


def _what_survivor_lacks(loser: Account, survivor: Account) -> dict[str, Any]:
    taken: dict[str, Any] = {}
    for names in _FILLED:
        if all(getattr(survivor, name) in _EMPTY for name in names):
            taken |= {name: getattr(loser, name) for name in names}
    if survivor.lon is None and loser.lon is not None:
        taken |= {name: getattr(loser, name) for name in _PLACE}
    taken["tags"] = list(dict.fromkeys([*survivor.tags, *loser.tags]))
    numbers = {phone["number"]: phone for phone in [*loser.phones, *survivor.phones]}
    own = [phone["number"] for phone in survivor.phones]
    order = [*own, *(number for number in numbers if number not in own)]
    taken["phones"] = [numbers[number] for number in order][:_MAX_PHONES]
    taken["custom"] = {**loser.custom, **survivor.custom}
    taken |= _latest_contact(loser, survivor)
    return {name: value for name, value in taken.items() if value != getattr(survivor, name)}


def _latest_contact(loser: Account, survivor: Account) -> dict[str, Any]:
    latest: dict[str, Any] = {}
    if _is_later(loser.last_contact_at, survivor.last_contact_at):
        latest["last_contact_at"] = loser.last_contact_at
    if _is_later(loser.last_visit_at, survivor.last_visit_at):
        latest |= {"last_visit_at": loser.last_visit_at, "last_outcome": loser.last_outcome}
    return latest


def _is_later(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and (other is None or one > other)


def _tell(session: Session, account_id: uuid.UUID, changes: audit.Changes) -> None:
    audit.record(session, action="merge", entity=Account.__tablename__, entity_id=account_id, changes=changes)
