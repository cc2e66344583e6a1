"""Coverage out to CSV and XLSX: the two tables of the screen, with their totals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO, Final

from sqlalchemy.orm import Session

from fieldcrm.core import audit
from fieldcrm.core.actor import Actor
from fieldcrm.core.messages import say
from fieldcrm.identity import queries as identity
from fieldcrm.imports.tables import Value, csv_file, xlsx_file
from fieldcrm.territories import service as territories
from fieldcrm.territories.rules import Counts
from fieldcrm.territories.schemas import CoverageQuery

_NUMBERS: Final = (
    "accounts", "covered", "share", "overdue", "never_visited", "without_cadence", "visited", "visits"
)  # fmt: skip
Table = tuple[list[str], list[list[Value]]]


def coverage_csv(session: Session, actor: Actor, query: CoverageQuery) -> IO[bytes]:
    """Return both tables under one another, told apart by their first column."""
    (owner_head, owners), (place_head, places) = _tables(session, actor, query)
    headings = [owner_head[0], *place_head]
    width = len(place_head) - len(_NUMBERS)
    rows = [[row[0], *[None] * width, *row[1:]] for row in owners]
    rows += [[None, *row] for row in places]
    target, count = csv_file(headings, rows)
    return _noted(session, target, query=query, kind="csv", count=count)


def coverage_xlsx(session: Session, actor: Actor, query: CoverageQuery) -> IO[bytes]:
    """Return a workbook with a sheet by owner and one by municipality."""
    owners, places = _tables(session, actor, query)
    names = [say(f"coverage.{which}", actor.locale) for which in ("by_owner", "by_place")]
    target, count = xlsx_file([(names[0], *owners), (names[1], *places)])
    return _noted(session, target, query=query, kind="xlsx", count=count)


def _tables(session: Session, actor: Actor, query: CoverageQuery) -> tuple[Table, Table]:
    found = territories.count(session, actor, days=query.days, owner=query.owner, rank=query.rank)

    def word(name: str) -> str:
        return say(f"coverage.{name}", actor.locale, days=found.days, rank=query.rank)

    names = {person.id: person.name for person in identity.list_users(session, actor.org_id)}
    numbers = [word(name) for name in _NUMBERS]
    owners = [
        [word("no_owner") if owner_id is None else names.get(owner_id, ""), *_values(counts)]
        for owner_id, counts in found.by_owner.items()
    ]
    total = [*_values(found.total)]
    all_in_all = word("total") if query.rank is None else word("total_of_rank")
    places = [
        [*_place(code, word("no_place")), *_values(counts)] for code, counts in found.by_municipality.items()
    ]
    return (
        ([word("owner"), *numbers], [*owners, [all_in_all, *total]]),
        (
            [word("code"), word("prefecture"), word("place"), *numbers],
            [*places, [None, None, all_in_all, *total]],
        ),
    )


def _place(code: str | None, unknown: str) -> Sequence[Value]:
    place = territories.municipality_json(code)
    return (code, place["prefecture"], unknown if code is None else place["name"])


def _values(counts: Counts) -> Iterator[Value]:
    return (getattr(counts, name) for name in _NUMBERS)


def _noted(session: Session, target: IO[bytes], *, query: CoverageQuery, kind: str, count: int) -> IO[bytes]:
    audit.record(
        session,
        action="export",
        entity="coverage",
        entity_id=None,
        changes={
            "format": (None, kind),
            "days": (None, query.days),
            **({} if query.rank is None else {"rank": (None, query.rank)}),
            "count": (None, count),
        },
    )
    return target
