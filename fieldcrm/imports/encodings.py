"""Which encoding a text file is in: by its byte-order mark, else by what decodes most sensibly."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO

# A longer name must come first where one mark begins another.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CANDIDATES = ("utf-8", "cp932", "euc_jp", "cp1252")
ACCEPTED = frozenset({"utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp932", "euc_jp"})
"""What a person may choose instead of the detected one; also `shift_jis`, read as cp932."""

_SAMPLE_BYTES = 1 << 20
_HALF_WIDTH_KANA = re.compile("[\uff61-\uff9f]")
_WESTERN = re.compile("[\u0080-\u00ff\u0152-\u2122]")
_NOT_TEXT = re.compile(b"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_NOT_TEXT_SHARE = 0.02


@dataclass(frozen=True, slots=True)
class Decoding:
    """An encoding and how many characters of the sample it could not read."""

    encoding: str
    broken: int


def blocks_of(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the rest of the file, a megabyte at a time."""
    return iter(lambda: file.read(_SAMPLE_BYTES), b"")


def detect(file: IO[bytes]) -> str | None:
    """Return the name of the encoding of the file, or None when it is not text at all."""
    file.seek(0)
    sample = file.read(_SAMPLE_BYTES)
    for mark, encoding in _MARKS:
        if sample.startswith(mark):
            return encoding
    without_mark = _utf16_without_mark(sample)
    if without_mark:
        return without_mark
    if len(_NOT_TEXT.findall(sample)) > max(8, len(sample) * _NOT_TEXT_SHARE):
        return None
    file.seek(0)
    if _is_utf8(blocks_of(file)):
        return "utf-8"
    return min(_CANDIDATES, key=lambda encoding: _penalty(sample, encoding))


def named(name: str) -> str | None:
    """Return our name of an encoding a person typed or chose, or None when it is not accepted."""
    plain = name.strip().lower().replace("_", "-")
    if plain in {"shift-jis", "sjis", "x-sjis", "ms932", "windows-31j"}:
        return "cp932"
    try:
        known = codecs.lookup(plain).name
    except LookupError:
        return None
    return next((a for a in ACCEPTED if codecs.lookup(a).name == known), None)


def _is_utf8(blocks: Iterable[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for block in blocks:
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _utf16_without_mark(sample: bytes) -> str | None:
    """Excel writes a mark, other programs do not: the NULs of ASCII characters give it away."""
    pairs = min(len(sample) // 2, 2000)
    if pairs < 2:
        return None
    even = sample[: pairs * 2 : 2].count(0)
    odd = sample[1 : pairs * 2 : 2].count(0)
    if odd > pairs // 5 and even * 10 < odd:
        return "utf-16-le"
    if even > pairs // 5 and odd * 10 < even:
        return "utf-16-be"
    return None


def _penalty(sample: bytes, encoding: str) -> tuple[float, int]:
    """Return how unlikely the encoding is: unreadable bytes weigh most, then improbable letters.

    EUC-JP read as Shift_JIS gives rows of half-width kana; Japanese read as a Western encoding
    gives accented letters only.
    """
    text = sample.decode(encoding, errors="replace")
    broken = text.count("\ufffd")
    odd = len(_WESTERN.findall(text)) if encoding == "cp1252" else 0
    odd += len(_HALF_WIDTH_KANA.findall(text))
    return broken * 10 + odd, _CANDIDATES.index(encoding)
