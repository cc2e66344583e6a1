"""The catalogue of what is said to people: message code -> Japanese and English text.

Rooms add theirs with ``register``; texts may hold ``{name}`` places filled from the error.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Text(NamedTuple):
    """One message in both languages."""

    ja: str
    en: str


_CATALOGUE: dict[str, Text] = {}


def register(messages: Mapping[str, tuple[str, str]]) -> None:
    """Add a room's messages; a code must not already mean something else."""
    for code, (ja, en) in messages.items():
        present = _CATALOGUE.get(code)
        if present is not None and present != (ja, en):
            raise ValueError(f"message {code!r} is already taken")
        _CATALOGUE[code] = Text(ja, en)


def say(code: str, locale: str, /, **params: object) -> str:
    """Return the message in ``locale`` ("ja" or "en"), its places filled."""
    text = _CATALOGUE.get(code)
    if text is None:
        return code
    template = text.en if locale.startswith("en") else text.ja
    try:
        return template.format(**params)
    except (KeyError, IndexError):
        return template


def catalogue() -> Mapping[str, Text]:
    """Return every registered message."""
    return _CATALOGUE


register(
    {
        "internal": ("サーバーで問題が起きました", "Something went wrong on the server"),
        "not_signed_in": ("サインインしてください", "Please sign in"),
        "forbidden": ("この操作をする権限がありません", "You may not do this"),
        "not_found": ("見つかりません", "Not found"),
        "conflict": ("ほかの変更と重なりました", "This collides with another change"),
        "stale_version": (
            "ほかの人が先に変更しました。最新の内容を確認してください",
            "Someone changed this first. Please look at the newest version",
        ),
        "too_large": ("サイズが大きすぎます（上限 {limit}）", "Too large (limit {limit})"),
        "unsupported_file": ("この形式のファイルは扱えません", "This kind of file cannot be read"),
        "bad_form": ("送信されたフォームを読み取れません", "The form that was sent cannot be read"),
        "invalid": ("入力内容を確認してください", "Please check what you entered"),
        "too_many_requests": (
            "しばらく待ってからもう一度お試しください",
            "Please wait a moment and try again",
        ),
        "unavailable": (
            "いま応答できません。少し待ってからもう一度お試しください",
            "Not available right now. Please try again in a moment",
        ),
        "idempotency_mismatch": (
            "同じ受付番号で別の内容が送られました",
            "The same request key came with different content",
        ),
        "csrf": (
            "画面の有効期限が切れました。再読み込みしてください",
            "This page has expired. Please reload it",
        ),
        "method_not_allowed": ("この操作はここではできません", "This cannot be done here"),
        "bad_json": ("JSON として読めません", "This is not valid JSON"),
        "required": ("入力してください", "Required"),
        "too_long": ("{max}文字以内で入力してください", "At most {max} characters"),
        "too_short": ("短すぎます", "Too short"),
        "too_many": ("{max}件以内にしてください", "At most {max} entries"),
        "not_a_number": ("数値で入力してください", "Enter a number"),
        "out_of_range": ("{min}〜{max}の範囲で入力してください", "Between {min} and {max}"),
        "below_minimum": ("{min}以上にしてください", "At least {min}"),
        "above_maximum": ("{max}以下にしてください", "At most {max}"),
        "bad_date": ("正しい日付を入力してください", "Enter a real date"),
        "bad_id": ("識別子の形式が正しくありません", "Not a valid id"),
        "not_a_choice": ("選択肢から選んでください", "Choose one of the options"),
        "unknown_field": ("不明な項目です", "Unknown field"),
        "bad_value": ("入力内容が正しくありません", "Not valid"),
        "bad_characters": (
            "使えない文字が含まれています",
            "Contains characters that cannot be used",
        ),
        "bad_email": ("メールアドレスの形式が正しくありません", "Not a valid e-mail address"),
        "bad_url": ("URLの形式が正しくありません", "Not a valid web address"),
        "bad_phone": ("電話番号として読めません", "Not a valid phone number"),
        "bad_position": ("地図上の位置として正しくありません", "Not a place on the map"),
        "unknown_reference": (
            "見つからない項目を参照しています",
            "Refers to something that is not there",
        ),
        "already_taken": ("すでに使われています", "Already in use"),
    }
)
