"""Getting about: back to where one was, with the keyboard from page to page, the list beside the account."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPhone
from tests.browser.driver import first_account, wait_until, wait_until_copied

REP = "rep@mirai.example"
# The disk has no room for what is to be sent.
FILL = """() => {
  const add = IDBObjectStore.prototype.add;
  IDBObjectStore.prototype.add = function (...given) {
    if (this.name === 'outbox') throw new DOMException('no room', 'QuotaExceededError');
    return add.apply(this, given);
  };
}"""
ROW = "[role=region] a[href^='/accounts/']"


def _scroll(page: Page, selector: str, to_px: int) -> int:
    """Scroll as far as it goes and return how far that was."""
    wait_until(
        page, "([part, to]) => document.querySelector(part)?.scrollHeight > to + 700", given=[selector, to_px]
    )
    return int(
        page.evaluate(
            """([part, to]) => new Promise(done => {
              const node = document.querySelector(part);
              node.scrollTop = to;
              requestAnimationFrame(() => requestAnimationFrame(() => done(node.scrollTop)));
            })""",
            [selector, to_px],
        )
    )


def _expect_scrolled(page: Page, selector: str, to_px: int) -> None:
    wait_until(
        page,
        "([part, to]) => Math.abs((document.querySelector(part)?.scrollTop ?? 0) - to) < 2",
        given=[selector, to_px],
        patience_ms=20_000,
    )


def test_coming_back_one_finds_the_place_where_one_was(open_browser: OpenPhone) -> None:
    page = open_browser(REP)
    wait_until_copied(page)
    page.goto("/more/help")
    to_px = _scroll(page, ".page .scroll", 300)
    page.get_by_role("link", name="リスト").tap()
    expect(page.locator(ROW).first).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="使い方", level=1)).to_be_visible()
    _expect_scrolled(page, ".page .scroll", to_px)


def test_coming_back_to_today_one_finds_the_task_one_had_opened(open_browser: OpenPhone) -> None:
    page = open_browser(REP)
    wait_until_copied(page)
    page.goto("/today")
    to_px = _scroll(page, ".screen", 500)
    page.get_by_role("link", name="チーム").tap()
    expect(page.get_by_role("heading", name="カバレッジ", level=1)).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name=re.compile("^今日 "))).to_be_visible()
    _expect_scrolled(page, ".screen", to_px)


def test_an_opened_page_begins_at_its_top_and_a_list_keeps_its_place(open_browser: OpenPhone) -> None:
    page = open_browser(REP)
    wait_until_copied(page)
    page.goto("/lists")
    expect(page.locator(ROW).first).to_be_visible()
    to_px = _scroll(page, ".scroller", 4000)
    page.locator(ROW).nth(8).tap()
    expect(page.get_by_role("button", name="訪問記録").first).to_be_visible()
    _expect_scrolled(page, ".whole .scroll", 0)
    page.get_by_role("button", name="戻る").tap()
    _expect_scrolled(page, ".scroller", to_px)


def test_the_keyboard_goes_from_search_to_row_to_account_and_back_from_a_sheet(
    open_browser: OpenPhone,
) -> None:
    page = open_browser(REP, is_desktop=True)
    wait_until_copied(page)
    page.goto("/lists")
    expect(page.get_by_text("リストから顧客を選ぶと、ここに開きます")).to_be_visible()
    expect(page.locator(ROW).nth(1)).to_be_visible()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator(ROW).first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("[role=region] li").nth(1).locator("a").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="訪問記録").first).to_be_visible()
    # The list is still there, as wide as before.
    expect(page.locator(ROW).first).to_be_visible()

    page.get_by_role("button", name="絞り込み").press("Enter")
    expect(page.get_by_role("dialog", name="絞り込み")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="絞り込み")).to_be_focused()


def test_the_keyboard_goes_on_from_the_title_of_an_opened_page(open_browser: OpenPhone) -> None:
    page = open_browser(REP, is_desktop=True)
    page.goto("/more")
    page.get_by_role("link", name=re.compile("^設定")).press("Enter")
    expect(page.get_by_role("heading", name="設定", level=1)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="戻る")).to_be_focused()


def test_what_goes_wrong_in_a_sheet_is_told_in_the_sheet(open_browser: OpenPhone) -> None:
    page = open_browser(REP)
    page.goto(f"/accounts/{first_account(page, owner='me')['id']}")
    page.get_by_role("button", name="訪問記録").first.tap()
    sheet = page.get_by_role("dialog", name="訪問記録")
    sheet.get_by_label("メモ").fill("空きのない端末で")
    page.evaluate(FILL)
    sheet.get_by_role("button", name="保存", exact=True).tap()
    trouble = sheet.get_by_text("端末の空き容量が足りず、保存できませんでした")
    expect(trouble).to_be_visible()
    # Nothing lies over it, as the rest of the page is covered by the sheet.
    box = trouble.bounding_box()
    assert box is not None
    on_top = "([x, y]) => document.elementFromPoint(x, y).textContent"
    assert "保存できませんでした" in page.evaluate(on_top, [box["x"] + 20, box["y"] + 10])
    expect(sheet.get_by_label("メモ")).to_have_value("空きのない端末で")


def test_an_address_that_leads_nowhere_shows_the_way_to_the_app(open_browser: OpenPhone) -> None:
    page = open_browser(REP)
    page.goto("/nowhere")
    expect(page.get_by_role("heading", name="見つかりません")).to_be_visible()
    page.get_by_role("link", name="アプリを開く").tap()
    expect(page.get_by_role("heading", name=re.compile("^今日 "))).to_be_visible()
