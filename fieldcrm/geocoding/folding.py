"""One spelling for every way a Japanese address is written; the gazetteer and the query fold alike.

Pure text. Nothing here knows what a municipality is: both sides of a comparison go through `fold`, so a
rule may be crude ("千葉" becomes "1000葉") as long as it does the same to the same word.
"""

import re
import unicodedata
from typing import Final

from fieldcrm.geocoding.kanji_variants import VARIANTS


def _character_map() -> dict[int, str]:
    table = {ord(pair[0]): pair[1] for pair in VARIANTS.split()}
    # Hiragana reads as katakana, so that の and ノ, つくば and ツクバ agree.
    for code in range(0x3041, 0x3097):
        table[code] = chr(code + 0x60)
    for small, large in zip("ァィゥェォッャュョヮ", "アイウエオツヤユヨワ", strict=True):
        table[ord(small)] = large
        table[ord(small) - 0x60] = large
    for character in "ヶケガがけゖヵかカ":
        table[ord(character)] = "ケ"
    for character in "之乃":
        table[ord(character)] = "ノ"
    for character in "‐‑‒–—―−─━˗⁃":
        table[ord(character)] = "-"
    return table


_CHARACTERS: Final = _character_map()
_DIGITS: Final = {
    "〇": 0,
    "零": 0,
    "一": 1,
    "二": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_TENS: Final = {"十": 10, "百": 100, "千": 1000}
_NUMERAL_RUN: Final = re.compile("[〇一二三四五六七八九十百千万]+")
_DROPPED: Final = re.compile(r"大字|小字|字")
_INNER_DASH: Final = re.compile(r"(?<=\d)[-ーノ](?=\d)|(?<=\d)ー")
_CHOME: Final = re.compile(r"(?<=\d)丁目?(?:目|-)?")
_LOT_PREFIX: Final = re.compile(r"第(?=\d+地割)")
_SPACE: Final = re.compile(r"\s+")
_SPACE_IN_NUMBER: Final = re.compile(r"(?<=\d)\s+(?=\d)")


def parse_numeral(run: str) -> int:
    """Return the value of a run of kanji numerals: 二十四 -> 24, 二四 -> 24, 一〇 -> 10."""
    if not any(character in _TENS or character == "万" for character in run):
        return int("".join(str(_DIGITS[character]) for character in run))
    total = section = digits = 0
    for character in run:
        if character in _DIGITS:
            digits = digits * 10 + _DIGITS[character]
        elif character == "万":
            total, section, digits = total + (section + digits or 1) * 10_000, 0, 0
        else:
            section, digits = section + (digits or 1) * _TENS[character], 0
    return total + section + digits


def _write_numeral(match: re.Match[str]) -> str:
    text, start, end = match.string, match.start(), match.end()
    # A comma keeps "五十5" from reading as 505.
    before = "," if start and text[start - 1].isdigit() else ""
    after = "," if end < len(text) and text[end].isdigit() else ""
    return f"{before}{parse_numeral(match.group())}{after}"


def normalise(text: str) -> str:
    """Return the address in one width (NFKC), without control characters and with single spaces."""
    text = unicodedata.normalize("NFKC", text)
    if not text.isprintable():
        text = "".join(character if character.isprintable() else " " for character in text)
    return _SPACE.sub(" ", text).strip()


def fold(text: str) -> str:
    """Return the key under which a normalised address or place name is compared.

    Kanji numerals become digits, "N丁目" and "N丁" become "N-", 大字/字 and spaces go, kana become large
    katakana, old kanji become new.
    """
    text = _SPACE_IN_NUMBER.sub(",", text).replace(" ", "")
    text = _NUMERAL_RUN.sub(_write_numeral, text.translate(_CHARACTERS))
    text = _DROPPED.sub("", text)
    text = _INNER_DASH.sub("-", text)
    text = _CHOME.sub("-", text)
    return _LOT_PREFIX.sub("", text)
