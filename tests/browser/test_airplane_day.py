"""A whole day in airplane mode: nothing lost, nothing doubled, nothing silently overwritten."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import sign_in
from tests.browser.driver import FETCH_NEXT, wait_until_files_sent, wait_until_ready_offline, wait_until_sent
from tests.browser.office import Desk, desk_of
from tests.browser.pocket import Pocket
from tests.browser.records import Records
from tests.browser.releases import SUFFIX, Releases, releases_of
from tests.browser.rep import Rep, photo
from tests.browser.serving import PASSWORD, Served
from tests.browser.valley import AROUND, LAT, LON, RIVER, TASKS, Valley, settle_valley

STREET = "街道沿いの新しい店"
MERGED, SURVIVOR, WRONG_PIN = 7, 9, 10


def _note(number: int) -> str:
    return f"圏外の谷で書いた記録その{number}"


class Day:
    """Everything and everybody of that day."""

    def __init__(self, chromium: Browser, served: Served, folder: Path, closing: ExitStack) -> None:
        self.valley: Valley = settle_valley(served)
        self.records = Records(served, self.valley.org_id)
        self.releases: Releases = closing.enter_context(releases_of(served.url))
        self.colleague: Desk = closing.enter_context(desk_of(chromium, served.url, self.valley.colleague))
        self.administrator: Desk = closing.enter_context(
            desk_of(chromium, served.url, self.valley.administrator)
        )
        self.phone = Pocket(chromium, folder, base_url=self.releases.url)
        closing.callback(self.phone.close)


@pytest.fixture
def day(chromium: Browser, served: Served, tmp_path: Path) -> Iterator[Day]:
    """The morning of that day."""
    with ExitStack() as closing:
        today = Day(chromium, served, tmp_path / "phone", closing)
        yield today
        assert not today.phone.faults


def test_a_day_in_airplane_mode_arrives_once_in_the_evening(day: Day) -> None:
    page = _leave_home(day)
    rep = Rep(page)
    _look_over_the_territory(rep, day.valley)
    _visit_the_first(rep, day.valley)
    _take_the_new_build(page)

    _meanwhile_others_work(day)
    _visit_the_next(rep, day.valley)
    half_written = rep.writes_down_a_visit(_note(5), at=day.valley.customer(5)[1])
    expect(half_written.get_by_label("メモ")).to_have_value(_note(5))
    day.phone.die()

    page = day.phone.switch_on(is_offline=True)
    rep = Rep(page)
    _finish_what_was_half_written(rep)
    _visit_the_last(rep, day.valley)
    _tidy_up(rep, day.valley)
    day.records.end_sessions_of(day.valley.rep)

    day.releases.withhold("")
    page.context.set_offline(False)
    _sign_in_again(page, day.valley)
    _settle_two_conflicts(page, day.valley)
    _see_nine_receipts(page)
    _expect_all_once(day)


def _leave_home(day: Day) -> Page:
    """The app is on the phone, with a new build of it fetched and not yet taken; then airplane mode."""
    page = day.phone.switch_on()
    sign_in(page, day.valley.rep)
    wait_until_ready_offline(page)
    day.releases.release()
    assert page.evaluate(FETCH_NEXT) == "installed"
    page.context.set_offline(True)
    # A browser just switched on is told a moment later: its worker would send before.
    day.releases.withhold("/")
    return page


def _look_over_the_territory(rep: Rep, valley: Valley) -> None:
    rep.sees_on_the_map(LON, LAT, zoom=10.5)
    expect(rep.page.get_by_text(f"この範囲 {len(RIVER) + AROUND}件")).to_be_visible()
    rep.filters_by_status(2, leaving=(len(RIVER) + AROUND) // 3)
    _, name = valley.customer(1)
    rep.searches("しろまる", finding=name)
    expect(rep.page.get_by_text(f"{name}：前回は見積を渡した")).to_be_visible()
    expect(rep.page.get_by_role("button", name="購買窓口1")).to_be_visible()
    rep.sees_on_the_map(LON, LAT, zoom=14)
    rep.lassoes(radius_px=150, choosing=len(RIVER))
    rep.goes_to("今日")
    expect(rep.page.get_by_text(f"訪問予定 {len(RIVER)}件")).to_be_visible()


def _visit_the_first(rep: Rep, valley: Valley) -> None:
    rep.logs_a_visit(_note(0), at=valley.customer(0)[1], photos=[photo("正面.jpg"), photo("看板.jpg")])
    rep.logs_a_visit(_note(1), at=valley.customer(1)[1], sketch=True)
    rep.logs_a_visit(_note(2), at=valley.customer(2)[1], win_prob=70, next_step="1週間後")


def _take_the_new_build(page: Page) -> None:
    offer = page.get_by_role("button", name="更新する", exact=True)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    with page.expect_navigation():
        offer.tap()
    expect(page.get_by_role("link", name="その他")).to_be_visible()
    assert SUFFIX in page.evaluate("document.querySelector('script[type=module]').src")
    expect(page.get_by_text(re.compile(r"^オフライン — \d+件を端末に保存済み"))).to_be_visible()


def _meanwhile_others_work(day: Day) -> None:
    """A colleague edits two of the same accounts, the administrator merges another two."""
    valley = day.valley
    day.colleague.edit(valley.customer(3)[0], phones=[{"number": "0428-99-0001", "label": "代表"}])
    day.colleague.edit(valley.customer(4)[0], win_prob=80)
    day.administrator.merge(valley.customer(MERGED)[0], into=valley.customer(SURVIVOR)[0])


def _visit_the_next(rep: Rep, valley: Valley) -> None:
    rep.logs_a_visit(_note(3), at=valley.customer(3)[1], photos=[photo("駐車場.jpg")])
    rep.logs_a_visit(_note(4), at=valley.customer(4)[1], next_step="明日")


def _finish_what_was_half_written(rep: Rep) -> None:
    rep.page.goto("/today")
    # Once the day stands as it was, nothing moves any more under the finger.
    expect(rep.page.get_by_text(_note(4))).to_be_visible()
    expect(rep.page.get_by_role("heading", name="いま近くで行ける先")).to_be_visible()
    rep.page.get_by_role("button", name=f"「{RIVER[5][0]}」の訪問記録").tap()
    sheet = rep.page.get_by_role("dialog", name="訪問記録")
    expect(sheet.get_by_text("書きかけの記録を復元しました")).to_be_visible()
    expect(sheet.get_by_label("メモ")).to_have_value(_note(5))
    sheet.get_by_role("button", name="保存", exact=True).tap()
    expect(sheet).to_have_count(0)


def _visit_the_last(rep: Rep, valley: Valley) -> None:
    rep.logs_a_visit(_note(6), at=valley.customer(6)[1])
    rep.logs_a_visit(_note(7), at=valley.customer(MERGED)[1])
    for title in TASKS:
        rep.ticks_off(title)


def _tidy_up(rep: Rep, valley: Valley) -> None:
    """What is found out under way: numbers, chances, a place, and a shop nobody knew."""
    rep.edits(valley.customer(3)[0], 電話="0428-33-0003")
    rep.edits(valley.customer(6)[0], 電話="0428-33-0006")
    rep.edits(valley.customer(4)[0], **{"受注確度 (%)": "55"})
    rep.puts_the_pin_right(*valley.customer(WRONG_PIN))
    rep.sees_on_the_map(LON, LAT, zoom=15)
    rep.adds_an_account_from_the_street(STREET)
    rep.logs_a_visit(_note(8))


def _sign_in_again(page: Page, valley: Valley) -> None:
    page.get_by_text("サインインの期限切れ（入力は端末に残っています）タップして再開").tap()
    page.fill("input[name=email]", valley.rep)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.goto("/more/outbox")
    expect(page.get_by_text("すべて送信済みです")).to_be_visible(timeout=60_000)


def _settle_two_conflicts(page: Page, valley: Valley) -> None:
    page.goto("/today")
    page.get_by_text("2件の食い違い").tap()
    # One tap each: once one's own is kept, once the colleague's.
    number = page.get_by_role("article", name="電話が食い違っています")
    expect(number.get_by_role("link", name=valley.customer(3)[1])).to_be_visible()
    number.get_by_role("button", name=re.compile("0428330003")).tap()
    expect(page.get_by_role("article", name="電話を決めました")).to_be_visible()
    chance = page.get_by_role("article", name="受注確度が食い違っています")
    expect(chance.get_by_role("link", name=valley.customer(4)[1])).to_be_visible()
    chance.get_by_role("button", name=re.compile("80%.*谷の同僚")).tap()
    expect(page.get_by_role("article", name="受注確度を決めました")).to_be_visible()
    wait_until_sent(page)
    wait_until_files_sent(page)


def _see_nine_receipts(page: Page) -> None:
    page.goto("/more/outbox")
    more = page.get_by_role("button", name="さらに表示")
    if more.count():
        more.tap()
    receipts = page.get_by_role("listitem").filter(has_text="訪問・活動の記録")
    expect(receipts).to_have_count(9)
    expect(page.get_by_text("すべて送信済みです")).to_be_visible()


def _expect_all_once(day: Day) -> None:
    records, valley = day.records, day.valley
    visits = {row["note"]: row for row in records.table("activities", "note", "account_id", "win_prob_after")}
    assert len(records.table("activities", "id")) == len(RIVER) + 9 == len(visits)
    accounts = {str(row["id"]): row for row in records.table("accounts", "*")}
    for number in range(9):
        account_id = str(visits[_note(number)]["account_id"])
        wanted = {MERGED: valley.customer(SURVIVOR)[1], 8: STREET}.get(number, RIVER[number][0])
        assert accounts[account_id]["name"] == wanted, number

    files = records.table("attachments", "kind", "stored_at")
    assert sorted(row["kind"] for row in files) == ["photo", "photo", "photo", "sketch"]
    assert all(row["stored_at"] for row in files)
    titles = [row["title"] for row in records.table("tasks", "title", "done_at") if row["done_at"]]
    assert sorted(titles) == sorted(TASKS)
    assert len(records.table("tasks", "id")) == len(TASKS) + 2
    assert [row["name"] for row in accounts.values()].count(STREET) == 1

    phones = {number: accounts[valley.customer(number)[0]]["phones"] for number in (3, 6)}
    assert {number: found[0]["number"] for number, found in phones.items()} == {
        3: "+81428330003",
        6: "+81428330006",
    }
    assert accounts[valley.customer(4)[0]]["win_prob"] == 80
    assert accounts[valley.customer(2)[0]]["win_prob"] == 70
    assert accounts[valley.customer(WRONG_PIN)[0]]["lat"] > LAT
    conflicts = records.table("conflicts", "field", "settled_at")
    assert sorted(row["field"] for row in conflicts) == ["phones", "win_prob"]
    assert all(row["settled_at"] for row in conflicts)
