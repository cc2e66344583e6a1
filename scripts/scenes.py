"""The newer screens as somebody at work would see them, for `make screenshots`.

Each scene is a context in which its page is ready to be photographed; afterwards the demo is as it was,
but for what histories tell.
"""

import json
import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from playwright.sync_api import Locator, Page

from demo_phone import Demo, ask, send
from places import ROOT

REP, COLLEAGUE, MANAGER = "rep@mirai.example", "suzuki@mirai.example", "manager@mirai.example"

Row = dict[str, Any]

FRONT = ROOT / "scripts/scene_photo.svg"
CUSTOMERS = """病院名,フリガナ,住所,電話番号,受注確度
みなと中央クリニック,ミナトチュウオウクリニック,東京都港区芝浦三丁目4-1,03-9999-1201,40
ひばり歯科医院,ヒバリシカイイン,東京都目黒区鷹番二丁目19-8,03-9999-1202,25
つくし訪問看護ステーション,ツクシホウモンカンゴステーション,東京都世田谷区桜新町一丁目12-5,03-9999-1203,60
あおぞら薬局 大森店,アオゾラヤッキョク,東京都大田区大森北一丁目6-16,03-9999-1204,15
,コマザワセイケイゲカ,東京都世田谷区駒沢四丁目3-20,03-9999-1205,30
いずみ内科,イズミナイカ,東京都品川区西五反田七丁目8-2,03-9999-1206,140
"""
# Where the demo's customers stand close together.
CROWDED = {"lon": 139.7035, "lat": 35.6475, "zoom": 13.4}
IS_KEPT = """async () => {
  if (!navigator.serviceWorker.controller) return false;
  const worker = await (await fetch('/sw.js')).text();
  const files = [...new Set(worker.match(/\\/static\\/assets\\/[\\w.-]+/g))];
  const kept = new Set((await (await caches.open('assets')).keys()).map(({url}) => new URL(url).pathname));
  return files.length > 1 && files.every(file => kept.has(file));
}"""
SETTLED_MS = 1500
PATIENCE_MS = 60_000


@contextmanager
def visit(demo: Demo) -> Iterator[Page]:
    """A visit half written, with a photo taken at the door."""
    page = demo.phone(REP)
    account = _own(page, 1)[0]
    sheet = _begin_visit(page, demo.words, account)
    sheet.locator("input[accept='image/*']").set_input_files(
        {"name": "正面.jpg", "mimeType": "image/jpeg", "buffer": _photo(page)}
    )
    sheet.locator("img").first.wait_for()
    sheet.get_by_label(demo.words["visit.note"]).fill("更新は来年3月の予算。次回は事務長に見積をお渡しする。")
    sheet.get_by_role("heading").first.tap()
    page.wait_for_timeout(SETTLED_MS)
    yield page


@contextmanager
def lasso(demo: Demo) -> Iterator[Page]:
    """The customers of a quarter, taken together with the finger."""
    page = demo.phone(MANAGER)
    page.evaluate("camera => localStorage.setItem('fieldcrm.camera', camera)", json.dumps(CROWDED))
    page.goto("/map")
    page.locator("[data-drawn=yes]").wait_for(state="attached", timeout=PATIENCE_MS)
    page.wait_for_timeout(SETTLED_MS)
    page.get_by_role("button", name=demo.words["map.lasso"], exact=True).tap()
    page.mouse.move(70, 330)
    page.mouse.down()
    for step in range(49):
        angle = math.tau * step / 48 + math.pi
        page.mouse.move(195 + 125 * math.cos(angle), 330 + 150 * math.sin(angle))
    page.mouse.up()
    page.get_by_text(demo.words["several.clear"]).wait_for(timeout=PATIENCE_MS)
    page.wait_for_timeout(SETTLED_MS)
    yield page


@contextmanager
def outbox(demo: Demo) -> Iterator[Page]:
    """Two visits and a change recorded without a signal; never sent, for this phone is thrown away."""
    page = demo.phone(REP)
    first, second, third = _own(page, 3)
    _wait_until_kept(page)
    page.context.set_offline(True)
    for account, note in ((first, "院長と面談。見積を依頼された。"), (second, "受付のみ。水曜に再訪する。")):
        sheet = _begin_visit(page, demo.words, account)
        sheet.get_by_label(demo.words["visit.note"]).fill(note)
        sheet.get_by_role("button", name=demo.words["common.save"], exact=True).tap()
        sheet.wait_for(state="hidden")
    _edit(page, demo.words, third, label=demo.words["account.cadence_form"], value="45")
    page.goto("/more/outbox")
    page.get_by_role("link", name=str(third["name"])).first.wait_for()
    # The first try at sending ends once it has found nobody.
    page.locator("a.loud").wait_for(timeout=PATIENCE_MS)
    yield page


@contextmanager
def conflict(demo: Demo) -> Iterator[Page]:
    """The rep, out of reach, and a colleague gave one field two values."""
    page, colleague = demo.phone(REP), demo.phone(COLLEAGUE)
    account = _own(page, 4)[3]
    _wait_until_kept(page)
    page.context.set_offline(True)
    _edit(page, demo.words, account, label=f"{demo.words['account.win_prob']} (%)", value="70")
    send(colleague, "PATCH", f"/api/accounts/{account['id']}", {"win_prob": 40})
    page.context.set_offline(False)
    page.goto("/more/conflicts")
    page.get_by_role("article").first.wait_for(timeout=PATIENCE_MS)
    page.wait_for_timeout(SETTLED_MS)
    yield page
    page.locator("article button").first.tap()
    page.get_by_role("article").get_by_role("status").first.wait_for()
    page.goto("/more/outbox")
    page.get_by_text(demo.words["outbox.all_sent"]).wait_for(timeout=PATIENCE_MS)
    send(colleague, "PATCH", f"/api/accounts/{account['id']}", {"win_prob": account["win_prob"]})


@contextmanager
def imported(demo: Demo) -> Iterator[Page]:
    """What came of a spreadsheet with two rows that cannot be taken."""
    page = demo.phone(MANAGER)
    page.goto("/imports/new")
    page.locator("input[type=file]").set_input_files(
        {"name": "新規開拓リスト.csv", "mimeType": "text/csv", "buffer": CUSTOMERS.encode("cp932")}
    )
    page.locator(".foot button").tap(timeout=PATIENCE_MS)
    page.get_by_text(demo.words["import.state_done"], exact=True).wait_for(timeout=PATIENCE_MS)
    page.wait_for_timeout(SETTLED_MS)
    yield page
    send(page, "POST", f"/api/imports/{page.url.rsplit('/', 1)[1]}/undo")


SCENES: dict[str, Callable[[Demo], AbstractContextManager[Page]]] = {
    "visit": visit,
    "lasso": lasso,
    "outbox": outbox,
    "conflict": conflict,
    "import": imported,
}


def _own(page: Page, count: int) -> list[Row]:
    """Return accounts of the signed-in person, wherever the list begins."""
    rows: list[Row] = ask(page, f"/api/accounts?owner=me&limit={count}")["items"]
    return rows


def _begin_visit(page: Page, words: dict[str, str], account: Row) -> Locator:
    page.goto(f"/accounts/{account['id']}")
    page.get_by_role("button", name=words["visit.log"]).first.tap(timeout=PATIENCE_MS)
    sheet = page.get_by_role("dialog", name=words["visit.log"])
    sheet.wait_for()
    return sheet


def _edit(page: Page, words: dict[str, str], account: Row, *, label: str, value: str) -> None:
    page.goto(f"/accounts/{account['id']}/edit")
    page.get_by_label(label, exact=True).fill(value)
    page.get_by_role("button", name=words["common.save"], exact=True).tap()
    page.wait_for_url(f"**/accounts/{account['id']}")


def _wait_until_kept(page: Page) -> None:
    """Wait until the phone needs no network."""
    page.wait_for_load_state("networkidle")
    while not page.evaluate(IS_KEPT):
        page.wait_for_timeout(SETTLED_MS)


def _photo(page: Page) -> bytes:
    """Return a drawn front of a pharmacy as a camera would give it."""
    studio = page.context.new_page()
    studio.set_viewport_size({"width": 800, "height": 600})
    style = "<style>body { margin: 0 } svg { width: 100vw; height: 100vh }</style>"
    studio.set_content(style + FRONT.read_text(encoding="utf-8"))
    photo = studio.screenshot(type="jpeg", quality=90, scale="css")
    studio.close()
    return photo
