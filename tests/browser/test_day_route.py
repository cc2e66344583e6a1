"""The day on the phone: planned in the morning, changed by hand, planned anew with no signal at all."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPhone
from tests.browser.driver import wait_until_ready_offline
from tests.browser.test_tour import axe_in_both_themes

REP = "rep@mirai.example"
TOKYO = ZoneInfo("Asia/Tokyo")
SATURDAY = 5
ROW = "[data-stop]"


def _it_is(page: Page, hour: int, minute: int) -> None:
    """Have the phone's clock stand there on a working day."""
    day = datetime.now(TOKYO).date()
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    page.clock.set_fixed_time(datetime.combine(day, time(hour, minute), TOKYO))


def _times(page: Page) -> list[str]:
    return page.locator(f"{ROW} .time").all_inner_texts()


def _names(page: Page) -> list[str]:
    return page.locator(f"{ROW} b").all_inner_texts()


def test_a_day_is_planned_changed_by_hand_and_planned_anew_without_signal(open_browser: OpenPhone) -> None:
    page = open_browser(REP)
    wait_until_ready_offline(page)
    _it_is(page, 7, 30)
    page.goto("/today")
    page.get_by_role("button", name="今日の計画を立てる").tap()
    expect(page.get_by_text(re.compile(r"\d+件の計画ができました"))).to_be_visible()
    planned, times = _names(page), _times(page)
    assert len(planned) > 3
    assert times == sorted(times)
    assert all("09:00" <= at <= "18:00" for at in times)
    expect(page.get_by_text("昼休憩")).to_be_visible()
    expect(page.get_by_text("概算").first).to_be_visible()
    waypoints = re.compile(r"google\.com/maps/dir/.*waypoints=")
    expect(page.get_by_role("link", name="ナビで次へ")).to_have_attribute("href", waypoints)

    _put_one_in_and_take_it_back(page, planned)
    _move_by_buttons(page, planned)
    assert list(axe_in_both_themes(page)) == []

    page.context.set_offline(True)
    _it_is(page, 11, 20)
    page.get_by_role("button", name="ここから組み直す").tap()
    expect(page.get_by_text(re.compile(r"\d\d:\d\dに現在地から"))).to_be_visible()
    anew = _times(page)
    assert 0 < len(anew) < len(planned)
    assert min(anew) >= "11:20"
    page.reload()
    expect(page.locator(ROW)).to_have_count(len(anew))


def _put_one_in_and_take_it_back(page: Page, planned: list[str]) -> None:
    """What a visit costs that did not fit is said when it is put in."""
    page.get_by_role("button", name=re.compile("^入らなかった")).tap()
    page.get_by_role("button", name=re.compile("をルートに入れる$")).first.tap()
    expect(page.get_by_text(re.compile(r"番目に入れました（移動.*終了 \d\d:\d\d"))).to_be_visible()
    expect(page.locator(ROW)).to_have_count(len(planned) + 1)
    page.get_by_role("button", name="元に戻す").last.tap()
    expect(page.locator(ROW)).to_have_count(len(planned))


def _move_by_buttons(page: Page, planned: list[str]) -> None:
    """What dragging does has a button: the first becomes the second, and is the first again."""
    page.get_by_role("button", name=f"「{planned[0]}」の操作").tap()
    page.get_by_role("button", name="ひとつ後ろへ").tap()
    expect(page.locator(f"{ROW} b").first).to_have_text(planned[1])
    page.get_by_role("button", name="元に戻す").last.tap()
    expect(page.locator(f"{ROW} b").first).to_have_text(planned[0])
