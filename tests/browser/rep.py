"""A rep in the field: what one does on the phone all day, with or without a network."""

from __future__ import annotations

import math
import re
import uuid
from typing import Any

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.driver import centre_of_map, open_map_at, wait_until_drawn
from tests.files import samples

CHOSEN = re.compile(r"([\d,]+)件を選択中")


def draw_round(page: Page, x: float, y: float, radius: float) -> None:
    """Draw a circle with one finger and let go."""
    touch = page.context.new_cdp_session(page)
    turns = [index / 24 * 2 * math.pi for index in range(24)]
    points = [{"x": x + radius * math.cos(turn), "y": y + radius * math.sin(turn)} for turn in turns]
    for index, point in enumerate(points):
        kind = "touchMove" if index else "touchStart"
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def hold(page: Page, x: float, y: float, *, until: Locator) -> None:
    """Hold a finger on a place until something comes of it."""
    finger: Any = page.context.new_cdp_session(page)
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    expect(until).to_be_visible()
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def words(text: str) -> str:
    """Return a note that nobody has written before."""
    return f"{text} {uuid.uuid4().hex[:8]}"


def photo(name: str) -> FilePayload:
    """Return a photograph as a phone takes it."""
    return {"name": name, "mimeType": "image/jpeg", "buffer": samples.photo_of_phone()}


class Rep:
    """Whoever holds the phone."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def sees_on_the_map(self, lon: float, lat: float, *, zoom: float) -> None:
        """Open the map there."""
        open_map_at(self.page, lon, lat, zoom=zoom)

    def filters_by_status(self, no: int, *, leaving: int) -> None:
        """See only the accounts of one status, then all again."""
        in_view = self.page.get_by_text(re.compile("^この範囲"))
        before = in_view.inner_text()
        self.page.get_by_label("状況", exact=True).select_option(str(no))
        expect(in_view).to_have_text(f"この範囲 {leaving}件")
        self.page.get_by_role("button", name="条件をすべて外す").tap()
        expect(in_view).to_have_text(before)

    def searches(self, typed: str, *, finding: str) -> None:
        """Find an account on the map by its reading and open it."""
        self.page.get_by_label("会社名・カナ・住所・電話").fill(typed)
        self.page.get_by_role("option", name=re.compile(finding)).first.tap()
        self.page.get_by_label("顧客").get_by_role("button", name=finding).tap()
        expect(self.page.get_by_role("heading", name=finding).last).to_be_visible()

    def lassoes(self, *, radius_px: float, choosing: int) -> None:
        """Draw round what lies in the middle of the map and put it on today's route."""
        self.page.get_by_role("button", name="囲んで選ぶ").tap()
        expect(self.page.get_by_text("指で囲むと")).to_be_visible()
        draw_round(self.page, *centre_of_map(self.page), radius_px)
        expect(self.page.get_by_text(CHOSEN).first).to_have_text(f"{choosing}件を選択中")
        self.page.get_by_role("button", name="ルートに追加").tap()
        expect(self.page.get_by_text(f"今日のルートに{choosing}件追加しました")).to_be_visible()
        self.page.get_by_role("button", name="選択を解除").tap()

    def goes_to(self, place: str) -> None:
        """Tap one of the five places."""
        self.page.get_by_role("navigation").get_by_role("link", name=place).tap()

    def opens(self, account_id: str, name: str) -> None:
        """Open an account."""
        self.page.goto(f"/accounts/{account_id}")
        expect(self.page.get_by_role("heading", name=name).first).to_be_visible()

    def writes_down_a_visit(
        self,
        note: str,
        *,
        at: str | None = None,
        win_prob: int | None = None,
        next_step: str | None = None,
        photos: list[FilePayload] | None = None,
        sketch: bool = False,
    ) -> Locator:
        """Fill in the sheet of a visit: at a stop of today's route, or on the account's own page."""
        button = f"「{at}」の訪問記録" if at else "訪問記録"
        self.page.get_by_role("button", name=button).first.tap()
        sheet = self.page.get_by_role("dialog", name="訪問記録")
        sheet.get_by_label("メモ").fill(note)
        if win_prob is not None:
            sheet.get_by_label("受注確度").fill(str(win_prob))
        if next_step is not None:
            sheet.get_by_role("radio", name=re.compile(f"^{next_step}")).tap()
        if photos:
            sheet.locator("input[accept='image/*']").set_input_files(photos)
            self.expect_files(sheet, len(photos))
        if sketch:
            sheet.get_by_role("button", name="手書き").tap()
            self.sketches()
            self.expect_files(sheet, len(photos or []) + 1)
        return sheet

    def logs_a_visit(self, note: str, **more: Any) -> None:
        """Write a visit down and save it."""
        sheet = self.writes_down_a_visit(note, **more)
        sheet.get_by_role("button", name="保存", exact=True).tap()
        expect(sheet).to_have_count(0)

    def sketches(self) -> None:
        """Draw a line with the finger and finish the sketch."""
        pad = self.page.get_by_role("dialog", name="手書き")
        box = pad.get_by_label("指で描く紙").bounding_box()
        assert box is not None
        self.page.mouse.move(box["x"] + 60, box["y"] + 80)
        self.page.mouse.down()
        for step in range(12):
            self.page.mouse.move(box["x"] + 60 + step * 18, box["y"] + 80 + (step % 4) * 40)
        self.page.mouse.up()
        pad.get_by_role("button", name="完了").tap()

    def expect_files(self, sheet: Locator, count: int) -> None:
        """Wait until so many are attached."""
        expect(sheet.get_by_role("button", name=re.compile("を開く"))).to_have_count(count, timeout=60_000)

    def edits(self, account_id: str, **fields: str) -> None:
        """Change fields of an account on its form, each by its label."""
        self.page.goto(f"/accounts/{account_id}/edit")
        for label, value in fields.items():
            self.page.get_by_label(label, exact=True).first.fill(value)
        self.page.get_by_role("button", name="保存", exact=True).tap()
        expect(self.page.get_by_role("link", name="編集")).to_be_visible()

    def puts_the_pin_right(self, account_id: str, name: str) -> None:
        """Tap the right place on the map, above where the pin is."""
        self.opens(account_id, name)
        self.page.get_by_role("button", name="地図で直す").tap()
        # The pin is flown to the middle first: a tap meanwhile would be the flight's end.
        wait_until_drawn(self.page)
        x, y = centre_of_map(self.page)
        self.page.touchscreen.tap(x + 60, y - 160)
        self.page.get_by_role("button", name="この位置に決める").tap()
        expect(self.page.get_by_text(f"「{name}」の位置を直しました")).to_be_visible()

    def adds_an_account_from_the_street(self, name: str) -> None:
        """Hold the finger on the map, and write down what is there."""
        x, y = centre_of_map(self.page)
        sheet = self.page.get_by_label("ここに新規登録").last
        hold(self.page, x, y - 120, until=sheet)
        sheet.get_by_role("button", name="登録へ進む").tap()
        self.page.get_by_label("名称").first.fill(name)
        self.page.get_by_role("button", name="保存", exact=True).tap()
        expect(self.page.get_by_role("heading", name=name).first).to_be_visible()

    def ticks_off(self, title: str) -> None:
        """Finish a task on today's list."""
        self.page.get_by_role("button", name=f"「{title}」を完了にする").tap()
        expect(self.page.get_by_text(f"「{title}」を完了しました")).to_be_visible()
