"""A new build of the app: offered when nothing is half written, taken with one tap, with nothing lost."""

from __future__ import annotations

import json
import re
from typing import Any

from playwright.sync_api import CDPSession, Locator, Page, expect

from tests.browser.conftest import OpenPhone
from tests.browser.driver import (
    FETCH_NEXT,
    IN_STORE,
    first_account,
    wait_until,
    wait_until_ready_offline,
    wait_until_sent,
)
from tests.browser.releases import SUFFIX, Releases, releases_of
from tests.browser.serving import Served

REP = "rep@mirai.example"
SAVED = "更新の前に保存した記録"
TYPED = "更新の前に書きかけた記録"
TAG = "fieldcrm-send"
WAITING = f"async () => {{ {IN_STORE} return inStore('outbox', 'count'); }}"
IS_TO_BE_WOKEN = """async () => {
  const registration = await navigator.serviceWorker.getRegistration();
  return (await registration.sync.getTags()).includes('TAG');
}""".replace("TAG", TAG)
IS_ARRIVED = """async ([account_id, note]) => {
  const answer = await fetch(`/api/accounts/${account_id}/activities`);
  return (await answer.json()).items.some(item => item.note === note);
}"""
# The page looks whether it may offer the new build whenever it is seen again.
LOOK = "document.dispatchEvent(new Event('visibilitychange'))"


def _offer(page: Page) -> Locator:
    return page.get_by_role("button", name="更新する", exact=True)


def _build(page: Page) -> str:
    script: str = page.evaluate("document.querySelector('script[type=module]').src")
    return "next" if SUFFIX in script else "former"


def _expect_no_offer(page: Page) -> None:
    page.evaluate(LOOK)
    expect(_offer(page)).to_have_count(0)


def _expect_offer(page: Page) -> None:
    page.evaluate(LOOK)
    expect(_offer(page)).to_be_visible()


def _save_visit(page: Page, account_id: object) -> None:
    page.goto(f"/accounts/{account_id}")
    page.get_by_role("button", name="訪問記録").first.tap()
    page.get_by_label("メモ").fill(SAVED)
    page.get_by_role("button", name="保存", exact=True).tap()
    expect(page.get_by_text("端末に保存しました")).to_be_visible()


def _notes(page: Page, account_id: object) -> list[str]:
    items = json.loads(page.request.get(f"/api/accounts/{account_id}/activities").text())["items"]
    return [item["note"] for item in items]


def _half_written(page: Page, releases: Releases, account_id: object) -> None:
    """Have a new build arrive while a visit is being written, then look from an edit and from the map."""
    page.goto(f"/accounts/{account_id}")
    page.get_by_role("button", name="訪問記録").first.tap()
    page.get_by_label("メモ").fill(TYPED)
    releases.release()
    assert page.evaluate(FETCH_NEXT) == "installed"
    _expect_no_offer(page)
    page.goto(f"/accounts/{account_id}/edit")
    page.get_by_label("住所", exact=True).fill("東京都世田谷区三軒茶屋1-1")
    _expect_no_offer(page)
    page.goto("/map")
    page.get_by_role("button", name="囲んで選ぶ").tap()
    expect(page.get_by_text("指で囲むと")).to_be_visible()
    _expect_no_offer(page)
    page.get_by_role("button", name="やめる").tap()


def test_a_new_build_comes_with_a_full_outbox_and_a_half_written_visit(
    open_browser: OpenPhone, served: Served
) -> None:
    with releases_of(served.url) as releases:
        page = open_browser(REP, base_url=releases.url)
        wait_until_ready_offline(page)
        releases.withhold("/api/sync/push")
        account = first_account(page, owner="me", sort="name")
        _save_visit(page, account["id"])
        other_tab = page.context.new_page()
        other_tab.goto("/today")
        expect(other_tab.get_by_role("link", name="その他")).to_be_visible()

        _half_written(page, releases, account["id"])
        page.goto("/today")
        _expect_offer(page)
        assert _build(page) == "former"
        with page.expect_navigation():
            _offer(page).tap()
        expect(page.get_by_role("link", name="その他")).to_be_visible()
        assert _build(page) == "next"
        assert page.evaluate(WAITING) == 1

        _goes_on(other_tab)
        page.goto(f"/accounts/{account['id']}")
        page.get_by_role("button", name="訪問記録").first.tap()
        expect(page.get_by_label("メモ")).to_have_value(TYPED)
        releases.withhold("")
        page.get_by_role("button", name="保存", exact=True).tap()
        wait_until_sent(page)
        notes = _notes(page, account["id"])
        assert (notes.count(SAVED), notes.count(TYPED)) == (1, 1)


def test_what_was_saved_offline_is_sent_by_the_worker_with_no_page_open(
    open_browser: OpenPhone, served: Served
) -> None:
    with releases_of(served.url) as releases:
        page = open_browser("suzuki@mirai.example", base_url=releases.url)
        wait_until_ready_offline(page)
        account = first_account(page, owner="me", sort="name")
        releases.withhold("/api/sync/")
        _save_visit(page, account["id"])
        wait_until(page, IS_TO_BE_WOKEN)
        browser, registration_id = _worker_of(page)
        page.goto("/static/icons/icon.svg")
        releases.withhold("")
        assert SAVED not in _notes(page, account["id"])
        event = {"origin": releases.url, "registrationId": registration_id, "tag": TAG, "lastChance": False}
        browser.send("ServiceWorker.dispatchSyncEvent", event)
        wait_until(page, IS_ARRIVED, given=[account["id"], SAVED])


def _worker_of(page: Page) -> tuple[CDPSession, str]:
    """Return a line to the browser's own tools and the id under which they know the app's worker."""
    browser = page.context.new_cdp_session(page)
    known: list[str] = []

    def note(update: dict[str, Any]) -> None:
        known.extend(
            one["registrationId"] for one in update["registrations"] if page.url.startswith(one["scopeURL"])
        )

    browser.on("ServiceWorker.workerRegistrationUpdated", note)
    browser.send("ServiceWorker.enable")
    while not known:
        page.wait_for_timeout(50)
    return browser, known[-1]


def _goes_on(tab: Page) -> None:
    """The tab that was not asked runs what it ran, with files that the server no longer has."""
    assert _build(tab) == "former"
    tab.get_by_role("link", name="その他").tap()
    tab.get_by_role("link", name=re.compile("^使い方")).tap()
    expect(tab.get_by_role("heading", name="使い方").first).to_be_visible()
    assert _build(tab) == "former"
