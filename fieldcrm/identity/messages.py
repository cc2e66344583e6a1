"""What identity says to people."""

from __future__ import annotations

from fieldcrm.core.messages import register

SUBJECTS = {
    "invitation": ("{organisation} FieldCRMへの招待", "Your invitation to {organisation} on FieldCRM"),
    "reset": ("FieldCRM パスワードの再設定", "Reset your FieldCRM password"),
    "password_changed": ("FieldCRM パスワードが変更されました", "Your FieldCRM password was changed"),
    "email_change": ("FieldCRM メールアドレスの確認", "Confirm your e-mail address for FieldCRM"),
    "email_changed": ("FieldCRM メールアドレスが変更されました", "Your FieldCRM e-mail address was changed"),
}
"""Subjects of mails, by template: Japanese, English."""

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
        "passwords_differ": ("2つのパスワードが一致しません", "The two passwords differ"),
        "wrong_password": ("いまのパスワードが違います", "This is not your present password"),
        "link_expired": (
            "このリンクは期限切れか、すでに使われています",
            "This link has expired or has been used",
        ),
        "same_email": ("いまのメールアドレスと同じです", "This is the present address"),
        "same_team": (
            "同じチームには引き継げません",
            "A team cannot go over into itself",
        ),
        "already_invited": (
            "すでに招待しています。一覧から再送できます",
            "Already invited; you can send it again from the list",
        ),
        "already_accepted": ("この招待はすでに終わっています", "This invitation is closed already"),
        "last_administrator": (
            "有効な管理者が1人は必要です。先にほかの人を管理者にしてください",
            "One active administrator must remain. Make someone else administrator first",
        ),
        "not_oneself": (
            "自分自身を無効にすることはできません",
            "You cannot deactivate yourself",
        ),
        "still_active": ("この人は有効です", "This person is active"),
        "bad_token": (
            "APIトークンが正しくないか、期限切れか、取り消されています",
            "The API token is wrong, has expired, or was revoked",
        ),
        "token_read_only": (
            "このAPIトークンでは読み取りしかできません",
            "This API token may only read",
        ),
        "not_with_token": (
            "この操作はAPIトークンではできません。サインインしてください",
            "This cannot be done with an API token. Please sign in",
        ),
        "bad_slug": (
            "半角の英小文字・数字・ハイフンで入力してください",
            "Use lower-case letters a-z, digits and hyphens",
        ),
        "unknown_timezone": ("このタイムゾーンはありません", "There is no such time zone"),
    }
)
