"""Addresses as people write them, against the packaged gazetteer."""

from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldcrm.geocoding.service import Address, Level, locate, locate_many

CASES = [
    [part.strip() for part in line.split("|")]
    for line in (Path(__file__).parent / "addresses.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


@pytest.mark.parametrize(("address", "level", "matched", "rest"), CASES, ids=[case[0] for case in CASES])
def test_address_is_placed_as_the_table_says(address: str, level: str, matched: str, rest: str) -> None:
    located = locate(address)
    assert (located.level.wire, located.matched, located.rest) == (level, matched, rest)
    assert located.has_point == (level != "none")


def test_the_table_is_large() -> None:
    assert len(CASES) >= 80


def test_points_are_where_the_places_are() -> None:
    tower = locate("東京都港区芝公園4-2-8")
    assert tower.lon == pytest.approx(139.7455, abs=0.006)
    assert tower.lat == pytest.approx(35.6586, abs=0.006)
    assert tower.municipality_code == "13103"


def test_town_without_its_chome_is_the_middle_of_all_of_them() -> None:
    whole = locate("東京都新宿区西新宿")
    parts = [locate(f"東京都新宿区西新宿{number}丁目") for number in range(1, 9)]
    assert whole.level is Level.TOWN
    assert whole.lon == pytest.approx(sum(part.lon or 0 for part in parts) / 8, abs=1e-5)


@pytest.mark.parametrize("code", ["100-0014", "1000014", "〒１００－００１４", "100 0014"])
def test_postal_code_alone_gives_its_area(code: str) -> None:
    located = locate("", postal_code=code)
    assert located.level is Level.POSTAL
    assert (located.prefecture, located.municipality) == ("東京都", "千代田区")
    assert located.lon == pytest.approx(139.7438, abs=0.005)


def test_postal_code_that_a_spreadsheet_shortened_is_found() -> None:
    assert locate("", postal_code="600001").municipality == "札幌市中央区"


def test_postal_code_fills_what_the_address_does_not_say() -> None:
    located = locate("〒860-8601 手取本町1-1")
    assert located.level is Level.POSTAL
    assert located.municipality == "熊本市中央区"


def test_postal_code_tells_namesakes_apart() -> None:
    assert locate("府中市", postal_code="726-8601").prefecture == "広島県"
    assert locate("府中市", postal_code="183-8703").prefecture == "東京都"


def test_postal_code_of_another_place_does_not_move_an_address() -> None:
    located = locate("北海道札幌市中央区北1条西2丁目", postal_code="100-0014")
    assert located.prefecture == "北海道"
    assert located.level is Level.TOWN


def test_area_columns_complete_an_address_that_begins_with_its_town() -> None:
    located = locate("旭ヶ丘５丁目６番５１号", area="北海道札幌市中央区")
    assert located.matched == "北海道札幌市中央区旭ケ丘五丁目"


def test_area_columns_do_not_disturb_a_whole_address() -> None:
    whole = locate("福岡県田川郡川崎町大字田原201番地4", area="福岡県川崎町")
    assert whole.matched == "福岡県田川郡川崎町大字田原"


def test_area_columns_win_over_a_namesake_elsewhere() -> None:
    located = locate("川辺町清水10131-2", area="鹿児島県南九州市")
    assert located.matched.startswith("鹿児島県南九州市川辺町清水")


def test_another_country_is_not_looked_up_here() -> None:
    assert locate("東京都千代田区永田町1-7-1", country="US").level is Level.NONE


@pytest.mark.parametrize(
    "text",
    [
        "\x00\x00",
        "\ud800東京",
        "東京都港区\x00芝公園4-2-8",
        "9" * 1_000_000,
        "一" * 500,
        "十" * 500,
        "〒",
        "-",
        "字",
    ],
)
def test_hostile_text_is_answered_not_raised(text: str) -> None:
    located = locate(text)
    assert located.has_point == (located.level is not Level.NONE)
    assert "\x00" not in located.rest


def test_nul_inside_an_address_does_not_hide_it() -> None:
    assert locate("東京都港区\x00芝公園4-2-8").matched == "東京都港区芝公園四丁目"


@settings(max_examples=300, deadline=None)
@given(
    st.text(
        alphabet=st.one_of(
            st.characters(), st.sampled_from("東京都京都市中区上る下町一二三十百千万丁目大字条0123456789-")
        )
    )
)
def test_no_text_raises(text: str) -> None:
    for head in ("", "東京都新宿区", "京都府京都市中京区", "北海道札幌市"):
        located = locate(head + text, postal_code=text, area=text)
        assert (located.lon is None) == (located.lat is None)


def test_many_are_answered_in_order_and_only_as_far_as_read() -> None:
    def endless() -> "object":
        yield "東京都千代田区永田町1-7-1"
        yield Address("永田町1-7-1", area="東京都千代田区")
        raise AssertionError("read further than asked")

    answers = list(islice(locate_many(endless()), 2))  # type: ignore[arg-type]
    assert [answer.matched for answer in answers] == ["東京都千代田区永田町一丁目"] * 2
