"""What bytes really are, whatever they are called: their type, and whether a picture opens."""

from __future__ import annotations

import io
import warnings
from collections.abc import Set
from dataclasses import dataclass
from typing import Final

import puremagic
from PIL import Image, ImageOps, UnidentifiedImageError

from fieldcrm.files.errors import BadContent
from fieldcrm.files.rules import PICTURES, plain_type

MAX_PIXELS: Final = 50_000_000
THUMBNAIL_PX: Final = 320
_HEAD_BYTES: Final = 8192
_FORMATS: Final = ("JPEG", "PNG", "WEBP")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that opens: its size as it is seen, and a small JPEG of it."""

    width: int
    height: int
    thumbnail: bytes


@dataclass(frozen=True, slots=True)
class Found:
    """What a file is."""

    media_type: str
    picture: Picture | None


def examine(content: bytes, *, taken: Set[str]) -> Found:
    """Return what ``content`` is by its bytes; raises BadContent unless that is one of ``taken``."""
    media_type = _sniff(content)
    if media_type is None or media_type not in taken:
        raise BadContent(code="unknown_type")
    return Found(media_type, open_picture(content) if media_type in PICTURES else None)


def _sniff(content: bytes) -> str | None:
    try:
        matches = puremagic.magic_string(content[:_HEAD_BYTES])
    except (ValueError, puremagic.PureError):
        return None
    return plain_type(matches[0].mime_type) if matches else None


def open_picture(content: bytes) -> Picture:
    """Decode a picture whole: a broken or a monstrous one is refused, not stored."""
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(content), formats=_FORMATS) as image:
            # Pillow's own, lower limit would only warn; ours is asked before a pixel is decoded.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            if image.width * image.height > MAX_PIXELS:
                raise BadContent(code="picture_too_big", limit=f"{MAX_PIXELS // 1_000_000} MP")
            image.load()
            upright = ImageOps.exif_transpose(image)
            return Picture(upright.width, upright.height, _thumbnail(upright))
    except Image.DecompressionBombError:
        raise BadContent(code="picture_too_big", limit=f"{MAX_PIXELS // 1_000_000} MP") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        raise BadContent(code="not_a_picture") from None


def _thumbnail(image: Image.Image) -> bytes:
    small = image.copy()
    small.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
    # A sketch may be transparent: on paper it is white.
    flat = Image.new("RGB", small.size, "white")
    rgba = small.convert("RGBA")
    flat.paste(rgba, mask=rgba.getchannel("A"))
    kept = io.BytesIO()
    flat.save(kept, "JPEG", quality=80, optimize=True)
    return kept.getvalue()
