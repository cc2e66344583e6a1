"""A whole address from its parts: prefecture, municipality and the rest, each told once. Pure."""

from __future__ import annotations

import re
import unicodedata

_VARIANTS = str.maketrans({"ヶ": "ケ", "が": "ケ", "ガ": "ケ", "ヵ": "ケ", "之": "ノ", "の": "ノ"})
_HEAD_CHARS = 30  # an address names its municipality at once or not at all
_COUNTY = re.compile(r"^.{1,6}?郡(?=.)")


def whole_address(prefecture: str, municipality: str, rest: str) -> str:
    """Return one line; what ``rest`` already begins with is not put before it again."""
    if not rest:
        return prefecture + municipality
    text = rest
    if municipality and _plain(municipality) not in _plain(rest[:_HEAD_CHARS]):
        overlap = _overlap(municipality, rest)
        if overlap or not _holds_without_county(rest, municipality):
            text = municipality + rest[overlap:]
    if prefecture and not _plain(text).startswith(_plain(prefecture)):
        text = prefecture + text
    return text


def address_key(text: str) -> str:
    """Return what two spellings of one address share: width, dashes, spaces and 番地 do not matter."""
    plain = unicodedata.normalize("NFKC", text).lower().translate(_VARIANTS)
    plain = re.sub(r"[‐‑‒–—―−ー─]", "-", plain)
    plain = re.sub(r"(丁目|番地の?ノ?|番|号|-)(?=\d|$|\D)", "-", plain)
    return re.sub(r"[\s,、。・]+", "", plain).strip("-")


def _plain(text: str) -> str:
    # One character to one, so that lengths stay comparable with the text as typed.
    return text.translate(_VARIANTS)


def _holds_without_county(rest: str, municipality: str) -> bool:
    return _COUNTY.sub("", _plain(municipality)) in _plain(rest[:_HEAD_CHARS])


def _overlap(municipality: str, rest: str) -> int:
    """Return how far ``rest`` begins with the end of ``municipality``: 札幌市中央区 + 中央区南1条."""
    name, start = _plain(municipality), _plain(rest)
    longest = min(len(name), len(start))
    return next((size for size in range(longest, 1, -1) if name.endswith(start[:size])), 0)
