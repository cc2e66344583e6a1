"""Logging a visit: three taps from the map, stored once, also without signal."""

from __future__ import annotations

import json
import re

from playwright.sync_api import expect

from tests.browser.conftest import OpenPhone
from tests.browser.driver import Taps, centre_of_map, first_account, open_map_at, wait_until_sent


def test_a_visit_is_logged_in_three_taps_from_the_map(open_browser: OpenPhone) -> None:
    page = open_browser("rep@mirai.example")
    account = first_account(page, owner="me", sort="win_prob")
    lon, lat = float(str(account["lon"])), float(str(account["lat"]))
    open_map_at(page, lon, lat)
    taps = Taps(page)
    taps.at(*centre_of_map(page))
    sheet = page.get_by_role("dialog")
    expect(page.get_by_role("button", name="訪問記録").first).to_be_visible()
    taps.on(page.get_by_role("button", name="訪問記録").first)
    taps.on(sheet.get_by_role("button", name="保存"))
    # The line says "on this phone" until it says "sent", which a near server makes it say at once.
    expect(page.get_by_text(re.compile("端末に保存しました|送信済み")).first).to_be_visible()
    assert taps.count == 3
    wait_until_sent(page)
    answer = json.loads(page.request.get("/api/activities?limit=1").text())
    stored = answer["items"][0]
    assert (stored["account_id"], stored["channel"], stored["outcome"]) == (account["id"], "visit", 1)


def test_a_double_tap_and_a_lost_connection_store_one_visit(open_browser: OpenPhone) -> None:
    page = open_browser("suzuki@mirai.example")
    account = first_account(page, owner="me")
    page.goto(f"/accounts/{account['id']}")
    page.get_by_role("button", name="訪問記録").first.tap()
    page.get_by_label("メモ").fill("電波のない場所で書いた記録 🏥")
    page.context.set_offline(offline=True)
    page.get_by_role("button", name="保存", exact=True).dblclick()
    expect(page.get_by_text("端末に保存しました")).to_be_visible()
    expect(page.get_by_text("オフライン — 1件を端末に保存済み")).to_be_visible()
    page.context.set_offline(offline=False)
    wait_until_sent(page)
    items = json.loads(page.request.get(f"/api/accounts/{account['id']}/activities").text())["items"]
    assert [item["note"] for item in items].count("電波のない場所で書いた記録 🏥") == 1
