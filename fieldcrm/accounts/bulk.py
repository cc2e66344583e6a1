"""Writing accounts by the thousand: what imports and generated data use.

The same rows as one by one, with history and search, at some ten thousand a second.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import Any, Final, cast

from sqlalchemy import Table, select, text
from sqlalchemy.orm import Session

from fieldcrm.accounts import position, queries, rules
from fieldcrm.accounts.folding import sort_key
from fieldcrm.accounts.models import Account
from fieldcrm.accounts.reappearing import SEEN_BY, reappear
from fieldcrm.core import audit, bulk, clock, geo
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import advance_clock
from fieldcrm.core.ids import new_id
from fieldcrm.core.jobs import defer_by_name

TABLE: Final = cast("Table", Account.__table__)
COLUMNS: Final = tuple(column.name for column in TABLE.columns)
_VALUES: Final = itemgetter(*COLUMNS)
_DEFAULTS: Final[Mapping[str, Any]] = dict.fromkeys(COLUMNS) | {
    "kind": "company", "phones": [], "status": 1, "tags": [], "custom": {}, "precision": 0, "geo_flags": []
}  # fmt: skip
_KEPT: Final = frozenset({"org_id", "id", "created_at", "created_by"})
_UNAUDITED: Final = frozenset(
    {"org_id", "id", "change_seq", "created_at", "created_by", "updated_at"}
    | {"sort_key"} | Account.__audit_hidden__
)  # fmt: skip
_AUDITED: Final = tuple(name for name in COLUMNS if name not in _UNAUDITED)
_EMPTY: Final[tuple[object, ...]] = (None, [], {})
GEOCODE_TASK: Final = "accounts.geocode"
_GEOCODED_AT_ONCE: Final = 500


def bulk_create(session: Session, actor: Actor, rows: Iterable[Mapping[str, Any]]) -> list[uuid.UUID]:
    """Insert accounts in one statement and return their ids in the order of ``rows``.

    A row holds columns: those of ``check_fields(...).columns`` (all optional but ``name``), those of
    ``position.stored`` or ``position.from_address`` when it has a place (without them the account
    has no position), and, if wanted, ``id``, ``import_id``, ``last_visit_at``, ``last_outcome``,
    ``last_contact_at``, ``created_at``. ``search_text``, ``sort_key``, ``due_on`` and the map's
    columns are derived here from ``lon``/``lat`` and the rest; a row that has ``search_text`` brings
    all of ``derived`` with it.

    Nothing is checked again: the caller has run ``check_fields`` and knows that ids and external ids
    are free. One step of the change clock and one audit entry a row.
    """
    moment = clock.now()
    stamp = {
        "org_id": actor.org_id, "version": 1, "updated_at": moment, "created_by": actor.user_id
    }  # fmt: skip
    accounts: list[dict[str, Any]] = []
    for row in rows:
        account = {**_DEFAULTS, "created_at": moment, **row, **stamp}
        account["id"] = account["id"] or new_id()
        if account["win_prob"] is not None:
            account["win_prob_by"] = account["win_prob_by"] or actor.user_id
            account["win_prob_at"] = account["win_prob_at"] or moment
        if "search_text" not in row:
            account.update(derived(account))
        account["due_on"] = _due_on(account, actor)
        accounts.append(account)
    if not accounts:
        return []
    seq = advance_clock(session)
    for account in accounts:
        account["change_seq"] = seq
    bulk.insert_rows(session, TABLE, COLUMNS, map(_VALUES, accounts))
    audit.record_many(
        session,
        action="create",
        entity="accounts",
        changes_by_id=((account["id"], _created(account)) for account in accounts),
    )
    return [account["id"] for account in accounts]


def accounts_have_come(session: Session) -> None:
    """Let the planner know that an organisation has brought its accounts.

    Its statistics are of all organisations together: until it looks anew, one it has not seen yet is a
    single row to it, and every index that begins with ``org_id`` as good as the key. Each look-up by id
    (of a join, of a foreign key) then reads the whole organisation. PostgreSQL looks by itself only when
    a tenth of the table has changed.
    """
    session.execute(text("select analyze_accounts()"))


def bulk_update(
    session: Session, actor: Actor, changes: Mapping[uuid.UUID, Mapping[str, Any]]
) -> set[uuid.UUID]:
    """Change accounts in one statement and return the ids of those that really changed.

    ``changes`` maps an account's id to columns as for ``bulk_create``; ``custom`` is merged, a None
    in it removes the value. ``deleted_at`` may be set (delete) or None (restore). Ids the
    organisation does not have are passed over. An address that changed without a position coming
    with it marks the point stale and is placed by the job ``accounts.geocode``; a pin someone set
    stays where it is.
    """
    present = _load(session, actor, changes.keys())
    names_of = queries.contact_names_of(session, actor, list(present))
    touched: dict[uuid.UUID, dict[str, Any]] = {}
    to_place: list[uuid.UUID] = []
    for account_id, before in present.items():
        account = _merge(before, changes[account_id])
        changed = {name for name in account if account[name] != before.get(name)} - {"geo_at"}
        if not changed:
            continue
        if changed & rules.ADDRESS_FIELDS and "lon" not in changes[account_id]:
            account["geo_flags"] = list(dict.fromkeys([*account["geo_flags"], "stale"]))
            to_place.append(account_id)
        if "win_prob" in changed:
            account["win_prob_by"], account["win_prob_at"] = actor.user_id, clock.now()
        account.update(derived(account, names_of.get(account_id, ())))
        account["due_on"] = _due_on(account, actor)
        account["version"] = before["version"] + 1
        touched[account_id] = account
    if touched:
        _write(session, touched, before=present)
        _place_later(session, actor, to_place)
        shown = [
            account_id
            for account_id, account in touched.items()
            if _comes_into_view(present[account_id], account)
        ]
        reappear(session, actor, shown)
    return set(touched)


def _load(session: Session, actor: Actor, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    """Return whole rows by id, locked in the order of their ids so that two writers cannot embrace."""
    session.flush()
    query = (
        select(*(column for column in TABLE.columns if column.name != "geom_3857"))
        .where(Account.org_id == actor.org_id, Account.id.in_(list(ids)))
        .order_by(Account.id)
        .with_for_update()
    )
    rows = session.connection().execute(query).mappings()
    return {row["id"]: dict(row) for row in rows}


def _merge(before: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    account = {**before, **{name: value for name, value in change.items() if name not in _KEPT}}
    account.pop("geom_3857", None)
    if account["address"] != before["address"] and not {"prefecture", "municipality"} & change.keys():
        # They were the old address's; placing the new one fills them in.
        account["prefecture"] = account["municipality"] = None
    if "custom" in change:
        merged = {**before["custom"], **change["custom"]}
        account["custom"] = {key: value for key, value in merged.items() if value is not None}
    if before["geo_source"] in rules.STANDING_SOURCES:
        for name in ("lon", "lat", "qk", "precision", "geo_source", "geo_at", "geo_matched"):
            account[name] = before[name]
        account["geo_flags"] = before["geo_flags"]
    return account


def _write(
    session: Session,
    touched: Mapping[uuid.UUID, dict[str, Any]],
    *,
    before: Mapping[uuid.UUID, Mapping[str, Any]],
) -> None:
    stamp = {"change_seq": advance_clock(session), "updated_at": clock.now()}
    columns = [name for name in COLUMNS if name not in ("created_at", "created_by")]
    values = ([{**row, **stamp}[name] for name in columns] for row in touched.values())
    bulk.update_rows(session, TABLE, columns, values)
    by_action: dict[str, list[tuple[uuid.UUID, audit.Changes]]] = {}
    for account_id, account in touched.items():
        changes = {
            name: (before[account_id].get(name), value)
            for name, value in account.items()
            if name not in _UNAUDITED and value != before[account_id].get(name)
        }
        action = "update"
        if "deleted_at" in changes:
            action = "restore" if account["deleted_at"] is None else "delete"
        by_action.setdefault(action, []).append((account_id, changes))
    for action, changes_by_id in by_action.items():
        audit.record_many(session, action=action, entity="accounts", changes_by_id=changes_by_id)
    session.expire_all()


def derived(account: Mapping[str, Any], contact_names: Sequence[str] = ()) -> dict[str, Any]:
    """Return what search, order, map and coverage keep of an account; needs neither database nor clock."""
    columns: dict[str, Any] = {
        "search_text": rules.search_text(account, contact_names),
        "sort_key": sort_key(account["name"], account.get("name_kana")),
        "geom_3857": None,
        "qk": None,
        "municipality_code": position.municipality_code(account),
    }
    lon, lat = account.get("lon"), account.get("lat")
    if lon is not None and lat is not None:
        x_m, y_m = geo.web_mercator(lon, lat)
        columns["geom_3857"] = f"SRID=3857;POINT({x_m!r} {y_m!r})"
        columns["qk"] = geo.quadkey(lon, lat)
    return columns


def _due_on(account: Mapping[str, Any], actor: Actor) -> date | None:
    visited = account.get("last_visit_at")
    return rules.due_on(
        last_visit_on=clock.local_date(visited, actor.timezone) if visited else None,
        created_on=clock.local_date(account["created_at"], actor.timezone),
        cadence_days=account.get("cadence_days"),
    )


def _comes_into_view(before: Mapping[str, Any], account: Mapping[str, Any]) -> bool:
    is_restored = before["deleted_at"] is not None and account["deleted_at"] is None
    return is_restored or any(account[name] != before[name] for name in SEEN_BY)


def _created(account: Mapping[str, Any]) -> audit.Changes:
    return {name: (None, account[name]) for name in _AUDITED if account[name] not in _EMPTY}


def _place_later(session: Session, actor: Actor, ids: Sequence[uuid.UUID]) -> None:
    for start in range(0, len(ids), _GEOCODED_AT_ONCE):
        part = [str(account_id) for account_id in ids[start : start + _GEOCODED_AT_ONCE]]
        defer_by_name(session, GEOCODE_TASK, org_id=actor.org_id, account_ids=part)
