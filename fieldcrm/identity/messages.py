"""What identity says to people."""

from __future__ import annotations

from fieldcrm.core.messages import register

register(
    {
        "bad_credentials": (
            "メールアドレスまたはパスワードが違います",
            "The e-mail address or the password is wrong",
        ),
        "sign_in_throttled": (
            "続けて失敗したため、{seconds}秒待ってからもう一度お試しください",
            "Too many failed tries in a row. Please try again in {seconds} seconds",
        ),
        "password_too_short": (
            "パスワードは{min}文字以上にしてください",
            "A password needs at least {min} characters",
        ),
        "password_is_email": (
            "メールアドレスと同じパスワードは使えません",
            "The password must not be the e-mail address",
        ),
        "bad_slug": (
            "半角の英小文字・数字・ハイフンで入力してください",
            "Use lower-case letters a-z, digits and hyphens",
        ),
        "unknown_timezone": ("このタイムゾーンはありません", "There is no such time zone"),
    }
)
