#!/usr/bin/env python3
"""`make dev`: the app with live reload; Flask restarts on a change, Vite hands the browser what changed.

Stays in the foreground; Ctrl-C ends all of it but the database, which `make stop` ends.
"""

import os
import subprocess
import time

from places import ROOT, environment, say

VITE = "http://localhost:5173"


def main() -> None:
    """Run the three programs until one ends or the user interrupts."""
    flask = ["flask", "--app", "fieldcrm"]
    address = ["--host", os.environ.get("HOST") or "127.0.0.1", "--port", os.environ.get("PORT") or "8000"]
    variables = {"FIELDCRM_VITE_URL": VITE, "FIELDCRM_BACKEND": f"http://{address[1]}:{address[3]}"}
    commands = [[*flask, "--debug", "run", *address], [*flask, "worker"], ["npm", "run", "--silent", "dev"]]
    programs = [subprocess.Popen(command, cwd=ROOT, env=environment(**variables)) for command in commands]
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
