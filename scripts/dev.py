#!/usr/bin/env python3
"""`make dev`: the app with live reload; Flask restarts on a change, Vite builds again on a change.

Stays in the foreground; Ctrl-C ends all of it but the database, which `make stop` ends.
"""

import os
import subprocess
import time

from places import ROOT, environment, say


def main() -> None:
    """Run the three programs until one ends or the user interrupts."""
    flask = ["flask", "--app", "fieldcrm"]
    address = ["--host", os.environ.get("HOST") or "127.0.0.1", "--port", os.environ.get("PORT") or "8000"]
    commands = [
        [*flask, "--debug", "run", *address],
        [*flask, "worker"],
        ["npm", "run", "--silent", "build", "--", "--watch"],
    ]
    programs = [subprocess.Popen(command, cwd=ROOT, env=environment()) for command in commands]
    say("Ctrl-C ends it.")
    try:
        while all(program.poll() is None for program in programs):
            time.sleep(0.3)
    except KeyboardInterrupt:
        say("\nEnding ...")
    for program in programs:
        program.terminate()
    for program in programs:
        program.wait()


if __name__ == "__main__":
    main()
