"""What the phone's own CSV must have in common with the server's: its tests read the same cases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fieldcrm.imports.cells import guarded
from fieldcrm.imports.field_names import field_label
from fieldcrm.imports.rules import FIELDS

CASES = Path(__file__).resolve().parent.parent / "cases"


def cases(name: str) -> list[dict[str, str]]:
    """Return the cases that both sides must satisfy."""
    found: list[dict[str, str]] = json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))
    return found


def test_the_phone_exports_the_columns_of_the_server() -> None:
    expected = [
        {"field": key, "ja": field_label(key, "ja", []), "en": field_label(key, "en", [])} for key in FIELDS
    ]
    assert cases("export_columns") == expected


@pytest.mark.parametrize("case", cases("guarded"), ids=lambda case: repr(case["text"]))
def test_both_guard_the_same_cells(case: dict[str, str]) -> None:
    assert guarded(case["text"]) == case["guarded"]
