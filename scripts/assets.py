#!/usr/bin/env python3
"""Build the front end into static/dist when its sources changed since the last build."""

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from places import ROOT, STAMPS, environment, fail, say

DIST = ROOT / "static/dist"
STAMP = STAMPS / "assets"
SOURCE_FOLDERS = ("static/src", "static/public")
SOURCE_FILES = ("package-lock.json", "*.config.ts", "*.config.js", "tsconfig*.json", "templates/shell.html")


def build_if_changed() -> None:
    """Build unless static/dist was made from exactly these sources."""
    digest = _digest()
    if DIST.exists() and STAMP.exists() and STAMP.read_text() == digest:
        return
    build()
    STAMP.parent.mkdir(parents=True, exist_ok=True)
    STAMP.write_text(digest)


def build() -> None:
    """Bundle with Vite."""
    say("Building the front end ...")
    command = ["npm", "run", "--silent", "build"]
    if subprocess.run(command, cwd=ROOT, env=environment(), check=False).returncode != 0:
        fail("the front end does not build, see above.")


def _sources() -> Iterator[Path]:
    for folder in SOURCE_FOLDERS:
        yield from (path for path in (ROOT / folder).rglob("*") if path.is_file() and path.name != "api.d.ts")
    for pattern in SOURCE_FILES:
        yield from ROOT.glob(pattern)


def _digest() -> str:
    digest = hashlib.sha256()
    for path in sorted(_sources()):
        digest.update(f"{path.relative_to(ROOT)}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    if "--force" in sys.argv:
        STAMP.unlink(missing_ok=True)
    build_if_changed()
