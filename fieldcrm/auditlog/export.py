"""The audit log out to CSV and XLSX, in words; that it was exported is itself written down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import IO, Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from fieldcrm.auditlog import words
from fieldcrm.auditlog.schemas import AuditEntryOut, AuditFilter
from fieldcrm.auditlog.service import iterate
from fieldcrm.core import audit
from fieldcrm.core.actor import Actor
from fieldcrm.imports.tables import Value, csv_file, xlsx_file

MOST_ROWS: Final = 50_000


def audit_csv(session: Session, actor: Actor, chosen: AuditFilter) -> IO[bytes]:
    """Return UTF-8 with a byte-order mark; what would run as a formula is guarded (OWASP)."""
    target, count = csv_file(_headings(actor), _rows(session, actor, chosen))
    return _noted(session, target, chosen=chosen, told={"format": "csv", "count": count})


def audit_xlsx(session: Session, actor: Actor, chosen: AuditFilter) -> IO[bytes]:
    """Return a workbook: moments as dates in the organisation's time zone, formulas never run."""
    target, count = xlsx_file([(None, _headings(actor), _rows(session, actor, chosen))])
    return _noted(session, target, chosen=chosen, told={"format": "xlsx", "count": count})


def _headings(actor: Actor) -> list[str]:
    return [words.in_language(pair, actor.locale) for pair in words.HEADINGS]


def _rows(session: Session, actor: Actor, chosen: AuditFilter) -> Iterator[list[Value]]:
    zone = ZoneInfo(actor.timezone)
    for entry in iterate(session, actor, chosen, most=MOST_ROWS):
        recorded_at = entry.recorded_at
        yield [
            entry.at.astimezone(zone).replace(tzinfo=None),
            entry.by_name,
            entry.action_name,
            entry.entity_name,
            entry.subject,
            entry.account_name,
            _told(entry),
            recorded_at.astimezone(zone).replace(tzinfo=None) if recorded_at else None,
        ]


def _told(entry: AuditEntryOut) -> str:
    """Return the changes, one a line: 項目: 前 → 後."""
    return "\n".join(f"{each.label}: {each.before or '–'} → {each.after or '–'}" for each in entry.changes)


def _noted(
    session: Session, target: IO[bytes], *, chosen: AuditFilter, told: Mapping[str, object]
) -> IO[bytes]:
    asked = chosen.model_dump(mode="json", exclude_none=True, include=set(AuditFilter.model_fields))
    changes = {name: (None, value) for name, value in {**told, **asked}.items()}
    audit.record(session, action="export", entity="audit_log", entity_id=None, changes=changes)
    return target
