"""Kana to the Latin letters of road signs (Hepburn, long vowels unmarked): トウキョウ -> Tokyo."""

from typing import Final

_ROWS: Final = {
    "": "アイウエオ",
    "k": "カキクケコ",
    "s": "サシスセソ",
    "t": "タチツテト",
    "n": "ナニヌネノ",
    "h": "ハヒフヘホ",
    "m": "マミムメモ",
    "r": "ラリルレロ",
    "g": "ガギグゲゴ",
    "z": "ザジズゼゾ",
    "d": "ダヂヅデド",
    "b": "バビブベボ",
    "p": "パピプペポ",
}
_SYLLABLES: Final = {
    **{
        kana: row + vowel
        for row, letters in _ROWS.items()
        for kana, vowel in zip(letters, "aiueo", strict=True)
    },
    **dict(zip("ヤユヨワヲン", ("ya", "yu", "yo", "wa", "o", "n"), strict=True)),
    **dict(zip("シチツフジヂヅ", ("shi", "chi", "tsu", "fu", "ji", "ji", "zu"), strict=True)),
}
_SMALL: Final = {"ャ": "a", "ュ": "u", "ョ": "o"}
_LONG_O: Final = frozenset("オコソトノホモヨロゴゾドボポョ")
_LONG_U: Final = frozenset("ユュ")


def romanise(kana: str) -> str:
    """Return katakana in Latin letters with a capital; empty when a character is no katakana."""
    text = ""
    for index, letter in enumerate(kana):
        before = kana[index - 1] if index else ""
        if letter == "ッ":
            continue
        if letter == "ー" or _lengthens(letter, before):
            continue
        if letter in _SMALL:
            text = text[:-1] + ("" if text.endswith(("shi", "chi", "ji")) else "y") + _SMALL[letter]
            continue
        syllable = _SYLLABLES.get(letter)
        if syllable is None:
            return ""
        if before == "ッ":
            syllable = ("t" if syllable.startswith("ch") else syllable[0]) + syllable
        text += syllable
    return text.capitalize()


def _lengthens(letter: str, before: str) -> bool:
    if letter == "ウ":
        return before in _LONG_O or before in _LONG_U
    return letter == "オ" and before in _LONG_O
