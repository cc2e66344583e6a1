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
        "last_outcome": (
            "使える結果がひとつもなくなります",
            "At least one outcome must remain in use",
        ),
    }
)
