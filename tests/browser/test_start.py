"""Before any of the app's code has run: the page is there, in the theme and the language that were chosen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPhone, sign_in

REP = "rep@mirai.example"
GROUND = {"light": "rgb(244, 245, 242)", "dark": "rgb(15, 21, 19)"}


def _open_without_its_code(page: Page) -> None:
    """Open the app with its own code held back: what is seen is what is painted first."""
    page.route("**/static/assets/main-*.js", lambda route: route.abort())
    page.goto("/today", wait_until="domcontentloaded")


def _signed_in(open_browser: OpenPhone, *, theme: str) -> Page:
    page = open_browser(theme=theme)
    # A service worker would answer past the test.
    page.add_init_script("ServiceWorkerContainer.prototype.register = () => new Promise(() => undefined)")
    sign_in(page, REP)
    return page


@pytest.mark.parametrize(("device", "chosen"), [("light", "dark"), ("dark", "light")])
def test_a_theme_chosen_against_the_devices_is_there_from_the_first_paint(
    open_browser: OpenPhone, device: str, chosen: str
) -> None:
    page = _signed_in(open_browser, theme=device)
    page.evaluate("theme => localStorage.setItem('fieldcrm.theme', theme)", chosen)
    _open_without_its_code(page)
    expect(page.locator(".boot")).to_have_css("background-color", GROUND[chosen])
    expect(page.locator("html")).to_have_css("color-scheme", chosen)


def test_the_five_places_can_be_read_before_the_app_is_there(open_browser: OpenPhone) -> None:
    page = _signed_in(open_browser, theme="light")
    tabs = page.get_by_role("navigation").get_by_role("link")
    expect(tabs).to_have_count(5)
    places = [tab.bounding_box() for tab in tabs.all()]
    _open_without_its_code(page)
    first = page.locator(".boot nav span")
    expect(first.locator("b:visible")).to_have_text(["地図", "リスト", "今日", "チーム", "その他"])
    assert [tab.bounding_box() for tab in first.all()] == places

    page.evaluate("localStorage.setItem('fieldcrm.locale', 'en')")
    _open_without_its_code(page)
    expect(first.locator("b:visible")).to_have_text(["Map", "Lists", "Today", "Team", "More"])
