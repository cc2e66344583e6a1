#!/usr/bin/env python3
"""`make screenshots`: the five places of the demo, both themes and languages, into docs/screenshots/.

Runs in the virtual environment, against the app that `make run` started.
"""

import json
import sys

from playwright.sync_api import Browser, Geolocation, Page, sync_playwright

from places import ROOT, fail, say
from processes import WEB

FOLDER = ROOT / "docs/screenshots"
EMAIL, PASSWORD = "manager@mirai.example", "demo-fieldcrm"
PLACES = ("map", "lists", "today", "team", "more")
LANGUAGES = {"ja": "ja-JP", "en": "en-GB"}
THEMES = ("light", "dark")
SHIBUYA: Geolocation = {"longitude": 139.7016, "latitude": 35.6580, "accuracy": 15}
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
]
SETTLED_MS = 2500


def main() -> None:
    """Take all pictures; stop at the first page that reports an error."""
    if not WEB.is_running():
        fail("the app is not running; start it with: make run")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        for language in LANGUAGES:
            for theme in THEMES:
                _take(browser, language=language, theme=theme)
        browser.close()
    say(f"{len(LANGUAGES) * len(THEMES) * len(PLACES)} pictures in {FOLDER.relative_to(ROOT)}")


def _take(browser: Browser, *, language: str, theme: str) -> None:
    context = browser.new_context(
        base_url=WEB.note(),
        viewport={"width": 390, "height": 844},
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
        locale=LANGUAGES[language],
        timezone_id="Asia/Tokyo",
        color_scheme="dark" if theme == "dark" else "light",
        geolocation=SHIBUYA,
        permissions=["geolocation"],
    )
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    _sign_in(page, language=language)
    for place in PLACES:
        page.goto(f"/{place}")
        page.locator(".boot").wait_for(state="detached")
        page.wait_for_load_state("networkidle")
        if place == "map":
            _go_to_street(page, language=language)
        # Tiles fade in and the map's labels are placed after the last answer has come.
        page.wait_for_timeout(SETTLED_MS)
        page.screenshot(path=FOLDER / f"{place}-{theme}-{language}.png")
    context.close()
    if errors:
        sys.exit(f"error: the page reports: {errors[0]}")


def _go_to_street(page: Page, *, language: str) -> None:
    """Show where the phone is, at the zoom where single accounts have names."""
    words = json.loads((ROOT / f"static/src/core/i18n/{language}.more.json").read_text(encoding="utf-8"))
    page.get_by_role("button", name=words["map.locate"], exact=True).click()
    page.wait_for_timeout(SETTLED_MS)
    page.wait_for_load_state("networkidle")


def _sign_in(page: Page, *, language: str) -> None:
    page.goto("/sign-in")
    page.fill("#email", EMAIL)
    page.fill("#password", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    session = page.request.get("/api/session").json()
    answer = page.request.put(
        "/api/session/preferences",
        data={"locale": language},
        headers={"X-CSRFToken": session["csrf_token"]},
    )
    if not answer.ok:
        fail(f"the language could not be set: {answer.status} {answer.text()}")


if __name__ == "__main__":
    main()
