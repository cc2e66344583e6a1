"""The other end of ``apart``: a process that makes one plan after the other until nobody asks any more.

Run as ``python -m fieldcrm.planning.worker``; problems come in pickled, answers go out the same way.
"""

from __future__ import annotations

import gc
import pickle
import signal
import sys
from typing import BinaryIO

from fieldcrm.planning.solving import steps


def work(asked: BinaryIO, answers: BinaryIO) -> None:
    """Answer each (problem, budget) with its plans and None after the last, or with an error's text."""
    while True:
        try:
            problem, budget_s = pickle.load(asked)  # noqa: S301 - from the process that started this one
        except EOFError:
            return
        try:
            for plan in steps(problem, budget_s=budget_s):
                _send(answers, plan)
            _send(answers, None)
        except Exception as error:
            _send(answers, f"{type(error).__name__}: {error}")
        gc.collect()


def _send(answers: BinaryIO, what: object) -> None:
    pickle.dump(what, answers)
    answers.flush()


if __name__ == "__main__":
    # Whoever started this ends it, by closing the pipe or by force; Ctrl-C is meant for them.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    work(sys.stdin.buffer, sys.stdout.buffer)
