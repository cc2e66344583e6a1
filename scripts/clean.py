#!/usr/bin/env python3
"""`make clean`: remove what can be made again; the database, its key and uploads stay."""

import shutil

from places import LOCAL, NODE_MODULES, ROOT, STAMPS, VENV, say

CACHES = (".pytest_cache", ".mypy_cache", ".ruff_cache", ".import_linter_cache", ".hypothesis", "static/dist")


def main() -> None:
    """Remove it all; a link is removed, not what it leads to."""
    for folder in (
        VENV,
        NODE_MODULES,
        STAMPS,
        LOCAL / "log",
        LOCAL / "test-reports",
        *(ROOT / c for c in CACHES),
    ):
        if folder.is_symlink():
            folder.unlink()
        else:
            shutil.rmtree(folder, ignore_errors=True)
    for cache in ROOT.glob("[a-z]*/**/__pycache__"):
        shutil.rmtree(cache, ignore_errors=True)
    say(f"Cleaned. The database is kept in {LOCAL}; remove that folder to start anew.")


if __name__ == "__main__":
    main()
