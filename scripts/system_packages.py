"""What the distribution must provide: PostGIS, venv, and for the tests a browser with CJK fonts and GDAL."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from places import VENV_BIN, fail, is_root, say
from postgres_binaries import find_installed, find_with_postgis

DEFAULT_POSTGRES = 15


def missing_for_run() -> list[str]:
    """Return the Debian packages that `make run` still lacks."""
    packages = []
    if not os.environ.get("DATABASE_URL") and find_with_postgis() is None:
        installed = find_installed()
        packages.append(f"postgresql-{installed[0].major if installed else DEFAULT_POSTGRES}-postgis-3")
    if not (VENV_BIN / "python").exists() and not _can_make_venv():
        packages.append("python3-venv")
    return packages


def missing_for_tests() -> list[str]:
    """Return the Debian packages that the tests still lack."""
    packages = [] if shutil.which("chromium") else ["chromium"]
    if not Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").exists():
        packages.append("fonts-noto-cjk")
    if shutil.which("ogr2ogr") is None:
        packages.append("gdal-bin")
    return packages


def second_engine() -> list[str]:
    """Return the Debian packages of WebKit, the engine of iPhones, as far as they are missing."""
    programs = {"WebKitWebDriver": "webkit2gtk-driver", "Xvfb": "xvfb"}
    return [package for program, package in programs.items() if shutil.which(program) is None]


def install_if_possible(packages: list[str]) -> None:
    """Install what only one test needs, which says so when it is not there."""
    try:
        install(packages)
    except SystemExit:
        say(f"Going on without {' '.join(packages)}: what needs it is skipped.")


def install(packages: list[str]) -> None:
    """Install them, or stop with the command to ask an administrator for."""
    if not packages:
        return
    wanted = " ".join(packages)
    by_hand = f"apt-get update && apt-get install --no-install-recommends {wanted}"
    if shutil.which("apt-get") is None:
        fail(f"this system has no apt-get; install what Debian calls: {wanted}")
    prefix = _become_root()
    if prefix is None:
        fail(f"missing: {wanted}. Ask an administrator of this machine to run, as root:\n  {by_hand}")
    say(f"Installing {wanted} ...")
    environment = ["env", "DEBIAN_FRONTEND=noninteractive"]
    for command in (
        ["update", "-qq"],
        ["install", "-y", "-qq", "--no-install-recommends", *packages],
    ):
        done = subprocess.run(
            [*prefix, *environment, "apt-get", *command], check=False, stdout=subprocess.DEVNULL
        )
        if done.returncode != 0:
            fail(f"apt-get failed, see above. Try by hand: {by_hand}")


def _can_make_venv() -> bool:
    return importlib.util.find_spec("ensurepip") is not None or importlib.util.find_spec("pip") is not None


def _become_root() -> list[str] | None:
    """Return the words before a command that make it run as root; None when there is no way."""
    if is_root():
        return []
    if shutil.which("sudo") is None:
        return None
    if subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0:
        return ["sudo", "-n"]
    return ["sudo"] if sys.stdin.isatty() else None
