"""`python -m bench [SUITE...]`: run the suites, print their tables, exit 1 when a bar is missed.

A suite is a module of this package with `run() -> bool`; without names all of them run.
"""

import importlib
import pkgutil
import sys

import bench

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
    missed = [name for name in wanted if not importlib.import_module(f"bench.{name}").run()]
    if missed:
        raise SystemExit(f"bars missed in: {', '.join(missed)}")


if __name__ == "__main__":
    main()
