"""What a phone receives: its first load, a backlog of changes, and (mostly) that there is nothing new."""

import json
from typing import Any

import psycopg
from flask import Flask

from bench import database
from bench.browser import Answer, Browser, person
from bench.harness import Suite, at_most, percentile
from bench.sync_data import ACCOUNTS, ACTIVITIES, FLEET
from fieldcrm.core.actor import Role

BACKLOG = 10_000
PAGE = 2_000
TIMES = 100
AS_BROWSERS_DO = {"Accept-Encoding": "gzip, deflate, br, zstd"}


def measure(suite: Suite, app: Flask, urls: dict[str, str]) -> None:
    """Record the administrator's phone: all 20,000 accounts are in its reach."""
    browser = Browser(app, person(FLEET.org_id, FLEET.administrator, Role.ADMINISTRATOR))
    _first_load(suite, browser)
    with database.superuser(urls) as connection:
        _backlog(suite, browser, connection)
    _nothing_new(suite, browser)


def _first_load(suite: Suite, browser: Browser) -> None:
    for _ in range(3):
        rows = _ask(browser, "/api/sync/snapshot", part="rows")
    size, name = len(rows.body) / 1e6, f"first load of {ACCOUNTS:,}"
    suite.record(f"{name}: rows", rows.ms / 1000, "s", bar=at_most(0.7))
    suite.record(f"{name}: rows, compressed", size, "MB", bar=at_most(1.5))
    for part, what in (("details", "all columns"), ("activities", f"{ACTIVITIES:,} activities")):
        pages = _part(browser, part)
        suite.record(f"{name}: {what}", sum(page.ms for page in pages) / 1000, "s")
        suite.record(f"{name}: {what}, slowest of {len(pages)}", max(page.ms for page in pages) / 1000, "s")
        suite.record(f"{name}: {what}, compressed", sum(len(page.body) for page in pages) / 1e6, "MB")


def _part(browser: Browser, part: str) -> list[Answer]:
    pages: list[Answer] = []
    given: dict[str, Any] = {"part": part, "cursor": 1}
    while True:
        pages.append(_ask(browser, "/api/sync/snapshot", **given))
        after = json.loads(_ask(browser, "/api/sync/snapshot", plain=True, **given).body)["next"]
        if after is None:
            return pages
        given = {"part": part, "cursor": 1, "after": after}


def _backlog(suite: Suite, browser: Browser, connection: psycopg.Connection) -> None:
    """Record a phone that was away: half of the changes are accounts, the others visits, in small steps."""
    cursor = _clock(browser)
    half = BACKLOG // 2
    for table in ("accounts", "activities"):
        connection.execute(
            f"update {table} t set version = version + 1, updated_at = now(), change_seq = %s + m.n"
            f" from (select id, row_number() over () as n from {table} where org_id = %s limit %s) m"
            " where t.org_id = %s and t.id = m.id",
            (cursor, FLEET.org_id, half, FLEET.org_id),
        )
    connection.execute(
        "update organisations set change_seq = change_seq + %s where org_id = %s", (half, FLEET.org_id)
    )
    times, found = [], 0
    while True:
        answer = _ask(browser, "/api/sync/pull", cursor=cursor, limit=PAGE, plain=True)
        page = json.loads(answer.body)
        times.append(answer.ms)
        found += sum(len(page[name]) for name in ("accounts", "activities"))
        cursor = page["cursor"]
        if not page["more"]:
            break
    assert found == BACKLOG, found
    suite.record(
        f"backlog of {BACKLOG:,} changes, {len(times)} pages", sum(times) / 1000, "s", bar=at_most(3)
    )


def _nothing_new(suite: Suite, browser: Browser) -> None:
    cursor = _clock(browser)
    asked = {"/api/sync/clock": {}, "/api/sync/pull": {"cursor": cursor}}
    for path, query in asked.items():
        first = browser.get(path, query=query, headers=AS_BROWSERS_DO)
        for what, headers in (("known", {"If-None-Match": first.headers["ETag"]}), ("asked plainly", {})):
            answers = [browser.get(path, query=query, headers=AS_BROWSERS_DO | headers) for _ in range(TIMES)]
            assert {answer.status for answer in answers} == {304 if headers else 200}
            name = f"nothing new, {path.rsplit('/', 1)[1]} {what}"
            ms = percentile([answer.ms for answer in answers], 0.5)
            suite.record(f"{name}: p50", ms, "ms", bar=at_most(5))
            suite.record(f"{name}: head and body", max(map(_bytes, answers)), "bytes", bar=at_most(1000))


def _ask(browser: Browser, path: str, *, plain: bool = False, **query: Any) -> Answer:
    headers = {"Accept-Encoding": "identity"} if plain else AS_BROWSERS_DO
    answer = browser.get(path, query=query, headers=headers)
    assert answer.status == 200, answer
    return answer


def _clock(browser: Browser) -> int:
    return int(
        json.loads(browser.get("/api/sync/clock", headers={"Accept-Encoding": "identity"}).body)["clock"]
    )


def _bytes(answer: Answer) -> int:
    head = sum(len(name) + len(value) + 4 for name, value in answer.headers.items())
    return head + len(answer.body)
