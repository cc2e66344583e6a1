"""Files after a history: whole and once on the server, or still on the phone that took them."""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

Row = dict[str, Any]


class StoredFiles:
    """The bytes that the server keeps for one organisation, by attachment."""

    def __init__(self, root: Path, org_id: int) -> None:
        self._folder = root / str(org_id)
        files = self._folder / "files"
        # A web worker killed while it writes leaves a half file behind, under no attachment's name.
        paths = [path for path in files.iterdir() if path.name[0] != "."] if files.is_dir() else []
        self.hashes = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}

    def discard(self) -> None:
        """Make room: two thousand histories take as many photos."""
        shutil.rmtree(self._folder, ignore_errors=True)


def missing(operation: Row, row: Row | None, *, stored: StoredFiles, on_phones: set[str]) -> list[str]:
    """Say what of a promised file, whose operation the server has, is nowhere; ``row`` is the server's."""
    file_id, sha256 = operation["entity_id"], operation["sha256"]
    what = f"attachment {file_id} of {operation['phone']}"
    if row is None:
        return [f"{what}: receipt, but no row"]
    if row["sha256"] != sha256:
        return [f"{what}: the row speaks of other bytes"]
    if row["deleted_at"] is not None:
        return []
    if row["stored_at"] is None:
        is_here = f"{file_id}:{sha256}" in on_phones
        return [] if is_here else [f"{what}: its bytes are neither on the server nor on a phone"]
    found = stored.hashes.get(file_id)
    if found is None:
        return [f"{what}: said to be stored, and is not in the storage"]
    return [] if found == sha256 else [f"{what}: other bytes are stored than were taken"]


def missing_here(operation: Row, on_phones: set[str]) -> list[str]:
    """Say so when a file's operation still waits on a phone and its bytes do not."""
    if f"{operation['entity_id']}:{operation['sha256']}" in on_phones:
        return []
    return [f"{operation['type']} {operation['op_id']}: waits on a phone, but its bytes do not"]


def doubled(stored: StoredFiles) -> list[str]:
    """Say which bytes lie in the storage more than once: every file of a history has its own."""
    counts = Counter(stored.hashes.values())
    return [f"file {sha256}: stored {count} times" for sha256, count in counts.items() if count > 1]
