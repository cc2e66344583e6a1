"""A phone lost, full, private, damaged, wrong in its clock: named, with what is safe; nothing is lost."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.conftest import OpenPhone, sign_in
from tests.browser.driver import (
    IN_STORE,
    first_account,
    wait_until_ready_offline,
    wait_until_sent,
)
from tests.browser.records import Records
from tests.browser.rep import Rep, photo, words
from tests.browser.serving import Served

REP = "ito@mirai.example"
LOST, ITS_OWNER = "watanabe@mirai.example", "渡邉 蓮"
ADMINISTRATOR = "admin@mirai.example"
WHAT_IS_LEFT = """async () => ({
  rows: (await Promise.all((await indexedDB.databases()).map(({name}) => new Promise(done => {
    const opening = indexedDB.open(name);
    opening.onsuccess = () => {
      const store = opening.result;
      const counts = [...store.objectStoreNames].map(table => new Promise(counted => {
        const counting = store.transaction(table).objectStore(table).count();
        counting.onsuccess = () => counted(counting.result);
      }));
      Promise.all(counts).then(all => { store.close(); done(all.reduce((sum, n) => sum + n, 0)); });
    };
  })))).reduce((sum, n) => sum + n, 0),
  caches: await caches.keys(),
  notes: Object.keys(localStorage),
})"""

ROOM_BYTES = 40_000_000
TOO_MUCH = """bytes => new Promise(done => {
  const opening = indexedDB.open('other', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('things', { autoIncrement: true });
  opening.onsuccess = () => {
    const tx = opening.result.transaction('things', 'readwrite');
    tx.objectStore('things').put(new Uint8Array(bytes));
    tx.oncomplete = tx.onabort = () => { opening.result.close(); done(tx.error?.name ?? 'kept'); };
  };
})"""
FULL = (
    "端末の空き容量が足りず、保存できませんでした。"
    "入力中の内容とこれまでの記録はそのまま残っています。空きを作ってから、もう一度保存してください。"
)


def _visits(served: Served, note: str) -> list[dict[str, Any]]:
    find = "select occurred_at, recorded_at from activities where note = %(note)s"
    return Records(served, 0).rows(find, note=note)


def _go_offline_at_an_account(page: Page) -> str:
    """Open an account of one's own and cut the network."""
    account = first_account(page, owner="me", sort="name")
    page.goto(f"/accounts/{account['id']}")
    wait_until_ready_offline(page)
    page.context.set_offline(True)
    return str(account["id"])


def test_a_lost_phone_sends_what_it_has_then_empties_itself_and_says_so(
    open_browser: OpenPhone, served: Served
) -> None:
    page = open_browser(LOST)
    _go_offline_at_an_account(page)
    note = words("紛失する前に圏外で書いた訪問")
    Rep(page).logs_a_visit(note)

    office = open_browser(ADMINISTRATOR, is_desktop=True)
    office.goto("/more/devices")
    # The one that was in touch last comes first.
    device = office.get_by_role("listitem").filter(has_text=ITS_OWNER).first
    device.get_by_role("button", name="紛失した（データを消去）").click()
    office.get_by_role("dialog").get_by_role("button", name="消去を依頼する").click()
    expect(device.get_by_text("次の通信で消去します")).to_be_visible()
    assert _visits(served, note) == []

    page.context.set_offline(False)
    expect(page.get_by_role("heading", name="この端末のデータを消去しました")).to_be_visible()
    expect(page.get_by_text("未送信だった記録は、消す前にすべてサーバーへ送信してあります。")).to_be_visible()
    assert page.evaluate(WHAT_IS_LEFT) == {"rows": 0, "caches": [], "notes": []}
    assert len(_visits(served, note)) == 1
    office.reload()
    expect(device.get_by_text("消去しました（")).to_be_visible()


def _limit_room(tools: CDPSession, served: Served, quota_bytes: int | None) -> None:
    limit = {} if quota_bytes is None else {"quotaSize": quota_bytes}
    tools.send("Storage.overrideQuotaForOrigin", {"origin": served.url, **limit})


def _fill(page: Page, tools: CDPSession, served: Served) -> None:
    """Leave no room. The browser looks anew only when it is asked for more than it last knew of."""
    _limit_room(tools, served, 1)
    assert page.evaluate(TOO_MUCH, ROOM_BYTES) == "QuotaExceededError"


def test_a_full_phone_says_what_is_safe_and_goes_on_once_there_is_room(
    open_browser: OpenPhone, served: Served
) -> None:
    page = open_browser()
    tools = page.context.new_cdp_session(page)
    _limit_room(tools, served, ROOM_BYTES)
    sign_in(page, REP)
    _go_offline_at_an_account(page)
    rep = Rep(page)
    saved, kept = words("空きがあるうちに保存した訪問"), words("空きがないときに書いた訪問")
    rep.logs_a_visit(saved)

    _fill(page, tools, served)
    sheet = rep.writes_down_a_visit(kept)
    sheet.locator("input[accept='image/*']").set_input_files(photo("入らない写真.jpg"))
    expect(sheet.get_by_text(FULL)).to_be_visible()
    save = sheet.get_by_role("button", name="保存", exact=True)
    save.tap()
    expect(page.locator(".toasts").get_by_text(FULL).first).to_be_visible()
    # The photo has said the same before: this is over once one could press again.
    expect(save).to_be_enabled()
    expect(sheet.get_by_label("メモ")).to_have_value(kept)
    # The server takes what was saved before; that it has, the phone cannot note.
    page.context.set_offline(False)
    expect(page.get_by_text("端末の空き容量がありません（入力済みの記録は無事です）")).to_be_visible()

    _limit_room(tools, served, None)
    save.tap()
    expect(sheet).to_have_count(0)
    wait_until_sent(page)
    assert [len(_visits(served, note)) for note in (saved, kept)] == [1, 1]


def test_a_private_window_is_named_while_something_is_unsent(open_browser: OpenPhone) -> None:
    # Every window that a driver opens without a profile is a private one.
    page = open_browser(REP)
    _go_offline_at_an_account(page)
    Rep(page).logs_a_visit("プライベートな窓で書いた訪問")
    page.goto("/more/outbox")
    warning = page.get_by_role("note")
    expect(warning.get_by_role("heading", name="保護されていません")).to_be_visible()
    expect(warning).to_contain_text(
        "プライベートブラウズ（シークレット）の画面なら、閉じると未送信の記録は消えます。"
        "送信済みの記録はサーバーにあるので安全です。"
    )
    page.context.set_offline(False)
    expect(page.get_by_text("すべて送信済みです")).to_be_visible()
    expect(warning).to_have_count(0)


def test_a_browser_that_keeps_nothing_says_so_and_what_is_safe(open_browser: OpenPhone) -> None:
    page = open_browser(REP)
    wait_until_ready_offline(page)
    # As browsers do that have no storage in private windows, or where a setting forbids it.
    page.add_init_script(
        "IDBFactory.prototype.open = () => { throw new DOMException('no storage', 'InvalidStateError'); }"
    )
    page.reload()
    expect(page.get_by_text("この端末に保存できません")).to_be_visible()
    expect(
        page.get_by_text("サーバーにあるデータと、別のウィンドウで保存した入力には影響ありません。")
    ).to_be_visible()


DAMAGE = f"""async (id) => {{ {IN_STORE}
  const user = localStorage.getItem('fieldcrm.user');
  const pack = await inStore('account_packs', 'get', 0);
  await new Promise(done => {{
    const opening = indexedDB.open(`fieldcrm-${{user}}`);
    opening.onsuccess = () => {{
      const tx = opening.result.transaction(['accounts', 'account_packs'], 'readwrite');
      tx.objectStore('accounts').put({{ id, name: 7 }});
      tx.objectStore('account_packs').put({{ ...pack, texts: {{}} }}, 0);
      tx.oncomplete = () => {{ opening.result.close(); done(); }};
    }};
  }});
}}"""


def test_a_damaged_record_is_named_the_rest_works_and_it_comes_back(
    open_browser: OpenPhone, served: Served
) -> None:
    page = open_browser(REP)
    damaged = first_account(page, owner="me", sort="win_prob")
    written_to = _go_offline_at_an_account(page)
    note = words("端末のデータが壊れる前に書いた訪問")
    Rep(page).logs_a_visit(note)
    page.evaluate(DAMAGE, damaged["id"])

    page.goto("/lists")
    expect(
        page.get_by_text("端末のデータの一部が壊れていたため、取り直しています。未送信の記録は無事です。")
    ).to_be_visible()
    expect(page.get_by_text("オフライン — 1件を端末に保存済み")).to_be_visible()
    page.goto(f"/accounts/{written_to}")
    expect(page.get_by_text(note)).to_be_visible()
    page.context.set_offline(False)
    wait_until_sent(page)
    page.goto(f"/accounts/{damaged['id']}")
    expect(page.get_by_role("heading", name=str(damaged["name"])).first).to_be_visible()
    assert len(_visits(served, note)) == 1


CLOCK = """(() => {
  const Right = Date;
  const now = () => Right.now() + OFF_MS;
  globalThis.Date = new Proxy(Right, {
    construct: (_, given, as) => Reflect.construct(Right, given.length ? given : [now()], as),
    apply: () => new Right(now()).toString(),
    get: (_, name) => name === 'now' ? now : Reflect.get(Right, name),
  });
})()"""


@pytest.mark.parametrize("days", [2, -2])
def test_a_clock_two_days_off_is_named_and_visits_arrive_with_the_right_time(
    open_browser: OpenPhone, served: Served, days: int
) -> None:
    page = open_browser()
    page.add_init_script(CLOCK.replace("OFF_MS", str(days * 86_400_000)))
    sign_in(page, REP)
    _go_offline_at_an_account(page)
    note = words(f"時計が{days}日ずれた端末で書いた訪問")
    Rep(page).logs_a_visit(note)
    page.context.set_offline(False)
    expect(page.get_by_text("端末の時計が約2日ずれています（記録の時刻は補正）")).to_be_visible()
    wait_until_sent(page)
    page.goto("/more/storage")
    expect(page.get_by_role("heading", name="端末の時計がずれています")).to_be_visible()
    expect(page.get_by_text(re.compile("サーバーの時刻で補正します。入力は失われません。"))).to_be_visible()
    (visit,) = _visits(served, note)
    for moment in ("occurred_at", "recorded_at"):
        assert abs(datetime.now(UTC) - cast(datetime, visit[moment])) < timedelta(minutes=10), moment
