"""Lists of accounts: filtered, ordered, in pages that stay put while rows come and go."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

from geoalchemy2 import WKTElement
from sqlalchemy import ColumnElement, Double, Row, Select, and_, bindparam, func, or_, select, text
from sqlalchemy.orm import Session

from fieldcrm.accounts import rules
from fieldcrm.accounts.filters import AccountFilter, ListQuery, NearestQuery, predicates
from fieldcrm.accounts.models import Account
from fieldcrm.accounts.rank_order import mark_of, parse_mark, walk_by_rank
from fieldcrm.accounts.search import holds, search
from fieldcrm.accounts.serialise import JSON_COLUMNS
from fieldcrm.accounts.visibility import scope_filter
from fieldcrm.core import geo
from fieldcrm.core.actor import Actor
from fieldcrm.core.cursors import bad_cursor, decode_cursor, encode_cursor
from fieldcrm.core.errors import FieldError, Invalid
from fieldcrm.core.ids import parse_id

AnyRow = Row[Any]
EXPORT_CHUNK: Final = 2000


class Page(NamedTuple):
    """Rows of ``JSON_COLUMNS`` (and ``distance_m`` where a place was given), and the next page's mark."""

    rows: list[AnyRow]
    next_cursor: str | None
    total: int | None = None


class Near(NamedTuple):
    """A row of ``JSON_COLUMNS`` and how far away it is."""

    row: AnyRow
    distance_m: float


@dataclass(frozen=True, slots=True)
class Order:
    """One way to order: a key, ties by id. What has no key comes last, by id."""

    key: Any
    read: Callable[[Any], Any]
    is_descending: bool = False
    is_nullable: bool = True
    is_distance: bool = False


def list_accounts(session: Session, actor: Actor, query: ListQuery) -> Page:
    """Return one page of the accounts that ``actor`` may see.

    With ``q`` and no order chosen the best hits come first (see search.py).
    """
    if query.q and query.sort is None:
        return _found(session, actor, query)
    total = _count(session, actor, query) if query.total else None
    if query.sort == "rank":
        return _by_rank(session, actor, query, total=total)
    order = _order(query)
    after = decode_cursor(query.cursor, length=2) if query.cursor else None
    base = _visible(actor, query).add_columns(order.key.label("sort_value"), *_distance(query))
    rows = _walk(session, base, order, after=after, limit=query.limit)
    next_cursor = None
    if len(rows) > query.limit:
        rows = rows[: query.limit]
        next_cursor = encode_cursor(_mark(rows[-1]))
    return Page(rows=rows, next_cursor=next_cursor, total=total)


def nearest(session: Session, actor: Actor, query: NearestQuery) -> list[Near]:
    """Return the accounts nearest to a point, by true distance."""
    x_m, y_m = geo.web_mercator(query.lon, query.lat)
    given = {
        "org_id": actor.org_id,
        "x_m": x_m,
        "y_m": y_m,
        "lon": query.lon,
        "lat": query.lat,
        # The map's projection stretches with latitude: look at more, then order by metres on the earth.
        "looked_at": query.limit + query.limit // 2 + 10,
        "limit": query.limit,
    }
    around = _AROUND.where(*_chosen(actor, query)).subquery("around")
    return [Near(row, row[-1]) for row in session.connection().execute(_NEAREST.select_from(around), given)]


def iterate(session: Session, actor: Actor, chosen: AccountFilter) -> Iterator[AnyRow]:
    """Yield every account that the filters show, by reading, without holding them all (for exports)."""
    query = _visible(actor, chosen).order_by(Account.sort_key, Account.id)
    yield from session.execute(query.execution_options(yield_per=EXPORT_CHUNK))


def _visible(actor: Actor, chosen: AccountFilter, *, columns: Sequence[Any] = JSON_COLUMNS) -> Select[Any]:
    return select(*columns).where(
        Account.org_id == actor.org_id, Account.deleted_at.is_(None), *_chosen(actor, chosen)
    )


def _chosen(actor: Actor, chosen: AccountFilter) -> Iterator[ColumnElement[bool]]:
    yield scope_filter(actor)
    yield from predicates(chosen, actor)
    yield from (holds(word) for word in rules.search_words(chosen.q))


def _found(session: Session, actor: Actor, query: ListQuery) -> Page:
    skipped = decode_cursor(query.cursor, length=1)[0] if query.cursor else 0
    if not isinstance(skipped, int) or skipped < 0:
        raise bad_cursor()
    hits = search(session, actor, query.q, chosen=query, limit=skipped + query.limit + 1)
    rows = hits[skipped : skipped + query.limit]
    has_more = len(hits) > skipped + query.limit
    return Page(rows=rows, next_cursor=encode_cursor([skipped + query.limit]) if has_more else None)


def _by_rank(session: Session, actor: Actor, query: ListQuery, *, total: int | None) -> Page:
    base = _visible(actor, query).add_columns(Account.sort_key, *_distance(query))
    after = parse_mark(query.cursor) if query.cursor else None
    rows = walk_by_rank(session, actor, base, after=after, count=query.limit + 1)
    next_cursor = str(mark_of(rows[query.limit - 1])) if len(rows) > query.limit else None
    return Page(rows=rows[: query.limit], next_cursor=next_cursor, total=total)


def _walk(
    session: Session, base: Select[Any], order: Order, *, after: list[Any] | None, limit: int
) -> list[AnyRow]:
    """Return up to ``limit + 1`` rows after a mark: first those that have the key, then the others.

    Two statements rather than one condition over both, so that each follows its index.
    """
    key = order.key.desc() if order.is_descending else order.key.asc()
    rows: list[AnyRow] = []
    if after is None or after[0] is not None:
        keyed = base.where(order.key.is_not(None)) if order.is_nullable else base
        if after is not None:
            keyed = keyed.where(_beyond(order, after))
        rows = _first(session, keyed, order, key=key, count=limit + 1)
        after = None
    if order.is_nullable and len(rows) <= limit:
        rest = base.where(order.key.is_(None))
        if after is not None:
            rest = rest.where(Account.id > _id_of(after))
        rows += session.execute(rest.order_by(Account.id).limit(limit + 1 - len(rows)))
    return rows


def _first(session: Session, keyed: Select[Any], order: Order, *, key: Any, count: int) -> list[AnyRow]:
    if not order.is_distance:
        return list(session.execute(keyed.order_by(key, Account.id).limit(count)))
    # The spatial index orders by distance alone: take all that are as far as the last, then cut.
    rows = session.execute(keyed.order_by(key).fetch(count, with_ties=True))
    return sorted(rows, key=lambda row: (row.sort_value, row.id))[:count]


def _beyond(order: Order, after: list[Any]) -> ColumnElement[bool]:
    try:
        value = order.read(after[0])
    except (TypeError, ValueError):
        raise bad_cursor() from None
    past = order.key < value if order.is_descending else order.key > value
    return or_(past, and_(order.key == value, Account.id > _id_of(after)))


def _id_of(after: list[Any]) -> uuid.UUID:
    account_id = parse_id(after[1])
    if account_id is None:
        raise bad_cursor()
    return account_id


def _mark(row: AnyRow) -> list[Any]:
    value = row.sort_value
    return [str(value) if isinstance(value, date) else value, str(row.id)]


def _order(query: ListQuery) -> Order:
    if query.sort != "distance":
        return _ORDERS[query.sort or "name"]
    if query.lon is None or query.lat is None:
        raise Invalid(FieldError("sort", "needs_position"))
    here = geo.mercator_point(query.lon, query.lat)
    return Order(key=_apart(here), read=float, is_distance=True)


def _apart(here: WKTElement) -> ColumnElement[float]:
    """Units of the map's projection between an account and a point: what the index can order by."""
    return Account.geom_3857.op("<->", return_type=Double())(here)


def _distance(query: Any) -> tuple[ColumnElement[Any], ...]:
    """Metres from where one stands, when that is known."""
    if getattr(query, "lon", None) is None or getattr(query, "lat", None) is None:
        return ()
    here = geo.point(query.lon, query.lat)
    return (geo.metres_between(geo.point(Account.lon, Account.lat), here).label("distance_m"),)


def _count(session: Session, actor: Actor, chosen: AccountFilter) -> int:
    return session.scalar(_visible(actor, chosen, columns=(func.count(),))) or 0


def _around() -> Select[Any]:
    """Return the accounts around a place, nearest on the map first, and how far away they are.

    Made once, and its columns are words: to put forty-odd of them together takes longer than to read them.
    """
    table = Account.__table__.c
    here = geo.point(_number("lon"), _number("lat"))
    on_map = geo.mercator_place(_number("x_m"), _number("y_m"))
    metres = geo.metres_between(geo.point(table.lon, table.lat), here)
    names = text(", ".join(f"accounts.{column.key}" for column in JSON_COLUMNS))
    shown: list[Any] = [names, metres.label("distance_m")]
    return (
        select(*shown)
        .where(table.org_id == bindparam("org_id"), table.deleted_at.is_(None), table.geom_3857.is_not(None))
        .order_by(table.geom_3857.op("<->", return_type=Double())(on_map))
        .limit(bindparam("looked_at"))
    )


def _number(name: str) -> ColumnElement[float]:
    return bindparam(name, type_=Double())


_AROUND: Final = _around()
_NEAREST: Final = select(text("*")).order_by(text("distance_m, id")).limit(bindparam("limit"))

# A name without a reading is sorted by its characters: "name" and "kana" are one order.
_BY_NAME: Final = Order(key=Account.sort_key, read=str, is_nullable=False)
_ORDERS: Final[dict[str, Order]] = {
    "name": _BY_NAME,
    "kana": _BY_NAME,
    "due": Order(key=Account.due_on, read=date.fromisoformat),
    "win_prob": Order(key=Account.win_prob, read=int, is_descending=True),
    "updated": Order(key=Account.change_seq, read=int, is_descending=True, is_nullable=False),
}
