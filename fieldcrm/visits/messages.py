"""What visits say to people, in Japanese and English."""

from __future__ import annotations

from fieldcrm.core.messages import register

register(
    {
        "in_the_future": (
            "未来の日時です。端末の時計を確認してください",
            "This lies in the future. Please check this phone's clock",
        ),
        "too_long_ago": ("2000年より前の日時は登録できません", "Dates before 2000 cannot be stored"),
        "only_at_visit": (
            "位置は訪問の記録にだけ付けられます",
            "Only a visit can carry a position",
        ),
        "not_the_author": (
            "ほかの人の記録は変更できません",
            "Only its author can change this record",
        ),
        "next_visit": ("次回対応", "Follow up"),
        "attachment_kind": (
            "この種類の添付には使えない形式です",
            "An attachment of this kind cannot be of this type",
        ),
        "wrong_offset": (
            "続きから送信し直します",
            "The upload goes on from where it stood",
        ),
        "not_stored_yet": (
            "まだ届いていません。撮影した端末からの送信を待っています",
            "Not here yet: it is still on the phone that took it",
        ),
        "quota_reached": (
            "会社の保存容量（{limit}）に達しました。管理者に連絡してください",
            "Your organisation's storage ({limit}) is full. Please tell your administrator",
        ),
        "last_outcome": (
            "使える結果がひとつもなくなります",
            "At least one outcome must remain in use",
        ),
    }
)
