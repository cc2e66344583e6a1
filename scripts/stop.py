#!/usr/bin/env python3
"""`make stop`: end the web server, the worker, the roads and the private cluster, and nothing else."""

import os
import subprocess
import sys

from places import LOCAL, ROOT, say
from processes import ROADS, WEB, WORKER


def main() -> None:
    """Stop all of them; a second call finds nothing to do."""
    for program in (WEB, WORKER, *ROADS.values()):
        if program.stop():
            say(f"Stopped the {program.name} process.")
    if os.environ.get("DATABASE_URL") is None and (LOCAL / "env").exists():
        subprocess.run([sys.executable, ROOT / "scripts/db.py", "down"], check=True)


if __name__ == "__main__":
    main()
