#!/usr/bin/env python3
"""Bring the tables up to date, then run the idempotent step after it: grants and leakproof marks.

The owner of the tables migrates. The private cluster lets us be superuser for the second step, which
marks the PostGIS functions that may use an index under row-level security; on another server the
administrator of that server passes DATABASE_SUPERUSER_URL, or the step says what it could not do.
"""

import subprocess

from places import ROOT, VENV_BIN, environment, fail


def main() -> None:
    """Run both steps; stop at the first that fails."""
    _flask("db", "upgrade")
    _flask("db-post")


def _flask(*words: str) -> None:
    command = [str(VENV_BIN / "flask"), "--app", "fieldcrm", *words]
    if subprocess.run(command, cwd=ROOT, env=environment(), check=False).returncode != 0:
        fail(f"flask {' '.join(words)} failed, see above.")


if __name__ == "__main__":
    main()
