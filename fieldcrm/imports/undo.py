"""Takes an import back: deletes what it created, restores what it changed.

What someone touched since stays as it is and is listed. Chunk by chunk like the import itself; each
chunk marks what it did, so that an interrupted undo simply goes on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, exists, null, or_, select, update
from sqlalchemy.orm import Session

from fieldcrm.accounts.models import Account, Contact
from fieldcrm.accounts.service import Catalogue, bulk_update, catalogue_of
from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import advance_clock, transaction
from fieldcrm.core.ids import new_id
from fieldcrm.imports import queries
from fieldcrm.imports.models import ImportRow
from fieldcrm.imports.progress import set_state
from fieldcrm.imports.rules import CHUNK_ROWS, MAX_ROWS, RowState, State

_MOMENTS = ("last_visit_at", "geo_at", "deleted_at")
_IDS = ("owner_id", "team_id")
_KEPT_PROBLEM = {"field": "row", "code": "imports.kept_changed", "params": {}}


def undo(actor: Actor, import_id: UUID) -> dict[str, Any]:
    """Take the import back to its end and return its counts, with deleted, restored and kept."""
    steps = (_delete_created, _restore_updated)
    for step in steps:
        while True:
            with transaction(actor) as session:
                record = queries.get_import(session, actor, import_id, is_locking=True)
                if record.state != State.UNDOING:
                    return dict(record.counts)
                advance_clock(session)
                done = step(session, actor, import_id)
                if not done:
                    break
                counts = dict(record.counts)
                for name, number in done.items():
                    counts[name] = counts.get(name, 0) + number
                set_state(session, actor, import_id, State.UNDOING, counts=counts)
    with transaction(actor) as session:
        set_state(session, actor, import_id, State.UNDONE, finished_at=clock.now())
        return dict(queries.get_import(session, actor, import_id).counts)


def _delete_created(session: Session, actor: Actor, import_id: UUID) -> dict[str, int]:
    own = (ImportRow.org_id == actor.org_id, ImportRow.import_id == import_id)
    is_kept = exists().where(*own, ImportRow.account_id == Account.id, ImportRow.state == RowState.KEPT.value)
    # A row corrected by hand afterwards counts as the import's own doing.
    is_own_version = exists().where(
        *own,
        ImportRow.account_id == Account.id,
        ImportRow.previous["version"].as_string().cast(Integer) == Account.version,
    )
    has_contacts = exists().where(Contact.org_id == Account.org_id, Contact.account_id == Account.id)
    is_untouched = or_(Account.version == 1, is_own_version) & ~has_contacts
    query = (
        select(Account.id, Account.name, is_untouched.label("is_untouched"))
        .where(
            Account.org_id == actor.org_id,
            Account.import_id == import_id,
            Account.deleted_at.is_(None),
            ~is_kept,
        )
        .order_by(Account.id)
        .limit(CHUNK_ROWS)
    )
    rows = session.execute(query).all()
    moment = clock.now()
    bulk_update(session, actor, {row.id: {"deleted_at": moment} for row in rows if row.is_untouched})
    kept = [row for row in rows if not row.is_untouched]
    kept_before = len(queries.rows_of(session, actor, import_id, states=[RowState.KEPT], limit=MAX_ROWS))
    for number, row in enumerate(kept, start=kept_before + 1):
        session.add(_kept_row(actor, import_id, account=row, number=number))
    return {"deleted": len(rows) - len(kept), "kept": len(kept)} if rows else {}


def _kept_row(actor: Actor, import_id: UUID, *, account: Any, number: int) -> ImportRow:
    # Rows that went in without a remark were not remembered: below zero, they have no row number.
    return ImportRow(
        org_id=actor.org_id,
        id=new_id(),
        import_id=import_id,
        row_no=-number,
        state=RowState.KEPT.value,
        problems=[_KEPT_PROBLEM],
        values={"values": {"name": account.name}},
        previous=None,
        account_id=account.id,
    )


def _restore_updated(session: Session, actor: Actor, import_id: UUID) -> dict[str, int]:
    query = (
        select(
            ImportRow.id,
            ImportRow.account_id,
            ImportRow.previous,
            Account.version,
            Account.name,
            Account.owner_id,
        )
        .join(
            Account,
            (Account.org_id == ImportRow.org_id) & (Account.id == ImportRow.account_id),
        )
        .where(
            ImportRow.org_id == actor.org_id,
            ImportRow.import_id == import_id,
            ImportRow.previous.is_not(None),
            ImportRow.state != RowState.KEPT.value,
            Account.import_id.is_distinct_from(import_id),
        )
        .order_by(ImportRow.row_no)
        .limit(CHUNK_ROWS)
    )
    rows = session.execute(query).all()
    if not rows:
        return {}
    is_own = {row.id: row.version == row.previous["version"] for row in rows}
    catalogue = catalogue_of(session, actor)
    bulk_update(
        session,
        actor,
        {
            row.account_id: _as_may_be_now(_parsed(row.previous["values"]), catalogue, owner_id=row.owner_id)
            for row in rows
            if is_own[row.id]
        },
    )
    _mark(session, actor, [row.id for row in rows if is_own[row.id]])
    kept = [row for row in rows if not is_own[row.id]]
    for row in kept:
        session.execute(
            update(ImportRow)
            .where(ImportRow.org_id == actor.org_id, ImportRow.id == row.id)
            .values(
                state=RowState.KEPT.value,
                problems=[_KEPT_PROBLEM],
                values={"values": {"name": row.name}},
            )
        )
    return {"restored": len(rows) - len(kept), "kept": len(kept)}


def _mark(session: Session, actor: Actor, row_ids: Sequence[UUID]) -> None:
    session.execute(
        update(ImportRow)
        .where(ImportRow.org_id == actor.org_id, ImportRow.id.in_(row_ids))
        .values(previous=null())
        .execution_options(synchronize_session=False)
    )


def _as_may_be_now(values: dict[str, Any], catalogue: Catalogue, *, owner_id: UUID | None) -> dict[str, Any]:
    """Return former values without what has ended since: a team, a person who left, a rank's former name.

    ``owner_id`` is whose the account is where the import did not change it. An ended team gives way to that
    of the owner; where nobody is left to give the account back to, it stays with who has it.
    """
    found = dict(values)
    if found.get("rank") is not None:
        found["rank"] = catalogue.former_ranks.get(found["rank"], found["rank"])
    owner = found.get("owner_id", owner_id)
    is_here = owner in catalogue.team_of_owner
    has_left = found.get("owner_id") is not None and not is_here
    has_ended = found.get("team_id") is not None and found["team_id"] not in catalogue.teams
    if has_left or (has_ended and not is_here):
        return {name: value for name, value in found.items() if name not in _IDS}
    if has_ended and owner is not None:
        found["team_id"] = catalogue.team_of_owner[owner]
    return found


def _parsed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return stored values as columns hold them."""
    parsed = dict(values)
    for name in _MOMENTS:
        if parsed.get(name):
            parsed[name] = datetime.fromisoformat(parsed[name])
    for name in _IDS:
        if parsed.get(name):
            parsed[name] = UUID(parsed[name])
    return parsed
