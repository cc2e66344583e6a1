"""Maps of others kept on the phone: the online one of an area, and the organisation's own file."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import ownmap
from tests.browser.conftest import sign_in
from tests.browser.driver import open_map_at, wait_until_ready_offline
from tests.browser.institute import COLOUR, TILES, Institute, institute
from tests.browser.pocket import Pocket
from tests.browser.serving import Served, serve_beside
from tests.browser.test_offline_map import LAT, LON, forget_what_was_seen, open_keeping

REP = "rep@mirai.example"
MOST = 0.5


@pytest.fixture(scope="module")
def maps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Institute]:
    """The institute's server."""
    with institute(tmp_path_factory.mktemp("institute")) as here:
        yield here


@pytest.fixture(scope="module")
def mapped(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app of an organisation with a map of its own, set to the institute's tiles as it is by itself."""
    folder = tmp_path_factory.mktemp("mapped")
    ownmap.write_park(folder / "own.pmtiles")
    settings = {
        "OWN_MAP": str(folder / "own.pmtiles"),
        "BASEMAP_PMTILES_URL": ownmap.ADDRESS,
        "BASEMAP_RASTER_URL": TILES,
    }
    factory = "tests.browser.ownmap:create_app"
    with serve_beside(served, folder / "web.log", factory=factory, **settings) as web:
        yield web


@pytest.fixture
def page(chromium: Browser, mapped: Served, maps: Institute, tmp_path: Path) -> Iterator[Page]:
    """A phone with the map open."""
    phone = Pocket(chromium, tmp_path / "phone", base_url=mapped.url, flags=maps.flags)
    page = phone.switch_on()
    sign_in(page, REP)
    open_map_at(page, LON, LAT, zoom=16)
    yield page
    phone.close()
    assert not phone.faults


def _choose(page: Page, basemap: str) -> None:
    page.get_by_role("button", name="表示の設定").tap()
    sheet = page.get_by_role("dialog")
    sheet.get_by_text(basemap, exact=True).tap()
    expect(sheet.get_by_role("radio", name=basemap)).to_be_checked()
    page.keyboard.press("Escape")


def _expect_kept(page: Page, sheet: Locator, name: str) -> None:
    expect(page.get_by_text("地図をオフラインに保存しました")).to_be_visible(timeout=60_000)
    expect(
        sheet.get_by_role("listitem").filter(has_text=name).get_by_text(re.compile("B・今日"))
    ).to_be_visible()


def _go_underground(page: Page) -> None:
    wait_until_ready_offline(page)
    forget_what_was_seen(page)
    page.context.set_offline(True)


def _share_of(page: Page, colour: tuple[int, int, int]) -> float:
    """Return how much of the screen has that colour."""
    image = (
        Image.open(io.BytesIO(page.screenshot())).convert("RGB").resize((39, 84), Image.Resampling.NEAREST)
    )
    pixels = list(image.get_flattened_data())
    near = [one for one in pixels if all(abs(a - b) <= 6 for a, b in zip(one, colour, strict=True))]
    return len(near) / len(pixels)


def test_the_online_map_of_an_area_is_drawn_without_a_network(page: Page, maps: Institute) -> None:
    _choose(page, "オンラインの地図")
    sheet = open_keeping(page)
    sheet.get_by_text("オンラインの地図も保存（国土地理院）").tap()
    expect(sheet.get_by_role("switch")).to_be_checked()
    expect(sheet.get_by_text(re.compile(r"^約 [\d.]+ [kM]?B"))).to_be_visible()
    sheet.get_by_role("button", name="保存する").tap()
    _expect_kept(page, sheet, "画面の範囲")
    _go_underground(page)
    asked = maps.asked
    open_map_at(page, LON, LAT, zoom=16)
    assert _share_of(page, COLOUR) > MOST
    assert maps.asked == asked


def test_the_own_map_file_is_drawn_without_a_network(page: Page) -> None:
    _choose(page, "自社の地図")
    sheet = open_keeping(page)
    sheet.get_by_role("button", name=re.compile(r"^自社の地図ファイルを保存 \([\d.]+ k?B\)")).tap()
    _expect_kept(page, sheet, "自社の地図ファイル")
    _go_underground(page)
    open_map_at(page, LON, LAT, zoom=16)
    assert _share_of(page, ownmap.GREEN) > MOST
    # What is not on the phone any more is not drawn: the file was, and nothing else.
    page.goto("/more/storage")
    page.get_by_role("button", name=re.compile("^削除: 自社の地図ファイル")).tap()
    expect(page.get_by_text("まだありません")).to_be_visible()
    open_map_at(page, LON, LAT, zoom=16)
    assert _share_of(page, ownmap.GREEN) < 1 - MOST
