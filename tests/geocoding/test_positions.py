"""Which position is believed: the file's coordinates or the address's."""

import math

import pytest

from fieldcrm.geocoding.rules import Level, Located, choose_position
from fieldcrm.geocoding.service import (
    agrees_with_prefecture,
    decide_position,
    decide_positions,
    locate,
    prefecture_of_point,
    prefectures_of_points,
    reverse,
)

SHINJUKU = (139.6917, 35.6895)
ADDRESS = "東京都新宿区西新宿2-8-1"


def test_reverse_names_the_nearest_town() -> None:
    place = reverse(*SHINJUKU)
    assert place is not None
    assert place.address == "東京都新宿区西新宿二丁目"
    assert place.municipality_code == "13104"
    assert place.distance_m < 200


@pytest.mark.parametrize(
    ("lon", "lat"), [(143.5, 34.0), (0.0, 0.0), (127.0, 37.5), (math.nan, 35.0), (35.7, 139.7)]
)
def test_no_place_in_the_sea_abroad_or_off_the_globe(lon: float, lat: float) -> None:
    assert reverse(lon, lat) is None
    assert prefecture_of_point(lon, lat) is None


def test_prefectures_of_many_points_at_once() -> None:
    lons, lats = [139.69, 135.5, 141.35, 127.68, 0.0], [35.69, 34.69, 43.06, 26.21, 0.0]
    assert prefectures_of_points(lons, lats) == ["東京都", "大阪府", "北海道", "沖縄県", None]


def test_point_at_a_border_agrees_with_both_sides() -> None:
    # Machida, a few hundred metres from Sagamihara.
    assert agrees_with_prefecture(139.4455, 35.5423, "東京都")
    assert agrees_with_prefecture(139.4455, 35.5423, "神奈川県")
    assert not agrees_with_prefecture(139.4455, 35.5423, "千葉県")


def test_coordinates_that_agree_are_used() -> None:
    decision = decide_position(locate(ADDRESS), *SHINJUKU)
    assert (decision.lon, decision.lat) == SHINJUKU
    assert (decision.source, decision.level, decision.flags) == ("file", Level.EXACT, ())


@pytest.mark.parametrize(
    ("lon", "lat", "flag"),
    [
        (0.0, 0.0, "zero"),
        (139.6917, 0.0, "zero"),
        (135.5023, 34.6937, "outside_prefecture"),
        (-74.92, 40.15, "not_in_japan"),
        (143.5, 34.0, "not_in_japan"),
        (math.nan, math.inf, "not_in_japan"),
    ],
)
def test_wrong_coordinates_are_flagged_and_the_address_wins(lon: float, lat: float, flag: str) -> None:
    located = locate(ADDRESS)
    decision = decide_position(located, lon, lat)
    assert (decision.lon, decision.lat) == (located.lon, located.lat)
    assert (decision.source, decision.level, decision.flags) == ("gazetteer", Level.TOWN, (flag,))


def test_swapped_coordinates_are_turned_and_flagged() -> None:
    decision = decide_position(locate(ADDRESS), SHINJUKU[1], SHINJUKU[0])
    assert (decision.lon, decision.lat) == SHINJUKU
    assert (decision.source, decision.flags) == ("file", ("swapped",))


def test_missing_coordinates_leave_the_address() -> None:
    assert decide_position(locate(ADDRESS), None, 35.0).source == "gazetteer"
    assert decide_position(locate("?"), None, None).source is None


def test_unreadable_address_trusts_coordinates_within_the_country() -> None:
    assert decide_position(locate("?"), *SHINJUKU).source == "file"
    assert decide_position(locate("?"), 2.35, 48.85).flags == ("not_in_japan",)
    assert decide_position(locate("?"), 2.35, 48.85).lon is None


def test_unplaceable_address_with_wrong_coordinates_gets_no_position() -> None:
    decision = decide_position(locate("東京都利島村248"), 135.5023, 34.6937)
    assert (decision.lon, decision.source, decision.flags) == (None, None, ("outside_prefecture",))


def test_coarse_coordinates_give_way_to_the_town() -> None:
    decision = decide_position(locate(ADDRESS), 139.7, 35.7)
    assert (decision.source, decision.level) == ("gazetteer", Level.TOWN)


def test_coordinates_far_off_within_the_prefecture_are_kept_and_pointed_out() -> None:
    decision = decide_position(locate("青森県八戸市八幡字上樋田８番地１"), 140.757945, 40.790365)
    assert (decision.source, decision.flags) == ("file", ("far_from_address",))


def test_decisions_of_many_equal_decisions_one_by_one() -> None:
    located = [locate(ADDRESS), locate("大阪府大阪市北区梅田3-1-3"), locate("?"), locate(ADDRESS)]
    coordinates = [SHINJUKU, SHINJUKU, (None, None), (35.6895, 139.6917)]
    assert decide_positions(located, coordinates) == [
        decide_position(address, *point) for address, point in zip(located, coordinates, strict=True)
    ]
    assert decide_positions([], []) == []


def test_rule_needs_no_map() -> None:
    located = Located(139.0, 35.0, Level.TOWN, "x", "東京都", "新宿区", None, "")
    assert choose_position(located, None).source == "gazetteer"
