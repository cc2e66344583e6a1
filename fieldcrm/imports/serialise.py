"""Imports as JSON, told in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.messages import say
from fieldcrm.imports import queries
from fieldcrm.imports.field_names import field_label
from fieldcrm.imports.models import Import, ImportRow
from fieldcrm.imports.organisation import load_words
from fieldcrm.imports.preview import preview_rows
from fieldcrm.imports.rows import texts_of
from fieldcrm.imports.rules import State
from fieldcrm.imports.schemas import CountsOut, DraftOut, FieldOut, ImportOut, ProblemOut, RowOut
from fieldcrm.imports.service import can_undo

_COUNTS = frozenset(CountsOut.model_fields)


def import_json(record: Import, actor: Actor, *, problems: Mapping[str, int] | None = None) -> ImportOut:
    """Return an import's state; ``problems`` is how often each problem occurred."""
    return ImportOut(**_common(record, actor, problems or {}))


def draft_json(session: Session, actor: Actor, record: Import) -> DraftOut:
    """Return an import with its columns, mapping and first rows."""
    columns = [
        {**column, "header": column["header"] or column_name(column["index"], actor.locale)}
        for column in record.columns
    ]
    return DraftOut(
        **_common(record, actor, {}),
        format=record.format,
        encoding=record.encoding,
        delimiter=record.delimiter,
        row_count_estimate=record.counts.get("total", 0),
        header_row=record.header_row,
        columns=columns,
        fields=fields_json(session, actor),
        mapping=record.mapping,
        preview=preview_rows(session, actor, record),
    )


def fields_json(session: Session, actor: Actor) -> list[FieldOut]:
    """Return every field of the organisation with its name."""
    words = load_words(session, actor)
    return [
        FieldOut(key=key, label=field_label(key, actor.locale, words.own_fields))
        for key in words.field_keys()
    ]


def row_json(row: ImportRow, mapping: Mapping[str, str], locale: str) -> RowOut:
    """Return a remembered row with what its fields held."""
    numbered = sorted((int(index), field) for index, field in mapping.items())
    texts = texts_of(numbered, row.values.get("cells", []))
    return RowOut(
        row_no=row.row_no if row.row_no > 0 else None,
        state=row.state,
        problems=problems_json(row.problems, locale),
        values={**texts, **row.values.get("values", {})},
        account_id=row.account_id,
    )


def problems_json(problems: Iterable[Mapping[str, Any]], locale: str) -> list[ProblemOut]:
    """Return stored problems with their messages."""
    return [
        ProblemOut(field=p["field"], code=p["code"], message=say(p["code"], locale, **p["params"]))
        for p in problems
    ]


def reasons(row: ImportRow, names: Mapping[str, str], locale: str) -> str:
    """Return why a row was refused as one line: "field: message; ..."."""
    told = problems_json(row.problems, locale)
    return "; ".join(f"{names.get(p.field, p.field)}: {p.message}" for p in told)


def column_name(index: int, locale: str) -> str:
    """Return what a column without heading is called: as spreadsheets letter them."""
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return say("imports.column", locale, letter=letters)


def _common(record: Import, actor: Actor, problems: Mapping[str, int]) -> dict[str, Any]:
    state = queries.state_of(record, now=clock.now())
    seconds, done = record.counts.get("seconds"), record.counts.get("done", 0)
    return {
        "id": record.id,
        "filename": record.filename,
        "state": state.value,
        "is_dry_run": record.is_dry_run,
        "counts": {name: number for name, number in record.counts.items() if name in _COUNTS},
        "rows_per_s": round(done / seconds, 1) if seconds else None,
        "problem_counts": _problem_counts(problems, actor.locale),
        "created_at": record.created_at,
        "created_by": record.created_by,
        "started_at": record.started_at,
        "finished_at": record.finished_at,
        "message": _message(record, state, actor.locale),
        "can_undo": can_undo(record),
    }


def _problem_counts(problems: Mapping[str, int], locale: str) -> Sequence[dict[str, Any]]:
    # Summaries leave out what differs from row to row.
    blanks = dict.fromkeys(("prefecture", "value", "row", "expected", "found", "max", "min"), "…")
    ordered = sorted(problems.items(), key=lambda pair: -pair[1])
    return [{"code": code, "count": count, "message": say(code, locale, **blanks)} for code, count in ordered]


def _message(record: Import, state: State, locale: str) -> str | None:
    if state is State.INTERRUPTED:
        return say("imports.interrupted", locale, row=record.next_row + 1)
    if not record.message:
        return None
    return say(record.message, locale, **record.counts.get("message_params", {}))
