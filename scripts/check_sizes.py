#!/usr/bin/env python3
"""Hold the size limits of the house style: a file or function that outgrew them must be divided.

Files fail past 400 lines, functions past 60; what deserves a second look is listed with --report.
"""

import argparse
import ast
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from places import ROOT

FILE_LIMIT = 400
FUNCTION_LIMIT = 60
FUNCTION_LOOK = 30
FILE_LOOK = {".py": 250, ".ts": 250, ".svelte": 250}
GENERATED = {"static/src/core/api.d.ts"}


@dataclass(frozen=True)
class Finding:
    """One file or function above a limit."""

    where: str
    what: str
    lines: int
    is_failure: bool

    def __str__(self) -> str:
        return f"{'FAIL' if self.is_failure else 'look'}  {self.lines:4d} lines  {self.where}  {self.what}"


def main() -> None:
    """Print the findings; exit 1 when one is a failure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--report", action="store_true", help="also list what deserves a second look")
    is_report = parser.parse_args().report
    findings = [finding for path in _sources() for finding in inspect(path)]
    findings.sort(key=lambda f: (-f.is_failure, -f.lines))
    for finding in findings:
        if finding.is_failure or is_report:
            print(finding)
    failures = sum(f.is_failure for f in findings)
    print(f"sizes: {failures} too large, {len(findings) - failures} to look at again")
    sys.exit(1 if failures else 0)


def inspect(path: Path) -> list[Finding]:
    """Return what is above a limit in one file."""
    text = path.read_text(encoding="utf-8")
    # A migration is one long statement of what changed; dividing it hides the order.
    if path.is_relative_to(ROOT / "migrations"):
        return []
    where = str(path.relative_to(ROOT))
    findings = []
    lines = text.count("\n")
    if lines > FILE_LOOK[path.suffix]:
        findings.append(Finding(where=where, what="file", lines=lines, is_failure=lines > FILE_LIMIT))
    if path.suffix == ".py":
        findings += _functions(ast.parse(text), where=where)
    return findings


def _functions(tree: ast.Module, *, where: str) -> list[Finding]:
    findings = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        if lines > FUNCTION_LOOK:
            is_failure = lines > FUNCTION_LIMIT
            findings.append(
                Finding(
                    where=f"{where}:{node.lineno}",
                    what=node.name,
                    lines=lines,
                    is_failure=is_failure,
                )
            )
    return findings


def _sources() -> list[Path]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = (ROOT / name for name in listed.splitlines() if name not in GENERATED)
    return [path for path in paths if path.suffix in FILE_LOOK and path.is_file()]


if __name__ == "__main__":
    main()
