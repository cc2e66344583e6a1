"""Folding text for search and for sorting: one spelling for every way a name is written. Pure.

The phone folds alike (static/src/accounts/rules.ts); tests/cases/fold.json binds the two.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from operator import add
from typing import Final

# Old and personal forms of kanji beside the form in common use, as names and companies have them.
VARIANTS: Final = """
髙高 﨑崎 嵜崎 碕崎 邊辺 邉辺 濵浜 濱浜 澤沢 齋斎 齊斉 嶋島 嶌島 眞真 櫻桜 廣広 國国 圓円 學学 會会 藏蔵
壽寿 惠恵 榮栄 瀨瀬 舘館 萬万 龍竜 瀧滝 豐豊 德徳 佛仏 條条 淺浅 來来 實実 寶宝 應応 樂楽 氣気 淸清 聲声
舊旧 蘆芦 藝芸 讓譲 醫医 醬醤 鐵鉄 關関 靜静 顯顕 驛駅 鷄鶏 黑黒 龜亀 冨富 桒桑 栁柳 峯峰 檜桧 渕淵 渊淵
曻昇 舩船 籠篭 鷗鴎 麴麹 戶戸 吳呉 內内 亞亜 亙亘 團団 圖図 壯壮 寬寛 將将 彌弥 從従 戀恋 擇択
曉暁 橫横 歐欧 歸帰 殘残 澁渋 濟済 燒焼 獨独 畫画 盡尽 禮礼 稻稲 竝並 經経 緖緒 縣県 總総 繩縄 臺台
與与 莊荘 薰薫 藥薬 處処 號号 蠶蚕 衞衛 裝装 觀観 譽誉 變変 豫予 賴頼 轉転 邨村 鄕郷 鎭鎮 靈霊
"""

_LEGAL_SHORT: Final = {
    "株": "株式会社",
    "有": "有限会社",
    "同": "合同会社",
    "名": "合名会社",
    "資": "合資会社",
    "医": "医療法人",
    "学": "学校法人",
    "福": "社会福祉法人",
    "財": "財団法人",
    "社": "社団法人",
    "独": "独立行政法人",
    "宗": "宗教法人",
    "特非": "特定非営利活動法人",
}
_LEGAL_IN_BRACKETS: Final = re.compile(rf"\(({'|'.join(_LEGAL_SHORT)})\)")
_LEGAL_FORMS: Final = re.compile(
    "(?:一般|公益)?(?:社団法人|財団法人)|地方独立行政法人|"
    + "|".join(sorted(_LEGAL_SHORT.values(), key=len, reverse=True))
)


def _characters() -> dict[int, str | None]:
    table: dict[int, str | None] = {ord(pair[0]): pair[1] for pair in VARIANTS.split()}
    for code in range(0x30A1, 0x30F7):
        table[code] = chr(code - 0x60)
    for small, large in zip("ぁぃぅぇぉっゃゅょゎゕゖ", "あいうえおつやゆよわかけ", strict=True):
        table[ord(small)] = large
        table[ord(small) + 0x60] = large
    table[ord("ー")] = None
    return table


_CHARACTERS: Final = _characters()
_WIDE: Final = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_NOT_WRITTEN: Final = re.compile(r"[\W_]+")


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Return ``text`` as search compares it.

    NFKC and lower case; katakana and small kana become large hiragana; old kanji become new; (株)
    and ㈱ become 株式会社; long vowel marks, spaces, dashes, dots and all punctuation go.
    """
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_CHARACTERS)
    if "(" in plain:
        plain = _LEGAL_IN_BRACKETS.sub(lambda found: _LEGAL_SHORT[found[1]], plain)
    return _NOT_WRITTEN.sub("", plain)


def bare(folded: str) -> str:
    """Return folded text without its legal form (株式会社...), or as it is when nothing else is left."""
    return _LEGAL_FORMS.sub("", folded) or folded


def legal_forms(folded: str) -> list[str]:
    """Return the legal forms in folded text."""
    return _LEGAL_FORMS.findall(folded)


def wide(folded: str) -> str:
    """Return ASCII letters and digits at full width, which no folded text holds: 0312 -> ０３１２.

    Telephone numbers and codes are kept so, each character once: people search them by three and
    more, and they must not be mistaken for doubled text.
    """
    return folded.translate(_WIDE)


def sort_key(name: str, name_kana: str | None) -> str:
    """Return the key by which lists are ordered: the reading where it is known, else the name."""
    return (fold(name_kana) if name_kana else "") or bare(fold(name))


def doubled(folded: str) -> str:
    """Return each character twice: 東京 -> 東東京京.

    The database's index knows runs of three characters. Japanese is searched by two ("東京"), which
    doubled are four, so that short words use the index as long ones do. Nothing else is found by it:
    a doubled word lies in a doubled text exactly where the word lies in the text.
    """
    return "".join(map(add, folded, folded))
