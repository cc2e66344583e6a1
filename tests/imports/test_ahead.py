"""Chunks come from a process of their own: what goes wrong there is told here; it ends with its listener."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator

import pytest

from fieldcrm.core.errors import FieldError, Invalid
from fieldcrm.imports.ahead import Chunk, read_ahead


def _chunk(no: int) -> Chunk:
    return Chunk([], [], no)


def test_chunks_come_in_order() -> None:
    assert [chunk.next_row for chunk in read_ahead(_chunk(no) for no in range(300))] == list(range(300))


def test_what_is_wrong_with_the_file_is_told_whole() -> None:
    def broken() -> Iterator[Chunk]:
        yield _chunk(1)
        raise Invalid(FieldError("file", "imports.broken_file", {"row": 2}))

    coming = read_ahead(broken())
    assert next(coming).next_row == 1
    with pytest.raises(Invalid) as refused:
        next(coming)
    assert refused.value.errors == (FieldError("file", "imports.broken_file", {"row": 2}),)


def test_a_reader_that_is_killed_is_an_error_and_no_end_of_the_file() -> None:
    def killed() -> Iterator[Chunk]:
        yield _chunk(1)
        os.kill(os.getpid(), signal.SIGKILL)

    coming = read_ahead(killed())
    assert next(coming).next_row == 1
    with pytest.raises(RuntimeError, match="died"):
        next(coming)


def test_it_ends_with_whoever_listens() -> None:
    def endless() -> Iterator[Chunk]:
        while True:
            yield _chunk(1)

    coming = read_ahead(endless())
    next(coming)
    coming.close()
    assert multiprocessing.active_children() == []
