"""Use cases of accounts: create, change, move, delete, restore. The room's public face.

Services never commit. An account that the actor may not see is NotFound; one that they see but may
not change is Forbidden.
"""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from fieldcrm.accounts import handing_over, position, queries, rules
from fieldcrm.accounts.bulk import accounts_have_come, bulk_create, bulk_update, derived
from fieldcrm.accounts.catalogue import Catalogue, catalogue_of
from fieldcrm.accounts.contact_state import (
    Contacted,
    apply_activity,
    lock_contacted,
    refresh_due,
    set_last_contact,
    set_next_action,
)
from fieldcrm.accounts.folding import sort_key
from fieldcrm.accounts.intake import Checked, check_fields
from fieldcrm.accounts.models import Account
from fieldcrm.accounts.online import ask_later
from fieldcrm.accounts.queries import contact_ids_of, contact_ids_of_many, lock_accounts
from fieldcrm.accounts.reappearing import SEEN_BY, reappear
from fieldcrm.accounts.replay import demand_fresh, is_same_creation
from fieldcrm.accounts.schemas import AccountChange, AccountDraft, PositionIn
from fieldcrm.accounts.serialise import account_json
from fieldcrm.accounts.settings import seed_defaults
from fieldcrm.accounts.visibility import is_in_reach, scope_filter
from fieldcrm.core import clock
from fieldcrm.core.actor import Actor, Role
from fieldcrm.core.db import advance_clock
from fieldcrm.core.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from fieldcrm.core.ids import new_id

__all__ = [
    "Catalogue",
    "Checked",
    "Contacted",
    "accounts_have_come",
    "apply_activity",
    "ask_later",
    "bulk_create",
    "bulk_update",
    "catalogue_of",
    "check_fields",
    "contact_ids_of",
    "contact_ids_of_many",
    "create_account",
    "delete_account",
    "demand_fresh",
    "derived",
    "get_account",
    "handing_over",
    "is_in_reach",
    "is_same_creation",
    "lock_accounts",
    "lock_contacted",
    "move_account",
    "refresh_due",
    "restore_account",
    "scope_filter",
    "seed_defaults",
    "set_last_contact",
    "set_next_action",
    "update_account",
]


def create_account(session: Session, actor: Actor, draft: AccountDraft) -> Account:
    """Create an account and place it by its address, or by the point that came with it.

    Creating again with the same id and the same content returns what is stored; with other content
    it raises Conflict.
    """
    checked = _demand(check_fields(draft, catalogue_of(session, actor), is_new=True))
    _own_by_default(actor, draft, checked)
    account_id = draft.id or new_id()
    if draft.id is not None:
        if stored := _stored_creation(session, actor, account_id, checked):
            return stored
        # From here on one writer of the organisation at a time: a double sent twice at once waits.
        advance_clock(session)
        if stored := _stored_creation(session, actor, account_id, checked):
            return stored
    _demand_free_external_id(session, actor, account_id, checked.get("external_id"))
    moment = clock.now()
    columns = {**checked, "id": account_id}
    columns.update(_first_position(draft, checked))
    account = Account(org_id=actor.org_id, created_at=moment, **columns)
    if account.win_prob is not None:
        account.win_prob_by, account.win_prob_at = actor.user_id, actor.acted_at
    derive(session, actor, account)
    session.add(account)
    session.flush()
    ask_later(session, actor, [account.id])
    return account


def get_account(
    session: Session, actor: Actor, account_id: uuid.UUID, *, with_deleted: bool = False
) -> Account:
    """Return an account that ``actor`` may see, or raise NotFound."""
    account = queries.find_account(session, actor, account_id)
    if account is None or (account.deleted_at is not None and not with_deleted):
        raise NotFound()
    return account


def update_account(session: Session, actor: Actor, account_id: uuid.UUID, change: AccountChange) -> Account:
    """Change the fields that are present.

    With a ``base_version`` older than the stored one, fields that nobody touched since are merged;
    a field that someone else changed meanwhile raises StaleVersion with the current account.
    """
    account = _locked(session, actor, account_id, policy="accounts.update")
    checked = _demand(check_fields(change, catalogue_of(session, actor)))
    demand_fresh(session, account, change.base_version, names=checked, current=lambda: account_json(account))
    if "external_id" in checked:
        _demand_free_external_id(session, actor, account_id, checked["external_id"])
    if "custom" in checked:
        merged = {**account.custom, **checked["custom"]}
        checked["custom"] = {key: value for key, value in merged.items() if value is not None}
    before = {name: getattr(account, name) for name in checked}
    for name, value in checked.items():
        if before[name] != value:
            setattr(account, name, value)
    if checked.get("win_prob", account.win_prob) != before.get("win_prob", account.win_prob):
        account.win_prob_by, account.win_prob_at = actor.user_id, actor.acted_at
    if any(before[name] != checked[name] for name in rules.ADDRESS_FIELDS & checked.keys()):
        given = {name: checked[name] for name in ("prefecture", "municipality") if checked.get(name)}
        if not given and "address" in checked:
            account.prefecture = account.municipality = None
        position.refresh(account, at=clock.now())
        for name, value in given.items():
            setattr(account, name, value)
        ask_later(session, actor, [account_id])
    derive(session, actor, account)
    session.flush()
    if any(before.get(name) != checked.get(name) for name in SEEN_BY):
        reappear(session, actor, [account_id])
    return account


def move_account(session: Session, actor: Actor, account_id: uuid.UUID, place: PositionIn) -> Account:
    """Put the pin where a person says it is; no later geocode moves it."""
    account = _locked(session, actor, account_id, policy="accounts.update")
    demand_fresh(
        session,
        account,
        place.base_version,
        names=("lon", "lat"),
        current=lambda: account_json(account),
    )
    columns = position.from_person(
        place.lon, place.lat, source=place.source, at=clock.now(), prefecture=account.prefecture
    )
    for name, value in columns.items():
        setattr(account, name, value)
    _set_municipality(account)
    session.flush()
    return account


def delete_account(session: Session, actor: Actor, account_id: uuid.UUID) -> Account:
    """Delete softly: the account leaves every list and phone, and can be restored."""
    account = _locked(session, actor, account_id, policy="accounts.delete", with_deleted=True)
    if account.deleted_at is None:
        account.deleted_at = clock.now()
        session.flush()
    return account


def restore_account(session: Session, actor: Actor, account_id: uuid.UUID) -> Account:
    """Bring a deleted account back."""
    account = _locked(session, actor, account_id, policy="accounts.update", with_deleted=True)
    if account.merged_into_id is not None:
        raise Conflict("already_merged")
    if account.deleted_at is not None:
        account.deleted_at = None
        catalogue = catalogue_of(session, actor)
        if account.rank is not None:
            account.rank = catalogue.former_ranks.get(account.rank, account.rank)
        if account.team_id is not None and account.team_id not in catalogue.teams:
            # Dissolved meanwhile: nobody would see it.
            account.team_id = catalogue.team_of_owner.get(account.owner_id) if account.owner_id else None
        session.flush()
        reappear(session, actor, [account_id])
    return account


def derive(session: Session, actor: Actor, account: Account) -> None:
    """Set the columns that follow from others: search, order, municipality, due day."""
    names = queries.contact_names(session, actor, account.id) if account.version else ()
    values = {name: getattr(account, name) for name in queries.SEARCHED}
    account.search_text = rules.search_text(values, names)
    account.sort_key = sort_key(account.name, account.name_kana)
    _set_municipality(account)
    refresh_due(account, timezone=actor.timezone)


def _set_municipality(account: Account) -> None:
    named = ("prefecture", "municipality", "lon", "lat")
    account.municipality_code = position.municipality_code({name: getattr(account, name) for name in named})


def _own_by_default(actor: Actor, draft: AccountDraft, columns: dict[str, Any]) -> None:
    """What a rep enters without saying whose it is, is theirs."""
    if actor.role is Role.REP and not {"owner_id", "team_id"} & draft.model_fields_set:
        columns["owner_id"] = actor.user_id
        columns["team_id"] = min(actor.team_ids, default=None)


def _first_position(draft: AccountDraft, checked: dict[str, Any]) -> dict[str, Any]:
    moment = clock.now()
    if draft.lon is None or draft.lat is None:
        if not (checked.get("address") or checked.get("postal_code")):
            return position.stored(None, None, precision=0, source=None, at=moment)
        columns = position.from_address(checked, at=moment)
    elif draft.geo_source == "file":
        columns = position.from_address(checked, at=moment, file_lon=draft.lon, file_lat=draft.lat)
    else:
        return position.from_person(
            draft.lon,
            draft.lat,
            source=draft.geo_source or "drag",
            at=moment,
            prefecture=checked.get("prefecture"),
        )
    for name in ("prefecture", "municipality"):
        if checked.get(name):
            columns.pop(name, None)
    return columns


def _demand(checked: Checked) -> dict[str, Any]:
    if checked.errors:
        raise Invalid(*checked.errors)
    return checked.columns


def _locked(
    session: Session,
    actor: Actor,
    account_id: uuid.UUID,
    *,
    policy: str,
    with_deleted: bool = False,
) -> Account:
    """Return the account locked until commit, so that two changes at once follow one another."""
    found = queries.find_for_change(session, actor, account_id, policy=policy)
    if found is None or (found.account.deleted_at is not None and not with_deleted):
        raise NotFound()
    if not found.is_reached:
        raise Forbidden()
    return found.account


def _demand_free_external_id(
    session: Session, actor: Actor, account_id: uuid.UUID, external_id: str | None
) -> None:
    if external_id is None:
        return
    holder = queries.find_by_external_id(session, actor, external_id)
    if holder is not None and holder != account_id:
        raise Invalid(FieldError("external_id", "already_taken"))


def _stored_creation(
    session: Session, actor: Actor, account_id: uuid.UUID, columns: dict[str, Any]
) -> Account | None:
    present = queries.find_any_account(session, actor, account_id)
    if present is None:
        return None
    if present.created_by == actor.user_id and is_same_creation(session, present, columns):
        return present
    raise Conflict("id_taken")
