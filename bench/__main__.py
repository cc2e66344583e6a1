"""`python -m bench [SUITE...]`: run the suites, print their tables, exit 1 when a bar is missed.

A suite is a module of this package with `run() -> bool`; without names all of them run.
"""

import importlib
import logging
import os
import pkgutil
import sys
from pathlib import Path

import bench
from fieldcrm.telemetry.log_format import JsonFormatter

ROOT = Path(__file__).resolve().parent.parent
NOT_SUITES = {"__main__", "harness"}


def main() -> None:
    """Run what the command line names."""
    known = sorted(
        module.name
        for module in pkgutil.iter_modules(bench.__path__)
        if module.name not in NOT_SUITES and hasattr(importlib.import_module(f"bench.{module.name}"), "run")
    )
    wanted = sys.argv[1:] or known
    unknown = set(wanted) - set(known)
    if unknown or not wanted:
        raise SystemExit(
            f"no such suite: {', '.join(sorted(unknown)) or '(none at all)'}; there are: {', '.join(known)}"
        )
    _log_to_file()
    missed = [name for name in wanted if not importlib.import_module(f"bench.{name}").run()]
    if missed:
        raise SystemExit(f"bars missed in: {', '.join(missed)}")


def _log_to_file() -> None:
    """Have each request logged as a server does, in a file instead of between the tables."""
    folder = Path(os.environ.get("FIELDCRM_LOCAL_DIR") or ROOT / ".local") / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(folder / "requests.log", mode="w", encoding="utf-8")
    handler.setFormatter(JsonFormatter())
    # Whoever configures logging later finds it configured.
    logging.basicConfig(level="INFO", handlers=[handler])


if __name__ == "__main__":
    main()
