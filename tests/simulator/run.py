"""One run: the machine, the phones' process, and the sum of all verdicts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar

from flask import Flask
from psycopg import OperationalError
from sqlalchemy.exc import DBAPIError

from fieldcrm.app import create_app
from fieldcrm.config import Settings
from tests.simulator import organisations, verdict
from tests.simulator.machine import ATTACHMENTS, LOCAL, ROOT, Machine
from tests.simulator.planted import SERVER_BUGS

PROGRESS_EVERY = 25
PATIENCE_S = 120
BUILD = "npx --no-install vite build --config vite.simulator.config.ts --logLevel error"

Result = TypeVar("Result")


@dataclass
class Outcome:
    """What all histories together showed."""

    histories: int = 0
    operations: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    diverged: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    @property
    def is_well(self) -> bool:
        """Return whether every history ran and nothing was lost, doubled or diverged."""
        return self.histories > 0 and not (self.is_caught or self.broken)

    @property
    def is_caught(self) -> bool:
        """Return whether anything was lost, doubled or diverged."""
        return bool(self.lost or self.doubled or self.diverged)

    def add(self, found: dict[str, Any]) -> None:
        """Take in one history's verdict."""
        self.histories += 1
        self.operations += found["operations"]
        self.faults.update(found["faults"])
        for kind in ("lost", "doubled", "diverged"):
            for sentence in found[kind]:
                getattr(self, kind).append(sentence)
                print(f"{kind}: seed {found['seed']}: {sentence}", flush=True)

    def summary(self) -> str:
        """Return the last line."""
        broken = f", broken: {len(self.broken)}" if self.broken else ""
        counts = f"lost: {len(self.lost)}, doubled: {len(self.doubled)}, diverged: {len(self.diverged)}"
        return f"histories: {self.histories}, faults: {self.faults.total()}, {counts}{broken}"


@contextmanager
def running_machine() -> Iterator[Machine]:
    """Build the phones and run the server's side for them."""
    subprocess.run(BUILD.split(), cwd=ROOT, check=True)
    machine = Machine()
    try:
        machine.start()
        yield machine
    finally:
        machine.stop()


def play(
    machine: Machine, seeds: Iterable[int], *, operations: int, at_once: int, planted: str = ""
) -> Outcome:
    """Play a history for each seed, ``at_once`` side by side; with a planted bug until it is caught."""
    outcome = Outcome()
    on_server = planted if planted in SERVER_BUGS else ""
    if on_server != machine.planted:
        machine.serve_with(on_server)
    job = {"origin": machine.url, "seeds": list(seeds), "operations": operations, "at_once": at_once}
    _Phones(machine, outcome, planted=planted).run(job)
    for kind, count in sorted(outcome.faults.items()):
        print(f"{count:7} {kind}")
    print(f"{outcome.operations} operations were promised to people")
    return outcome


class _Phones:
    """The process with the phones, and the answers to what it asks."""

    def __init__(self, machine: Machine, outcome: Outcome, *, planted: str) -> None:
        self._machine, self._outcome, self._planted = machine, outcome, planted
        self._write = Lock()
        self._app = _own_app(machine)
        self._people: dict[int, dict[str, Any]] = {}
        environment = {**os.environ, "PLANTED": planted}
        self._process = subprocess.Popen(
            ["node", "--enable-source-maps", "--max-old-space-size=2048", str(LOCAL / "phones" / "main.mjs")],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, job: dict[str, Any]) -> None:
        """Hand over the work and answer until it is done."""
        self._send({"job": job})
        assert self._process.stdout is not None
        with ThreadPoolExecutor(max_workers=4) as pool:
            for line in self._process.stdout:
                message = json.loads(line)
                if "wish" in message:
                    pool.submit(self._answer, message)
                else:
                    self._note(message)
                if self._planted and self._outcome.is_caught:
                    self._process.kill()
                    break
        if self._process.wait() != 0 and not self._planted:
            self._outcome.broken.append("the phones' process ended with an error")

    def _note(self, message: dict[str, Any]) -> None:
        if "broken" in message:
            text = f"seed {message['broken']['seed']}: {message['broken']['error']}"
            self._outcome.broken.append(text)
            print(f"broken: {text}", flush=True)
            return
        self._outcome.add(message["verdict"])
        if self._outcome.histories % PROGRESS_EVERY == 0:
            print(f"  {self._outcome.summary()}", flush=True)

    def _answer(self, message: dict[str, Any]) -> None:
        try:
            answer: dict[str, Any] = {"value": self._fulfil(message)}
        except Exception as error:  # told to the phones, which report the history as broken
            traceback.print_exc(file=sys.stderr)
            answer = {"error": f"{message['wish']}: {error!r}"}
        self._send({"id": message["id"], **answer})

    def _fulfil(self, message: dict[str, Any]) -> Any:
        match message["wish"]:
            case "organisation":
                made = _patiently(lambda: organisations.create(self._app, message["seed"]))
                self._people[made["org_id"]] = made["people"]
                return made
            case "sign_in":
                org_id, name = message["org_id"], message["name"]
                user_id = self._people[org_id][name]["id"]
                return _patiently(
                    lambda: organisations.cookie_for(self._app, org_id=org_id, name=name, user_id=user_id)
                )
            case "kill":
                self._kill(message["what"], message["id"])
                return None
            case "judge":
                url = self._machine.environment["DATABASE_SUPERUSER_URL"]
                return _patiently(lambda: verdict.judge(url, ATTACHMENTS, message["ledger"]))
        raise ValueError(message["wish"])

    def _kill(self, what: str, choice: int) -> None:
        if what == "server":
            self._machine.kill_web_worker(choice)
        else:
            self._machine.kill_database()

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        with self._write, suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(message) + "\n")
            self._process.stdin.flush()


def _own_app(machine: Machine) -> Flask:
    """Return the application over the machine's database, for making organisations and sign-ins."""
    settings = Settings(
        database_url=machine.environment["DATABASE_URL"],
        secret_key=machine.environment["SECRET_KEY"],
        fieldcrm_local_dir=LOCAL,
    )
    return create_app(settings)


def _patiently(work: Callable[[], Result]) -> Result:
    """Do it again while the database is just being killed and comes back."""
    for _ in range(PATIENCE_S * 4):
        try:
            return work()
        except (DBAPIError, OperationalError):
            time.sleep(0.25)
    return work()
