"""The map as a person uses it: finding, filtering, placing, putting right, with and without a network."""

from __future__ import annotations

import re
from typing import cast

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPhone, sign_in
from tests.browser.driver import (
    centre_of_map,
    first_account,
    open_map_at,
    wait_until_copied,
    wait_until_drawn,
    wait_until_ready_offline,
)
from tests.browser.rep import hold

REP = "rep@mirai.example"
IN_VIEW = re.compile(r"この範囲 ([\d,]+)件")


def _in_view(page: Page) -> int:
    text = page.get_by_text(IN_VIEW).inner_text()
    found = IN_VIEW.search(text)
    assert found is not None
    return int(found.group(1).replace(",", ""))


def _at(account: dict[str, object]) -> tuple[float, float]:
    return cast(float, account["lon"]), cast(float, account["lat"])


def test_legend_and_chips_narrow_what_is_on_the_map(open_browser: OpenPhone) -> None:
    page = open_browser(REP)
    open_map_at(page, 139.65, 35.63, zoom=11)
    wait_until_copied(page)
    everyone = _in_view(page)
    page.get_by_role("button", name=re.compile("^状況")).tap()
    entry = page.get_by_role("button", name=re.compile(r"商談中\s*\d"))
    negotiating = int(re.sub(r"\D", "", entry.inner_text()))
    entry.tap()
    expect(page.get_by_label("状況", exact=True)).to_have_value("3")
    assert 0 < _in_view(page) <= negotiating < everyone
    page.get_by_role("button", name="条件をすべて外す").tap()
    expect(page.get_by_text(f"この範囲 {everyone:,}件")).to_be_visible()


def test_a_saved_map_sets_filter_and_colours(open_browser: OpenPhone) -> None:
    page = open_browser(REP)
    open_map_at(page, 139.65, 35.63, zoom=11)
    page.get_by_role("button", name="保存マップ").tap()
    page.get_by_role("button", name=re.compile("^新規開拓")).tap()
    expect(page.get_by_role("button", name="未訪問", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name=re.compile("^受注確度"))).to_be_visible()


def test_a_long_press_begins_an_account_at_that_place(open_browser: OpenPhone) -> None:
    page = open_browser(REP)
    open_map_at(page, *_at(first_account(page)))
    x, y = centre_of_map(page)
    sheet = page.get_by_label("ここに新規登録").last
    hold(page, x - 90, y - 120, until=sheet)
    expect(sheet.get_by_text(re.compile("東京都.+付近"))).to_be_visible()
    sheet.get_by_role("button", name="登録へ進む").tap()
    expect(page.get_by_label("住所", exact=True)).to_have_value(re.compile("^東京都"))


def test_a_wrong_pin_is_put_right_and_back_again(open_browser: OpenPhone) -> None:
    page = open_browser(REP)
    account = first_account(page)
    page.goto(f"/accounts/{account['id']}")
    page.get_by_role("button", name="地図で直す").tap()
    keep = page.get_by_role("button", name="この位置に決める")
    expect(keep).to_be_disabled()
    # The pin is flown to the middle first: a tap meanwhile would be the flight's end.
    wait_until_drawn(page)
    x, y = centre_of_map(page)
    page.touchscreen.tap(x + 80, y - 160)
    keep.tap()
    expect(page.get_by_text(f"「{account['name']}」の位置を直しました")).to_be_visible()
    page.get_by_role("button", name="元に戻す").tap()
    expect(page.get_by_text("位置を元に戻しました")).to_be_visible()


def test_the_map_opens_without_a_network(open_browser: OpenPhone) -> None:
    page = open_browser(REP)
    open_map_at(page, *_at(first_account(page)))
    wait_until_ready_offline(page)
    page.context.set_offline(True)
    page.goto("/map")
    expect(page.get_by_text(re.compile("^オフライン"))).to_be_visible()
    # Never a number before the map stands: the first one said is the right one.
    expect(page.get_by_text(IN_VIEW)).to_be_visible()
    assert _in_view(page) >= 1


def test_a_first_copy_that_breaks_off_is_said_and_what_came_is_drawn(open_browser: OpenPhone) -> None:
    page = open_browser()
    page.route(re.compile(r"/api/sync/snapshot\?part=(details|activities)"), lambda route: route.abort())
    sign_in(page, REP)
    expect(page.get_by_text("オフライン — 顧客データは途中まで届いています")).to_be_visible()
    open_map_at(page, *_at(first_account(page)))
    expect(page.get_by_text(re.compile("途中まで届いています"))).to_be_visible()
    # A tap finds only what is drawn.
    wait_until_drawn(page)
    at = centre_of_map(page)
    page.touchscreen.tap(*at)
    expect(page).to_have_url(re.compile("account="))


def test_a_map_that_cannot_be_drawn_counts_nothing(open_browser: OpenPhone) -> None:
    page = open_browser()
    # A service worker would fetch the file behind the test's back.
    page.add_init_script("ServiceWorkerContainer.prototype.register = () => new Promise(() => undefined)")
    page.route("**/assets/maplibre*", lambda route: route.abort())
    sign_in(page, REP)
    page.goto("/map")
    expect(page.get_by_text("地図を表示できません")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^状況"))).to_be_visible()
    expect(page.get_by_text(IN_VIEW)).to_have_count(0)


def test_a_keyboard_is_enough_on_a_desktop(open_browser: OpenPhone) -> None:
    page = open_browser(REP, is_desktop=True)
    account = first_account(page)
    open_map_at(page, 139.65, 35.63, zoom=11)
    page.keyboard.press("/")
    page.keyboard.type(str(account["name"]))
    # The account itself, not the offer below it to look for a place of that name.
    expect(page.get_by_role("option", name=re.compile(f"{account['name']}.*%"))).to_be_visible()
    page.keyboard.press("Enter")
    panel = page.get_by_role("complementary", name="顧客")
    expect(panel.get_by_role("heading", name=re.compile(str(account["name"]))).first).to_be_visible()
    page.get_by_role("button", name="地図の中央に新規登録").focus()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
