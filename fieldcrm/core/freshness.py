"""Marks of content: a reader who has it already gets 304 and no bytes."""

from __future__ import annotations

import hashlib

from flask import Response, request

_MARK_BYTES = 12


def marked(answer: Response) -> Response:
    """Return the answer with a mark made from its content, or 304 when the reader named that mark.

    Answers that a view marked itself, that are streamed, never kept, or no success are left as they are.
    """
    is_kept = not (answer.is_streamed or answer.cache_control.no_store)
    if answer.status_code != 200 or "ETag" in answer.headers or not is_kept:
        return answer
    tag = hashlib.blake2b(answer.get_data(), digest_size=_MARK_BYTES).hexdigest()
    if request.if_none_match.contains_weak(tag):
        answer = Response(status=304)
    # What is compared is the content, whatever its compression: a weak tag.
    answer.set_etag(tag, weak=True)
    return answer
