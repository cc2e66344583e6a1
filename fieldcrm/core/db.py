"""Database: model bases, the transaction that sets the tenant, the organisation's change clock.

Tenancy is enforced by PostgreSQL's row-level security. A transaction opened by ``transaction()``
carries ``app.org_id``; without it every tenant table looks empty.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, DateTime, ForeignKey, Integer, MetaData, event, text
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.engine import Connection
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    SessionTransaction,
    mapped_column,
    registry,
)

from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.ids import new_id

NAMING = {
    "ix": "%(table_name)s_%(column_0_N_name)s_ix",
    "uq": "%(table_name)s_%(column_0_N_name)s_uq",
    "ck": "%(table_name)s_%(constraint_name)s_ck",
    "fk": "%(table_name)s_%(column_0_N_name)s_fk",
    "pk": "%(table_name)s_pk",
}


class Base(DeclarativeBase):
    """Declarative base of every table."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            datetime: DateTime(timezone=True),
            uuid.UUID: UUID(as_uuid=True),
        },
    )


class TenantModel(Base):
    """A row of one organisation: key ``(org_id, id)``, under row-level security."""

    __abstract__ = True

    org_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("organisations.org_id"), primary_key=True, sort_order=-20
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-19)


class Tracked(TenantModel):
    """A tenant row that phones follow: versioned, stamped with the change clock, softly deleted.

    ``version`` counts the changes of this row; ``change_seq`` is the organisation's clock at its
    last change, the cursor of ``/api/sync/pull``.
    """

    __abstract__ = True

    version: Mapped[int] = mapped_column(Integer, default=0, sort_order=90)
    change_seq: Mapped[int] = mapped_column(BigInteger, default=0, sort_order=91)
    created_at: Mapped[datetime] = mapped_column(default=clock.now, sort_order=92)
    created_by: Mapped[uuid.UUID | None] = mapped_column(sort_order=93)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now, sort_order=94)
    deleted_at: Mapped[datetime | None] = mapped_column(sort_order=95)


db = SQLAlchemy(
    model_class=Base,
    # Tests hand in a connection with an open transaction; commits become savepoints there.
    session_options={"join_transaction_mode": "create_savepoint"},
)


class NoTenant(RuntimeError):
    """A write was tried outside ``transaction()``."""


class NestedTransaction(RuntimeError):
    """``transaction()`` inside another one: its commit would end the outer one half-way."""


def set_tenant(actor: Actor) -> Session:
    """Return the session, with every transaction it begins from now on bound to ``actor``.

    An open transaction of another organisation is rolled back first: it must never go on.
    """
    session: Session = db.session()
    if session.info.get("is_open"):
        raise NestedTransaction("pass the running session instead of opening another transaction()")
    present = session.info.get("actor")
    if present is not None and present.org_id != actor.org_id:
        session.rollback()
        session.info.clear()
    starts_fresh = session.info.get("actor") is None
    session.info["actor"] = actor
    if starts_fresh and session.in_transaction():
        _bind(session.connection(), actor.org_id)
    return session


@contextmanager
def transaction(actor: Actor) -> Iterator[Session]:
    """Run a block as ``actor`` in one transaction: commit at its end, roll back on any error."""
    session = set_tenant(actor)
    session.info["is_open"] = True
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        forget_tenant()


def forget_tenant() -> None:
    """Leave the organisation: the session's next transaction sees no tenant rows."""
    session = db.session()
    session.info.clear()
    db.session.remove()


def current_actor() -> Actor:
    """Return the actor of the running transaction (for the listeners of ``core`` only)."""
    actor: Actor | None = db.session().info.get("actor")
    if actor is None:
        raise NoTenant("open transaction(actor) first")
    return actor


def advance_clock(session: Session) -> int:
    """Advance the organisation's change clock once a transaction and return its value.

    The row lock serialises the writers of one organisation until they commit, so that the order
    of the numbers is the order of the commits and a reader can never skip a change.
    """
    known: int | None = session.info.get("change_seq")
    if known is not None:
        return known
    actor: Actor | None = session.info.get("actor")
    if actor is None:
        raise NoTenant("open transaction(actor) first")
    seq: int = session.connection().scalar(
        text(
            "update organisations set change_seq = change_seq + 1 where org_id = :org_id returning change_seq"
        ),
        {"org_id": actor.org_id},
    )
    session.info["change_seq"] = seq
    return seq


def collect_stamped(session: Session) -> dict[Tracked, None]:
    """Return a collection (in order, each once) that fills with the tracked rows written from now on."""
    stamped: dict[Tracked, None] = {}
    session.info["stamped"] = stamped
    return stamped


def note_clock(session: Session, seq: int) -> None:
    """Keep what the running transaction has just read of the change clock, for ``read_clock``."""
    session.info["seen_seq"] = seq


def read_clock(session: Session, org_id: int) -> int:
    """Return the organisation's change clock, as the gate saw it at the beginning of the request.

    What the transaction reads afterwards may be newer than this, never older.
    """
    seen: int | None = session.info.get("seen_seq")
    if seen is not None:
        return seen
    found = session.connection().exec_driver_sql(_CLOCK, {"org_id": org_id})
    seq: int = found.scalar_one()
    return seq


_CLOCK = "select change_seq from organisations where org_id = %(org_id)s::bigint"


def act_as(session: Session, actor: Actor) -> None:
    """Go on in the running transaction with what the same person did at another time."""
    session.info["actor"] = actor


def known(session: Session) -> dict[str, Any]:
    """Return what the running transaction keeps in mind: rows it locked, catalogues it read once.

    Forgotten when it ends, and when a savepoint is rolled back: its locks are gone.
    """
    found: dict[str, Any] = session.info.setdefault("known", {})
    return found


def flush(session: Session) -> None:
    """Write what changed, unless several acts are being gathered and written at once."""
    if not session.info.get("is_gathering"):
        session.flush()


@contextmanager
def gathering(session: Session) -> Iterator[dict[uuid.UUID, Actor]]:
    """Write the acts of the block at once at its end; each must concern an account of its own.

    Yields whose act, done when, concerns which account: the audit log tells them apart by it.
    """
    acts: dict[uuid.UUID, Actor] = {}
    session.info.update(is_gathering=True, acts=acts)
    try:
        with session.no_autoflush:
            yield acts
        session.flush()
    finally:
        session.info.update(is_gathering=False, acts={})


@contextmanager
def without_plans(session: Session, *kinds: str) -> Iterator[None]:
    """Keep the planner from the ``kinds`` of plans, as in ``enable_<kind>``, during the block.

    For where it cannot know better: its statistics are of all organisations together, so that one that
    has just brought its data looks like a single row.
    """
    connection = session.connection()
    # Literals, each alone: a sharded database hands them on to its nodes only so.
    for kind in kinds:
        connection.exec_driver_sql(f"set local enable_{kind} = off")
    try:
        yield
    finally:
        for kind in kinds:
            connection.exec_driver_sql(f"set local enable_{kind} = on")


def plan_each_time(session: Session) -> None:
    """Have the statements of this transaction planned for the values they are given.

    For long lists: a plan that is kept does not see the list, and compares each row with each of its values.
    """
    session.connection().exec_driver_sql("set local plan_cache_mode = force_custom_plan")


def _bind(connection: Connection, org_id: int) -> None:
    # A literal, alone in its own statement: Citus propagates SET LOCAL only in this form.
    connection.exec_driver_sql(f"set local app.org_id = '{int(org_id)}'")


@event.listens_for(Session, "after_begin")
def _bind_tenant(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    if transaction.nested:
        return  # a savepoint inherits both the tenant and the clock's value
    actor: Actor | None = session.info.get("actor")
    session.info.pop("change_seq", None)
    session.info.pop("seen_seq", None)
    session.info.pop("known", None)
    if actor is not None:
        _bind(connection, actor.org_id)


@event.listens_for(Session, "after_soft_rollback")
def _forget_clock(session: Session, _previous: SessionTransaction) -> None:
    # A savepoint that was rolled back may have taken the clock's advance and row locks with it.
    session.info.pop("change_seq", None)
    session.info.pop("known", None)


@event.listens_for(Session, "before_flush")
def _stamp_tracked(session: Session, _context: object, _instances: object) -> None:
    changed = [row for row in session.dirty if session.is_modified(row)]
    tracked = [row for row in (*session.new, *changed) if isinstance(row, Tracked)]
    if not tracked:
        return
    seq = advance_clock(session)
    actor: Actor = session.info["actor"]
    moment = clock.now()
    for row in tracked:
        if row.change_seq != seq:
            row.version = (row.version or 0) + 1
            row.change_seq = seq
        row.updated_at = moment
        if row in session.new and row.created_by is None:
            row.created_by = actor.user_id
    stamped: dict[Tracked, None] | None = session.info.get("stamped")
    if stamped is not None:
        stamped.update(dict.fromkeys(tracked))
