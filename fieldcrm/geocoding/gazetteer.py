"""The gazetteer as the matcher reads it: one file, mapped into memory, a municipality decoded on first use.

A process that places one address touches one municipality; one that places a million ends with all of them.
"""

import json
import mmap
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

FORMAT_VERSION = 2
MAGIC = b"FCGZ"

# What a row of the town table is.
TOWN, KOAZA, STEM = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Municipality:
    """A municipality (or ward) and where its towns and keys lie in the tables."""

    id: int
    prefecture: str
    name: str
    code: str | None
    lon: float | None
    lat: float | None
    first_town: int
    end_town: int
    keys_at: int
    keys_length: int
    first_key: int
    end_key: int
    longest_key: int
    folded_name: str
    prefecture_kana: str
    kana: str


@dataclass(frozen=True, slots=True)
class PostalArea:
    """What one postal code covers in one municipality; `is_town` when the point is of its towns."""

    lon: float | None
    lat: float | None
    municipality: Municipality
    is_town: bool


class Gazetteer:
    """Read-only tables over one buffer. Coordinates are stored as millionths of a degree."""

    def __init__(self, buffer: bytes | mmap.mmap) -> None:
        self._view = memoryview(buffer)
        if bytes(self._view[:4]) != MAGIC:
            raise ValueError("not a gazetteer file")
        header_end = 8 + int.from_bytes(self._view[4:8], "little")
        self._sections: dict[str, tuple[int, int]] = json.loads(bytes(self._view[8:header_end]))
        self.municipalities = [
            Municipality(*row) for row in json.loads(bytes(self._section("municipalities")))
        ]
        self.municipality_keys: dict[str, list[int]] = json.loads(bytes(self._section("municipality_keys")))
        self.longest_municipality_key = max(map(len, self.municipality_keys))
        self._lon, self._lat = self._section("lon").cast("i"), self._section("lat").cast("i")
        self._name_at = self._section("name_at").cast("I")
        self._names = self._section("names")
        self._keys = self._section("keys")
        self._key_rows = self._section("key_rows").cast("I")
        self._decoded: list[dict[str, int] | None] = [None] * len(self.municipalities)

    @classmethod
    def open(cls, path: Path) -> "Gazetteer":
        """Map the file; raise OSError when missing and ValueError when it is not one of ours."""
        with path.open("rb") as file:
            return cls(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))

    def _section(self, name: str) -> memoryview:
        start, length = self._sections[name]
        return self._view[start : start + length]

    def towns(self, municipality: Municipality) -> dict[str, int]:
        """Return folded name -> town row of one municipality."""
        decoded = self._decoded[municipality.id]
        if decoded is None:
            start = municipality.keys_at
            text = str(self._keys[start : start + municipality.keys_length], "utf-8")
            rows = self._key_rows[municipality.first_key : municipality.end_key].tolist()
            decoded = dict(zip(text.split("\n"), rows, strict=True)) if rows else {}
            self._decoded[municipality.id] = decoded
        return decoded

    def town_name(self, row: int) -> str:
        return str(self._names[self._name_at[row] : self._name_at[row + 1]], "utf-8")

    def town_point(self, row: int) -> tuple[float, float]:
        return self._lon[row] / 1e6, self._lat[row] / 1e6

    def postal_areas(self, code: int) -> list[PostalArea]:
        """Return what lies under a seven-digit postal code, the best known first."""
        codes, lons, lats, homes, kinds = self._postal
        found = []
        for index in range(bisect_left(codes, code), len(codes)):
            if codes[index] != code:
                break
            home = self.municipalities[homes[index]]
            lon, lat = (lons[index] / 1e6, lats[index] / 1e6) if lons[index] else (None, None)
            found.append(PostalArea(lon, lat, home, kinds[index] == 1))
        return found

    @cached_property
    def _postal(self) -> tuple[Any, Any, Any, Any, memoryview]:
        return (
            self._section("postal_code").cast("I"),
            self._section("postal_lon").cast("i"),
            self._section("postal_lat").cast("i"),
            self._section("postal_municipality").cast("H"),
            self._section("postal_is_town"),
        )

    def arrays(self) -> tuple[memoryview, memoryview, memoryview, memoryview]:
        """Return (lon, lat, municipality id, kind) of every town row, for work over all of them at once."""
        return self._lon, self._lat, self._section("town_municipality").cast("H"), self._section("town_kind")
