"""What comes of offline work once there is a network: conflicts, news, refusals, files, merged accounts."""

from __future__ import annotations

import json
import re
import uuid
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPhone
from tests.browser.driver import first_account

REP = "rep@mirai.example"
COLLEAGUE = "suzuki@mirai.example"
ADMINISTRATOR = "admin@mirai.example"
SEND = """async ({method, path, body}) => {
  const {csrf_token} = await (await fetch('/api/session')).json();
  const headers = {'X-CSRFToken': csrf_token, 'Content-Type': 'application/json'};
  const answer = await fetch(path, {method, headers, body: JSON.stringify(body)});
  return {status: answer.status, body: answer.status === 204 ? null : await answer.json()};
}"""


def _send(page: Page, method: str, path: str, body: dict[str, object]) -> dict[str, Any]:
    answer = page.evaluate(SEND, {"method": method, "path": path, "body": body})
    assert answer["status"] < 300, answer
    found: dict[str, Any] = answer["body"]
    return found


def _account(page: Page, account_id: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(page.request.get(f"/api/accounts/{account_id}").text())
    return found


def _new_account(page: Page, name: str, **more: object) -> str:
    account_id = str(uuid.uuid4())
    _send(page, "POST", "/api/accounts", {"id": account_id, "kind": "company", "name": name, **more})
    return account_id


def _edit(page: Page, account_id: str, label: str, value: str) -> None:
    """Change one field of an account on its form and keep it."""
    page.goto(f"/accounts/{account_id}/edit")
    page.get_by_label(label, exact=True).first.fill(value)
    page.get_by_role("button", name="保存", exact=True).tap()
    expect(page.get_by_role("link", name="編集")).to_be_visible()


def _wait_for_all_sent(page: Page) -> None:
    page.goto("/more/outbox")
    expect(page.get_by_text("すべて送信済みです")).to_be_visible(timeout=60_000)


def _open_once_here(page: Page, account_id: str, name: str) -> None:
    """Open an account's page once the phone has it."""
    page.goto(f"/accounts/{account_id}")
    expect(page.get_by_role("heading", name=name).first).to_be_visible(timeout=60_000)


def _be_offline_capable(page: Page) -> None:
    """Wait until the app opens without a network."""
    page.wait_for_function("() => navigator.serviceWorker.controller !== null", timeout=60_000)
    page.wait_for_function(
        "async () => (await (await caches.open('assets')).keys()).length > 20", timeout=60_000
    )


def test_two_values_of_one_field_are_shown_and_settled_with_one_tap(open_browser: OpenPhone) -> None:
    administrator = open_browser(ADMINISTRATOR)
    page = open_browser(REP)
    me = json.loads(page.request.get("/api/session").text())["user"]["id"]
    account = _new_account(administrator, "食い違い商会", owner_id=me, win_prob=50)
    _open_once_here(page, account, "食い違い商会")
    _be_offline_capable(page)
    page.context.set_offline(True)
    _edit(page, account, "受注確度 (%)", "33")
    _send(administrator, "PATCH", f"/api/accounts/{account}", {"win_prob": 80})
    page.context.set_offline(False)
    _wait_for_all_sent(page)
    page.goto("/today")
    expect(page.get_by_text("1件の食い違い")).to_be_visible(timeout=60_000)
    page.get_by_text("1件の食い違い").tap()
    card = page.get_by_role("article", name="受注確度が食い違っています")
    expect(card.get_by_role("button", name=re.compile("80%.*今の値"))).to_be_visible()
    card.get_by_role("button", name=re.compile("33%")).tap()
    expect(page.get_by_text("受注確度を決めました")).to_be_visible()
    _wait_for_all_sent(page)
    assert _account(administrator, account)["win_prob"] == 33
    page.goto("/more/conflicts")
    expect(page.get_by_text("食い違いはありません")).to_be_visible()


def test_what_others_changed_is_marked_until_one_has_looked(open_browser: OpenPhone) -> None:
    administrator = open_browser(ADMINISTRATOR)
    page = open_browser(REP)
    # One that no other test touches: its only news is what is sent here.
    account = json.loads(page.request.get("/api/accounts?owner=me&limit=30").text())["items"][-1]
    name = str(account["name"])
    _open_once_here(page, str(account["id"]), name)
    page.goto("/lists")
    page.get_by_role("searchbox").fill(name)
    expect(page.get_by_role("link", name=re.compile(re.escape(name))).first).to_be_visible(timeout=60_000)
    _send(administrator, "PATCH", f"/api/accounts/{account['id']}", {"notes": "担当の方が変わりました"})
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    line = page.get_by_role("link", name=re.compile("更新あり.*" + re.escape(name))).first
    expect(line).to_be_visible(timeout=60_000)
    line.tap()
    expect(page.get_by_text("前回見たあとの更新")).to_be_visible()
    expect(page.get_by_role("term").filter(has_text="備考").get_by_text("更新あり")).to_be_attached()
    page.get_by_role("button", name="戻る").tap()
    expect(page.get_by_role("link", name=re.compile(re.escape(name))).first).to_be_visible()
    expect(page.get_by_text("更新あり")).to_have_count(0)


def test_a_refused_change_says_why_and_can_be_given_up(open_browser: OpenPhone) -> None:
    administrator = open_browser(ADMINISTRATOR)
    page = open_browser(REP)
    me = json.loads(page.request.get("/api/session").text())["user"]["id"]
    account = _new_account(administrator, "断られた商会", owner_id=me, web="before.example")
    _open_once_here(page, account, "断られた商会")
    _be_offline_capable(page)
    page.context.set_offline(True)
    _edit(page, account, "電話", "これは番号ではない")
    page.goto("/more/outbox")
    expect(page.get_by_text("つながり次第、送信します").first).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("要確認 1件")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("link", name="断られた商会")).to_be_visible()
    page.get_by_role("button", name="この変更をやめる").tap()
    expect(page.get_by_text("別に保管 1件")).to_be_visible()
    page.get_by_role("button", name="元に戻す").tap()
    expect(page.get_by_text("要確認 1件")).to_be_visible()
    expect(page.get_by_text("別に保管")).to_have_count(0)
    page.get_by_role("button", name="この変更をやめる").tap()
    expect(page.get_by_text("すべて送信済みです")).to_be_visible()
    assert _account(administrator, account)["phones"] == []


def test_what_is_unsent_is_taken_to_another_phone_and_stored_once(
    open_browser: OpenPhone, tmp_path: Path
) -> None:
    page = open_browser(COLLEAGUE)
    account = str(first_account(page, owner="me")["id"])
    page.goto(f"/accounts/{account}")
    expect(page.get_by_role("button", name="訪問記録").first).to_be_visible(timeout=60_000)
    _be_offline_capable(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="訪問記録").first.tap()
    page.get_by_label("メモ").fill("別の端末で送る記録")
    page.get_by_role("button", name="保存", exact=True).tap()
    expect(page.get_by_text("オフライン — 1件を端末に保存済み")).to_be_visible()
    page.goto("/more/outbox")
    with page.expect_download() as download:
        page.get_by_role("button", name="未送信をファイルに保存").tap()
    download.value.save_as(tmp_path / "unsent.json")
    other = open_browser(COLLEAGUE)
    other.goto("/more/outbox")
    other.get_by_label("ファイルを読み込む").last.set_input_files(tmp_path / "unsent.json")
    expect(other.get_by_text("1件を読み込みました")).to_be_visible()
    _wait_for_all_sent(other)
    page.context.set_offline(False)
    _wait_for_all_sent(page)
    items = json.loads(page.request.get(f"/api/accounts/{account}/activities").text())["items"]
    assert [item["note"] for item in items].count("別の端末で送る記録") == 1


def test_an_administrator_merges_two_accounts_and_sees_the_devices(open_browser: OpenPhone) -> None:
    page = open_browser(ADMINISTRATOR)
    stays = _new_account(page, "統合商会 本店", email=None)
    goes = _new_account(page, "統合商会（重複）", email="info@togo.example")
    _open_once_here(page, goes, "統合商会（重複）")
    _open_once_here(page, stays, "統合商会 本店")
    page.get_by_role("link", name="ほかの顧客と統合").tap()
    page.get_by_role("searchbox").fill("統合商会")
    page.get_by_role("button", name=re.compile("重複")).tap()
    expect(page.get_by_text("引き継ぐ")).to_be_visible()
    page.get_by_role("button", name="統合する", exact=True).tap()
    expect(page.get_by_text("「統合商会（重複）」を「統合商会 本店」に統合しました")).to_be_visible()
    assert _account(page, stays)["email"] == "info@togo.example"
    page.goto("/more/devices")
    expect(page.get_by_text("この端末", exact=True)).to_be_visible()
