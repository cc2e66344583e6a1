"""`flask import accounts FILE`: the same import as in the browser, in the foreground."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import click
from flask.cli import AppGroup

from fieldcrm.core import clock, collector
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import transaction
from fieldcrm.core.errors import ProblemError
from fieldcrm.core.messages import say
from fieldcrm.identity.absent import actor_of
from fieldcrm.identity.cli import actor_of as system_actor_of
from fieldcrm.imports import messages, queries, runner, service
from fieldcrm.imports.field_names import labels
from fieldcrm.imports.files import hash_of
from fieldcrm.imports.models import Import
from fieldcrm.imports.organisation import load_words
from fieldcrm.imports.rules import RowState
from fieldcrm.imports.serialise import import_json, reasons

__all__ = ["import_group", "messages"]

import_group = AppGroup("import", help="Bring customers in from files.")

# The command line is its own worker: nobody else gives signs of life for its imports.
_SILENT_FOR = timedelta(seconds=10)
_SHOWN_ROWS = 20
_SOME_REFUSED = 2


@import_group.command("accounts")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--org", "slug", required=True, help="Short name of the organisation.")
@click.option(
    "--mapping",
    "mapping_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='JSON: {"heading or column number": "field", ...}; the rest is matched automatically.',
)
@click.option("--encoding", help="Instead of the detected one.")
@click.option("--dry-run", is_flag=True, help="Show the result without writing.")
@click.option("--json", "is_json", is_flag=True, help="Print the result as JSON.")
@click.option("--locale", type=click.Choice(["ja", "en"]), default="en", show_default=True)
def import_accounts(  # noqa: PLR0917 - click passes by name
    file: Path,
    slug: str,
    mapping_file: Path | None,
    encoding: str | None,
    dry_run: bool,  # noqa: FBT001 - click passes by name
    is_json: bool,  # noqa: FBT001
    locale: str,
) -> None:
    """Import customers. Exit code 0: all in; 2: some rows refused; 1: nothing could be done."""
    actor = replace(actor_of(system_actor_of(slug).org_id, None), locale=locale)
    started = time.monotonic()
    collector.settle()
    try:
        import_id = _prepare(actor, file, mapping_file, encoding=encoding, is_dry_run=dry_run)
        runner.run(actor, import_id, report=_progress())
    except ProblemError as error:
        raise click.ClickException(_told(error, locale)) from None
    with transaction(actor) as session:
        record = queries.get_import(session, actor, import_id)
        problems = queries.count_problems(session, actor, import_id)
        result = import_json(record, actor, problems=problems).model_dump(mode="json")
        result["elapsed_s"] = round(time.monotonic() - started, 2)
        rows = _refused_rows(session, actor, record)
    as_json = json.dumps({**result, "refused_rows": rows}, ensure_ascii=False) if is_json else None
    click.echo(as_json or _table(result, rows))
    if result["counts"]["refused"]:
        sys.exit(_SOME_REFUSED)


def _prepare(
    actor: Actor, file: Path, mapping_file: Path | None, *, encoding: str | None, is_dry_run: bool
) -> UUID:
    """Return an import ready to run: a new one, or one of the same file that was interrupted."""
    with file.open("rb") as opened, transaction(actor) as session:
        before = clock.now() - _SILENT_FOR
        interrupted = None
        if not is_dry_run:
            interrupted = queries.find_interrupted(session, actor, hash_of(opened), before=before)
        if interrupted is not None:
            row = queries.get_import(session, actor, interrupted).next_row + 1
            click.echo(say("imports.interrupted", actor.locale, row=row), err=True)
            return interrupted
        record = service.create_import(session, actor, filename=file.name, file=opened, encoding=encoding)
        if mapping_file is not None:
            chosen = _mapping(mapping_file, record)
            service.set_mapping(session, actor, record.id, {**record.mapping, **chosen})
        service.prepare(session, actor, record.id, is_dry_run=is_dry_run)
        return record.id


def _mapping(path: Path, record: Import) -> dict[str, str | None]:
    """Return column index -> field from a file that may name columns by heading or number."""
    try:
        given = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise click.ClickException(f"{path.name} is not JSON: {error}") from None
    if not isinstance(given, dict):
        raise click.ClickException(f"{path.name} must hold one JSON object")
    by_heading = {column["header"]: str(column["index"]) for column in record.columns}
    chosen: dict[str, str | None] = {}
    for name, field in given.items():
        index = str(by_heading.get(name, name))
        if not index.isdecimal():
            raise click.ClickException(f"the file has no column {name!r}")
        chosen[index] = field or None
    return chosen


def _progress() -> Callable[[dict[str, Any]], None]:
    """Return what shows counts and speed on one line of the terminal, or now and then in a log."""
    is_terminal = sys.stderr.isatty()
    last = [0.0]

    def show(counts: dict[str, Any]) -> None:
        now = time.monotonic()
        if not is_terminal and now - last[0] < 5:
            return
        last[0] = now
        speed = counts["done"] / max(counts.get("seconds", 0), 0.001)
        line = f"{counts['done']:,} of {counts.get('total', 0):,} rows, {speed:,.0f} rows/s"
        click.echo(f"\r{line}  " if is_terminal else line, err=True, nl=not is_terminal)

    return show


def _refused_rows(session: Any, actor: Actor, record: Import) -> list[dict[str, Any]]:
    names = labels(actor.locale, load_words(session, actor).own_fields)
    rows = queries.rows_of(session, actor, record.id, states=[RowState.REFUSED], limit=_SHOWN_ROWS)
    return [{"row": row.row_no, "reasons": reasons(row, names, actor.locale)} for row in rows]


def _table(result: dict[str, Any], rows: list[dict[str, Any]]) -> str:
    counts = result["counts"]
    names = ("total", "created", "updated", "unchanged", "refused", "flagged")
    lines = ["", f"{result['filename']}{' (trial run, nothing written)' if result['is_dry_run'] else ''}"]
    lines += [f"  {name:<10} {counts[name]:>9,}" for name in names]
    lines.append(f"  {'rows/s':<10} {result['rows_per_s'] or 0:>9,.0f}   {result['elapsed_s']} s in all")
    lines += [f"  {p['count']:>6,} x {p['message']}" for p in result["problem_counts"]]
    lines += [f"  row {row['row']}: {row['reasons']}" for row in rows]
    return "\n".join(lines)


def _told(error: ProblemError, locale: str) -> str:
    lines = [f"{e.field}: {say(e.code, locale, **e.params)}" for e in error.errors]
    return "; ".join(lines) or say(error.code, locale, **error.params)
