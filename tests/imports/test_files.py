"""The file an import keeps: whole again whatever its size, and never whole in memory."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from fieldcrm.core import clock
from fieldcrm.core.actor import Actor, Role
from fieldcrm.core.db import transaction
from fieldcrm.imports import queries, service
from fieldcrm.imports.files import PART_BYTES, open_file
from fieldcrm.imports.models import Import, ImportPart
from fieldcrm.imports.reading import open_table
from tests.fixtures.people import FieldClient, MakeUser, Person

ROWS = 20_000


def _lines() -> list[list[str]]:
    head = ["コード", "会社名", "備考"]
    return [head, *([f"K{n}", f"見本商事{n}", f"訪問のメモ、{n}件目。" * 2] for n in range(ROWS))]


def _store(actor: Actor, content: bytes) -> Import:
    with transaction(actor) as session:
        record = service.create_import(session, actor, filename="x.csv", file=io.BytesIO(content))
        session.expunge(record)
        return record


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932", "euc_jp"])
def test_characters_cut_in_two_by_the_parts_are_read_whole(actor: Actor, encoding: str) -> None:
    content = "".join(",".join(line) + "\n" for line in _lines()).encode(encoding)
    record = _store(actor, content)
    with transaction(actor) as session, open_file(session, actor, record.id) as file:
        parts = session.scalar(select(func.count()).where(ImportPart.import_id == record.id))
        assert parts == -(-len(content) // PART_BYTES) > 1
        table = open_table(file, "x.csv", encoding=record.encoding)
        assert list(table.rows()) == list(table.rows()) == _lines()
        file.seek(0)
        assert file.read() == content


def test_a_large_file_is_never_whole_in_memory(actor: Actor, tmp_path: Path) -> None:
    large = tmp_path / "large.csv"
    line = ("K0000001,見本商事,東京都港区芝1-1," + "x" * 900 + "\n").encode()
    large.write_bytes("コード,会社名,住所,備考\n".encode() + line * (24 * PART_BYTES // len(line)))
    with large.open("rb") as file, transaction(actor) as session:
        tracemalloc.start()
        record = service.create_import(session, actor, filename="large.csv", file=file)
        with open_file(session, actor, record.id) as stored:
            size = stored.seek(0, io.SEEK_END)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert size == record.size_bytes == large.stat().st_size
        assert peak < 12 * PART_BYTES


def test_upload_larger_than_a_part_is_read_in_the_browser(
    client_for: Callable[[Person], FieldClient], make_user: MakeUser
) -> None:
    client = client_for(make_user(Role.MANAGER))
    content = "".join(",".join(line) + "\n" for line in _lines()).encode()
    answer = client.post("/api/imports", data={"file": (io.BytesIO(content), "x.csv")})
    assert (answer.status_code, answer.json["row_count_estimate"]) == (201, ROWS)
    assert answer.json["preview"][0]["values"]["name"] == "見本商事0"


def test_drafts_nobody_started_go_after_two_days_with_their_files(
    actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = _store(actor, b"name\nA\n")
    later = clock.now() + timedelta(days=3)
    monkeypatch.setattr(clock, "_read", lambda: later)
    new = _store(actor, b"name\nB\n")
    with transaction(actor) as session:
        query = select(ImportPart.import_id).where(ImportPart.org_id == actor.org_id)
        assert session.scalars(query).all() == [new.id]
        assert [record.id for record in session.scalars(select(Import))] == [new.id]
        assert queries.get_import(session, actor, new.id).filename == "x.csv"
    assert old.id != new.id
