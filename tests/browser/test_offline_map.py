"""An area of the map kept on the phone: sized up, fetched, used without a network, taken away again."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPhone
from tests.browser.driver import open_map_at, wait_until, wait_until_drawn, wait_until_ready_offline
from tests.browser.test_tour import axe, settle

REP = "rep@mirai.example"
LON, LAT = 139.6703, 35.6437
OSAKA = (135.5023, 34.6937)
TILES = "/api/tiles/basemap/"
# The embedded map is built in the background while the app is already in use.
IS_BUILT = """async () => (await fetch('/api/tiles/basemap/5/28/12.mvt', { cache: 'no-cache' }))
  .headers.get('Cache-Control').includes('public')"""
BUILT_WITHIN_MS = 300_000


def open_keeping(page: Page) -> Locator:
    wait_until(page, IS_BUILT, patience_ms=BUILT_WITHIN_MS)
    page.get_by_role("button", name="表示の設定").tap()
    page.get_by_role("button", name="この範囲をオフラインに保存").tap()
    sheet = page.get_by_role("dialog", name="地図をオフラインに保存")
    expect(sheet.get_by_text(re.compile(r"^約 [\d.]+ [kM]?B"))).to_be_visible()
    return sheet


def forget_what_was_seen(page: Page) -> None:
    """Leave the phone nothing but the kept area: no tiles that were seen, no copies of the browser's own."""
    assert page.evaluate("caches.delete('basemap')")
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")


def _look_at(page: Page, lon: float, lat: float, zoom: float) -> tuple[list[str], list[str]]:
    """Open the map there; return the tiles that came and those that did not."""
    came: list[str] = []
    failed: list[str] = []
    page.on("requestfinished", lambda request: TILES in request.url and came.append(request.url))
    page.on("requestfailed", lambda request: TILES in request.url and failed.append(request.url))
    camera = json.dumps({"lon": lon, "lat": lat, "zoom": zoom})
    page.evaluate("camera => localStorage.setItem('fieldcrm.camera', camera)", camera)
    page.goto("/map")
    wait_until_drawn(page)
    return came, failed


def test_a_kept_area_is_drawn_without_a_network(open_browser: OpenPhone) -> None:
    page = open_browser(REP)
    open_map_at(page, LON, LAT, zoom=14)
    sheet = open_keeping(page)
    sheet.get_by_role("button", name="保存する").tap()
    expect(page.get_by_text("地図をオフラインに保存しました")).to_be_visible()
    kept = sheet.get_by_role("listitem").filter(has_text="画面の範囲")
    expect(kept.get_by_text(re.compile("B・今日"))).to_be_visible()
    wait_until_ready_offline(page)
    forget_what_was_seen(page)

    page.context.set_offline(True)
    for lon, lat, zoom in ((LON, LAT, 14.0), (LON + 0.004, LAT + 0.006, 16.4)):
        came, failed = _look_at(page, lon, lat, zoom)
        assert came
        assert not failed
    # Nearer than what is kept: drawn from the tiles above.
    came, _ = _look_at(page, LON, LAT, 17.5)
    assert any(f"{TILES}16/" in url for url in came)
    came, failed = _look_at(page, *OSAKA, 14)
    # Nothing of that town is here, and the map goes on without it.
    assert failed
    expect(page.get_by_text("地図を表示できません")).to_have_count(0)
    expect(page.get_by_text(re.compile("^この範囲"))).to_be_visible()


def test_a_kept_area_is_taken_away(open_browser: OpenPhone) -> None:
    page = open_browser(REP)
    open_map_at(page, LON, LAT, zoom=16)
    sheet = open_keeping(page)
    sheet.get_by_role("button", name="保存する").tap()
    kept = sheet.get_by_role("button", name=re.compile("^削除: 画面の範囲"))
    expect(kept).to_be_visible()
    kept.tap()
    expect(sheet.get_by_text("まだありません")).to_be_visible()
    assert page.evaluate("async () => (await caches.keys()).filter(name => name.startsWith('kept-'))") == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_sheet_is_accessible_and_says_when_there_is_no_network(
    open_browser: OpenPhone, theme: str
) -> None:
    page = open_browser(REP, theme=theme)
    open_map_at(page, LON, LAT, zoom=16)
    sheet = open_keeping(page)
    settle(page)
    assert not axe(page)
    page.context.set_offline(True)
    expect(sheet.get_by_text("地図の取得には通信が必要です")).to_be_visible()
    expect(sheet.get_by_role("button", name="保存する")).to_be_disabled()
