"""What fields are called on the screen and in exported files.

Each name is a heading that the matcher knows, so that an exported file matches itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from fieldcrm.imports.words import OwnField

_NAMES = {
    "id": ("FieldCRM ID", "FieldCRM ID"),
    "external_id": ("外部ID", "External ID"),
    "name": ("名称", "Name"),
    "name_kana": ("フリガナ", "Kana"),
    "kind": ("種別", "Kind"),
    "postal_code": ("郵便番号", "Postal code"),
    "prefecture": ("都道府県", "Prefecture"),
    "municipality": ("市区町村", "Municipality"),
    "address": ("住所", "Address"),
    "building": ("建物名", "Building"),
    "lat": ("緯度", "Latitude"),
    "lon": ("経度", "Longitude"),
    "phone": ("電話番号", "Phone"),
    "phone2": ("電話番号2", "Phone 2"),
    "fax": ("FAX", "Fax"),
    "email": ("メールアドレス", "E-mail"),
    "web": ("URL", "Website"),
    "status": ("ステータス", "Status"),
    "win_prob": ("受注確度", "Win probability"),
    "rank": ("ランク", "Rank"),
    "owner": ("担当者", "Owner"),
    "tags": ("タグ", "Tags"),
    "cadence_days": ("訪問間隔（日）", "Cadence days"),
    "notes": ("備考", "Notes"),
    "last_visit_at": ("最終訪問日", "Last visit"),
}


def field_label(key: str, locale: str, own_fields: Sequence[OwnField]) -> str:
    """Return the name of a field in the reader's language."""
    is_english = locale.startswith("en")
    if key in _NAMES:
        return _NAMES[key][1 if is_english else 0]
    own = next((field for field in own_fields if f"custom.{field.key}" == key), None)
    if own is None:
        return key
    return (own.label_en if is_english else own.label_ja) or own.key


def labels(locale: str, own_fields: Sequence[OwnField]) -> dict[str, str]:
    """Return key -> name of every field."""
    keys = [*_NAMES, *(f"custom.{field.key}" for field in own_fields)]
    return {key: field_label(key, locale, own_fields) for key in keys}
