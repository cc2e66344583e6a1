"""The matcher against whole published files, with bars."""

import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import pytest

from fieldcrm.geocoding.positions import distance_m
from fieldcrm.geocoding.service import (
    Address,
    Level,
    Located,
    PositionDecision,
    decide_positions,
    locate_many,
)

Coordinates = tuple[float | None, float | None]


@dataclass(frozen=True)
class Placed:
    located: list[Located]
    decisions: list[PositionDecision]
    errors_m: list[float]

    @property
    def town_share(self) -> float:
        return sum(answer.level >= Level.TOWN for answer in self.located) / len(self.located)

    @property
    def flags(self) -> Counter[str]:
        return Counter(flag for decision in self.decisions for flag in decision.flags)


def place(addresses: list[Address], coordinates: list[Coordinates]) -> Placed:
    located = list(locate_many(addresses))
    decisions = decide_positions(located, coordinates)
    errors = [
        distance_m(address.lon, address.lat, decision.lon, decision.lat)
        for address, decision in zip(located, decisions, strict=True)
        if decision.source == "file" and decision.lon is not None and decision.lat is not None
    ]
    return Placed(located, decisions, sorted(error for error in errors if error is not None))


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def number(text: str) -> float | None:
    return float(text) if text else None


@pytest.fixture(scope="module")
def hospitals(shared_data: Path) -> Placed:
    rows = read(shared_data / "jp_hospitals_2025-06.csv")
    points = [(number(row["所在地座標（経度）"]), number(row["所在地座標（緯度）"])) for row in rows]
    return place([Address(row["所在地"]) for row in rows], points)


@pytest.fixture(scope="module")
def care_homes(shared_data: Path) -> Placed:
    rows = read(shared_data / "jp_care_homes_2025-06.csv")
    addresses = [Address(row["住所"], area=row["都道府県名"] + row["市区町村名"]) for row in rows]
    return place(addresses, [(number(row["経度"]), number(row["緯度"])) for row in rows])


def test_hospitals_are_placed_at_town_level(hospitals: Placed) -> None:
    assert len(hospitals.located) == 7_587
    assert hospitals.town_share >= 0.994


def test_hospitals_lie_where_their_own_coordinates_say(hospitals: Placed) -> None:
    errors = hospitals.errors_m
    assert median(errors) <= 240
    assert errors[int(len(errors) * 0.9)] <= 1_250


def test_wrong_coordinates_of_hospitals_are_found(hospitals: Placed) -> None:
    assert hospitals.flags == {"zero": 270, "outside_prefecture": 1, "far_from_address": 2}
    wrong = [d.matched for d in hospitals.decisions if "outside_prefecture" in d.flags]
    assert wrong == ["群馬県富岡市神農原"]


def test_care_homes_are_placed_at_town_level(care_homes: Placed) -> None:
    assert len(care_homes.located) == 8_496
    assert care_homes.town_share >= 0.99


def test_wrong_coordinates_of_care_homes_are_found(care_homes: Placed) -> None:
    assert care_homes.flags["not_in_japan"] == 6
    assert care_homes.flags["outside_prefecture"] == 6
    assert care_homes.flags["zero"] == 2
