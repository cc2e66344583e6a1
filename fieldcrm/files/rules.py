"""Pure decisions about files: which types are taken, how a name is kept, where bytes lie."""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

MAX_FILE_BYTES: Final = 20 * 1024 * 1024
MAX_PART_BYTES: Final = 512 * 1024
MAX_NAME: Final = 120
"""Characters of a name; file systems take 255 bytes, and one character may need four of them."""

PICTURES: Final = frozenset({"image/jpeg", "image/png", "image/webp"})
SOUNDS: Final = frozenset({"audio/webm", "audio/ogg", "audio/mp4", "audio/wav"})
PDF: Final = "application/pdf"

EXTENSIONS: Final[Mapping[str, str]] = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "audio/webm": "webm",
    "audio/ogg": "ogg",
    "audio/mp4": "m4a",
    "audio/wav": "wav",
    PDF: "pdf",
}

# A recording's container does not tell whether a picture track is inside.
_SAME: Final[Mapping[str, str]] = {
    "video/webm": "audio/webm",
    "video/mp4": "audio/mp4",
    "audio/m4a": "audio/mp4",
    "audio/x-m4a": "audio/mp4",
    "application/ogg": "audio/ogg",
    "video/ogg": "audio/ogg",
    "audio/wave": "audio/wav",
    "audio/x-wav": "audio/wav",
    "image/jpg": "image/jpeg",
}

# Path separators of any system, controls, and what turns the reading direction: "gpj.exe" backwards.
_UNFIT = re.compile('[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069<>:"|?*]')


def plain_type(media_type: str) -> str:
    """Return a media type without parameters, under the one name that we use for it."""
    bare = media_type.split(";", 1)[0].strip().lower()
    return _SAME.get(bare, bare)


def clean_name(name: str, *, stem: str, media_type: str) -> str:
    """Return the last part of ``name`` as any file system takes it, cut to length, ending as its type does.

    ``stem`` is what it is called when nothing of it is left.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    last = _UNFIT.sub("", last).strip().rstrip(" .")
    extension = EXTENSIONS.get(media_type, "bin")
    base, dot, ending = last.rpartition(".")
    if not dot or not re.fullmatch(r"[A-Za-z0-9]{1,5}", ending):
        base = last
    kept = base[: MAX_NAME - len(extension) - 1].strip(" .") or stem
    return f"{kept}.{extension}"


def disposition(name: str) -> str:
    """Return the Content-Disposition of a download (RFC 6266), its name in ASCII and in full (RFC 5987)."""
    ascii_name = re.sub(r'[^\x20-\x7e]|["\\%]', "_", name)
    return f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name, safe='')}"


def part_prefix(org_id: int, file_id: uuid.UUID) -> str:
    """Return where the parts of an upload lie."""
    return f"{org_id}/uploads/{file_id}/"


def part_key(org_id: int, file_id: uuid.UUID, offset: int) -> str:
    """Return where a part lies; names sort as offsets do."""
    return f"{part_prefix(org_id, file_id)}{offset:012d}"


def file_key(org_id: int, file_id: uuid.UUID) -> str:
    """Return where a whole file lies."""
    return f"{org_id}/files/{file_id}"


def thumbnail_key(org_id: int, file_id: uuid.UUID) -> str:
    """Return where a file's small picture lies."""
    return f"{org_id}/thumbnails/{file_id}"
