"""Answers that carry a stored file: streamed, in ranges (a player seeks), and harmless in a browser."""

from __future__ import annotations

from flask import Response, request

from fieldcrm.files.errors import MissingFile
from fieldcrm.files.rules import disposition
from fieldcrm.files.storage import Storage


def serve(storage: Storage, key: str, *, media_type: str, name: str, etag: str) -> Response:
    """Return the file under ``key``: 200, 206 for a range, 304 when the browser has it, 416."""
    if request.if_none_match.contains(etag):
        return _harmless(Response(status=304), name=name, etag=etag)
    size = storage.size(key)
    if size is None:
        raise MissingFile()
    start, end = 0, size
    wanted = request.range if request.if_range.etag in (None, etag) else None
    is_part = wanted is not None and wanted.units == "bytes" and len(wanted.ranges) == 1
    if wanted is not None and is_part:
        found = wanted.range_for_length(size)
        if found is None:
            refused = Response(status=416, headers={"Content-Range": f"bytes */{size}"})
            return _harmless(refused, name=name, etag=etag)
        start, end = found
    blocks = () if request.method == "HEAD" else storage.read(key, start=start, end=end)
    answer = Response(blocks, status=206 if is_part else 200, mimetype=media_type, direct_passthrough=True)
    answer.content_length = end - start
    answer.headers["Accept-Ranges"] = "bytes"
    if is_part:
        answer.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return _harmless(answer, name=name, etag=etag)


def _harmless(answer: Response, *, name: str, etag: str) -> Response:
    """Keep the file a file: never run, never framed, never kept where another person could read it."""
    answer.set_etag(etag)
    answer.headers["Content-Disposition"] = disposition(name)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    # Asked for again each time, so that who has signed out sees nothing; 304 when it is the same.
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer
