#!/usr/bin/env python3
"""Bring the tables up to date, then run the idempotent step after it: grants and leakproof marks.

The owner of the tables migrates. The private cluster lets us be superuser for the second step, which
marks the PostGIS functions that may use an index under row-level security; on another server the
administrator of that server passes DATABASE_SUPERUSER_URL, or the step says what it could not do.
"""

import os
import subprocess

import databases
from places import ROOT, VENV_BIN, environment, fail


def main() -> None:
    """Run both steps; stop at the first that fails."""
    superuser = os.environ.get("DATABASE_SUPERUSER_URL")
    if superuser is None and not os.environ.get("DATABASE_URL"):
        superuser = databases.read_environment()["DATABASE_SUPERUSER_URL"]
    _flask("db", "upgrade")
    if superuser:
        _flask("db-post", DATABASE_OWNER_URL=superuser)
    else:
        _flask("db-post")


def _flask(*words: str, **variables: str) -> None:
    command = [str(VENV_BIN / "flask"), "--app", "fieldcrm", *words]
    if subprocess.run(command, cwd=ROOT, env=environment(**variables), check=False).returncode != 0:
        fail(f"flask {' '.join(words)} failed, see above.")


if __name__ == "__main__":
    main()
