"""Telephone numbers: stored as E.164, shown in their local form. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

import phonenumbers

REGION: Final = "JP"
_EXTENSION: Final = re.compile(r"[(\s、,]*(?:内線|内|ext\.?|x|#)[:\s]*(\d{1,8})\)?\s*$", re.IGNORECASE)
# What nearly every Japanese number looks like; the library takes ten times as long to say the same.
_DOMESTIC: Final = re.compile(r"0[1-9][0-9]{8,9}")
_PUNCTUATION: Final = str.maketrans("", "", "-() .")
_DASHES: Final = re.compile(r"[‐‑‒–—―−ー─]")


class Phone(NamedTuple):
    """A number in E.164 and the extension that was written with it."""

    number: str
    extension: str | None


@lru_cache(maxsize=8192)
def parse_phone(text: str, region: str = REGION) -> Phone | None:
    """Return the number written in ``text``, or None when it cannot be one."""
    plain = _DASHES.sub("-", unicodedata.normalize("NFKC", text)).strip()
    extension = None
    if found := _EXTENSION.search(plain):
        plain, extension = plain[: found.start()], found[1]
    digits = plain.translate(_PUNCTUATION)
    if region == REGION and _DOMESTIC.fullmatch(digits):
        return Phone(number=f"+81{digits[1:]}", extension=extension)
    try:
        number = phonenumbers.parse(plain, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return Phone(number=written, extension=extension or number.extension)


@lru_cache(maxsize=65536)
def show_phone(number: str, region: str = REGION) -> str:
    """Return an E.164 number as people of ``region`` write it: 03-1234-5678."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    is_local = parsed.country_code == phonenumbers.country_code_for_region(region)
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, form.NATIONAL if is_local else form.INTERNATIONAL)


def national_digits(number: str, region: str = REGION) -> str:
    """Return the digits one would dial at home, for search: +81312345678 -> 0312345678."""
    prefix = f"+{phonenumbers.country_code_for_region(region)}"
    if number.startswith(prefix):
        return "0" + number[len(prefix) :]
    return number.lstrip("+")
