"""Makes the demo's customers: names, addresses on real towns, contacts, and how each stands."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from fieldcrm.demo.companies import Company, Kind
from fieldcrm.demo.words import FAMILY, FLOWERS, GIVEN, SALES_TITLES, TRADE_TITLES

STATUS_SHARES = {1: 26, 2: 20, 3: 17, 4: 24, 5: 8, 6: 5}
WIN_PROB = {1: (5, 25), 2: (15, 45), 3: (40, 80), 4: (70, 100), 5: (5, 20), 6: (0, 0)}
RANKS = {1: "BCCD", 2: "ABBC", 3: "AAB", 4: "AAABBC", 5: "CD", 6: "D"}
TAGS = ("重点", "展示会", "紹介", "保守契約", "新規開業", "キャンペーン")
# Blocks that are not given out to subscribers, so that nobody's phone rings.
PHONE_BLOCKS = {
    "東京都": "03-9999",
    "神奈川県": "045-999",
    "大阪府": "06-9999",
    "兵庫県": "0798-99",
}
HOURS = (["09:00", "12:30"], ["14:00", "18:00"])


@dataclass(frozen=True, slots=True)
class Town:
    """A town of the gazetteer: name and point."""

    name: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Area:
    """One municipality of a demo organisation and its towns."""

    prefecture: str
    municipality: str
    team: str
    count: int
    towns: Sequence[Town]


@dataclass(slots=True)
class Customer:
    """One made-up account; ``reps`` index the owner among the team's reps."""

    kind: Kind
    name: str
    name_kana: str
    external_id: str
    prefecture: str
    municipality: str
    address: str
    building: str | None
    lon: float
    lat: float
    is_exact: bool
    team: str
    owner_pick: int
    status: int
    win_prob: int
    rank: str
    tags: list[str]
    phone: str
    has_hours: bool
    people: list[tuple[str, str, str]] = field(default_factory=list)
    """Contacts: (name, kana, title)."""


def customers(company: Company, areas: Sequence[Area]) -> Iterator[Customer]:
    """Yield the organisation's customers; the same organisation gives the same ones."""
    dice = random.Random(company.seed)  # noqa: S311 - a demo, not a secret
    number = 0
    taken: set[str] = set()
    for area in areas:
        for _ in range(area.count):
            number += 1
            yield _customer(dice, company, area, number=number, taken=taken)


def _customer(dice: random.Random, company: Company, area: Area, *, number: int, taken: set[str]) -> Customer:
    kind = dice.choices(company.kinds, [k.share for k in company.kinds])[0]
    town = dice.choice(area.towns)
    name, kana = _name(dice, kind, town)
    if name in taken and kind.account_kind == "company":
        # As in real life: two of the same name are told apart by their place.
        name = f"{name} {_place(town)}"
    taken.add(name)
    status = dice.choices(list(STATUS_SHARES), list(STATUS_SHARES.values()))[0]
    low, high = WIN_PROB[status]
    return Customer(
        kind=kind,
        name=name,
        name_kana=kana,
        external_id=f"{company.slug.upper()}-{number:04d}",
        prefecture=area.prefecture,
        municipality=area.municipality,
        address=f"{area.prefecture}{area.municipality}{town.name}{_block(dice, town.name)}",
        building=_building(dice),
        # Within the town: a block is some hundred metres wide.
        lon=round(town.lon + dice.gauss(0, 0.0016), 6),
        lat=round(town.lat + dice.gauss(0, 0.0013), 6),
        is_exact=dice.random() < 0.85,
        team=area.team,
        owner_pick=dice.randrange(1000),
        status=status,
        win_prob=round(dice.randint(low, high) / 5) * 5,
        rank=dice.choice(RANKS[status]),
        tags=dice.sample(TAGS, k=dice.choices((0, 1, 2), (6, 3, 1))[0]),
        phone=f"{PHONE_BLOCKS[area.prefecture]}-{dice.randint(0, 9999):04d}",
        has_hours=kind.account_kind == "company" and dice.random() < 0.7,
        people=_people(dice, company, kind),
    )


def _name(dice: random.Random, kind: Kind, town: Town) -> tuple[str, str]:
    family, flower, given = dice.choice(FAMILY), dice.choice(FLOWERS), dice.choice(GIVEN)
    words = {
        "label": kind.label,
        "family": family[0],
        "flower": flower[0],
        "town": _place(town),
        "person": f"{family[0]} {given[0]}",
    }
    if kind.account_kind == "person":
        return words["person"], f"{family[1]} {given[1]}"
    stem = family[1] if "{family}" in kind.pattern else flower[1]
    return kind.pattern.format(**words), stem + kind.label_kana


def _place(town: Town) -> str:
    return town.name.split("丁目")[0].rstrip("一二三四五六七八九十0123456789")


def _block(dice: random.Random, town_name: str) -> str:
    house = f"{dice.randint(1, 30)}-{dice.randint(1, 20)}"
    return house if town_name.endswith("丁目") else f"{dice.randint(1, 5)}-{house}"


def _building(dice: random.Random) -> str | None:
    if dice.random() < 0.7:
        return None
    return f"{dice.choice(FLOWERS)[0]}ビル{dice.randint(1, 8)}F"


def _people(dice: random.Random, company: Company, kind: Kind) -> list[tuple[str, str, str]]:
    if kind.account_kind != "company":
        return []
    titles = SALES_TITLES if company.slug == "mirai" else TRADE_TITLES
    people = []
    for title in dice.sample(titles, k=dice.choices((1, 2, 3), (5, 3, 1))[0]):
        family, given = dice.choice(FAMILY), dice.choice(GIVEN)
        people.append((f"{family[0]} {given[0]}", f"{family[1]} {given[1]}", title))
    return people
