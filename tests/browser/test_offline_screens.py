"""What people see of offline work: choosing many accounts on the map, what is done with all at once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import cast

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPhone
from tests.browser.driver import centre_of_map, first_account, open_map_at
from tests.browser.rep import draw_round

REP = "rep@mirai.example"
IN_VIEW = re.compile(r"この範囲 ([\d,]+)件")
CHOSEN = re.compile(r"([\d,]+)件を選択中")


def _count(page: Page, pattern: re.Pattern[str]) -> int:
    text = page.get_by_text(pattern).first
    expect(text).to_be_visible()
    found = pattern.search(text.inner_text())
    assert found is not None
    return int(found.group(1).replace(",", ""))


def _choose_some(page: Page) -> int:
    """Draw round a part of Tokyo on the map; return how many accounts were inside."""
    page.get_by_role("button", name="囲んで選ぶ").tap()
    expect(page.get_by_text("指で囲むと")).to_be_visible()
    draw_round(page, 195, 330, 130)
    return _count(page, CHOSEN)


def test_accounts_drawn_round_are_tagged_offline_and_taken_back(open_browser: OpenPhone) -> None:
    page = open_browser(REP)
    open_map_at(page, 139.65, 35.63, zoom=11)
    in_view = _count(page, IN_VIEW)
    page.context.set_offline(True)
    chosen = _choose_some(page)
    assert 1 < chosen < in_view
    page.get_by_role("button", name="タグ", exact=True).tap()
    page.get_by_label("付けるタグ").fill("オフラインの囲み")
    page.get_by_role("button", name="付ける", exact=True).tap()
    expect(page.get_by_text(f"{chosen}件に「オフラインの囲み」を付けました")).to_be_visible()
    page.get_by_role("button", name="元に戻す").tap()
    page.get_by_role("button", name="タグ", exact=True).tap()
    expect(page.get_by_role("button", name="「オフラインの囲み」を外す")).to_have_count(0)


def test_a_line_round_nothing_says_so(open_browser: OpenPhone) -> None:
    page = open_browser(REP)
    open_map_at(page, 139.65, 35.63, zoom=11)
    page.evaluate("localStorage.setItem('fieldcrm.camera', JSON.stringify({lon: 150, lat: 30, zoom: 11}))")
    page.goto("/map")
    page.get_by_role("button", name="囲んで選ぶ").tap()
    draw_round(page, 195, 330, 100)
    expect(page.get_by_text("囲んだ中に顧客がありません")).to_be_visible()
    page.get_by_role("button", name="やめる").tap()
    expect(page.get_by_role("button", name="囲んで選ぶ")).to_be_visible()


def test_a_keyboard_chooses_all_in_view_and_gives_them_up(open_browser: OpenPhone) -> None:
    page = open_browser(REP, is_desktop=True)
    open_map_at(page, 139.65, 35.63, zoom=12)
    in_view = _count(page, IN_VIEW)
    page.keyboard.press("l")
    page.get_by_role("button", name="表示範囲をすべて選ぶ").focus()
    page.keyboard.press("Enter")
    assert _count(page, CHOSEN) == in_view
    page.get_by_role("button", name=re.compile("を選択から外す")).first.press("Enter")
    expect(page.get_by_text(f"{in_view - 1:,}件を選択中")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text(CHOSEN)).to_have_count(0)


def test_chosen_accounts_become_a_file_and_follow_ups(open_browser: OpenPhone, tmp_path: Path) -> None:
    page = open_browser(REP)
    open_map_at(page, 139.65, 35.63, zoom=11)
    chosen = _choose_some(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="書き出し", exact=True).tap()
    download.value.save_as(tmp_path / "chosen.csv")
    lines = (tmp_path / "chosen.csv").read_bytes().decode("utf-8-sig").split("\r\n")
    assert (tmp_path / "chosen.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert lines[0].startswith("FieldCRM ID,外部ID,名称,")
    assert len(lines) == chosen + 2
    page.get_by_role("button", name="フォロー").tap()
    page.get_by_label("内容").fill("展示会のお礼")
    page.get_by_role("radio", name=re.compile("^明日")).tap()
    page.get_by_role("button", name=f"{chosen}件に設定").tap()
    expect(page.get_by_text(f"{chosen}件のフォローを")).to_be_visible()


def test_a_handful_goes_on_the_route_a_whole_town_does_not(open_browser: OpenPhone) -> None:
    page = open_browser(REP)
    account = first_account(page)
    open_map_at(page, cast(float, account["lon"]), cast(float, account["lat"]), zoom=15)
    page.get_by_role("button", name="囲んで選ぶ").tap()
    draw_round(page, *centre_of_map(page), 120)
    few = _count(page, CHOSEN)
    assert 1 <= few <= 40
    page.get_by_role("button", name="ルートに追加").tap()
    expect(page.get_by_text(f"今日のルートに{few}件追加しました")).to_be_visible()
    open_map_at(page, 139.65, 35.63, zoom=11)
    page.get_by_role("button", name="囲んで選ぶ").tap()
    page.get_by_role("button", name="表示範囲をすべて選ぶ").tap()
    assert _count(page, CHOSEN) > 40
    page.get_by_role("button", name="ルートに追加").tap()
    expect(page.get_by_text("ルートに入れられるのは40件までです")).to_be_visible()
    page.get_by_role("link", name="今日").tap()
    expect(page.get_by_text(f"訪問予定 {few}件")).to_be_visible()
