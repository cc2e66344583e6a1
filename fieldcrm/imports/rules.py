"""Decisions about imports that need neither database nor clock: limits, fields, mappings, states."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

MAX_ROWS = 200_000
"""Rows of one file. More is refused at once: such a file is better split, and a worker stays small."""
MAX_COLUMNS = 300
MAX_CELLS = 10_000_000
CHUNK_ROWS = 1_000
"""Rows of one transaction: what a crash can lose of the progress, never of the data."""
STALE_AFTER_S = 30
"""A running import without a sign of life for so long was interrupted."""
PREVIEW_ROWS = 20

FIELDS = (
    "id",
    "external_id",
    "name",
    "name_kana",
    "kind",
    "postal_code",
    "prefecture",
    "municipality",
    "address",
    "building",
    "lat",
    "lon",
    "phone",
    "phone2",
    "fax",
    "email",
    "web",
    "status",
    "win_prob",
    "rank",
    "owner",
    "tags",
    "cadence_days",
    "notes",
    "last_visit_at",
)
"""What a column can be, in the order the screen offers it; custom fields are ``custom.<key>``.

``id`` is our own, as exports carry it: an exported file finds its accounts again by it.
"""

KIND_WORDS = {
    "company": (
        "company",
        "corporate",
        "business",
        "organisation",
        "organization",
        "法人",
        "会社",
        "企業",
        "団体",
    ),
    "person": ("person", "individual", "private", "個人", "個人客"),
    "property": ("property", "site", "物件", "建物"),
}
"""What is written for each kind of account; the first Japanese and English words are exported."""

JOINED = {"address": "", "building": " ", "notes": "\n", "tags": ","}
"""Fields several columns may feed, and what stands between them (住所1 + 住所2)."""

REASON_HEADERS = frozenset({"取り込めなかった理由", "reason not imported"})
"""The column we add to refused rows; ignored when the corrected file comes back."""


COUNTED = ("created", "updated", "unchanged", "refused")
"""What a row ends up as, each row one of them; ``flagged`` counts beside."""


class State(StrEnum):
    """Where an import stands."""

    DRAFT = "draft"
    QUEUED = "queued"
    RUNNING = "running"
    INTERRUPTED = "interrupted"
    DONE = "done"
    FAILED = "failed"
    UNDOING = "undoing"
    UNDONE = "undone"


STARTABLE = frozenset({State.DRAFT, State.INTERRUPTED, State.FAILED})
"""States an import can be started from; a finished dry run is one more."""


class RowState(StrEnum):
    """What became of a row worth remembering."""

    REFUSED = "refused"
    FLAGGED = "flagged"
    UPDATED = "updated"
    RETRIED = "retried"
    KEPT = "kept"


def fold(text: str) -> str:
    """Return a header or choice as it is compared: width, case, spaces and brackets do not matter."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return _UNIMPORTANT.sub("", plain)


_UNIMPORTANT = re.compile(r"[\s_%\-・･:：/／.,、。*※#'\"()（）\[\]【】〔〕「」<>＜＞|]+")


def header_hash(headers: Sequence[str]) -> str:
    """Return what tells files with the same columns: the remembered mapping hangs on it."""
    return hashlib.sha256("\x1f".join(fold(h) for h in headers).encode()).hexdigest()


def row_digest(cells: Sequence[str]) -> int:
    """Return a number of 64 bits that only equal rows share (within any real file)."""
    return text_number("\x1f".join(cells))


def text_number(text: str) -> int:
    """Return a number of 64 bits for a text: a set of them costs a tenth of the texts."""
    digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8)
    return int.from_bytes(digest.digest())


def is_blank(cells: Sequence[str]) -> bool:
    """Return whether a row holds nothing; such rows are passed over, not counted."""
    return not any(cell and not cell.isspace() for cell in cells)


def mapping_problems(
    mapping: Mapping[int, str | None], *, column_count: int, known: Iterable[str]
) -> list[tuple[str, str]]:
    """Return (field path, message code) of everything wrong with a mapping."""
    found: list[tuple[str, str]] = []
    allowed = frozenset(known)
    used: dict[str, int] = {}
    for index, key in mapping.items():
        path = f"mapping.{index}"
        if not 0 <= index < column_count:
            found.append((path, "imports.no_such_column"))
        elif key is not None and key not in allowed:
            found.append((path, "imports.no_such_field"))
        elif key is not None and key in used and key not in JOINED:
            found.append((path, "imports.field_twice"))
        elif key is not None:
            used[key] = index
    return found
