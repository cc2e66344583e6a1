"""What appointments say to people, in Japanese and English."""

from __future__ import annotations

from fieldcrm.core.messages import register

register(
    {
        "ends_before_it_starts": (
            "終了が開始より前になっています",
            "This ends before it starts",
        ),
        "feed_too_often": (
            "カレンダーの読み込みが多すぎます。しばらくしてからもう一度お試しください",
            "This calendar is read too often. Please try again later",
        ),
        "calendar_not_https": (
            "https:// または webcal:// で始まるアドレスを入力してください",
            "Enter an address that begins with https:// or webcal://",
        ),
        "calendar_not_public": (
            "社内のアドレスのカレンダーは読み込めません",
            "Calendars inside a private network cannot be read",
        ),
        "calendar_not_found": (
            "このアドレスにカレンダーが見つかりません",
            "There is no calendar at this address",
        ),
        "calendar_unreachable": (
            "カレンダーのサーバーにつながりません。あとで自動的に読み直します",
            "The calendar's server cannot be reached. It is tried again later",
        ),
        "calendar_refused": (
            "カレンダーのサーバーに断られました。アドレスを確認してください",
            "The calendar's server refused. Please check the address",
        ),
        "calendar_too_large": (
            "カレンダーが大きすぎます（5 MBまで）",
            "The calendar is too large (5 MB at most)",
        ),
        "calendar_too_slow": (
            "時間内に読み込めませんでした。あとで自動的に読み直します",
            "It took too long. It is tried again later",
        ),
        "calendar_not_a_calendar": (
            "カレンダー（iCalendar）として読めません",
            "This is no calendar (iCalendar)",
        ),
        "appointment_too_long": ("予定は31日以内にしてください", "At most 31 days"),
    }
)
