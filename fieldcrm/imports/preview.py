"""The first rows as they would come in, and the first ones with problems."""

from __future__ import annotations

import itertools
from typing import IO

from sqlalchemy.orm import Session

from fieldcrm.accounts.service import Catalogue
from fieldcrm.core.actor import Actor
from fieldcrm.core.messages import say
from fieldcrm.imports import header_row
from fieldcrm.imports.chunk import import_rows
from fieldcrm.imports.fields import Row
from fieldcrm.imports.files import open_file
from fieldcrm.imports.models import Import
from fieldcrm.imports.organisation import load_words
from fieldcrm.imports.reading import open_table
from fieldcrm.imports.rows import RowReader
from fieldcrm.imports.rules import PREVIEW_ROWS, is_blank
from fieldcrm.imports.schemas import PreviewRow, ProblemOut

_TRIED_ROWS = 200
_PLAIN_ROWS = 10


def preview_rows(session: Session, actor: Actor, record: Import) -> list[PreviewRow]:
    """Return the first ten rows and up to ten more that have problems, tried without writing."""
    words = load_words(session, actor)
    reader = RowReader(
        {int(index): field for index, field in record.mapping.items()},
        width=len(record.columns),
        words=words,
        catalogue=Catalogue(session, actor),
    )
    with open_file(session, actor, record.id) as file:
        rows = [reader.read(row_no, cells) for row_no, cells in _first_rows(record, file)]
    import_rows(
        session,
        actor,
        rows,
        import_id=record.id,
        default_status=words.default_status,
        is_dry_run=True,
    )
    troubled = [row for row in rows[_PLAIN_ROWS:] if row.problems]
    shown = [*rows[:_PLAIN_ROWS], *troubled[: PREVIEW_ROWS - _PLAIN_ROWS]]
    return [_preview_row(row, actor.locale) for row in shown]


def _first_rows(record: Import, file: IO[bytes]) -> list[tuple[int, list[str]]]:
    table = open_table(file, record.filename, encoding=record.encoding)
    head = list(itertools.islice(table.rows(), _TRIED_ROWS + header_row.SEARCHED_ROWS))
    first = header_row.first_data_row(head, record.header_row)
    numbered = enumerate(head[first:], start=first + 1)
    return [(row_no, cells) for row_no, cells in numbered if not is_blank(cells)]


def _preview_row(row: Row, locale: str) -> PreviewRow:
    problems = [
        ProblemOut(field=p.name, code=p.code, message=say(p.code, locale, **p.params)) for p in row.problems
    ]
    texts = {name: text.replace("\x00", "\u2400") for name, text in row.texts.items()}
    return PreviewRow.model_construct(row_no=row.row_no, values=texts, problems=problems)
