"""UUIDv7: well-formed, rising, not to be guessed."""

from __future__ import annotations

import os
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

from fieldcrm.core import ids
from fieldcrm.core.ids import new_id, parse_id


def test_ids_are_uuids_of_version_7_with_the_time_in_front() -> None:
    before = time.time_ns() // 1_000_000
    made = new_id()
    assert made.version == 7
    assert made.variant == uuid.RFC_4122
    assert before <= made.int >> 80 <= time.time_ns() // 1_000_000 + 1


def test_ids_of_a_process_rise() -> None:
    made = [new_id() for _ in range(20_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_ids_rise_when_the_clock_is_set_back(monkeypatch) -> None:
    first = new_id()
    monkeypatch.setattr(ids.time, "time_ns", lambda: 0)
    assert new_id() > first


def test_ids_of_threads_differ() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = [
            each for batch in pool.map(lambda _: [new_id() for _ in range(2_000)], range(8)) for each in batch
        ]
    assert len(set(made)) == len(made)


def test_neighbours_are_not_guessable() -> None:
    made = [new_id().int for _ in range(1000)]
    steps = {after - before for before, after in pairwise(made)}
    assert len(steps) > 990
    assert min(steps) > 0


def test_parse_id_takes_ids_only() -> None:
    made = new_id()
    assert parse_id(str(made)) == made
    assert parse_id("x") is None
    assert parse_id(None) is None


def test_a_forked_process_does_not_go_on_with_its_parents_random_numbers() -> None:
    new_id()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, new_id().bytes)
        os._exit(0)
    os.waitpid(child, 0)
    theirs = uuid.UUID(bytes=os.read(reading, 16))
    assert theirs.int & (1 << 62) - 1 != new_id().int & (1 << 62) - 1
