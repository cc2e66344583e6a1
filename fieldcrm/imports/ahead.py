"""Chunks of a file read, checked and located ahead, in a process of its own, while others are written."""

from __future__ import annotations

import gc
import itertools
import multiprocessing
import signal
from collections.abc import Generator, Iterable, Iterator
from ctypes import c_bool
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import RawValue

from fieldcrm.core import clock
from fieldcrm.imports import header_row
from fieldcrm.imports.existing import row_key
from fieldcrm.imports.fields import Row
from fieldcrm.imports.placing import foresee
from fieldcrm.imports.rows import RowReader
from fieldcrm.imports.rules import CHUNK_ROWS, is_blank, row_digest, text_number

_DIGEST = (1 << 64) - 1
# Forked, not begun anew: what the file is read with (the gazetteer, open files) is there at once, and shared.
_FORK = multiprocessing.get_context("fork")


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
        self._is_foreseeing = RawValue(c_bool, True)
        self._reader = reader
        self._header = header
        # By account: its first row's number and digest in one number, a third of what a pair takes.
        self._seen: dict[int, int] = {}

    @property
    def is_foreseeing(self) -> bool:
        return bool(self._is_foreseeing.value)

    @is_foreseeing.setter
    def is_foreseeing(self, value: bool) -> None:
        # Seen by the process that reads, which has its own copy of all else.
        self._is_foreseeing.value = value

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
    """Yield ``chunks`` made in a process of their own; what goes wrong there is raised here."""
    receiving, sending = _FORK.Pipe(duplex=False)
    process = _FORK.Process(
        target=_work, args=(chunks, receiving, sending), name="import-reader", daemon=True
    )
    process.start()
    sending.close()
    try:
        while (item := receiving.recv()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    except EOFError as error:
        raise RuntimeError("the process that reads the file died") from error
    finally:
        # Not asked to end: its signals would be taken for this process's own.
        process.kill()
        process.join()
        receiving.close()


def _work(chunks: Iterable[Chunk], receiving: Connection, sending: Connection) -> None:
    """Send chunks until the last, or until nobody listens any more.

    Nothing that was inherited may be let go of here: a connection to the database is still the parent's.
    """
    gc.freeze()
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    receiving.close()
    try:
        for chunk in chunks:
            sending.send(chunk)
        sending.send(None)
    except BrokenPipeError:
        return
    except Exception as error:
        sending.send(error)
