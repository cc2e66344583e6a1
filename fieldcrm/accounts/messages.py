"""What accounts say to people, in Japanese and English."""

from __future__ import annotations

from fieldcrm.core.messages import register

register(
    {
        "bad_hours": (
            "時刻は 09:00 のように入力してください",
            "Enter times like 09:00",
        ),
        "hours_backwards": (
            "終了は開始より後にしてください。日付をまたぐときは 24:00 までと翌日に分けてください",
            "The end must be after the start. Past midnight, split it: until 24:00 and the next day",
        ),
        "hours_overlap": ("時間帯が重なっています", "These hours overlap"),
        "id_taken": (
            "同じ識別子で別の内容がすでに登録されています",
            "Something else is already stored under this id",
        ),
        "same_account": ("同じ顧客どうしは統合できません", "An account cannot be merged into itself"),
        "already_merged": (
            "この顧客はすでに統合されています",
            "This account has been merged into another already",
        ),
        "last_status": (
            "使えるステータスがひとつもなくなります",
            "At least one status must remain in use",
        ),
        "status_in_use": (
            "このステータスの顧客が{count}件あります。それでも選択肢から外しますか",
            "{count} accounts have this status. Take it out of the choices all the same?",
        ),
        "rank_in_use": (
            "このランクの顧客が{count}件あります。それでも選択肢から外しますか",
            "{count} accounts have this rank. Take it out of the choices all the same?",
        ),
        "repeated": ("同じものが2つあります", "This is there twice"),
        "former_type": (
            "このキーは以前「{type}」型で使われていました。同じ型にするか別のキーにしてください",
            "This key was once of type {type}. Keep that type or choose another key",
        ),
        "bad_key": (
            "半角英小文字で始め、英小文字・数字・_ で入力してください",
            "Start with a lower-case letter; use lower-case letters, digits and _",
        ),
        "bad_colour": ("色は #0072b2 のように入力してください", "Enter a colour like #0072b2"),
        "bad_cursor": (
            "続きの読み込み位置が正しくありません",
            "This page mark is not valid",
        ),
        "needs_position": (
            "距離で並べるには現在地が必要です",
            "Sorting by distance needs a position",
        ),
    }
)
