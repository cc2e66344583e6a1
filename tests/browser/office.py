"""Colleagues at their desks: what they do meanwhile, through the API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import APIRequestContext, Browser

from tests.browser.serving import PASSWORD


class Desk:
    """Somebody signed in."""

    def __init__(self, line: APIRequestContext, email: str) -> None:
        self._line = line
        self._headers: dict[str, str] = {}
        self._take_token("/api/csrf")
        self.send("POST", "/api/session", {"email": email, "password": PASSWORD})
        self._take_token("/api/csrf")

    def send(self, method: str, path: str, body: dict[str, object]) -> Any:
        """Send a request that must succeed; return what it answers."""
        answer = self._line.fetch(path, method=method, data=body, headers=self._headers)
        assert answer.ok, answer.text()
        return json.loads(answer.text() or "null")

    def edit(self, account_id: str, **fields: object) -> None:
        """Change an account."""
        self.send("PATCH", f"/api/accounts/{account_id}", fields)

    def merge(self, loser_id: str, *, into: str) -> None:
        """Have an account taken over by another."""
        self.send("POST", f"/api/accounts/{loser_id}/merge", {"into_id": into})

    def _take_token(self, path: str) -> None:
        self._headers = {"X-CSRFToken": json.loads(self._line.get(path).text())["csrf_token"]}


@contextmanager
def desk_of(chromium: Browser, base_url: str, email: str) -> Iterator[Desk]:
    """Be signed in for the length of a test."""
    context = chromium.new_context(base_url=base_url)
    try:
        yield Desk(context.request, email)
    finally:
        context.close()
