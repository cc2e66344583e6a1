"""500 reps whose phones ask every 30 seconds, some of them sending a visit, through the real web server.

Each visit moves the organisation's clock, so that everybody's next question is answered with a pull: the
steady state of a busy organisation, not of an idle one.
"""

import asyncio
import json
import random
import time
import uuid
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import psycopg
from flask import Flask

from bench import database
from bench.browser import person
from bench.harness import Suite, at_most, percentile
from bench.served import HOST, served
from bench.sync_data import FLEET, REPS
from fieldcrm.core.actor import Role
from fieldcrm.core.db import transaction
from fieldcrm.core.ids import new_id
from fieldcrm.identity import sessions

EVERY_S = 30
ROUNDS = 3
SENDS = 0.1
"""The share of rounds in which a rep has logged a visit."""


@dataclass
class Times:
    """How long requests took, in milliseconds, by what they were; and what went wrong."""

    ms: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


@dataclass
class Rep:
    """One phone: its session, its device, an account to visit, and where it stands."""

    cookie: str
    device_id: str
    account_id: str
    token: str = ""
    cursor: int = 0
    reach: str = ""
    etag: str = ""


def measure(suite: Suite, app: Flask, urls: dict[str, str]) -> None:
    """Record what the slowest of twenty requests took, and how many failed."""
    with database.superuser(urls) as connection:
        reps = _sign_in(app, connection)
    times = Times()
    with served(urls, secret_key=app.config["SECRET_KEY"]) as port:
        asyncio.run(_drive(port, reps, times))
    every = [ms for one in times.ms.values() for ms in one]
    for what, found in sorted(times.ms.items()):
        suite.record(f"{REPS} reps: {what} p95 of {len(found):,}", percentile(found, 0.95), "ms")
    suite.record(
        f"{REPS} reps, all {len(every):,} requests p95", percentile(every, 0.95), "ms", bar=at_most(300)
    )
    suite.record(f"{REPS} reps, errors", len(times.errors), "", bar=at_most(0))
    for error in times.errors[:5]:
        print(f"  {error}")


def _sign_in(app: Flask, connection: psycopg.Connection) -> list[Rep]:
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    accounts: dict[uuid.UUID | None, uuid.UUID] = dict(
        connection.execute(
            "select owner_id, (array_agg(id))[1] from accounts where org_id = %s group by 1", (FLEET.org_id,)
        ).fetchall()
    )
    reps = []
    for user_id in FLEET.reps:
        actor = person(FLEET.org_id, user_id, Role.REP)
        with app.app_context(), transaction(actor) as session:
            key = sessions.start_session(session, actor, user_agent="bench")
        cookie = signer.dumps({"_user_id": str(key), "_fresh": True, "_permanent": True})
        name, device = app.config["SESSION_COOKIE_NAME"], str(new_id())
        connection.execute(
            "insert into devices (org_id, id, user_id, label, app_version, first_seen_at, last_seen_at)"
            " values (%s, %s, %s, 'bench', '1', now(), now())",
            (FLEET.org_id, device, user_id),
        )
        account = accounts.get(user_id) or accounts[None]
        reps.append(Rep(cookie=f"{name}={cookie}", device_id=device, account_id=str(account)))
    return reps


async def _drive(port: int, reps: list[Rep], times: Times) -> None:
    """Bring every phone up to date, then let them come in evenly over the time between two questions."""
    ready = asyncio.Semaphore(8)
    draws = random.Random(1)  # noqa: S311 - not a secret

    async def settle(rep: Rep) -> None:
        async with ready:
            await Phone(port, rep, Times()).begin(is_sending=draws.random() < SENDS)

    await asyncio.gather(*(settle(rep) for rep in reps))
    rounds = [
        (draws.random() * EVERY_S, [draws.random() < SENDS for _ in range(ROUNDS)], rep) for rep in reps
    ]
    await asyncio.gather(*(Phone(port, rep, times).live(delay, sends) for delay, sends, rep in rounds))


class Phone:
    """One rep's phone on a connection of its own, kept open for the length of a round."""

    def __init__(self, port: int, rep: Rep, times: Times) -> None:
        self._port, self._rep, self._times = port, rep, times
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def begin(self, *, is_sending: bool) -> None:
        """Fetch a CSRF token and the first cursor, and (that the server is warm) send a visit."""
        _, head, body = await self._ask("csrf", "/api/csrf")
        self._rep.token = json.loads(body)["csrf_token"]
        self._rep.cookie = head["set-cookie"].split(";")[0]
        _, _, body = await self._ask("clock", "/api/sync/clock")
        self._rep.cursor = json.loads(body)["clock"]
        await self._pull()
        if is_sending:
            await self._push()
        self._close()

    async def live(self, delay: float, sends: list[bool]) -> None:
        """Ask every 30 seconds, sending first where there is something to send."""
        await asyncio.sleep(delay)
        for is_sending in sends:
            started = time.monotonic()
            await self._note(self._round(is_sending=is_sending))
            # As phones do: a connection is not held through half a minute of silence.
            self._close()
            await asyncio.sleep(max(0.0, EVERY_S - (time.monotonic() - started)))

    async def _note(self, work: Awaitable[None]) -> None:
        try:
            await work
        except (OSError, ValueError, KeyError, asyncio.IncompleteReadError) as error:
            self._times.errors.append(repr(error))
            self._close()

    async def _round(self, *, is_sending: bool) -> None:
        if is_sending:
            await self._push()
        known = {"If-None-Match": self._rep.etag}
        status, _, _ = await self._ask("clock", "/api/sync/clock", known)
        if status == 200:
            await self._pull()

    async def _pull(self) -> None:
        reach = f"&reach={self._rep.reach}" if self._rep.reach else ""
        path = f"/api/sync/pull?cursor={self._rep.cursor}{reach}"
        _, head, body = await self._ask("pull", path)
        page = json.loads(body)
        self._rep.cursor, self._rep.reach, self._rep.etag = page["cursor"], page["reach"], head["etag"]

    async def _push(self) -> None:
        moment = datetime.now(UTC).isoformat()
        visit = {"account_id": self._rep.account_id, "occurred_at": moment, "note": "面談"}
        operation = {
            "op_id": str(new_id()), "type": "activity.log", "entity_id": str(new_id()), "seq": 1,
            "account_id": self._rep.account_id, "base_version": None, "recorded_at": moment, "body": visit,
        }  # fmt: skip
        body = {"device_id": self._rep.device_id, "sent_at": moment, "operations": [operation]}
        head = {"Content-Type": "application/json", "X-CSRFToken": self._rep.token}
        _, _, answer = await self._ask("push", "/api/sync/push", head, body=json.dumps(body).encode())
        (result,) = json.loads(answer)["results"]
        if result["status"] != "applied":
            self._times.errors.append(f"push: {result}")

    async def _ask(
        self, what: str, path: str, headers: dict[str, str] | None = None, *, body: bytes = b""
    ) -> tuple[int, dict[str, str], bytes]:
        """Send a request; note its time, and an error unless it is answered 200 or 304."""
        sent = {"Host": HOST, "Cookie": self._rep.cookie, "X-Device": self._rep.device_id, **(headers or {})}
        first = f"{'POST' if body else 'GET'} {path} HTTP/1.1"
        lines = [first, *(f"{name}: {value}" for name, value in sent.items()), f"Content-Length: {len(body)}"]
        started = time.perf_counter()
        if self._streams is None:
            self._streams = await asyncio.open_connection(HOST, self._port)
        reader, writer = self._streams
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        status, head = _head(await reader.readuntil(b"\r\n\r\n"))
        answer = await reader.readexactly(int(head.get("content-length", 0)))
        self._times.ms.setdefault(what, []).append((time.perf_counter() - started) * 1000)
        if status not in (200, 304):
            self._times.errors.append(f"{what}: {status} {answer[:200]!r}")
        return status, head, answer

    def _close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def _head(raw: bytes) -> tuple[int, dict[str, Any]]:
    first, *lines = raw.decode().rstrip("\r\n").split("\r\n")
    pairs = (line.split(":", 1) for line in lines)
    return int(first.split()[1]), {name.lower(): value.strip() for name, value in pairs}
