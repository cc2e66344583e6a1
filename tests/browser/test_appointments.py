"""An appointment made in the car park without signal: on Today at once, on the server afterwards."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPhone
from tests.browser.driver import first_account, wait_until_copied, wait_until_ready_offline, wait_until_sent
from tests.browser.test_tour import axe_in_both_themes

REP = "rep@mirai.example"


def _card(page: Page, title: str):
    return page.locator("section", has=page.get_by_role("heading", name=title, exact=True))


def _fill(page: Page, *, title: str, begin: str, end: str) -> None:
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("件名").fill(title)
    sheet.get_by_label("開始", exact=False).first.fill(begin)
    sheet.get_by_label("終了", exact=False).first.fill(end)


def test_an_appointment_made_offline_is_on_today_and_reaches_the_server(open_browser: OpenPhone) -> None:
    page = open_browser(REP)
    page.goto("/today")
    wait_until_copied(page)
    wait_until_ready_offline(page)
    page.context.set_offline(True)
    today = _card(page, "今日の予定")
    today.get_by_role("button", name="追加").tap()
    page.get_by_role("button", name="保存", exact=True).tap()
    expect(page.get_by_text("入力してください").first).to_be_visible()
    _fill(page, title="夕方の打ち合わせ", begin="17:00", end="18:00")
    # Pressed twice before anything could happen: one appointment all the same.
    page.get_by_role("button", name="保存", exact=True).evaluate(
        "button => { button.click(); button.click(); }"
    )
    today.get_by_role("button", name="追加").tap()
    _fill(page, title="朝の打ち合わせ", begin="09:00", end="09:30")
    problems = list(axe_in_both_themes(page))
    page.get_by_role("button", name="保存", exact=True).tap()
    expect(today.get_by_role("listitem").filter(has_text="の打ち合わせ")).to_have_text(
        [re.compile("09:00–09:30.*朝の打ち合わせ"), re.compile("17:00–18:00.*夕方の打ち合わせ")]
    )
    today.get_by_role("button", name=re.compile("夕方の打ち合わせ")).tap()
    page.get_by_role("dialog").get_by_label("場所").fill("本社3階")
    page.get_by_role("button", name="保存", exact=True).tap()
    expect(today.get_by_text("本社3階")).to_be_visible()
    problems += axe_in_both_themes(page)
    page.context.set_offline(False)
    wait_until_sent(page)
    told = json.loads(page.request.get("/api/appointments").text())["items"]
    mine = [each for each in told if each["title"] in ("朝の打ち合わせ", "夕方の打ち合わせ")]
    assert [(each["title"], each["place"] and each["place"]["name"]) for each in mine] == [
        ("朝の打ち合わせ", None),
        ("夕方の打ち合わせ", "本社3階"),
    ]
    assert not problems


def test_a_visits_next_action_becomes_an_appointment_with_the_account(open_browser: OpenPhone) -> None:
    page = open_browser(REP)
    account = first_account(page, owner="me")
    page.goto(f"/accounts/{account['id']}")
    wait_until_copied(page)
    page.get_by_role("button", name="訪問記録").first.tap()
    page.get_by_role("radio", name=re.compile("^1週間後")).tap()
    page.get_by_role("button", name="時刻を決めて予定に入れる").tap()
    sheet = page.get_by_role("dialog", name="予定を追加")
    expect(sheet.get_by_text(str(account["name"]))).to_be_visible()
    sheet.get_by_label("件名").fill("デモのご案内")
    sheet.get_by_role("button", name="保存", exact=True).tap()
    expect(sheet).to_be_hidden()
    page.get_by_role("dialog").get_by_role("button", name="保存", exact=True).tap()
    expect(_card(page, "予定").get_by_role("button", name=re.compile("デモのご案内"))).to_be_visible()


def test_the_link_of_a_calendar_is_made_shown_once_and_ended(open_browser: OpenPhone) -> None:
    page = open_browser(REP)
    page.goto("/more/calendars")
    page.get_by_role("button", name="リンクを作る").tap()
    link = page.locator("code").inner_text()
    path = "/calendar/" + link.rsplit("/", 1)[1]
    assert page.request.get(path).headers["content-type"] == "text/calendar; charset=utf-8"
    problems = list(axe_in_both_themes(page))
    page.reload()
    expect(page.get_by_text("最後の読み込み")).to_be_visible()
    expect(page.locator("code")).to_have_count(0)
    page.get_by_role("button", name="リンクを無効にする").tap()
    expect(page.get_by_role("button", name="リンクを作る")).to_be_visible()
    assert page.request.get(path).status == 404
    page.get_by_label("カレンダーのアドレス").fill("http://calendar.example/a.ics")
    page.get_by_role("button", name="取り込みを始める").tap()
    expect(page.get_by_text("https:// または webcal://")).to_be_visible()
    assert not problems
