"""What actions, kinds of things, fields and coded values are called: (Japanese, English)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Pair = tuple[str, str]

ACTIONS: Final[Mapping[str, Pair]] = {
    "create": ("登録", "Created"),
    "update": ("変更", "Changed"),
    "delete": ("削除", "Deleted"),
    "restore": ("復元", "Restored"),
    "erase": ("解除", "Removed"),
    "merge": ("統合", "Merged"),
    "conflict": ("食い違い", "Conflict"),
    "settle": ("食い違いを解消", "Conflict settled"),
    "import": ("取込", "Imported"),
    "dry_run": ("取込の確認", "Import tried"),
    "undo": ("取込の取消", "Import undone"),
    "export": ("書き出し", "Exported"),
    "sign_in": ("サインイン", "Signed in"),
    "sign_in_failed": ("サインイン失敗", "Sign-in failed"),
    "sign_in_throttled": ("サインイン制限", "Sign-in slowed down"),
    "sign_out": ("サインアウト", "Signed out"),
    "set_password": ("パスワード設定", "Password set"),
    "ask_reset": ("パスワード再設定の依頼", "Password reset asked for"),
    "show_link": ("招待リンクの表示", "Invitation link shown"),
    "ask_wipe": ("端末の消去を指示", "Device to be emptied"),
    "cancel_wipe": ("端末の消去を取消", "Emptying called off"),
    "wiped": ("端末を消去", "Device emptied"),
}

KINDS: Final[Mapping[str, Pair]] = {
    "accounts": ("顧客", "Account"),
    "contacts": ("連絡先", "Contact"),
    "activities": ("活動", "Activity"),
    "activity_amendments": ("活動の訂正", "Amendment"),
    "tasks": ("タスク", "Task"),
    "attachments": ("添付", "Attachment"),
    "imports": ("取込", "Import"),
    "coverage": ("カバー率", "Coverage"),
    "users": ("ユーザー", "Person"),
    "teams": ("チーム", "Team"),
    "team_members": ("チームのメンバー", "Team member"),
    "invitations": ("招待", "Invitation"),
    "personal_tokens": ("APIトークン", "API token"),
    "devices": ("端末", "Device"),
    "organisations": ("会社の設定", "Organisation"),
    "account_statuses": ("状況の設定", "Status setting"),
    "activity_outcomes": ("訪問結果の設定", "Outcome setting"),
    "custom_fields": ("追加項目", "Custom field"),
    "audit_log": ("操作履歴", "Audit log"),
}

FIELDS: Final[Mapping[str, Pair]] = {
    "account_id": ("顧客", "Account"),
    "accepted_at": ("参加日時", "Joined"),
    "accuracy_m": ("測位の誤差（m）", "Accuracy (m)"),
    "activity_id": ("活動", "Activity"),
    "action": ("操作", "Action"),
    "address": ("住所", "Address"),
    "at": ("日時", "When"),
    "basemap_credit": ("地図の出典", "Credit of the map"),
    "basemap_online": ("オンライン地図", "Online map"),
    "basemap_pmtiles_url": ("独自の地図ファイル", "Own map file"),
    "basemap_raster_url": ("地図タイルのURL", "Address of map tiles"),
    "building": ("建物名", "Building"),
    "by": ("訂正した人", "Amended by"),
    "cadence_days": ("訪問周期（日）", "Cadence (days)"),
    "channel": ("手段", "Channel"),
    "choices": ("選択肢", "Choices"),
    "colour": ("色（ライト）", "Colour (light)"),
    "colour_dark": ("色（ダーク）", "Colour (dark)"),
    "contact_ids": ("面談者", "People met"),
    "count": ("件数", "Rows"),
    "created": ("新規", "New"),
    "days": ("期間（日）", "Period (days)"),
    "deleted_at": ("削除日時", "Deleted"),
    "department": ("部署", "Department"),
    "done": ("完了", "Done"),
    "done_at": ("完了日時", "Done"),
    "due_on": ("期限", "Due"),
    "duration_min": ("所要時間（分）", "Duration (min)"),
    "duration_s": ("長さ（秒）", "Length (s)"),
    "email": ("メールアドレス", "E-mail"),
    "entity": ("種類", "Kind"),
    "expires_at": ("有効期限", "Expires"),
    "external_id": ("外部ID", "External ID"),
    "format": ("形式", "Format"),
    "geo_flags": ("位置の要確認", "Doubts about the position"),
    "geo_source": ("位置の出所", "Source of the position"),
    "geocode_online": ("オンラインの住所検索", "Online address look-up"),
    "height": ("高さ（px）", "Height (px)"),
    "invited_by": ("招待した人", "Invited by"),
    "is_active": ("有効", "Active"),
    "is_amended": ("訂正あり", "Amended"),
    "key": ("キー", "Key"),
    "kind": ("種別", "Kind"),
    "label": ("名称", "Name"),
    "label_en": ("名称（英語）", "Name (English)"),
    "label_ja": ("名称（日本語）", "Name (Japanese)"),
    "last_contact_at": ("最終接触", "Last contact"),
    "last_outcome": ("最終結果", "Last outcome"),
    "last_used_at": ("最終利用", "Last used"),
    "last_visit_at": ("最終訪問", "Last visit"),
    "lat": ("緯度", "Latitude"),
    "letter_en": ("一文字（英語）", "Letter (English)"),
    "letter_ja": ("一文字（日本語）", "Letter (Japanese)"),
    "locale": ("言語", "Language"),
    "lon": ("経度", "Longitude"),
    "merged_from": ("統合した顧客", "Merged from"),
    "merged_into": ("統合先", "Merged into"),
    "merged_into_id": ("統合先", "Merged into"),
    "municipality": ("市区町村", "Municipality"),
    "name": ("名称", "Name"),
    "name_en": ("名称（英語）", "Name (English)"),
    "name_ja": ("名称（日本語）", "Name (Japanese)"),
    "name_kana": ("フリガナ", "Kana"),
    "new_email": ("確認待ちのメールアドレス", "E-mail to be confirmed"),
    "new_email_until": ("確認の期限", "To be confirmed until"),
    "next_action": ("次のアクション", "Next action"),
    "next_action_on": ("次のアクションの日", "Next action on"),
    "no": ("番号", "Number"),
    "note": ("メモ", "Note"),
    "notes": ("備考", "Notes"),
    "occurred_at": ("日時", "When"),
    "opening_hours": ("営業時間", "Opening hours"),
    "outcome": ("結果", "Outcome"),
    "owner_id": ("担当者", "Owner"),
    "phones": ("電話番号", "Phones"),
    "position": ("並び順", "Order"),
    "postal_code": ("郵便番号", "Postal code"),
    "precision": ("位置の精度", "Precision"),
    "prefecture": ("都道府県", "Prefecture"),
    "q": ("検索語", "Words"),
    "rank": ("ランク", "Rank"),
    "ranks": ("ランク", "Ranks"),
    "recorded_at": ("記録日時", "Recorded"),
    "refused": ("取込不可", "Refused"),
    "revoked_at": ("取消日時", "Revoked"),
    "role": ("役割", "Role"),
    "scope": ("権限", "Scope"),
    "shape": ("形", "Shape"),
    "since": ("いつから", "From"),
    "size_bytes": ("サイズ（バイト）", "Size (bytes)"),
    "status": ("状況", "Status"),
    "status_after": ("状況（後）", "Status after"),
    "status_before": ("状況（前）", "Status before"),
    "stored_at": ("受信完了", "Received whole"),
    "tags": ("タグ", "Tags"),
    "team_id": ("チーム", "Team"),
    "team_ids": ("チーム", "Teams"),
    "timezone": ("タイムゾーン", "Time zone"),
    "title": ("件名", "Title"),
    "type": ("種類", "Type"),
    "unsent": ("未送信の件数", "Unsent"),
    "until": ("いつまで", "Until"),
    "updated": ("更新", "Updated"),
    "user": ("操作した人", "Person"),
    "user_id": ("ユーザー", "Person"),
    "web": ("URL", "Website"),
    "width": ("幅（px）", "Width (px)"),
    "win_prob": ("受注確度", "Win probability"),
    "win_prob_after": ("受注確度（後）", "Win probability after"),
    "win_prob_before": ("受注確度（前）", "Win probability before"),
    "wipe_asked_at": ("消去の指示", "Emptying asked for"),
    "wiped_at": ("消去日時", "Emptied"),
    "withdrawn_at": ("取り下げ日時", "Withdrawn"),
    "working_days": ("営業日", "Working days"),
}

FIELDS_OF: Final[Mapping[str, Mapping[str, Pair]]] = {
    "users": {"address": ("接続元", "Network address"), "name": ("名前", "Name")},
    "invitations": {"name": ("名前", "Name")},
    "contacts": {"title": ("役職", "Job title"), "name": ("氏名", "Name")},
    "tasks": {"title": ("件名", "Title")},
}
"""Fields that are called otherwise where they are of this kind of thing."""

UNTOLD: Final = frozenset(
    {"version", "id", "sort_key", "geo_at", "geo_matched", "import_id", "serial", "sha256", "media_type"}
    | {"received_bytes", "code", "custom", "previous"}
)
"""What says nothing to people; ``custom`` and ``previous`` are told by what is in them."""

_LANGUAGES: Final[Mapping[str, Pair]] = {"ja": ("日本語", "Japanese"), "en": ("英語", "English")}
VALUES: Final[Mapping[str, Mapping[str, Pair]]] = {
    "kind": {
        "company": ("法人", "Company"),
        "person": ("個人", "Person"),
        "property": ("物件", "Property"),
        "photo": ("写真", "Photo"),
        "sketch": ("手書き", "Sketch"),
        "voice": ("音声メモ", "Voice note"),
        "file": ("ファイル", "File"),
    },
    "channel": {
        "visit": ("訪問", "Visit"),
        "call": ("電話", "Call"),
        "email": ("メール", "E-mail"),
        "chat": ("チャット・SNS", "Chat"),
        "video": ("オンライン", "Video"),
        "web": ("ウェブ問い合わせ", "Web"),
        "other": ("その他", "Other"),
    },
    "role": {
        "administrator": ("管理者", "Administrator"),
        "manager": ("マネージャー", "Manager"),
        "rep": ("営業", "Rep"),
        "back_office": ("内勤", "Back office"),
    },
    "precision": {
        "0": ("不明", "Unknown"),
        "1": ("都道府県", "Prefecture"),
        "2": ("市区町村", "Municipality"),
        "3": ("郵便番号", "Postal code"),
        "4": ("町丁目", "Town"),
        "5": ("街区", "Block"),
        "6": ("建物", "Exact"),
    },
    "scope": {"read": ("読み取り", "Read"), "write": ("読み書き", "Read and write")},
    "locale": _LANGUAGES,
    "type": {
        "text": ("テキスト", "Text"),
        "number": ("数値", "Number"),
        "date": ("日付", "Date"),
        "choice": ("選択肢", "Choice"),
    },
    "geo_source": {
        "gazetteer": ("住所から推定", "From the address"),
        "file": ("取込ファイルの座標", "From a file"),
        "here": ("現地で登録", "On the spot"),
        "drag": ("地図で修正", "Put on the map"),
    },
    "geo_flags": {
        "outside_prefecture": ("住所の都道府県の外", "Outside the prefecture"),
        "swapped": ("緯度と経度が逆", "Latitude and longitude swapped"),
        "zero": ("座標が0", "At zero"),
        "not_in_japan": ("日本の外", "Not in Japan"),
        "stale": ("住所変更で確認中", "Address has changed"),
        "far_from_address": ("住所から遠い", "Far from the address"),
    },
    "basemap_online": {
        "server": ("標準", "As offered"),
        "own": ("自社指定", "Own"),
        "none": ("使わない", "None"),
    },
    "shape": {
        "circle": ("丸", "Circle"),
        "square": ("四角", "Square"),
        "diamond": ("ひし形", "Diamond"),
        "triangle": ("三角", "Triangle"),
        "hexagon": ("六角", "Hexagon"),
        "pentagon": ("五角", "Pentagon"),
    },
    "action": ACTIONS,
    "entity": KINDS,
}

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_NAMES: Final[Mapping[str, Pair]] = dict(
    zip(
        _DAYS,
        zip("月火水木金土日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True),
        strict=True,
    )
)
YES: Final[Pair] = ("はい", "Yes")
NO: Final[Pair] = ("いいえ", "No")
SYSTEM: Final[Pair] = ("システム", "System")

HEADINGS: Final[tuple[Pair, ...]] = (
    ("日時", "When"),
    ("操作した人", "Person"),
    ("操作", "Action"),
    ("種類", "Kind"),
    ("対象", "What"),
    ("顧客", "Account"),
    ("変更内容", "Changes"),
    ("端末での記録日時", "Recorded on the device"),
)


def in_language(pair: Pair, locale: str) -> str:
    """Return the word in the reader's language."""
    return pair[1 if locale.startswith("en") else 0]
