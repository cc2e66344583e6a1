"""Filling in the entrance pages as a browser without JavaScript does."""

from __future__ import annotations

import html
import re

from werkzeug.test import TestResponse

from tests.fixtures.people import FieldClient

PASSWORD = "毎日三件まわる2026"
FRESH = "あたらしい合言葉2027"


def token_of(page: str) -> str:
    """Return the CSRF token that a page's form holds."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found.group(1)


def submit(client: FieldClient, path: str, **fields: str) -> TestResponse:
    """Open the page at ``path``, fill in its form, and send it with all that the form holds hidden."""
    page = client.get(path)
    assert page.status_code == 200, page.text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    filled = {name: html.unescape(value) for name, value in hidden.items()} | fields
    return client.post(path.split("?", maxsplit=1)[0], data=filled)


def sign_in(client: FieldClient, *, email: str, password: str, address: str = "127.0.0.1") -> TestResponse:
    """Fill in the sign-in page, coming from ``address``."""
    token = token_of(client.get("/sign-in").text)
    form = {"csrf_token": token, "email": email, "password": password}
    return client.post("/sign-in", data=form, environ_base={"REMOTE_ADDR": address})
