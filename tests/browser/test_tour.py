"""Every screen in both themes and languages: nothing for axe to say, nothing wider than the phone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPhone
from tests.browser.driver import first_account

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
SCREENS = (
    "/map",
    "/lists",
    "/today",
    "/team",
    "/team/day",
    "/more",
    "/more/settings",
    "/more/outbox",
    "/more/conflicts",
    "/more/storage",
    "/more/devices",
    "/more/calendars",
    "/more/audit",
    "/more/people",
    "/more/teams",
    "/more/security",
    "/more/tokens",
    "/more/help",
    "/more/about",
    "/imports",
    "/accounts/{account}",
    "/accounts/{account}/edit",
    "/accounts/{account}/merge",
    "/accounts/new",
)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.mark.parametrize("locale", ["ja", "en"])
def test_every_screen_is_accessible_and_fits_the_phone(open_browser: OpenPhone, locale: str) -> None:
    page = open_browser("admin@mirai.example", locale=locale)
    account = str(first_account(page)["id"])
    problems = []
    for screen in SCREENS:
        page.goto(screen.format(account=account))
        for theme, found in axe_in_both_themes(page):
            problems.append(f"{screen} ({theme}): {found}")
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 390:
            problems.append(f"{screen}: {width} px wide")
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_visit_sheet_and_the_sign_in_page_are_accessible(open_browser: OpenPhone, theme: str) -> None:
    page = open_browser(theme=theme)
    page.goto("/sign-in")
    problems = axe(page)
    page = open_browser("rep@mirai.example", theme=theme)
    page.goto(f"/accounts/{first_account(page, owner='me')['id']}")
    page.get_by_role("button", name="訪問記録").first.tap()
    page.get_by_role("dialog").wait_for()
    settle(page)
    assert not problems + axe(page)


def settle(page: Page) -> None:
    """Wait until nothing is being loaded and nothing moves: axe would measure half-faded colours."""
    expect(page.locator(".boot, [data-drawn=no]")).to_have_count(0)
    page.wait_for_load_state("networkidle")
    page.wait_for_function("() => document.getAnimations().every(({playState}) => playState !== 'running')")


def axe_in_both_themes(page: Page) -> Iterator[tuple[str, str]]:
    """Yield (theme, what axe finds in it) of the page as the light and the dark phone show it."""
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        settle(page)
        for found in axe(page):
            yield theme, found


def axe(page: Page) -> list[str]:
    """Return what axe finds, one line a violation."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    answer = page.evaluate("rules => axe.run(document, rules)", RULES)
    return [
        f"{violation['id']}: {json.dumps(violation['nodes'][0]['target'], ensure_ascii=False)}"
        for violation in answer["violations"]
    ]
