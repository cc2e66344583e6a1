"""Monday morning: the manager looks at coverage, opens what is overdue on the map, and passes a map on."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PASSWORD, OpenPhone
from tests.browser.driver import PATIENCE_MS, wait_until_copied, wait_until_drawn
from tests.browser.serving import ROOT, Served
from tests.browser.test_tour import axe, settle

MOST_BYTES = 5_000_000


def told(page: Page, days: int = 90, *, rank: str = "") -> dict[str, Any]:
    """Return the figures as the API tells them to this person."""
    answer = page.request.get(f"/api/coverage?days={days}{f'&rank={rank}' if rank else ''}")
    assert answer.ok, answer.text()
    found: dict[str, Any] = json.loads(answer.text())
    return found


def expect_on_map(page: Page, count: int) -> None:
    """Expect the map to show exactly so many accounts, all of them in view."""
    wait_until_drawn(page)
    expect(page.get_by_text(f"この範囲 {count:,}件")).to_be_visible(timeout=PATIENCE_MS)
    assert "frame=" not in page.url


@pytest.mark.parametrize("device", ["phone", "desktop"])
def test_the_manager_sees_who_is_overdue_and_where(open_browser: OpenPhone, device: str) -> None:
    page = open_browser("manager@mirai.example", is_desktop=device == "desktop")
    wait_until_copied(page)
    page.get_by_role("navigation").get_by_text("チーム").click()
    found = told(page)
    total = found["total"]
    expect(page.get_by_role("table", name="担当別").get_by_role("row")).to_have_count(
        len(found["owners"]) + 1
    )
    expect_places_where_they_belong(page, is_desktop=device == "desktop")
    if device == "desktop":
        wait_until_drawn(page)
        map_beside, table = page.get_by_label("市区町村別カバー率の地図"), page.get_by_role("table")
        expect(map_beside).to_be_visible()
        beside, panel = map_beside.bounding_box(), table.bounding_box()
        assert beside is not None
        assert panel is not None
        assert beside["x"] + beside["width"] <= panel["x"]

    page.get_by_role("button", name=re.compile(rf"期限超過\s*{total['overdue']:,}")).click()
    expect_on_map(page, total["overdue"])

    page.get_by_role("navigation").get_by_text("チーム").click()
    page.get_by_role("button", name="市区町村別", exact=True).click()
    place = found["municipalities"][0]
    page.get_by_role("button", name=f"{place['name']} 超過 {place['overdue']} を地図で見る").click()
    expect_on_map(page, place["overdue"])
    page.get_by_role("button", name=f"絞り込み「{place['name']}」を外す").click()
    expect(page.get_by_role("button", name=f"期限超過 {total['overdue']:,}")).to_be_visible()

    page.get_by_role("navigation").get_by_text("チーム").click()
    page.get_by_role("button", name="直近30日").click()
    owner = told(page, 30)["owners"][1]
    row = page.get_by_role("table", name="担当別").get_by_role("row").nth(2)
    row.get_by_role("button", name=re.compile(f"カバー率 {owner['share']}%")).click()
    expect_on_map(page, owner["covered"])
    if device == "desktop":  # the same code draws both
        look_at_one_rank(page, "A")
    else:
        for what, shown, count in (("顧客", "accounts", "accounts"), ("訪問", "visits", "visited")):
            page.get_by_role("navigation").get_by_text("チーム").click()
            page.get_by_role("button", name="直近30日").click()
            button = re.compile(f" {what} {owner[shown]:,} を地図で見る")
            row.get_by_role("button", name=button).click()
            expect_on_map(page, owner[count])


def expect_places_where_they_belong(page: Page, *, is_desktop: bool) -> None:
    """Expect the five places as tabs below on a phone, as a rail on the left of a desktop."""
    places, screen = page.get_by_role("navigation").bounding_box(), page.viewport_size
    assert places is not None
    assert screen is not None
    assert places["x"] == 0
    assert places["y"] + places["height"] == screen["height"]
    if is_desktop:
        assert places["height"] > 5 * places["width"]
    else:
        assert places["width"] == screen["width"]


def look_at_one_rank(page: Page, rank: str) -> None:
    """Expect figures, what opens from them, and what is passed on, of the accounts of one rank."""
    page.get_by_role("navigation").get_by_text("チーム").click()
    page.get_by_role("group", name="ランク").get_by_role("button", name=rank, exact=True).click()
    total = told(page, rank=rank)["total"]
    assert 0 < total["overdue"] < told(page)["total"]["overdue"]
    overdue = page.get_by_role("button", name=re.compile(rf"期限超過\s*{total['overdue']:,}"))
    expect(overdue).to_be_visible()
    page.get_by_role("button", name="書き出し").click()
    sheet = page.get_by_role("dialog", name="書き出し")
    expect(sheet.get_by_text(f"ランク{rank}の顧客だけを書き出します")).to_be_visible()
    expect(sheet.get_by_role("link", name="CSV")).to_have_attribute("href", re.compile(f"rank={rank}$"))
    page.keyboard.press("Escape")
    overdue.click()
    expect_on_map(page, total["overdue"])


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("device", ["phone", "desktop"])
def test_coverage_is_accessible_with_its_map_and_its_export(
    open_browser: OpenPhone, device: str, theme: str
) -> None:
    page = open_browser("manager@mirai.example", is_desktop=device == "desktop", theme=theme)
    page.goto("/team")
    page.get_by_role("button", name="市区町村別", exact=True).click()
    if device == "phone":
        page.get_by_role("group", name="表示").get_by_role("button", name="地図").click()
    wait_until_drawn(page)
    settle(page)
    problems = axe(page)
    page.get_by_role("button", name="書き出し").click()
    page.get_by_role("dialog", name="書き出し").wait_for()
    settle(page)
    assert problems + axe(page) == []


def test_without_a_network_the_last_figures_are_shown_with_their_time(open_browser: OpenPhone) -> None:
    page = open_browser("manager@mirai.example")
    page.goto("/team")
    expect(page.get_by_role("table", name="担当別")).to_be_visible()
    page.get_by_role("navigation").get_by_text("今日").click()
    page.context.set_offline(True)
    page.get_by_role("navigation").get_by_text("チーム").click()
    expect(page.get_by_text(re.compile(r"オフライン：\d\d:\d\d 時点の数字です"))).to_be_visible()
    expect(page.get_by_role("table", name="担当別")).to_be_visible()
    page.get_by_role("button", name="直近30日").click()
    expect(page.get_by_text("カバレッジはサーバーで集計します")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_role("table", name="担当別")).to_be_visible()


def test_the_map_is_saved_and_opens_without_a_network(
    open_browser: OpenPhone, chromium: Browser, tmp_path: Path
) -> None:
    page = open_browser("manager@mirai.example")
    page.goto("/team")
    total = told(page)["total"]
    file = save_map(page, tmp_path / "map.html")
    opened = Opened(chromium, file)
    expect(opened.page.locator(".legend")).to_contain_text(f"{total['accounts']:,}")
    expect(opened.page.locator(".legend")).to_contain_text(f"{total['share']}%")
    opened.look_at(139.67, 35.643, zoom=14)
    assert opened.pop_up_at_the_first_account() != ""
    opened.close()


def save_map(page: Page, file: Path) -> Path:
    """Order a map, wait for it and save it."""
    page.get_by_role("button", name="書き出し").click()
    page.get_by_role("button", name="地図ファイルを作る（HTML）").click()
    link = page.get_by_role("link", name=re.compile("地図を保存"))
    expect(link).to_be_visible(timeout=PATIENCE_MS)
    with page.expect_download() as download:
        link.click()
    assert re.fullmatch(r"カバレッジ地図-\d{4}-\d\d-\d\d\.html", download.value.suggested_filename)
    download.value.save_as(file)
    return file


class Opened:
    """The file in a browser that has no network; whatever it misses or complains of is a fault."""

    def __init__(self, chromium: Browser, file: Path) -> None:
        self._context = chromium.new_context(offline=True, viewport={"width": 1280, "height": 844})
        self.page = self._context.new_page()
        self._faults: list[str] = []
        self._asked: list[str] = []
        self.page.on("pageerror", lambda error: self._faults.append(str(error)))
        self.page.on("console", lambda said: said.type in ("error", "warning") and self._fault(said.text))
        self.page.on("requestfailed", lambda request: self._fault(request.url))
        self.page.on("request", lambda request: self._asked.append(request.url))
        self.page.goto(file.as_uri())
        self.page.wait_for_selector(".leaflet-container canvas", state="attached")

    def _fault(self, text: str) -> None:
        self._faults.append(text)

    def look_at(self, lon: float, lat: float, *, zoom: int) -> None:
        """Move the map there."""
        self.page.evaluate(
            """([lon, lat, zoom]) => {
              const map = window[Object.keys(window).find(name => name.startsWith('map_'))];
              map.setView([lat, lon], zoom, { animate: false });
            }""",
            [lon, lat, zoom],
        )

    def pop_up_at_the_first_account(self) -> str:
        """Press the account nearest to the middle and return what it says."""
        x, y = self.page.evaluate(
            """() => {
              const map = window[Object.keys(window).find(name => name.startsWith('map_'))];
              const middle = map.getSize().divideBy(2);
              let best = null;
              map.eachLayer(layer => {
                if (!layer.getRadius || !layer.getPopup()) return;
                const at = map.latLngToContainerPoint(layer.getLatLng());
                if (!best || at.distanceTo(middle) < best.distanceTo(middle)) best = at;
              });
              const box = map.getContainer().getBoundingClientRect();
              return [box.left + best.x, box.top + best.y];
            }"""
        )
        self.page.mouse.click(x, y)
        popup = self.page.locator(".leaflet-popup-content .facts")
        expect(popup).to_be_visible()
        return popup.inner_text()

    def close(self) -> None:
        """Close it; fail with whatever went wrong."""
        self._context.close()
        assert self._faults == []
        assert [url for url in self._asked if not url.startswith(("file:", "data:"))] == []


def test_a_map_of_every_hospital_and_care_home_fits_a_mail_and_opens_without_a_network(
    open_browser: OpenPhone, chromium: Browser, served: Served, shared_data: Path, tmp_path: Path
) -> None:
    slug = f"mail-{int(time.time())}"
    email = f"{slug}@example.jp"
    served.flask("org", "create", "--slug", slug, "--name", "全国医療")
    served.flask(
        *("user", "create", "--org", slug, "--email", email, "--name", "部長"),
        *("--role", "administrator", "--password", PASSWORD),
    )
    for name in ("jp_hospitals_2025-06.csv", "jp_care_homes_2025-06.csv"):
        bring_in(served, shared_data / name, slug)
    page = open_browser(email)
    page.goto("/team")
    assert told(page)["total"]["accounts"] == 7587 + 8494
    file = save_map(page, tmp_path / "all.html")
    size = file.stat().st_size
    print(f"map of {7587 + 8494:,} accounts: {size:,} bytes")
    assert size <= MOST_BYTES
    opened = Opened(chromium, file)
    expect(opened.page.locator(".legend")).to_contain_text("16,081")
    opened.look_at(135.5, 34.69, zoom=14)
    assert "未訪問" in opened.pop_up_at_the_first_account()
    opened.close()


def bring_in(served: Served, file: Path, slug: str) -> None:
    """Import a file on the command line; two of the care homes share a number and are refused."""
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "fieldcrm", "import", "accounts", str(file), "--org", slug],
        cwd=ROOT,
        env={**os.environ, **served.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 2), done.stderr
