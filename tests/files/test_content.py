"""What bytes are is told by the bytes."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from fieldcrm.files.content import THUMBNAIL_PX, examine
from fieldcrm.files.errors import BadContent
from fieldcrm.files.rules import PDF, PICTURES, SOUNDS
from tests.files import samples

ALL = PICTURES | SOUNDS | {PDF}


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (samples.picture("JPEG"), "image/jpeg"),
        (samples.picture("PNG"), "image/png"),
        (samples.picture("WEBP"), "image/webp"),
        (samples.recording(), "audio/wav"),
        (samples.webm(), "audio/webm"),
        (samples.mp4(), "audio/mp4"),
        (samples.mp4(b"M4A "), "audio/mp4"),
        (samples.ogg(), "audio/ogg"),
        (samples.PDF, "application/pdf"),
    ],
)
def test_type_is_told_by_the_content(content, media_type):
    assert examine(content, taken=ALL).media_type == media_type


NOT_TAKEN = {
    "program": samples.PROGRAM,
    "svg": samples.SVG,
    "gif": samples.picture("GIF"),
    "empty": b"",
    "text": b"hello",
    "zip": b"PK\x03\x04" + b"\x00" * 99,
    "html": b"<!doctype html><script>alert(1)</script>",
    "heic": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 99,
}


@pytest.mark.parametrize("content", NOT_TAKEN.values(), ids=NOT_TAKEN)
def test_what_is_not_taken_is_refused(content):
    with pytest.raises(BadContent) as refused:
        examine(content, taken=ALL)
    assert refused.value.code == "unknown_type"


def test_broken_picture_is_refused():
    whole = samples.picture("PNG", width=300, height=300)
    for broken in (
        whole[: len(whole) // 2],
        samples.picture("JPEG")[:400],
        b"\x89PNG\r\n\x1a\n" + b"x" * 400,
    ):
        with pytest.raises(BadContent) as refused:
            examine(broken, taken=ALL)
        assert refused.value.code == "not_a_picture"


def _bomb(side: int) -> bytes:
    """A PNG of a few hundred bytes that claims ``side`` x ``side`` pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 99))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("side", [7_100, 60_000])
def test_picture_that_would_fill_the_memory_is_refused_unopened(side):
    with pytest.raises(BadContent) as refused:
        examine(_bomb(side), taken=ALL)
    assert refused.value.code == "picture_too_big"


def test_thumbnail_is_small_and_upright():
    found = examine(samples.picture(width=1600, height=900, turned=True), taken=ALL).picture
    assert found is not None
    assert (found.width, found.height) == (900, 1600)
    small = Image.open(io.BytesIO(found.thumbnail))
    assert (small.format, small.size) == ("JPEG", (180, THUMBNAIL_PX))
    assert dict(small.getexif()) == {}


def test_transparent_sketch_is_white_paper_in_its_thumbnail():
    kept = io.BytesIO()
    Image.new("RGBA", (100, 100), (0, 0, 0, 0)).save(kept, "PNG")
    found = examine(kept.getvalue(), taken=ALL).picture
    assert found is not None
    assert Image.open(io.BytesIO(found.thumbnail)).getpixel((50, 50)) == (255, 255, 255)
