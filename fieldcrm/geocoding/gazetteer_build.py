"""Builds the gazetteer file from the packaged data: municipalities of today, folded keys, stems."""

import json
import re
from array import array
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median

from fieldcrm.geocoding.folding import fold, normalise
from fieldcrm.geocoding.gazetteer import KOAZA, MAGIC, STEM, TOWN
from fieldcrm.geocoding.gazetteer_source import PostalRow, TownRow
from fieldcrm.geocoding.municipality_keys import municipality_keys, own_name
from fieldcrm.geocoding.municipality_present import PresentMunicipalities

_NO_OAZA = "（大字なし）"
_CHOME_KEY = re.compile(r"^(.+?)\d+-$")
_KATAKANA_NUMERALS = {"ニ": "2", "ハ": "8"}
_HOKKAIDO_STREET = re.compile(r"(?<=\d)条")


@dataclass(slots=True)
class _Draft:
    """One municipality while it is being put together."""

    prefecture: str
    name: str
    code: str | None
    kana: tuple[str, str]
    names: list[str] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)
    lons: list[int] = field(default_factory=list)
    lats: list[int] = field(default_factory=list)
    keys: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, kind: int, lon: int, lat: int) -> int:
        self.names.append(name)
        self.kinds.append(kind)
        self.lons.append(lon)
        self.lats.append(lat)
        return len(self.names) - 1

    def add_mean(self, name: str, rows: list[int]) -> int:
        lon = sum(self.lons[row] for row in rows) // len(rows)
        lat = sum(self.lats[row] for row in rows) // len(rows)
        return self.add(name, STEM, lon, lat)


def build_drafts(
    towns: Iterable[TownRow], postal: list[PostalRow]
) -> tuple[list[_Draft], dict[str, set[int]]]:
    """Return the municipalities of today with their towns, and the keys of former wards."""
    present = PresentMunicipalities(postal)
    drafts: dict[tuple[str, str], _Draft] = {}
    former: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    for row in towns:
        name, code = present.of_town(row)
        home = (row.prefecture, name)
        if home not in drafts:
            drafts[home] = _Draft(row.prefecture, name, code, present.kana(code))
        if name != row.municipality:
            former[row.prefecture, row.municipality].add(home)
        _add_town(drafts[home], row)
    for (prefecture, name), code in present.without_towns(drafts):
        drafts[prefecture, name] = _Draft(prefecture, name, code, present.kana(code))
    for draft in drafts.values():
        _add_stems(draft)
        _add_aliases(draft)
    ordered = list(drafts.values())
    number = {(draft.prefecture, draft.name): index for index, draft in enumerate(ordered)}
    keys = municipality_keys(
        [(draft.prefecture, draft.name) for draft in ordered],
        {old: {number[home] for home in homes} for old, homes in former.items()},
    )
    return ordered, keys


def _add_town(draft: _Draft, row: TownRow) -> None:
    town = "" if row.town == _NO_OAZA else normalise(row.town)
    koaza = normalise(row.koaza)
    if (town or koaza) and row.lon is not None and row.lat is not None:
        kind = KOAZA if koaza else TOWN
        number = draft.add(town + koaza, kind, round(row.lon * 1e6), round(row.lat * 1e6))
        draft.keys.setdefault(fold(town + koaza), number)


def _add_stems(draft: _Draft) -> None:
    """Add "本町" where only "本町一丁目", "本町二丁目" ... exist: the mean of them."""
    families: dict[str, list[int]] = defaultdict(list)
    for key, row in draft.keys.items():
        match = _CHOME_KEY.match(key)
        if match and draft.kinds[row] == TOWN and match[1] not in draft.keys:
            families[match[1]].append(row)
    for stem, rows in families.items():
        name = re.sub(r"[〇一二三四五六七八九十\d]+丁目?$", "", draft.names[rows[0]])
        draft.keys[stem] = draft.add_mean(name, rows)


def _add_aliases(draft: _Draft) -> None:
    """Add "北11西13-" for "北11条西13-", "蓮沼2" for "蓮沼ニ", "本通6番" for "本通6番町"."""
    for key, row in list(draft.keys.items()):
        if draft.prefecture == "北海道":
            draft.keys.setdefault(_HOKKAIDO_STREET.sub("", key), row)
        if key[-1] in _KATAKANA_NUMERALS:
            draft.keys.setdefault(key[:-1] + _KATAKANA_NUMERALS[key[-1]], row)
        if key.endswith("番町"):
            draft.keys.setdefault(key[:-1], row)


def serialise(drafts: list[_Draft], keys: dict[str, set[int]], postal: "dict[str, array[int]]") -> bytes:
    """Return the file's bytes."""
    lon, lat, home, name_at, key_rows = (array(code) for code in "iiHII")
    kind = bytearray()
    names, key_text = bytearray(), bytearray()
    municipalities: list[list[object]] = []
    for number, draft in enumerate(drafts):
        first, first_key, keys_at = len(lon), len(key_rows), len(key_text)
        for index, name in enumerate(draft.names):
            name_at.append(len(names))
            names += name.encode()
            lon.append(draft.lons[index])
            lat.append(draft.lats[index])
            home.append(number)
            kind.append(draft.kinds[index])
        key_text += "\n".join(draft.keys).encode()
        key_rows.extend(first + row for row in draft.keys.values())
        point = [median(draft.lons) / 1e6, median(draft.lats) / 1e6] if draft.lons else [None, None]
        tables = [first, len(lon), keys_at, len(key_text) - keys_at, first_key, len(key_rows)]
        longest = max(map(len, draft.keys), default=0)
        names_of = [longest, own_name(draft.name), *draft.kana]
        municipalities.append([number, draft.prefecture, draft.name, draft.code, *point, *tables, *names_of])
    name_at.append(len(names))
    return pack(
        {
            "municipalities": json.dumps(municipalities, ensure_ascii=False).encode(),
            "municipality_keys": json.dumps(
                {k: sorted(v) for k, v in keys.items()}, ensure_ascii=False
            ).encode(),
            "lon": lon.tobytes(),
            "lat": lat.tobytes(),
            "town_municipality": home.tobytes(),
            "town_kind": bytes(kind),
            "name_at": name_at.tobytes(),
            "names": bytes(names),
            "keys": bytes(key_text),
            "key_rows": key_rows.tobytes(),
            **{f"postal_{column}": values.tobytes() for column, values in postal.items()},
        }
    )


def pack(sections: dict[str, bytes]) -> bytes:
    """Return header and sections, each section at a multiple of 8, to be read as numbers in place."""
    table = {name: (10**12, len(data)) for name, data in sections.items()}
    header_length = len(json.dumps(table)) + 8
    position = (8 + header_length + 7) // 8 * 8
    body = bytearray()
    for name, data in sections.items():
        table[name] = (position + len(body), len(data))
        body += data + bytes(-len(data) % 8)
    header = json.dumps(table).encode().ljust(header_length)
    start = MAGIC + header_length.to_bytes(4, "little") + header
    return start.ljust(position, b" ") + bytes(body)
