"""Where the rows' accounts lie: the file's coordinates where they fit the address, else the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from fieldcrm.accounts.rules import ADDRESS_FIELDS, STANDING_SOURCES
from fieldcrm.accounts.service import derived
from fieldcrm.geocoding import service as geocoding
from fieldcrm.imports.changes import differs
from fieldcrm.imports.existing import Found
from fieldcrm.imports.fields import AsNew, Placed, Problem, Row

_FAR = "far_from_address"
_SAME_DEGREES = 1e-7  # a centimetre
Columns = dict[str, Any]


def place(pairs: Sequence[tuple[Row, Found | None]], *, at: datetime) -> list[Columns]:
    """Return the position columns to set for each row and its present account ({} to leave it).

    With them comes what else was worked out ahead for an account that is new. Adds a problem to every
    row whose coordinates were not believed or whose address is unknown.
    """
    placed_now = iter(_placed([pair for pair in pairs if _foreseen(*pair) is None], at=at))
    found: list[Columns] = []
    for row, present in pairs:
        foreseen = _foreseen(row, present)
        placed = foreseen.placed if foreseen else next(placed_now)
        row.problems.extend(placed.problems)
        row.columns.update(placed.area)
        found.append({**placed.columns, **(foreseen.derived if foreseen else {})})
    return found


def foresee(rows: Sequence[Row], *, at: datetime) -> None:
    """Work out where the rows' accounts lie if they are new: needs no database, so any thread can."""
    for row, placed in zip(rows, _placed([(row, None) for row in rows], at=at), strict=True):
        account = {**row.columns, **placed.area, **placed.columns}
        row.as_new = AsNew(placed, derived(account))


def _foreseen(row: Row, present: Found | None) -> AsNew | None:
    return row.as_new if present is None else None


def _placed(pairs: Sequence[tuple[Row, Found | None]], *, at: datetime) -> list[Placed]:
    found = [Placed(problems=_still_far(row, present)) for row, present in pairs]
    wanted = [index for index, (row, present) in enumerate(pairs) if _is_to_place(row, present)]
    located = list(geocoding.locate_many(_address(*pairs[index]) for index in wanted))
    coordinates = [(pairs[index][0].lon, pairs[index][0].lat) for index in wanted]
    decisions = geocoding.decide_positions(located, coordinates)
    for index, spot, decision in zip(wanted, located, decisions, strict=True):
        row, present = pairs[index]
        columns = _columns(decision, at=at)
        is_new_here = present is None or _has_new_address(row, present)
        found[index] = Placed(
            columns if present is None or _differs(columns, present) else {},
            _problems(row, columns, spot),
            _area(row, spot) if is_new_here else {},
        )
    return found


def _columns(decision: geocoding.PositionDecision, *, at: datetime) -> Columns:
    return {
        "lon": decision.lon,
        "lat": decision.lat,
        "precision": int(decision.level) if decision.lon is not None else 0,
        "geo_source": decision.source,
        "geo_at": at,
        "geo_flags": list(decision.flags),
        "geo_matched": decision.matched or None,
    }


def _is_to_place(row: Row, present: Found | None) -> bool:
    if present is None:
        return bool(row.columns.get("address") or row.columns.get("postal_code") or _has_point(row))
    if present["geo_source"] in STANDING_SOURCES:
        return False
    if _has_new_address(row, present):
        return True
    return _has_point(row) and not _is_at(row, present)


def _has_point(row: Row) -> bool:
    return row.lon is not None and row.lat is not None


def _is_at(row: Row, present: Found) -> bool:
    """An exported file brings back the position we already have, wherever it came from."""
    if present["lon"] is None or row.lon is None or row.lat is None:
        return False
    apart = max(abs(present["lon"] - row.lon), abs(present["lat"] - row.lat))
    return bool(apart < _SAME_DEGREES)


def _has_new_address(row: Row, present: Found) -> bool:
    return any(differs(row, name, present) for name in ADDRESS_FIELDS)


def _address(row: Row, present: Found | None) -> geocoding.Address:
    values: Mapping[str, Any] = {**(present or {}), **row.columns}
    area = f"{values.get('prefecture') or ''}{values.get('municipality') or ''}"
    return geocoding.Address(values.get("address") or "", values.get("postal_code"), area or None)


def _still_far(row: Row, present: Found | None) -> Sequence[Problem]:
    """The file's own point, far from its address, was kept: every import of the file says so."""
    if present is not None and _is_at(row, present) and _FAR in present["geo_flags"]:
        return [Problem("lat", f"imports.geo_{_FAR}", is_fatal=False)]
    return ()


def _problems(row: Row, columns: Columns, spot: geocoding.Located) -> list[Problem]:
    about = {"prefecture": spot.prefecture or "", "matched": spot.matched}
    found = [Problem("lat", f"imports.geo_{flag}", about, is_fatal=False) for flag in columns["geo_flags"]]
    if columns["lon"] is None and row.columns.get("address"):
        found.append(Problem("address", "imports.not_located", is_fatal=False))
    return found


def _differs(columns: Columns, present: Found) -> bool:
    if columns["lon"] is None or present["lon"] is None:
        return bool(columns["lon"] != present["lon"])
    apart = max(abs(present["lon"] - columns["lon"]), abs(present["lat"] - columns["lat"]))
    return bool(
        apart >= _SAME_DEGREES
        or columns["geo_source"] != present["geo_source"]
        or columns["geo_flags"] != present["geo_flags"]
    )


def _area(row: Row, spot: geocoding.Located) -> dict[str, str]:
    """Return prefecture and municipality of the address where the row has no columns for them."""
    named = {"prefecture": spot.prefecture, "municipality": spot.municipality}
    return {name: text for name, text in named.items() if text and not row.columns.get(name)}
