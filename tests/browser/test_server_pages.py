"""Pages that the server writes itself, the API's reference and errors: accessible, as wide as the phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPhone
from tests.browser.test_tour import axe, axe_in_both_themes


def _faults_in_both_themes(page: Page) -> list[str]:
    width, room = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    found = [f"{theme}: {each}" for theme, each in axe_in_both_themes(page)]
    return [*found, *([f"{width} px wide"] if width > room else [])]


def _faults(page: Page) -> list[str]:
    width, room = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    return [*axe(page), *([f"{width} px wide"] if width > room else [])]


@pytest.mark.parametrize("is_desktop", [False, True])
def test_the_api_can_be_read(open_browser: OpenPhone, *, is_desktop: bool) -> None:
    page = open_browser(is_desktop=is_desktop)
    page.goto("/docs")
    expect(page.get_by_role("heading", name="APIリファレンス")).to_be_visible()
    entry = page.locator("#list_accounts")
    entry.locator("summary").click()
    expect(entry.get_by_text("/api/accounts", exact=False).first).to_be_visible()
    expect(entry.get_by_text("自分とチーム").first).to_be_visible()
    entry.get_by_role("link", name="AccountPage").click()
    expect(page.locator("#shape-AccountPage")).to_be_in_viewport()
    assert _faults_in_both_themes(page) == []
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", name="API reference")).to_be_visible()
    assert _faults_in_both_themes(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_wrong_address_is_a_page_with_a_way_back(open_browser: OpenPhone, theme: str) -> None:
    page = open_browser(theme=theme, locale="en")
    answer = page.goto("/nowhere")
    assert answer is not None
    expect(page.get_by_role("heading", name="Not found")).to_be_visible()
    expect(page.get_by_text(answer.headers["x-request-id"])).to_be_visible()
    assert _faults(page) == []
    page.get_by_role("link", name="Open the app").click()
    expect(page.get_by_label("E-mail")).to_be_visible()
