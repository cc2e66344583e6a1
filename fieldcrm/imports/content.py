"""What a column holds, judged by its values: phones, postal codes, coordinates, addresses, kana..."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from itertools import pairwise

_PREFECTURES = frozenset(
    """
        北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県 東京都 神奈川県
        新潟県 富山県 石川県 福井県 山梨県 長野県 岐阜県 静岡県 愛知県 三重県 滋賀県 京都府 大阪府 兵庫県
        奈良県 和歌山県 鳥取県 島根県 岡山県 広島県 山口県 徳島県 香川県 愛媛県 高知県 福岡県 佐賀県 長崎県
        熊本県 大分県 宮崎県 鹿児島県 沖縄県
    """.split()
)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_WEB = re.compile(r"(https?://|www\.)\S+", re.IGNORECASE)
_POSTAL = re.compile(r"〒?\s*[0-9]{3}-[0-9]{4}|〒\s*[0-9]{7}")
_PHONE = re.compile(r"(\+81|\(?0)[0-9()\- ]{8,14}")
_MUNICIPALITY = re.compile(r"[^0-9\s]{1,10}[市区町村]")
_ADDRESS = re.compile(
    r"(.{2,3}[都道府県].{1,8}[市区町村郡]|.{1,8}[市区町村].{1,20}[0-9一二三四五六七八九十])"
)
_KANA = re.compile(r"[ァ-ヶーｦ-ﾟぁ-ゖ・･゛゜ \-()]+")
_LEGAL_FORM = re.compile(
    "株式会社|有限会社|合同会社|一般社団|財団法人|医療法人|社会福祉法人|学校法人|\\(株\\)|\\(有\\)|㈱|㈲|病院|医院|クリニック|"
    r"\b(inc|ltd|llc|corp|gmbh|co)\b\.?",
    re.IGNORECASE,
)
_DECIMAL = re.compile(r"-?[0-9]{1,3}\.[0-9]+")
_CODE = re.compile(r"(?=.*[0-9])[A-Za-z0-9][A-Za-z0-9_-]{2,}")

Recogniser = Callable[[str], bool]


def plain(value: str) -> str:
    """Return a cell as the recognisers read it: width folded, dashes unified."""
    return re.sub("[‐‑‒–—―−ー](?=[0-9])", "-", unicodedata.normalize("NFKC", value)).strip()


def _is_phone(value: str) -> bool:
    digits = re.sub(r"\D", "", value)
    return bool(_PHONE.fullmatch(value)) and 10 <= len(digits) <= 12 and not _is_postal(value)


def _is_postal(value: str) -> bool:
    return bool(_POSTAL.fullmatch(value))


def _in_range(low: float, high: float) -> Recogniser:
    def recognise(value: str) -> bool:
        if not _DECIMAL.fullmatch(value):
            return False
        number = float(value)
        return number == 0 or low <= number <= high

    return recognise


RECOGNISERS: tuple[tuple[str, Recogniser, float], ...] = (
    ("email", lambda v: bool(_EMAIL.fullmatch(v)), 0.9),
    ("web", lambda v: bool(_WEB.fullmatch(v)), 0.9),
    ("postal_code", _is_postal, 0.9),
    ("phone", _is_phone, 0.85),
    ("lat", _in_range(20, 46.5), 0.8),
    ("lon", _in_range(122, 154), 0.8),
    ("prefecture", lambda v: v in _PREFECTURES, 0.9),
    ("municipality", lambda v: bool(_MUNICIPALITY.fullmatch(v)), 0.7),
    ("address", lambda v: bool(_ADDRESS.match(v)), 0.8),
    ("name", lambda v: bool(_LEGAL_FORM.search(v)), 0.6),
    ("name_kana", lambda v: bool(_KANA.fullmatch(v)), 0.6),
)
"""(field, does a value look like it, how far the look alone is trusted), the most telling first."""

_ENOUGH = 0.7
# Real lists hold a few rows twice; those rows are pointed out, the column still names the rest.
_UNIQUE_SHARE = 0.98


def share(samples: Sequence[str], field: str) -> float | None:
    """Return which share of the filled samples looks like ``field``; None where looks say nothing."""
    recognise = next((test for name, test, _ in RECOGNISERS if name == field), None)
    filled = [plain(value) for value in samples if value.strip()]
    if recognise is None or not filled:
        return None
    return sum(map(recognise, filled)) / len(filled)


def field_of(samples: Sequence[str]) -> tuple[str | None, float]:
    """Return the field the values look like and how sure that is, 0 to 1."""
    filled = [plain(value) for value in samples if value.strip()]
    if not filled:
        return None, 0.0
    for field, recognise, trust in RECOGNISERS:
        hits = sum(map(recognise, filled)) / len(filled)
        if hits >= _ENOUGH:
            return field, round(trust * hits, 2)
    return None, 0.0


def is_identifier(samples: Sequence[str]) -> bool:
    """Return whether the values could name each row for ever: (nearly) all different, no tally.

    1, 2, 3... counts the rows of this file and means others in the next one.
    """
    values = [plain(value) for value in samples]
    filled = [value for value in values if value]
    if not filled or len(set(filled)) < len(values) * _UNIQUE_SHARE:
        return False
    return not _is_tally(filled)


def looks_like_codes(samples: Sequence[str]) -> bool:
    """Return whether the values are written like codes: letters and digits, at least one digit."""
    return all(_CODE.fullmatch(plain(value)) for value in samples)


def _is_tally(values: Sequence[str]) -> bool:
    if len(values) < 3 or not all(value.isdecimal() and len(value) < 10 for value in values):
        return False
    numbers = [int(value) for value in values]
    return numbers[0] in (0, 1) and all(b - a == 1 for a, b in pairwise(numbers))


def looks_like_data(cells: Sequence[str]) -> bool:
    """Return whether a row holds values rather than headings."""
    return any(
        any(char.isdigit() for char in value) and field_of([value])[0] not in (None, "name_kana", "name")
        for value in cells
        if value.strip()
    )
