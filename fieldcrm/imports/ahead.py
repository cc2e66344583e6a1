"""Chunks of a file read, checked and located ahead, in a thread, while the database writes others."""

from __future__ import annotations

import itertools
import queue
import sys
import threading
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass

from fieldcrm.core import clock
from fieldcrm.imports import header_row
from fieldcrm.imports.existing import row_key
from fieldcrm.imports.fields import Row
from fieldcrm.imports.placing import foresee
from fieldcrm.imports.rows import RowReader
from fieldcrm.imports.rules import CHUNK_ROWS, is_blank, row_digest, text_number

_AHEAD = 2  # chunks waiting: a few megabytes
_DIGEST = (1 << 64) - 1
# With Python's own 5 ms whoever waits for the database waits as long again for the reading thread to
# let go, at each of some twenty statements a chunk, and the database stands idle meanwhile.
_SWITCH_S = 0.0005


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows of one transaction; ``repeated`` are the numbers of rows equal to an earlier one.

    ``next_row`` is where a run goes on once the chunk is done.
    """

    rows: list[Row]
    repeated: list[int]
    next_row: int


class ChunkReader:
    """Reads a table's rows chunk by chunk and knows which customers came before in the same file.

    ``is_foreseeing``: the rows are probably new customers, so where they lie is worked out ahead. A
    wrong guess costs time and nothing else; whoever writes the chunks corrects it as they go.
    """

    def __init__(self, reader: RowReader, *, header: int) -> None:
        self.is_foreseeing = True
        self._reader = reader
        self._header = header
        # By account: its first row's number and digest in one number, a third of what a pair takes.
        self._seen: dict[int, int] = {}

    def chunks(self, table: Iterator[list[str]]) -> Iterator[Chunk]:
        """Yield the chunks of the table's data."""
        head = list(itertools.islice(table, header_row.SEARCHED_ROWS))
        first = header_row.first_data_row(head, self._header)
        numbered = enumerate(itertools.chain(head, table), start=1)
        data = ((no, cells) for no, cells in numbered if no > first and not is_blank(cells))
        while batch := list(itertools.islice(data, CHUNK_ROWS)):
            read = [self._reader.read(no, cells) for no, cells in batch]
            repeated = [row.row_no for row in read if self._is_repeated(row)]
            out = frozenset(repeated)
            rows = [row for row in read if row.row_no not in out]
            if self.is_foreseeing:
                foresee([row for row in rows if not row.is_refused], at=clock.now())
            yield Chunk(rows, repeated, batch[-1][0])

    def _is_repeated(self, row: Row) -> bool:
        """Tell whether an equal row came before; one of the same account that differs is refused."""
        if row.is_refused:
            return False
        key, digest = text_number(row_key(row)), row_digest(row.cells)
        before = self._seen.setdefault(key, row.row_no << 64 | digest)
        before_no = before >> 64
        if before_no == row.row_no:
            return False
        if before & _DIGEST == digest:
            return True
        row.blame("row", "imports.twice_in_file", row=before_no)
        return False


def read_ahead(chunks: Iterable[Chunk]) -> Generator[Chunk]:
    """Yield ``chunks`` made in a thread of their own; what goes wrong there is raised here."""
    waiting: queue.Queue[Chunk | BaseException | None] = queue.Queue(maxsize=_AHEAD)
    is_left = threading.Event()

    def put(item: Chunk | BaseException | None) -> bool:
        while not is_left.is_set():
            try:
                waiting.put(item, timeout=0.2)
            except queue.Full:
                continue
            return True
        return False

    def work() -> None:
        try:
            for chunk in chunks:
                if not put(chunk):
                    return
            put(None)
        except BaseException as error:
            put(error)

    thread = threading.Thread(target=work, name="import-reader", daemon=True)
    usual_s = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_S)
    thread.start()
    try:
        while (item := waiting.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        is_left.set()
        thread.join()
        sys.setswitchinterval(usual_s)
