"""One build and one machine for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.simulator.machine import Machine
from tests.simulator.run import running_machine


@pytest.fixture(scope="session")
def machine() -> Iterator[Machine]:
    """Return the server's side; `play` serves with the bug that it is given."""
    with running_machine() as running:
        yield running
