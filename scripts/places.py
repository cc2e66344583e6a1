"""Where things are: the checkout, its private folder, its virtual environment.

Standard library only, like everything in this folder: it runs before the virtual environment exists.
"""

import os
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
LOCAL = Path(os.environ.get("FIELDCRM_LOCAL_DIR") or ROOT / ".local").absolute()
VENV = ROOT / ".venv"
VENV_BIN = VENV / "bin"
VENV_PYTHON = str(VENV_BIN / "python")
NODE_MODULES = ROOT / "node_modules"
STAMPS = LOCAL / "stamps"
LOGS = LOCAL / "log"
PIDS = LOCAL / "pids"


def is_root() -> bool:
    """Tell whether this process may install packages and must drop its rights to run PostgreSQL."""
    return os.geteuid() == 0


def environment(**extra: str) -> dict[str, str]:
    """Return this process's variables with the virtual environment's programs first on PATH."""
    path = f"{VENV_BIN}:{os.environ.get('PATH', '/usr/bin:/bin')}"
    return {**os.environ, "PATH": path, **extra}


def say(text: str) -> None:
    """Print one line of progress at once, also when the output is a pipe."""
    print(text, flush=True)


def fail(text: str) -> NoReturn:
    """Stop with one helpful sentence and no traceback."""
    print(f"error: {text}", file=sys.stderr, flush=True)
    raise SystemExit(1)
