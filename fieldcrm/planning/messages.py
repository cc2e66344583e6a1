"""What planning says to people, in Japanese and English: the sentence that tells what a visit is worth."""

from __future__ import annotations

from fieldcrm.core.messages import register

register(
    {
        "value.sentence": ("価値 {value}：{parts}", "Value {value}: {parts}"),
        "value.and": ("、", ", "),
        "value.win": ("受注確度 {win_prob}%", "{win_prob}% win probability"),
        "value.win_unknown": ("受注確度は未設定", "no win probability yet"),
        "value.rank": ("ランク{rank}", "rank {rank}"),
        "value.rank_unknown": ("ランクなし", "no rank"),
        "value.overdue": ("フォロー期限を{span}超過", "{span} overdue"),
        "value.due_today": ("当日がフォロー期限", "due that day"),
        "value.due_later": ("フォロー期限まで{span}", "due {span} later"),
        "value.never_visited": ("未訪問", "never visited"),
        "value.visited": ("前回の訪問から{span}", "{span} since the last visit"),
        "value.promised": ("{day}の約束「{promise}」", "promised for {day}: {promise}"),
        "value.promised_untold": ("{day}に約束あり", "promised for {day}"),
        "days_backwards": (
            "日付は早い順に、重ならないように指定してください",
            "Give the days in order, each once",
        ),
        "days_too_far_apart": ("{max}日以内の期間にしてください", "The days must lie within {max} days"),
        "here_on_no_day": (
            "現在の日時が、計画する日付に含まれていません",
            "This moment is on none of the days to plan",
        ),
    }
)
