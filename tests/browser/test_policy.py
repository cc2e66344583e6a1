"""The Content-Security-Policy bites, and the watch that every browser test keeps notices it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import watch_policy
from tests.browser.serving import Served

ADD = "const add = (tag, more) => document.body.append(Object.assign(document.createElement(tag), more));"
FORBIDDEN = {
    "script-src-elem": "add('script', {text: 'planted()'})",
    "style-src-attr": "document.body.setAttribute('style', 'color: red')",
    "style-src-elem": "add('style', {textContent: 'p {}'})",
    "img-src": "add('img', {src: 'http://127.0.0.1:9/planted.png'})",
    "connect-src": "void fetch('http://127.0.0.1:9/planted').catch(() => 0)",
    "worker-src": "try { new Worker(URL.createObjectURL(new Blob(['1']))) } catch { /* or it throws */ }",
    "frame-src": "add('iframe', {src: '/sign-in'})",
}


@pytest.mark.parametrize("directive", FORBIDDEN)
def test_what_is_forbidden_is_stopped_and_noticed(chromium: Browser, served: Served, directive: str) -> None:
    context = chromium.new_context(base_url=served.url)
    faults: list[str] = []
    watch_policy(context, faults)
    page = context.new_page()
    page.goto("/sign-in")
    page.evaluate(f"() => {{ {ADD} {FORBIDDEN[directive]} }}")
    wait_for_fault(page, faults)
    assert f"{directive} forbids" in faults[0]
    context.close()


def wait_for_fault(page: Page, faults: list[str]) -> None:
    """Give the page's event its turn."""
    for _ in range(100):
        if faults:
            return
        page.wait_for_timeout(50)
