"""What sync says to people, in Japanese and English."""

from __future__ import annotations

from fieldcrm.core.messages import register

register(
    {
        "unknown_operation": (
            "この操作には対応していません。サーバーの更新後にもう一度送られます",
            "The server does not know this kind of change yet",
        ),
        "op_id_taken": (
            "同じ受付番号で別の内容がすでに届いています",
            "Something else has already arrived under this number",
        ),
        "account_reassigned": (
            "この顧客は担当が変わったため、変更できません",
            "This account was given to someone else: it can no longer be changed by you",
        ),
        "followed_merge": (
            "「{name}」に統合された顧客に反映しました",
            "Carried over to “{name}”, into which it was merged",
        ),
        "revived": ("削除されていたため元に戻しました", "It had been deleted and was brought back"),
        "other_fields_changed": (
            "ほかの人が別の項目を変更していました",
            "Someone else had changed other fields",
        ),
        "no_longer_yours": (
            "担当外になった顧客の記録として保存しました",
            "Saved, although this account is no longer yours",
        ),
        "settled_since": (
            "ほかの人がより後に選んだ値を残しました",
            "Someone chose later than this: their choice stands",
        ),
        "changed_since": (
            "ほかの人が変更していたため削除しませんでした",
            "Not deleted: someone else had changed it",
        ),
        "device_wiped": (
            "この端末のデータは管理者の指示で消去されます",
            "The administrator has asked for this device to be wiped",
        ),
        "already_wiped": ("この端末はすでに消去されています", "This device has already been wiped"),
        "wipe_not_asked": ("この端末の消去は求められていません", "Nobody asked for this device to be wiped"),
    }
)
