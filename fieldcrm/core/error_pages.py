"""Pages for people whose browser asked for a page and met an error: what happened, what to do, and the id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Response, g, render_template, request

from fieldcrm.core.errors import ProblemError
from fieldcrm.core.messages import say

_JSON: Final = ("application/problem+json", "application/json", "text/html")

_ADVICE: Final[Mapping[int, tuple[str, str]]] = {
    401: ("サインインすると続けられます。", "Sign in to go on."),
    403: (
        "必要な権限は、組織の管理者に確認してください。",
        "Please ask your administrator for the right to see this.",
    ),
    404: (
        "アドレスが変わったか、削除されたか、閲覧できる範囲にありません。",
        "The address has changed, it was deleted, or it is not yours to see.",
    ),
    429: ("少し時間をおいて、もう一度お試しください。", "Please wait a moment and try again."),
}
_TRY_AGAIN: Final = (
    "端末に保存した記録は失われていません。少し待ってから、もう一度開いてください。",
    "What you saved on this device is safe. Please wait a moment and open this again.",
)
_GO_BACK: Final = ("前の画面に戻って、もう一度お試しください。", "Please go back and try again.")


def wants_page() -> bool:
    """Return whether a browser goes to an address: programs ask for JSON, or for anything."""
    is_data = request.path.startswith("/api/")
    return not is_data and request.accept_mimetypes.best_match(_JSON) == "text/html"


def error_page(error: ProblemError, locale: str) -> Response:
    """Return the page of ``error`` in ``locale``."""
    ja, en = _ADVICE.get(error.status, _TRY_AGAIN if error.status >= 500 else _GO_BACK)
    page = render_template(
        "error.html",
        locale=locale,
        status=error.status,
        title=say(error.code, locale, **error.params),
        advice=ja if locale == "ja" else en,
        request_id=g.get("request_id"),
        back=request.full_path.rstrip("?") if request.method == "GET" else None,
    )
    headers = {"Cache-Control": "no-store", "Content-Language": locale}
    return Response(page, status=error.status, headers=headers)
