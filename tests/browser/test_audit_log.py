"""The administrator asks who changed what, finds it by a word, goes to the account and takes a file along."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPhone
from tests.browser.driver import first_account
from tests.browser.test_tour import axe, settle


def _rename(page: Page, account: dict[str, object], name: str) -> None:
    token = json.loads(page.request.get("/api/csrf").text())["csrf_token"]
    answer = page.request.patch(
        f"/api/accounts/{account['id']}", data={"name": name}, headers={"X-CSRFToken": token}
    )
    assert answer.ok, answer.text()


def _entries(page: Page, text: str) -> Locator:
    return page.get_by_role("region").get_by_role("listitem").filter(has_text=text)


def test_who_changed_what_is_found_on_a_phone_and_taken_along(open_browser: OpenPhone) -> None:
    page = open_browser("admin@naniwa.example")
    account = first_account(page)
    before = str(account["name"])
    _rename(page, account, f"{before}（旧）")
    _rename(page, account, before)
    page.goto("/more")
    page.get_by_role("link", name=re.compile("^操作履歴")).tap()
    expect(_entries(page, f"顧客 {before}").first).to_contain_text("西村 誠")
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)
        settle(page)
        assert axe(page) == []

    page.get_by_role("button", name="絞り込み").tap()
    sheet = page.get_by_role("dialog", name="絞り込み")
    sheet.get_by_label("操作した人").select_option(label="西村 誠")
    sheet.get_by_label("種類").select_option(label="顧客")
    sheet.get_by_label("いつから").fill("2026-02-02")
    sheet.get_by_label("いつまで").fill("2026-02-01")
    expect(sheet.get_by_text("開始日より前の日です")).to_be_visible()
    settle(page)
    assert axe(page) == []
    sheet.get_by_label("いつから").fill("")
    sheet.get_by_label("いつまで").fill("")
    sheet.get_by_role("button", name="表示", exact=True).tap()
    expect(page.get_by_role("button", name="絞り込み 2")).to_be_visible()
    page.get_by_role("searchbox").fill("（旧）")
    found = _entries(page, "（旧）")
    expect(found).to_have_count(2)
    expect(found.last.get_by_role("definition")).to_have_text(re.compile(rf"{re.escape(before)}.*（旧）"))

    page.get_by_role("button", name="書き出し").tap()
    with page.expect_download() as download:
        page.get_by_role("dialog", name="書き出し").get_by_role("link", name="CSV").tap()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert text.startswith("日時,操作した人,操作,種類,対象,顧客,変更内容")
    assert f"名称: {before} → {before}（旧）" in text
    found.first.get_by_role("link", name=before).tap()
    expect(page.get_by_role("heading", name=before).first).to_be_visible()

    page.goto("/more/audit")
    expect(_entries(page, "操作履歴").filter(has_text="書き出し").first).to_contain_text("検索語")
    page.get_by_role("searchbox").fill("この世にない言葉")
    expect(page.get_by_role("heading", name="該当する操作はありません")).to_be_visible()
