"""The proof proves something: with a bug of each kind planted it says so. Part of `make test-sync`."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.simulator.machine import ROOT
from tests.simulator.planted import PHONE_BUGS, SERVER_BUGS

AT_MOST = "40"
PATIENCE_S = 400


@pytest.mark.parametrize("bug", [*SERVER_BUGS, *PHONE_BUGS])
def test_a_planted_bug_is_caught(bug):
    command = [sys.executable, "-m", "tests.simulator", "--histories", AT_MOST, "--planted", bug]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert done.returncode == 1, done.stdout[-2000:] + done.stderr[-2000:]
    assert done.stdout.splitlines()[-1].startswith("histories: "), done.stderr[-2000:]
    kinds = ("lost:", "doubled:", "diverged:")
    assert any(line.startswith(kinds) for line in done.stdout.splitlines()), done.stdout[-2000:]
