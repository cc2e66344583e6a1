"""The refused rows as a file: corrected in a spreadsheet, it can be imported as it is."""

from __future__ import annotations

import csv
import io
from uuid import UUID

from sqlalchemy.orm import Session

from fieldcrm.core.actor import Actor
from fieldcrm.core.messages import say
from fieldcrm.imports import queries
from fieldcrm.imports.cells import guarded
from fieldcrm.imports.field_names import labels
from fieldcrm.imports.organisation import load_words
from fieldcrm.imports.rules import RowState
from fieldcrm.imports.serialise import column_name, reasons

_PAGE = 1_000


def refused_csv(session: Session, actor: Actor, import_id: UUID) -> bytes:
    """Return the refused rows with their own headings, the reasons in a last column.

    UTF-8 with a byte-order mark, so that Excel shows Japanese; the column of reasons is passed over
    when the file comes back.
    """
    record = queries.get_import(session, actor, import_id)
    names = labels(actor.locale, load_words(session, actor).own_fields)
    headings = [c["header"] or column_name(c["index"], actor.locale) for c in record.columns]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([*map(guarded, headings), say("imports.reason", actor.locale)])
    after = 0
    while rows := queries.rows_of(
        session, actor, import_id, states=[RowState.REFUSED], after_row=after, limit=_PAGE
    ):
        for row in rows:
            cells = list(row.values.get("cells", []))
            cells += [""] * (len(headings) - len(cells))
            writer.writerow([*map(guarded, cells), reasons(row, names, actor.locale)])
        after = rows[-1].row_no
        session.expunge_all()
    return text.getvalue().encode("utf-8-sig")
