#!/usr/bin/env python3
"""Install what the app needs into this machine, `.venv` and `node_modules`; start nothing.

Each part is stamped with a hash of what it was made from, so that the second run costs a few file reads.
"""

import argparse
import hashlib
import subprocess
import sys
from pathlib import Path

import node
import system_packages
from places import NODE_MODULES, ROOT, VENV, VENV_BIN, VENV_PYTHON, fail, say

OLDEST_PYTHON = (3, 11)
DATA_ONLY = "requirements-data.txt"


def main() -> None:
    """Install what is missing for the asked purpose."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="also what checks and tests need, with a browser")
    is_dev = parser.parse_args().dev
    if sys.version_info < OLDEST_PYTHON:
        fail("Python 3.11 or newer is needed; name it: make PYTHON=python3.12 run")
    packages = system_packages.missing_for_run()
    system_packages.install(packages + (system_packages.missing_for_tests() if is_dev else []))
    if is_dev:
        system_packages.install_if_possible(system_packages.second_engine())
    _python_packages(is_dev=is_dev)
    _node_packages()


def _python_packages(*, is_dev: bool) -> None:
    # A .venv that is a link is shared between checkouts: whoever owns it keeps it up to date.
    if VENV.is_symlink():
        return
    names = ["requirements-dev.txt"] if is_dev else ["requirements.txt"]
    sources = [ROOT / name for name in ("requirements.txt", DATA_ONLY, *names)]
    stamp = VENV / f"stamp-{'dev' if is_dev else 'run'}"
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    if _is_fresh(stamp, sources=sources, salt=version):
        return
    if not (VENV_BIN / "python").exists() or not (VENV_BIN / "pip").exists():
        _make_venv()
    say("Installing the Python packages ...")
    command = [VENV_PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    for words in (["-r", names[0]], ["--no-deps", "-r", DATA_ONLY]):
        if subprocess.run([*command, *words], cwd=ROOT, check=False).returncode != 0:
            fail("pip install failed.")
    _write_stamp(stamp, sources=sources, salt=version)


def _make_venv() -> None:
    say("Making the virtual environment ...")
    if (
        subprocess.run(
            [sys.executable, "-m", "venv", "--clear", VENV], capture_output=True, check=False
        ).returncode
        == 0
    ):
        return
    # Debian splits pip out of venv; a pip of the system can fill a virtual environment made without one.
    subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", VENV], check=True)
    command = [sys.executable, "-m", "pip", "--python", VENV_PYTHON, "install", "-q", "pip"]
    if subprocess.run(command, check=False).returncode != 0:
        fail("the virtual environment could not be made; install the package python3-venv.")


def _node_packages() -> None:
    if not node.is_present() and not VENV.is_symlink():
        node.install()
    sources = [path for name in ("package.json", "package-lock.json") if (path := ROOT / name).exists()]
    stamp = NODE_MODULES / ".stamp"
    if not sources or NODE_MODULES.is_symlink() or _is_fresh(stamp, sources=sources):
        return
    node.install_packages()
    _write_stamp(stamp, sources=sources)


def _digest(sources: list[Path], *, salt: str) -> str:
    digest = hashlib.sha256(salt.encode())
    for source in sources:
        digest.update(source.read_bytes())
    return digest.hexdigest()


def _is_fresh(stamp: Path, *, sources: list[Path], salt: str = "") -> bool:
    return stamp.exists() and stamp.read_text() == _digest(sources, salt=salt)


def _write_stamp(stamp: Path, *, sources: list[Path], salt: str = "") -> None:
    stamp.write_text(_digest(sources, salt=salt))


if __name__ == "__main__":
    main()
