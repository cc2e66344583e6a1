"""Photos, sketches, recordings, documents: taken without signal, kept through a reload, sent once."""

from __future__ import annotations

import base64
import io
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import CDPSession, FilePayload, Locator, Page, expect

from tests.browser.conftest import OpenPhone
from tests.browser.driver import wait_until, wait_until_ready_offline
from tests.browser.rep import Rep, photo
from tests.browser.test_tour import AXE, RULES

PART_BYTES = 524_288
ALL_STORED = """async ([account, count]) => {
  const answer = await fetch(`/api/attachments?account_id=${account}`).catch(() => null);
  const {items} = answer ? await answer.json() : {items: []};
  return items.length === count && items.every(item => item.stored_at);
}"""


def pdf(size: int) -> FilePayload:
    return {"name": "見積書.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n" + os.urandom(size)}


def untouched_account(page: Page) -> dict[str, Any]:
    """Return an account of the signed-in person that carries nothing yet."""
    for account in json.loads(page.request.get("/api/accounts?owner=me&limit=50").text())["items"]:
        found = page.request.get(f"/api/attachments?account_id={account['id']}")
        if json.loads(found.text())["items"] == []:
            return dict(account)
    raise AssertionError("every account has attachments")


def begin_visit(page: Page, name: str = "訪問記録") -> Locator:
    """Begin to log a visit on the account's page; return its sheet."""
    page.get_by_role("button", name=name).first.tap()
    sheet = page.get_by_role("dialog", name=name)
    expect(sheet.locator("input[accept='image/*']")).to_be_attached()
    return sheet


def tiles(inside: Locator | Page) -> Locator:
    return inside.get_by_role("button", name=re.compile("を開く"))


def stored(page: Page, account: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """Wait until the server holds so many, all whole; return them, oldest first."""
    wait_until(page, ALL_STORED, given=[account["id"], count])
    items = json.loads(page.request.get(f"/api/attachments?account_id={account['id']}").text())["items"]
    return sorted(items, key=lambda item: str(item["id"]))


READ = """url => fetch(url).then(answer => answer.blob()).then(blob => new Promise(done => {
  const reader = new FileReader();
  reader.onload = () => done(reader.result.split(',')[1]);
  reader.readAsDataURL(blob);
}))"""


def content(page: Page, item: dict[str, Any]) -> bytes:
    """Return the stored file as the page itself gets it."""
    return base64.b64decode(page.evaluate(READ, f"/api/attachments/{item['id']}/content"))


def test_photos_and_a_sketch_taken_without_signal_arrive_once(open_browser: OpenPhone) -> None:
    page = open_browser("rep@mirai.example")
    account = untouched_account(page)
    page.goto(f"/accounts/{account['id']}")
    wait_until_ready_offline(page)
    page.context.set_offline(offline=True)
    sheet = begin_visit(page)
    sheet.locator("input[accept='image/*']").set_input_files([photo("正面.jpg"), photo("駐車場.jpg")])
    expect(tiles(sheet)).to_have_count(2, timeout=60_000)
    sheet.get_by_role("button", name="手書き").tap()
    Rep(page).sketches()
    expect(tiles(sheet)).to_have_count(3)
    sheet.get_by_label("メモ").fill("写真つきの訪問")
    expect(sheet.get_by_label("メモ")).to_have_value("写真つきの訪問")
    page.reload()
    sheet = page.get_by_role("dialog", name="訪問記録")
    expect(sheet.get_by_text("書きかけの記録を復元しました")).to_be_visible()
    expect(tiles(sheet)).to_have_count(3)
    sheet.get_by_role("button", name="保存", exact=True).tap()
    expect(page.get_by_text("端末に保存しました")).to_be_visible()
    row = page.get_by_role("listitem").filter(has_text="写真つきの訪問").first
    expect(row.get_by_role("button", name="写真を開く — 端末に保存")).to_have_count(2)
    page.context.set_offline(offline=False)
    kept = stored(page, account, 3)
    assert [item["kind"] for item in kept] == ["photo", "photo", "sketch"]
    assert [item["name"] for item in kept[:2]] == ["正面.jpg", "駐車場.jpg"]
    visits = json.loads(page.request.get(f"/api/accounts/{account['id']}/activities").text())["items"]
    (visit,) = [each for each in visits if each["note"] == "写真つきの訪問"]
    assert {item["activity_id"] for item in kept} == {visit["id"]}
    for item in kept[:2]:
        demand_small_upright_and_placeless(content(page, item))
    sketch = Image.open(io.BytesIO(content(page, kept[2])))
    assert (sketch.format, sketch.size) == ("PNG", (kept[2]["width"], kept[2]["height"]))
    assert len(sketch.convert("RGB").getcolors(1 << 16) or []) > 1
    # What was on the phone says no more that it waits.
    expect(row.get_by_role("button", name="写真を開く", exact=True)).to_have_count(2)


def demand_small_upright_and_placeless(body: bytes) -> None:
    image = Image.open(io.BytesIO(body))
    assert (image.format, image.size) == ("JPEG", (1536, 2048))
    assert dict(image.getexif()) == {}
    assert b"GPS" not in body[:4096]
    # The camera lay on its side: its upper edge is the picture's right one.
    red, _green, blue = image.convert("RGB").getpixel((1500, 100))  # type: ignore[misc]  # three channels
    assert red > 150 > blue
    other = image.convert("RGB").getpixel((100, 1000))
    assert len(set(other)) == 1 or max(other) - min(other) < 12  # type: ignore[arg-type,type-var]


def slow_line(line: CDPSession, *, is_cut: bool, bytes_per_s: int = -1) -> None:
    conditions = {"offline": is_cut, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_per_s}
    line.send("Network.emulateNetworkConditions", conditions)


def test_an_upload_that_is_cut_in_the_middle_goes_on_where_it_stood(open_browser: OpenPhone) -> None:
    page = open_browser("suzuki@mirai.example")
    account = untouched_account(page)
    document = pdf(4_000_000)
    page.goto(f"/accounts/{account['id']}")
    sheet = begin_visit(page)
    sheet.locator("input[accept*=pdf]").set_input_files(document)
    expect(tiles(sheet)).to_have_count(1)
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    slow_line(line, is_cut=False, bytes_per_s=150_000)
    sheet.get_by_role("button", name="保存", exact=True).tap()
    expect(tiles(page).filter(has_text="送信中").first).to_be_visible(timeout=60_000)
    slow_line(line, is_cut=True)
    (item,) = json.loads(page.request.get(f"/api/attachments?account_id={account['id']}").text())["items"]
    before = json.loads(page.request.get(f"/api/attachments/{item['id']}/progress").text())
    assert 0 < before["received_bytes"] < item["size_bytes"]
    assert before["stored_at"] is None
    offsets: list[int] = []
    page.on("requestfinished", lambda request: offsets.extend(_offset_of(request.url)))
    slow_line(line, is_cut=False)
    page.evaluate("dispatchEvent(new Event('online'))")
    (whole,) = stored(page, account, 1)
    assert content(page, whole) == document["buffer"]
    # The part whose answer the cut took away may be sent once more.
    assert min(offsets) >= before["received_bytes"] - PART_BYTES
    assert len(offsets) == len(set(offsets))


def _offset_of(url: str) -> list[int]:
    return [int(found) for found in re.findall(r"/bytes\?offset=(\d+)", url)]


def test_a_voice_note_is_recorded_and_played(open_browser: OpenPhone) -> None:
    page = open_browser("rep@mirai.example")
    account = untouched_account(page)
    page.goto(f"/accounts/{account['id']}")
    sheet = begin_visit(page)
    sheet.get_by_role("button", name="録音", exact=True).tap()
    expect(sheet.get_by_role("timer")).to_have_text(re.compile("0:0[2-9]"))
    sheet.get_by_role("button", name="録音を終えて添付").tap()
    expect(tiles(sheet)).to_have_count(1)
    sheet.get_by_label("メモ").fill("声のメモ")
    sheet.get_by_role("button", name="保存", exact=True).tap()
    row = page.get_by_role("listitem").filter(has_text="声のメモ").first
    row.get_by_role("button", name="再生").tap()
    expect(row.get_by_role("button", name="一時停止")).to_be_visible()
    (item,) = stored(page, account, 1)
    assert (item["kind"], item["media_type"].split("/")[0]) == ("voice", "audio")
    assert 1 < item["duration_s"] < 60
    whole = content(page, item)
    assert (len(whole), whole[:4]) == (item["size_bytes"], b"\x1aE\xdf\xa3")


def test_a_colleague_sees_the_photo_and_a_placeholder_without_signal(open_browser: OpenPhone) -> None:
    colleague = open_browser("rep@mirai.example")
    account = untouched_account(colleague)
    admin = open_browser("admin@mirai.example")
    admin.goto(f"/accounts/{account['id']}")
    admin.locator("input[accept='image/*']").set_input_files(photo("外観.jpg"))
    stored(admin, account, 1)
    colleague.goto(f"/accounts/{account['id']}")
    wait_until_ready_offline(colleague)
    tile = tiles(colleague).first
    expect(tile.locator("img")).to_be_visible()
    colleague.context.set_offline(offline=True)
    tile.tap()
    viewer = colleague.get_by_role("dialog")
    expect(viewer.get_by_text("電波が戻ると表示できます")).to_be_visible()
    colleague.context.set_offline(offline=False)
    expect(viewer.get_by_role("img", name="外観.jpg")).to_be_visible()
    wait_for_picture(viewer)
    colleague.context.set_offline(offline=True)
    colleague.go_back()
    expect(viewer).to_have_count(0)
    tile.tap()
    wait_for_picture(viewer)
    viewer.get_by_role("button", name="拡大").tap()
    expect(viewer.locator(".picture").first).to_have_css("transform", re.compile(r"matrix\(2\.5, 0, 0, 2\.5"))
    colleague.keyboard.press("Escape")
    expect(viewer).to_have_count(0)


def wait_for_picture(viewer: Locator) -> None:
    """Wait until the picture is not only there but drawn."""
    viewer.page.wait_for_function("() => document.querySelector('dialog .slide img')?.naturalWidth === 1536")


@pytest.mark.parametrize(("locale", "theme"), [("ja", "light"), ("en", "dark")])
def test_screens_with_attachments_have_nothing_for_axe_to_say(
    open_browser: OpenPhone, locale: str, theme: str
) -> None:
    page = open_browser("suzuki@mirai.example", locale=locale, theme=theme)
    account = untouched_account(page)
    page.goto(f"/accounts/{account['id']}")
    sheet = begin_visit(page, {"ja": "訪問記録", "en": "Log visit"}[locale])
    sheet.locator("input[accept='image/*']").set_input_files(photo("外観.jpg"))
    sheet.locator("input[accept*=pdf]").set_input_files(pdf(2000))
    names = {"ja": ("手書き", "保存"), "en": ("Sketch", "Save")}[locale]
    expect(sheet.locator(".tile")).to_have_count(2)
    look(page, f"sheet-{locale}")
    sheet.get_by_role("button", name=names[0]).tap()
    expect(page.get_by_role("dialog", name=names[0])).to_be_visible()
    look(page, f"sketch-{locale}")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name=names[0])).to_have_count(0)
    sheet.get_by_role("button", name=names[1], exact=True).tap()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".tile")).to_have_count(4)  # the timeline's and the account's
    # While the bytes are under way a tile is drawn anew at each step.
    stored(page, account, 2)
    page.evaluate("() => document.querySelector('.tile').scrollIntoView({block: 'center'})")
    look(page, f"timeline-{locale}")
    page.locator(".tile:has(img)").first.tap()
    expect(page.get_by_role("dialog").locator("img").first).to_be_visible()
    look(page, f"viewer-{locale}")


def look(page: Page, name: str) -> None:
    """Ask axe; keep a picture where one is wanted."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"attachments-{name}.png")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    answer = page.evaluate("rules => axe.run(document, rules)", RULES)
    found = [
        f"{each['id']}: {json.dumps(each['nodes'][0]['target'], ensure_ascii=False)}"
        for each in answer["violations"]
    ]
    assert found == [], name
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
