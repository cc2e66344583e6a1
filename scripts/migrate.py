#!/usr/bin/env python3
"""Bring the tables up to date, then run the idempotent steps after it: grants, marks, basemap queued."""

import os
import subprocess

from places import ROOT, VENV_BIN, environment, fail


def main() -> None:
    """Run the steps; stop at the first that fails."""
    for words in (["db", "upgrade"], ["db-post"], ["basemap", "build", "--later"]):
        command = [str(VENV_BIN / "flask"), "--app", "fieldcrm", *words]
        quiet = environment(LOG_LEVEL=os.environ.get("LOG_LEVEL") or "WARNING")
        if subprocess.run(command, cwd=ROOT, env=quiet, check=False).returncode != 0:
            fail(f"flask {' '.join(words)} failed, see above.")


if __name__ == "__main__":
    main()
