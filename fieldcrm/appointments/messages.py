"""What appointments say to people, in Japanese and English."""

from __future__ import annotations

from fieldcrm.core.messages import register

register(
    {
        "ends_before_it_starts": (
            "終了が開始より前になっています",
            "This ends before it starts",
        ),
        "appointment_too_long": ("予定は31日以内にしてください", "At most 31 days"),
    }
)
