"""Fixtures of the browser tests: the served demo, Chromium, phones and desktops."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.browser.serving import PASSWORD, Served, serve

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --use-gl=angle --use-angle=swiftshader "
    "--enable-unsafe-swiftshader --ignore-gpu-blocklist "
    "--use-fake-device-for-media-stream --use-fake-ui-for-media-stream"
).split()
SANGENJAYA = {"longitude": 139.6703, "latitude": 35.6437, "accuracy": 20}
SETTINGS: dict[str, Any] = {
    "timezone_id": "Asia/Tokyo",
    "geolocation": SANGENJAYA,
    "permissions": ["geolocation", "background-sync", "microphone"],
}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

# A loaded build machine is slow; what is right comes in the end.
expect.set_options(timeout=40_000)

OpenPhone = Callable[..., Page]
# The app's, for the pages before it have one of their own: to choose the language.
APP = "nav:not(.languages)"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder."""
    for item in items:
        item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app with the demo, as `make run` serves it."""
    with serve(tmp_path_factory.mktemp("served")) as app:
        yield app


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Headless Chromium with a software GPU for the map."""
    path = shutil.which("chromium") or CHROMIUM
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_browser(chromium: Browser, served: Served) -> Iterator[OpenPhone]:
    """Open a phone (390x844, touch) or a desktop, signed in as ``email``; close all at the end.

    A violation of the page's Content-Security-Policy or an uncaught error fails the test.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_one(
        email: str | None = None,
        *,
        locale: str = "ja",
        theme: str = "light",
        is_desktop: bool = False,
        base_url: str = served.url,
        **more: Any,
    ) -> Page:
        screen = {"viewport": {"width": 1280, "height": 844}} if is_desktop else PHONE
        language = "ja-JP" if locale == "ja" else "en-GB"
        settings = {**SETTINGS, **screen, "locale": language, "color_scheme": theme, **more}
        context = chromium.new_context(base_url=base_url, **settings)
        context.set_default_timeout(40_000)
        watch_policy(context, faults)
        contexts.append(context)
        page = context.new_page()
        listen_for_faults(page, faults)
        if email is not None:
            sign_in(page, email)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not faults


REPORT_VIOLATIONS = """addEventListener('securitypolicyviolation', (event) => noteViolation(
  `${event.documentURI}: ${event.violatedDirective} forbids ${event.blockedURI} ${event.sample}`))"""


def watch_policy(context: BrowserContext, faults: list[str]) -> None:
    """Note whatever the Content-Security-Policy forbids on any page of ``context``, from its first line."""
    context.expose_binding("noteViolation", lambda _source, told: faults.append(told))
    context.add_init_script(REPORT_VIOLATIONS)


def listen_for_faults(page: Page, faults: list[str]) -> None:
    """Note an error that a page does not catch, and what it is refused."""
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: _note_violation(message, faults))


def _note_violation(message: ConsoleMessage, faults: list[str]) -> None:
    if "Content Security Policy" in message.text or "Refused to" in message.text:
        faults.append(message.text)


def sign_in(page: Page, email: str) -> None:
    """Sign in on the page as a person would and wait for the app."""
    page.goto("/sign-in")
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_selector(APP)
