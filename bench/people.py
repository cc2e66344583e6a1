"""The measured organisations: their people, teams and accounts, the same at every build."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from bench.places import positions, quadkeys, web_mercator
from fieldcrm.accounts.rules import search_text

# One large tenant, one middle, and a crowd of small ones: a million accounts in all.
SIZES = (300_000, 100_000, *([6_000] * 100))
TODAY = date(2026, 11, 22)
MOMENT = "2026-11-01 00:00:00+00"
CHUNK = 20_000

COLUMNS = (
    "org_id, id, kind, name, name_kana, external_id, prefecture, municipality, address, phones, status, "
    "win_prob, rank, owner_id, team_id, tags, cadence_days, custom, lon, lat, geom_3857, qk, precision, "
    "geo_source, geo_flags, due_on, search_text, sort_key, version, change_seq, created_at, updated_at"
)

_SURNAMES = (
    "佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村", "小林", "加藤", "吉田", "山田",
    "佐々木", "山口", "松本", "井上", "木村", "林", "斎藤", "清水",
)  # fmt: skip
_KANA = (
    "さとう", "すずき", "たかはし", "たなか", "いとう", "わたなべ", "やまもと", "なかむら", "こばやし",
    "かとう", "よしだ", "やまだ", "ささき", "やまぐち", "まつもと", "いのうえ", "きむら", "はやし",
    "さいとう", "しみず",
)  # fmt: skip
_TRADES = ("クリニック", "内科医院", "歯科", "薬局", "病院", "商店", "建設", "製作所", "不動産", "運輸")
_PLACES = (
    "中央", "港", "北", "南", "東", "西", "緑", "旭", "栄", "泉", "若葉", "本町", "桜", "宮前", "大手",
    "川崎", "松原", "青葉", "新町", "浜",
)  # fmt: skip
_TAGS = ("重点", "紹介", "展示会", "休眠掘り起こし")
_POINT = np.dtype([("head", "u1"), ("kind", "<u4"), ("srid", "<u4"), ("x", "<f8"), ("y", "<f8")])


@dataclass(frozen=True)
class Organisation:
    """One tenant: its size, its teams and its reps (rep number r is in team r % teams)."""

    org_id: int
    size: int

    @property
    def teams(self) -> list[uuid.UUID]:
        """Return the teams' ids."""
        return [stable_id(self.org_id, 1, n) for n in range(self.team_count)]

    @property
    def reps(self) -> list[uuid.UUID]:
        """Return the reps' ids: five a team."""
        return [stable_id(self.org_id, 2, n) for n in range(5 * self.team_count)]

    @property
    def team_count(self) -> int:
        """Return how many teams there are: one for each 25,000 accounts, at least two."""
        return max(2, self.size // 25_000)

    @property
    def administrator(self) -> uuid.UUID:
        """Return the id of who sees everything."""
        return stable_id(self.org_id, 5, 0)

    def team_of(self, rep: int) -> uuid.UUID:
        """Return the team of rep number ``rep``."""
        return self.teams[rep % self.team_count]


def organisations() -> list[Organisation]:
    """Return every tenant of the data set."""
    return [Organisation(org_id=number, size=size) for number, size in enumerate(SIZES, start=1)]


def stable_id(org_id: int, kind: int, number: int) -> uuid.UUID:
    """Return a UUID of version 7 that is the same at every build."""
    return uuid.UUID(int=(0x19A << 116) | (org_id << 96) | (7 << 76) | (kind << 66) | (2 << 62) | number)


def account_lines(organisation: Organisation) -> Iterator[str]:
    """Return the organisation's accounts as text for COPY, some thousands a piece."""
    rng = np.random.default_rng(organisation.org_id)
    for start in range(0, organisation.size, CHUNK):
        yield "".join(_chunk(organisation, rng, range(start, min(start + CHUNK, organisation.size))))


def _chunk(organisation: Organisation, rng: np.random.Generator, numbers: range) -> Iterator[str]:
    count = len(numbers)
    lon, lat, city = positions(rng, count)
    x, y = web_mercator(lon, lat)
    points = np.zeros(count, _POINT)
    points["head"], points["kind"], points["srid"], points["x"], points["y"] = 1, 0x20000001, 3857, x, y
    blob = points.tobytes().hex()
    teams, reps = organisation.teams, organisation.reps
    # A team works a region, a rep works some of its cities; a tenth belongs to nobody yet.
    rep = (city * 7 + rng.integers(0, 3, count)) % len(reps)
    draws = {
        "kind": rng.choice(["company", "person", "property"], count, p=[0.7, 0.2, 0.1]).tolist(),
        "status": rng.choice(6, count, p=[0.45, 0.2, 0.12, 0.15, 0.05, 0.03]).tolist(),
        "win": (rng.integers(0, 21, count) * 5).tolist(),
        "rank": rng.choice(["A", "B", "C", "D", "\\N"], count, p=[0.1, 0.2, 0.3, 0.2, 0.2]).tolist(),
        "due": rng.integers(-60, 120, count).tolist(),
        "share": rng.random(count).tolist(),
        "name": rng.integers(0, len(_SURNAMES), count).tolist(),
        "trade": rng.integers(0, len(_TRADES), count).tolist(),
        "place": rng.integers(0, len(_PLACES), count).tolist(),
        "tag": rng.integers(0, 20, count).tolist(),
        "precision": rng.choice([6, 5, 4, 2], count, p=[0.6, 0.15, 0.2, 0.05]).tolist(),
    }
    where = zip(lon.tolist(), lat.tolist(), quadkeys(x, y).tolist(), rep.tolist(), strict=True)
    for at, (number, (one_lon, one_lat, qk, r)) in enumerate(zip(numbers, where, strict=True)):
        d = {name: values[at] for name, values in draws.items()}
        yield _line(organisation, number, d, geom=blob[at * 50 : at * 50 + 50], place=(one_lon, one_lat, qk),
                    owner=None if d["share"] < 0.1 else (reps[r], teams[r % len(teams)]))  # fmt: skip


def _line(
    organisation: Organisation,
    number: int,
    d: dict[str, int | float | str],
    *,
    geom: str,
    place: tuple[float, float, int],
    owner: tuple[uuid.UUID, uuid.UUID] | None,
) -> str:
    surname, kana = _SURNAMES[int(d["name"])], _KANA[int(d["name"])]
    town = _PLACES[int(d["place"])]
    name = f"{town}{surname}{_TRADES[int(d['trade'])]}{number % 997}"
    address = f"{town}区{surname}町{number % 7 + 1}-{number % 23 + 1}-{number % 31 + 1}"
    phone = f"+813{10_000_000 + number * 7 % 89_999_999}"
    tags = [_TAGS[int(d["tag"])]] if int(d["tag"]) < len(_TAGS) else []
    account = {"name": name, "name_kana": kana, "address": address, "external_id": f"K{number:07}"}
    search = search_text({**account, "phones": [{"number": phone}], "tags": tags})
    is_due = float(d["share"]) < 0.8
    fields = (
        organisation.org_id, stable_id(organisation.org_id, 3, number), d["kind"], name, kana,
        f"K{number:07}",
        "東京都", f"{town}区", address, f'[{{"number": "{phone}", "label": "代表"}}]', int(d["status"]) + 1,
        d["win"] if float(d["share"]) < 0.93 else "\\N", d["rank"],
        owner[0] if owner else "\\N", owner[1] if owner else "\\N",
        f"{{{','.join(tags)}}}", 30 if is_due else "\\N", "{}",
        place[0], place[1], geom, place[2], d["precision"], "file", "{}",
        TODAY + timedelta(days=int(d["due"])) if is_due else "\\N",
        search.replace("\n", "\\n"), kana, 1, 1, MOMENT, MOMENT,
    )  # fmt: skip
    return "\t".join(map(str, fields)) + "\n"
