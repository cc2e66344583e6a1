"""The app as it is, on a web server that may die, or dawdle, between a push's commit and its answer.

The file that the environment's FATE names says which: `die` once, or `dawdle` for as long as it is there.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from flask import Flask, Response, request

import fieldcrm

PUSH = "/api/sync/push"


def create_app() -> Flask:
    """Return the app; what it writes is committed before an answer meets its fate."""
    app = fieldcrm.create_app()
    fate = Path(os.environ["FATE"])

    @app.after_request
    def meet_fate(response: Response) -> Response:
        if request.path == PUSH and response.status_code == 200 and fate.exists():
            if fate.read_text() == "die":
                fate.unlink()
                os.kill(os.getpid(), signal.SIGKILL)
            fate.with_suffix(".met").touch()
            while fate.exists():
                time.sleep(0.02)
        return response

    return app


class Fate:
    """The file, held by the test."""

    def __init__(self, path: Path) -> None:
        self._path, self._met = path, path.with_suffix(".met")

    def shall(self, word: str) -> None:
        """Let the next answer to a push `die`, or `dawdle`."""
        self._met.unlink(missing_ok=True)
        self._path.write_text(word)

    def is_met(self) -> bool:
        """Whether a push has been committed and its answer is dead, or held."""
        return self._met.exists() or not self._path.exists()

    def spare(self) -> None:
        """Let go of what is held."""
        self._path.unlink(missing_ok=True)
