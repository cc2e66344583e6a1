#!/usr/bin/env python3
"""`make test`: every check and every test, with both hands of a small machine, each step with its seconds.

All steps run even when one fails, so that one run tells everything. The last line counts the tests.
"""

import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cluster
from places import LOCAL, ROOT, environment, say

REPORTS = LOCAL / "test-reports"
PYTHON = [sys.executable]
PYTEST = ["python", "-m", "pytest", "-q"]
# A process a core, each with a database of its own; what a file's tests share they share.
AT_ONCE = ["-n", "logical", "--maxprocesses=4", "--dist=loadfile"]
# Run by themselves.
OWN_STEPS = ["--ignore=tests/browser", "--ignore=tests/simulator"]


@dataclass(frozen=True)
class Step:
    """One command; `report` is the file in which a test runner counts its tests."""

    name: str
    command: list[str]
    report: Path | None = None


def lint_steps() -> list[Step]:
    """Return the checks that need no database and no browser."""
    return [
        Step("ruff check", ["ruff", "check"]),
        Step("ruff format", ["ruff", "format", "--check"]),
        Step("mypy", ["mypy"]),
        Step("import contracts", ["lint-imports", "--no-cache"]),
        Step("file sizes", [*PYTHON, "scripts/check_sizes.py"]),
        Step("types of the API", [*PYTHON, "scripts/api_types.py"]),
        Step("svelte-check", ["npm", "run", "--silent", "check"]),
    ]


def promise_steps() -> list[Step]:
    """Return the proof of the offline promise, on a machine of its own."""
    promise = REPORTS / "simulator.xml"
    return [Step("offline promise", [*PYTEST, "tests/simulator", f"--junit-xml={promise}"], promise)]


def frontend_steps() -> list[Step]:
    """Return the tests of the front end, and its build."""
    vitest = REPORTS / "vitest.xml"
    reporters = ["--reporter=default", "--reporter=junit", f"--outputFile.junit={vitest}"]
    return [
        Step("vitest", ["npx", "--no-install", "vitest", "run", *reporters], vitest),
        Step("build", [*PYTHON, "scripts/assets.py"]),
        Step("size of the shell", ["npm", "run", "--silent", "size"]),
    ]


def backend_steps() -> list[Step]:
    """Return the tests of the back end on a real database."""
    report = REPORTS / "pytest.xml"
    at_once = [] if "TEST_DATABASE_URL" in os.environ else AT_ONCE
    return [Step("pytest", [*PYTEST, *at_once, *OWN_STEPS, f"--junit-xml={report}"], report)]


def browser_steps() -> list[Step]:
    """Return the tests of the built app in a browser."""
    report = REPORTS / "browser.xml"
    return [Step("browser tests", [*PYTEST, *AT_ONCE, "tests/browser", f"--junit-xml={report}"], report)]


def main() -> None:
    """Run all, or with --lint only the checks."""
    is_lint_only = "--lint" in sys.argv
    REPORTS.mkdir(parents=True, exist_ok=True)
    _demand(Step("set-up", [*PYTHON, "scripts/setup.py", "--dev"]))
    was_running = is_lint_only or _is_database_running()
    lanes = [lint_steps()]
    if not is_lint_only:
        _demand(Step("database", [*PYTHON, "scripts/db.py", "create-test"]))
        # The proof waits a lot, for servers that were killed and phones that try again.
        lanes = [promise_steps(), [*lint_steps(), *frontend_steps(), *backend_steps()]]
    failed = _run_side_by_side(lanes)
    if not is_lint_only:
        # By themselves: they wait for what people see.
        lanes.append(browser_steps())
        failed += _run_lane(lanes[-1])
    if not was_running:
        _run(Step("database down", [*PYTHON, "scripts/db.py", "down"]))
    say(f"\nfailed steps: {', '.join(failed)}" if failed else "\nall steps succeeded")
    if not is_lint_only:
        _count_tests([step for lane in lanes for step in lane])
    sys.exit(1 if failed else 0)


def _demand(step: Step) -> None:
    """Run what all else needs, and show what it says as it goes: it may install for minutes."""
    say(f"\n=== {step.name}")
    started = time.monotonic()
    done = subprocess.run(step.command, cwd=ROOT, env=environment(), stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        raise SystemExit(f"\n{step.name} failed: nothing else can run")
    say(f"--- {step.name}: ok, {time.monotonic() - started:.1f} s")


def _run_side_by_side(lanes: list[list[Step]]) -> list[str]:
    """Run each lane's steps in order, the lanes at once; return the names of the steps that failed."""
    with ThreadPoolExecutor(len(lanes)) as pool:
        return [name for names in pool.map(_run_lane, lanes) for name in names]


def _run_lane(steps: list[Step]) -> list[str]:
    return [step.name for step in steps if not _run(step)]


def _run(step: Step) -> bool:
    """Run the step; what it prints is shown when it is over, undivided."""
    say(f"... {step.name}")
    if step.report is not None:
        step.report.unlink(missing_ok=True)
    started = time.monotonic()
    with tempfile.TemporaryFile() as printed:
        done = subprocess.run(
            step.command,
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            check=False,
        )
        printed.seek(0)
        text = printed.read().decode(errors="replace")
    word = "ok" if done.returncode == 0 else f"FAILED ({done.returncode})"
    say(f"\n=== {step.name}\n{text.rstrip()}\n--- {step.name}: {word}, {time.monotonic() - started:.1f} s")
    return done.returncode == 0


def _is_database_running() -> bool:
    binaries = cluster.find_binaries()
    return cluster.is_ready(binaries)


def _count_tests(steps: list[Step]) -> None:
    """Print the sum over all runners; a runner that died without a report counts as one failure."""
    passed = failed = skipped = 0
    for report in (step.report for step in steps if step.report is not None):
        if not report.exists():
            failed += 1
            continue
        for suite in ET.parse(report).getroot().iter("testsuite"):  # noqa: S314 - our own file
            counts = {key: int(suite.get(key, "0")) for key in ("tests", "failures", "errors", "skipped")}
            bad = counts["failures"] + counts["errors"]
            failed += bad
            skipped += counts["skipped"]
            passed += counts["tests"] - bad - counts["skipped"]
    say(f"{passed} passed, {failed} failed, {skipped} skipped")


if __name__ == "__main__":
    main()
