"""The administrator at the desk: own words and fields; a list imported, corrected, undone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPhone
from tests.browser.driver import first_account
from tests.browser.serving import Served
from tests.browser.test_tour import axe, settle

BAD_ROW = 3
CUSTOMERS = """名称,住所,受注確度
試験用取込商店,東京都世田谷区三軒茶屋1-2-3,30
,東京都目黒区中目黒1-1-1,150
試験用取込工業,東京都港区芝公園2-3-4,55
"""
IMPORTED = ("試験用取込商店", "試験用取込工業", "試験用取込医院")


def _card(page: Page, title: str) -> Locator:
    return page.locator("section", has=page.get_by_role("heading", name=title, exact=True))


def _save(sheet: Locator) -> None:
    sheet.get_by_role("button", name="保存", exact=True).click()
    expect(sheet).to_be_hidden()


def _rename_status(page: Page) -> None:
    _card(page, "状況の設定").get_by_role("button", name="商談中", exact=True).click()
    sheet = page.get_by_role("dialog", name="状況の設定")
    sheet.get_by_label("名称（日本語）").fill("提案中")
    sheet.get_by_label("名称（英語）").fill("Proposing")
    _save(sheet)


def _add_choice_field(page: Page) -> None:
    _card(page, "追加項目").get_by_role("button", name="追加", exact=True).click()
    sheet = page.get_by_role("dialog", name="追加項目")
    sheet.get_by_label("名称（日本語）").fill("導入機種")
    sheet.get_by_label("名称（英語）").fill("Model in use")
    sheet.get_by_label("キー（半角英数）").fill("model_in_use")
    sheet.get_by_label("種類").select_option(label="選択肢")
    sheet.get_by_label("選択肢", exact=True).fill("A型\nB型")
    _save(sheet)


def _hide_outcome(page: Page) -> None:
    _card(page, "訪問結果の設定").get_by_role("button", name="受付のみ", exact=True).click()
    sheet = page.get_by_role("dialog", name="訪問結果の設定")
    sheet.get_by_role("switch", name="入力画面に出す").uncheck()
    _save(sheet)


@pytest.fixture
def as_before(served: Served) -> Iterator[None]:
    """What the test sets for the organisation is set back: other tests use the same demo."""
    yield
    psycopg.connect(served.environment["DATABASE_OWNER_URL"], autocommit=True).execute(
        "update organisations set name = 'なにわ住設株式会社', timezone = 'Asia/Tokyo',"
        " settings = '{}' where slug = 'naniwa'"
    ).connection.close()


def test_the_organisation_itself_is_set_on_a_phone_and_reaches_another(
    open_browser: OpenPhone, as_before: None
) -> None:
    page, other = open_browser("admin@naniwa.example"), open_browser("rep@naniwa.example", locale="en")
    page.goto("/more/settings")
    card = _card(page, "会社の設定")
    expect(card).to_contain_text("月〜金")
    card.get_by_role("button", name="会社の設定を変更").tap()
    sheet = page.get_by_role("dialog", name="会社の設定")
    sheet.get_by_label("会社名").fill("　")
    sheet.get_by_role("button", name="保存", exact=True).tap()
    expect(sheet.get_by_text("入力してください")).to_be_visible()
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        settle(page)
        assert axe(page) == []
    sheet.get_by_label("会社名").fill("なにわ住設")
    sheet.get_by_label("タイムゾーン").select_option("Asia/Seoul")
    sheet.get_by_role("button", name="土", exact=True).tap()
    _save(sheet)
    expect(card).to_contain_text("月〜土")
    expect(card).to_contain_text("Asia/Seoul")
    _set_ranks(page)
    _choose_maps(page)
    other.goto("/more")
    expect(other.get_by_text("なにわ住設", exact=True)).to_be_visible()
    # It begins with what it kept, and asks anew meanwhile.
    other.wait_for_load_state("networkidle")
    other.goto("/accounts/new")
    expect(other.get_by_label("Rank").locator("option")).to_have_text(["None", "S1", "A", "B", "C"])


def _choose_maps(page: Page) -> None:
    card = _card(page, "地図と住所の検索")
    card.get_by_role("button", name="地図と住所の検索を変更").tap()
    sheet = page.get_by_role("dialog", name="地図と住所の検索")
    expect(sheet.get_by_text("外部には送りません")).to_be_visible()
    sheet.get_by_role("radio", name="自社で指定").tap()
    sheet.get_by_label("地図タイルのURL").fill("https://elsewhere.example/{z}/{x}/{y}.png")
    sheet.get_by_role("button", name="保存", exact=True).tap()
    expect(sheet.get_by_text("このサーバーの地図は使えません")).to_be_visible()
    expect(sheet.get_by_text("入力してください")).to_be_visible()
    assert axe(page) == []
    sheet.get_by_label("地図タイルのURL").fill("/tiles/{z}/{x}/{y}.png")
    sheet.get_by_label("出典の表示").fill("見本市の地図")
    _save(sheet)
    expect(card).to_contain_text("見本市の地図")


def _set_ranks(page: Page) -> None:
    card = _card(page, "ランクの設定")
    card.get_by_role("button", name="追加").tap()
    sheet = page.get_by_role("dialog", name="ランクの設定")
    sheet.get_by_label("ランクの名称").fill("ａ")
    sheet.get_by_role("button", name="保存", exact=True).tap()
    expect(sheet.get_by_text("同じものが2つあります")).to_be_visible()
    sheet.get_by_label("ランクの名称").fill("S")
    _save(sheet)
    for place in (3, 2, 1, 0):
        card.get_by_role("button", name="「S」を前へ").tap()
        expect(card.get_by_role("listitem").nth(place)).to_have_text("S")
    card.get_by_role("button", name="ランクSの名称を変更").tap()
    sheet.get_by_label("ランクの名称").fill("Ａ")
    sheet.get_by_role("button", name="保存", exact=True).tap()
    expect(sheet.get_by_text("すでに使われています")).to_be_visible()
    assert axe(page) == []
    sheet.get_by_label("ランクの名称").fill("S1")
    _save(sheet)
    expect(card.get_by_role("listitem").first).to_have_text("S1")
    card.get_by_role("button", name="ランクDを外す").tap()
    asked = page.get_by_role("alertdialog", name="ランクDを外す")
    expect(asked).to_contain_text("このランクの顧客が")
    assert axe(page) == []
    asked.get_by_role("button", name="それでも外す").tap()
    expect(card.get_by_role("button", name="ランクDを外す")).to_have_count(0)


def test_the_companys_own_words_and_fields_reach_the_forms(open_browser: OpenPhone) -> None:
    page = open_browser("admin@naniwa.example")
    account = first_account(page)
    page.goto("/more")
    page.get_by_role("link", name=re.compile("^設定")).tap()
    _rename_status(page)
    _add_choice_field(page)
    _hide_outcome(page)

    page.reload()
    expect(_card(page, "状況の設定").get_by_role("button", name="提案中", exact=True)).to_be_visible()
    expect(_card(page, "追加項目").get_by_role("button", name=re.compile("導入機種.*選択肢"))).to_be_visible()
    expect(_card(page, "訪問結果の設定").get_by_role("button", name="受付のみ 非表示")).to_be_visible()

    _fill_form_with_own_field(page, str(account["id"]))
    page.get_by_role("button", name="訪問記録").first.tap()
    outcomes = page.get_by_role("radiogroup", name="結果")
    expect(outcomes.get_by_role("radio", name="不在")).to_be_visible()
    expect(outcomes.get_by_role("radio", name="受付のみ")).to_have_count(0)
    expect(page.get_by_role("radiogroup", name="状況").get_by_role("radio", name="提案中")).to_be_visible()

    english = open_browser("manager@naniwa.example", locale="en")
    english.goto(f"/accounts/{account['id']}")
    expect(english.get_by_text("Proposing").first).to_be_visible()
    expect(english.get_by_text("Model in use")).to_be_visible()


def _fill_form_with_own_field(page: Page, account_id: str) -> None:
    page.goto(f"/accounts/{account_id}/edit")
    page.get_by_label("状況", exact=True).select_option(label="提案中")
    page.get_by_label("導入機種").select_option(label="B型")
    page.get_by_role("button", name="保存", exact=True).tap()
    expect(page.get_by_text("保存しました").first).to_be_visible()
    stored = json.loads(page.request.get(f"/api/accounts/{account_id}").text())
    assert (stored["status"], stored["custom"]) == (3, {**stored["custom"], "model_in_use": "B型"})


def test_a_refused_row_is_corrected_and_the_whole_import_undone(
    open_browser: OpenPhone, tmp_path: Path
) -> None:
    page = open_browser("admin@mirai.example")
    file = tmp_path / "顧客.csv"
    file.write_bytes(CUSTOMERS.encode("cp932"))
    _import(page, file)
    counts = page.locator("dl").first
    expect(counts.locator("div", has_text="新規")).to_contain_text("2")
    expect(counts.locator("div", has_text="取込不可")).to_contain_text("1")

    refused = page.get_by_role("listitem").filter(has_text=f"{BAD_ROW}行目")
    expect(refused).to_contain_text("名称：入力してください")
    expect(refused).to_contain_text("受注確度：")
    _correct(page, refused)
    expect(counts.locator("div", has_text="新規")).to_contain_text("3")
    expect(counts.locator("div", has_text="取込不可")).to_contain_text("0")
    of_import = page.url
    assert _found_in_lists(page) == len(IMPORTED)

    page.goto(of_import)
    page.get_by_role("button", name="この取込を取り消す").tap()
    page.get_by_role("alertdialog").get_by_role("button", name="取り消す", exact=True).tap()
    expect(page.get_by_text("取消済み")).to_be_visible(timeout=60_000)
    page.goto("/lists")
    page.get_by_role("searchbox").first.fill("試験用取込")
    expect(page.get_by_text("試験用取込商店")).to_have_count(0, timeout=30_000)
    assert json.loads(page.request.get("/api/accounts?q=試験用取込").text())["items"] == []


def _import(page: Page, file: Path) -> None:
    page.goto("/more")
    page.get_by_role("link", name=re.compile("^データの取込")).tap()
    page.get_by_role("link", name="ファイルを取り込む").tap()
    page.set_input_files("input[type=file]", file)
    expect(page.get_by_label("列「受注確度」の取込先").locator("option:checked")).to_have_text("受注確度")
    page.get_by_role("button", name="3行を取り込む").tap()
    expect(page.get_by_text("完了").first).to_be_visible(timeout=60_000)


def _correct(page: Page, refused: Locator) -> None:
    refused.get_by_role("button", name="直す").tap()
    sheet = page.get_by_role("dialog", name="直す")
    probability = sheet.get_by_label("受注確度")
    expect(probability).to_have_attribute("aria-invalid", "true")
    sheet.get_by_label("名称").fill("試験用取込医院")
    probability.fill("120")
    sheet.get_by_role("button", name="直して取り込む").tap()
    expect(sheet.get_by_label("名称")).not_to_have_attribute("aria-invalid", "true")
    expect(probability).to_have_attribute("aria-invalid", "true")
    probability.fill("80")
    sheet.get_by_role("button", name="直して取り込む").tap()
    expect(page.get_by_text("取り込みました", exact=True)).to_be_visible()
    expect(sheet).to_be_hidden()


def _found_in_lists(page: Page) -> int:
    page.goto("/lists")
    page.get_by_role("searchbox").first.fill("試験用取込")
    for name in IMPORTED:
        expect(page.get_by_text(name).first).to_be_visible(timeout=30_000)
    return len(json.loads(page.request.get("/api/accounts?q=試験用取込").text())["items"])


def test_a_rep_is_told_who_imports(open_browser: OpenPhone) -> None:
    page = open_browser("rep@mirai.example")
    page.goto("/more")
    expect(page.get_by_role("link", name=re.compile("^設定"))).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("^データの取込"))).to_have_count(0)
    for path in ("/imports", "/imports/new", "/imports/01890000-0000-7000-8000-000000000000"):
        page.goto(path)
        expect(page.get_by_text("この画面を使う権限がありません")).to_be_visible()
        expect(page.get_by_text("ファイルを取り込む")).to_have_count(0)
    assert page.request.get("/api/imports").status == 403
