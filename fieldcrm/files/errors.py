"""What may be wrong with a file, as types."""

from __future__ import annotations

from fieldcrm.core.errors import Invalid, NotFound
from fieldcrm.core.messages import register

register(
    {
        "file_missing": (
            "ファイルが保管場所にありません。管理者に確認してください",
            "The file is not in its storage. Please ask your administrator",
        ),
        "unknown_type": (
            "写真（JPEG・PNG・WebP）、音声、PDF だけを添付できます",
            "Only photos (JPEG, PNG, WebP), sound and PDF can be attached",
        ),
        "not_a_picture": (
            "画像として開けません。ファイルが壊れているようです",
            "This does not open as a picture; the file seems broken",
        ),
        "picture_too_big": (
            "画像の縦横が大きすぎます（上限 {limit}）",
            "The picture has too many pixels (limit {limit})",
        ),
    }
)


class MissingFile(NotFound):
    """The storage does not hold what the database speaks of."""

    code = "file_missing"


class BadContent(Invalid):
    """The bytes are not what may be kept."""
