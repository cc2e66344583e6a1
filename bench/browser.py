"""A signed-in person asking the real WSGI application, without a network between."""

import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder

from fieldcrm.core.actor import Actor, Role
from fieldcrm.core.db import transaction
from fieldcrm.identity import sessions


@dataclass(frozen=True)
class Answer:
    """What came back, and after how long."""

    status: int
    headers: dict[str, str]
    body: bytes
    ms: float


class Browser:
    """Keeps the session's cookie and asks again and again."""

    def __init__(self, app: Flask, actor: Actor) -> None:
        self.actor = actor
        self.app = app
        with app.app_context(), transaction(actor) as session:
            key = sessions.start_session(session, actor, user_agent="bench")
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = str(key), True
            cookie.permanent = True
        kept = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
        self._cookie = f"{kept.key}={kept.value}" if kept else ""

    def get(self, path: str, *, query: Any = None, headers: dict[str, str] | None = None) -> Answer:
        """Ask for ``path``; the time is the application's alone, from the request to the last byte."""
        sent = {"Cookie": self._cookie, "Accept-Encoding": "gzip", **(headers or {})}
        environ = EnvironBuilder(path=path, query_string=query, headers=Headers(sent)).get_environ()
        found: list[Any] = []

        def start(status: str, answered: list[tuple[str, str]], _error: object = None) -> Any:
            found[:] = [int(status[:3]), dict(answered)]
            return bytearray().extend

        started = time.perf_counter()
        parts: Iterable[bytes] = self.app.wsgi_app(environ, start)
        body = b"".join(parts)
        if hasattr(parts, "close"):
            parts.close()
        return Answer(found[0], found[1], body, (time.perf_counter() - started) * 1000)


def person(
    org_id: int, user_id: uuid.UUID, role: Role, *, team_ids: frozenset[uuid.UUID] = frozenset()
) -> Actor:
    """Return the actor of one of the data set's people."""
    return Actor(org_id=org_id, user_id=user_id, role=role, team_ids=team_ids)
