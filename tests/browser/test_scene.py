"""The main job, end to end on the real file: from a spreadsheet of hospitals to a visit the manager sees."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPhone
from tests.browser.driver import stand_at, wait_until_sent

NOTE = "内視鏡システム更新は来年3月予算。事務長が窓口。"


def test_from_a_spreadsheet_to_a_visit_the_manager_sees(open_browser: OpenPhone, shared_data: Path) -> None:
    administrator = open_browser("admin@naniwa.example", is_desktop=True)
    _import_hospitals(administrator, shared_data / "jp_hospitals_2025-06.csv")

    rep = open_browser("rep@naniwa.example")
    hospital = _find_hospital(rep, "おおさかしりつそうごう", "大阪市立総合医療センター")
    stand_at(rep, hospital["lon"], hospital["lat"])
    _look_around(rep, hospital)
    _log_visit(rep)

    manager = open_browser("manager@naniwa.example", is_desktop=True)
    manager.goto("/team/day")
    expect(manager.get_by_text(NOTE)).to_be_visible()
    expect(manager.get_by_text(str(hospital["name"])).first).to_be_visible()


def _import_hospitals(page: Page, file: Path) -> None:
    page.goto("/imports")
    page.get_by_role("link", name="ファイルを取り込む").or_(
        page.get_by_role("button", name="ファイルを取り込む")
    ).first.click()
    page.set_input_files("input[type=file]", file)
    for header, field in (("正式名称", "名称"), ("所在地", "住所"), ("所在地座標（緯度）", "緯度")):
        chosen = page.get_by_label(f"列「{header}」の取込先", exact=True)
        expect(chosen.locator("option:checked")).to_have_text(re.compile(field))
    page.get_by_role("button", name=re.compile("取り込む|取込を開始")).last.click()
    expect(page.get_by_text("完了").first).to_be_visible(timeout=120_000)
    shown = page.locator("dl").first
    expect(shown.locator("div", has_text="新規")).to_contain_text("7,587")
    expect(shown.locator("div", has_text="取込不可")).to_contain_text("0")
    expect(page.get_by_text(re.compile(r"位置の確認が必要な行 \d"))).to_be_visible()


def _find_hospital(page: Page, typed: str, name: str) -> dict[str, float | str]:
    page.goto("/lists")
    search = page.get_by_role("searchbox").first
    search.fill(typed)
    line = page.get_by_text(name).first
    expect(line).to_be_visible(timeout=30_000)  # the phone is still taking in 7,587 hospitals
    line.tap()
    expect(page.get_by_role("heading", name=name).first).to_be_visible()
    answer = page.request.get(f"/api/accounts/{page.url.rsplit('/', 1)[1]}")
    found: dict[str, float | str] = json.loads(answer.text())
    return found


def _look_around(page: Page, hospital: dict[str, float | str]) -> None:
    page.goto("/map")
    page.get_by_role("button", name="現在地へ").tap()
    expect(page.get_by_text(re.compile(r"この範囲 [1-9]"))).to_be_visible()
    page.get_by_label("会社名・カナ・住所・電話").fill(str(hospital["name"]))
    page.get_by_role("option", name=re.compile(str(hospital["name"]))).first.tap()
    expect(page.get_by_role("link", name="ナビ").first).to_have_attribute("href", re.compile("destination="))


def _log_visit(page: Page) -> None:
    page.get_by_role("button", name="訪問記録").first.tap()
    sheet = page.get_by_role("dialog", name="訪問記録")
    sheet.get_by_label("メモ").fill(NOTE)
    sheet.get_by_text("1週間後").first.tap()
    sheet.get_by_role("button", name="保存").tap()
    expect(page.get_by_text(re.compile("端末に保存しました|送信済み")).first).to_be_visible()
    wait_until_sent(page)
