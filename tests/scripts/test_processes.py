"""Programs in the background are known by number and start time, and end when told to."""

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import processes

PATIENT = ["sleep", "60"]
STUBBORN = ["sh", "-c", "trap '' TERM; echo deaf; while true; do sleep 0.1; done"]
PATIENCE_S = 60


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> processes.Background:
    monkeypatch.setattr(processes, "PIDS", tmp_path / "pids")
    monkeypatch.setattr(processes, "LOGS", tmp_path / "log")
    return processes.Background("sample")


def _wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_started_program_runs_until_stopped(program: processes.Background) -> None:
    program.start(PATIENT, note="http://127.0.0.1:1")
    assert program.is_running()
    assert program.note() == "http://127.0.0.1:1"
    assert program.stop()
    assert not program.is_running()
    assert not program.stop()


def test_a_killed_program_is_not_running(program: processes.Background, tmp_path: Path) -> None:
    program.start(PATIENT)
    os.kill(json.loads((tmp_path / "pids/sample.json").read_text())["pid"], signal.SIGKILL)
    _wait_until(lambda: not program.is_running())


def test_a_program_that_had_ended_before_it_was_looked_at_is_not_running(
    program: processes.Background, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "_start_time", lambda _pid: None)
    program.start(["true"])
    assert not program.is_running()


def test_the_number_given_again_to_another_program_is_left_alone(
    program: processes.Background, tmp_path: Path
) -> None:
    (tmp_path / "pids").mkdir()
    stranger = {"pid": os.getpid(), "started": 1, "note": ""}
    (tmp_path / "pids/sample.json").write_text(json.dumps(stranger))
    assert not program.is_running()
    assert not program.stop()


def test_a_program_that_ignores_the_request_is_killed(
    program: processes.Background, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "PATIENCE_S", 0.3)
    program.start(STUBBORN)
    _wait_until(lambda: program.last_lines() == "deaf")
    assert program.stop()


def test_what_it_prints_is_in_its_log(program: processes.Background) -> None:
    program.start(["sh", "-c", "echo first; echo second >&2"])
    _wait_until(lambda: not program.is_running())
    assert program.last_lines() == "first\nsecond"


def test_children_of_a_killed_program_are_ended_before_the_next_start(
    program: processes.Background, tmp_path: Path
) -> None:
    program.start(["sh", "-c", "sleep 60 & echo $! ; wait"])
    _wait_until(lambda: program.last_lines() != "")
    child = Path(f"/proc/{program.last_lines()}")
    os.kill(json.loads((tmp_path / "pids/sample.json").read_text())["pid"], signal.SIGKILL)
    os.wait()
    assert child.exists()
    program.start(PATIENT)
    program.stop()
    assert not child.exists() or ") Z" in (child / "stat").read_text()
