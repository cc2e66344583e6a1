"""Plans made in processes of their own, with a limit that holds whatever the solver does.

Idle processes are kept warm: starting one takes longer than most plans. When all are busy a further one is
started, so that no plan waits for another.
"""

from __future__ import annotations

import atexit
import os
import pickle
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, cast

from fieldcrm.core.errors import Unavailable
from fieldcrm.planning.plan import Plan
from fieldcrm.planning.problem import Problem

KEPT_WARM = 2
_ROOT = Path(__file__).resolve().parents[2]


class PlanTimedOut(Unavailable):
    """The limit was over before there was any plan."""


class PlannerDied(Unavailable):
    """The process that planned is gone, or failed; ``why`` is for the log."""

    def __init__(self, why: str) -> None:
        super().__init__()
        self.why = why

    def __str__(self) -> str:
        return self.why


def solve_apart(problem: Problem, *, budget_s: float, limit_s: float) -> Plan:
    """Return ``solving.solve``'s plan, made in another process that does not outlive ``limit_s``.

    Past the limit the last plan it had is returned, marked as partial; raise PlanTimedOut when it had none,
    PlannerDied when the process came to an end by itself.
    """
    return _pool.solve(problem, budget_s=budget_s, limit_s=limit_s)


class _Planner:
    """One process, asked one problem at a time."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "fieldcrm.planning.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(_ROOT)},
        )
        self._asking = cast(IO[bytes], self._process.stdin)
        self._answers = cast(IO[bytes], self._process.stdout)
        self.is_usable = True

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def solve(self, problem: Problem, *, budget_s: float, limit_s: float) -> Plan:
        """Return the last plan that comes within the limit; ``is_usable`` tells whether to ask again."""
        is_late = threading.Event()

        def stop() -> None:
            is_late.set()
            self._process.kill()

        limit = threading.Timer(limit_s, stop)
        limit.start()
        last: Plan | None = None
        self.is_usable = False
        try:
            pickle.dump((problem, budget_s), self._asking)
            self._asking.flush()
            while isinstance(answer := pickle.load(self._answers), Plan):  # noqa: S301 - our own process
                last = answer
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            if last is not None:
                return last
            if is_late.is_set():
                raise PlanTimedOut from error
            raise PlannerDied(f"the planning process ended ({self._process.wait()})") from error
        finally:
            limit.cancel()
        self.is_usable = not is_late.is_set()
        if answer is not None or last is None:
            raise PlannerDied(str(answer))
        return last

    def end(self) -> None:
        """End the process, however busy it is."""
        self._process.kill()
        self._process.wait()
        self._asking.close()
        self._answers.close()


class _Pool:
    """The processes of this one; after a fork the child begins with none."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[_Planner] = []
        self._owner = os.getpid()

    def solve(self, problem: Problem, *, budget_s: float, limit_s: float) -> Plan:
        planner = self._take()
        try:
            return planner.solve(problem, budget_s=budget_s, limit_s=limit_s)
        finally:
            self._give_back(planner)

    def end(self) -> None:
        """End all that are idle; busy ones end when their pipe does."""
        with self._lock:
            idle, self._idle = self._idle, []
        if self._owner == os.getpid():
            for planner in idle:
                planner.end()

    def _take(self) -> _Planner:
        with self._lock:
            if self._owner != os.getpid():
                # A pipe that two processes read from answers neither.
                self._idle, self._owner = [], os.getpid()
            while self._idle:
                planner = self._idle.pop()
                if planner.is_alive:
                    return planner
                planner.end()
        return _Planner()

    def _give_back(self, planner: _Planner) -> None:
        with self._lock:
            if planner.is_usable and planner.is_alive and len(self._idle) < KEPT_WARM:
                self._idle.append(planner)
                return
        planner.end()


_pool = _Pool()
atexit.register(_pool.end)
