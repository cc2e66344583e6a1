"""The size limits bite: at the limit nothing, one line past it a failure."""

from pathlib import Path

import pytest

import check_sizes


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_sizes, "ROOT", tmp_path)


def _function(lines: int) -> str:
    return "def long():\n" + "    pass\n" * (lines - 1)


@pytest.mark.parametrize("name", ["a.py", "a.ts", "a.svelte"])
@pytest.mark.parametrize(("lines", "failures"), [(400, [False]), (401, [True])])
def test_a_file_past_the_limit_fails(tmp_path: Path, name: str, lines: int, failures: list[bool]) -> None:
    path = tmp_path / name
    path.write_text("\n" * lines)
    assert [finding.is_failure for finding in check_sizes.inspect(path)] == failures


@pytest.mark.parametrize(("lines", "failures"), [(30, []), (31, [False]), (60, [False]), (61, [True])])
def test_a_function_past_the_limit_fails(tmp_path: Path, lines: int, failures: list[bool]) -> None:
    path = tmp_path / "a.py"
    path.write_text(_function(lines))
    assert [finding.is_failure for finding in check_sizes.inspect(path)] == failures


def test_a_migration_may_be_long(tmp_path: Path) -> None:
    path = tmp_path / "migrations" / "0001.py"
    path.parent.mkdir()
    path.write_text(_function(500))
    assert check_sizes.inspect(path) == []
