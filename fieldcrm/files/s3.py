"""Bytes in an S3-compatible store, by settings: for several web servers without a shared folder."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from fieldcrm.core.errors import Unavailable
from fieldcrm.files.errors import MissingFile

log = logging.getLogger(__name__)


class S3Storage:
    """Implements ``Storage`` in one bucket."""

    def __init__(self, *, bucket: str, endpoint: str, region: str, access_key: str, secret_key: str) -> None:
        options: dict[str, Any] = {"region": region}
        if endpoint:
            options["endpoint"] = endpoint
        if access_key:  # else the machine's own role is asked
            options |= {"access_key_id": access_key, "secret_access_key": secret_key}
        self.store = S3Store(
            bucket,
            **options,
            client_options={"allow_http": endpoint.startswith("http://"), "timeout": "30s"},
            retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=20)},
        )

    def write(self, key: str, content: bytes) -> None:
        """Keep ``content``; the store answers once it is safe."""
        try:
            with _answering():
                obstore.put(self.store, key, content)
        except MissingFile:  # it is the bucket that is missing
            raise Unavailable() from None

    def size(self, key: str) -> int | None:
        """Return how many bytes lie under ``key``, or None."""
        try:
            with _answering():
                return int(obstore.head(self.store, key)["size"])
        except MissingFile:
            return None

    def read(self, key: str, *, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Yield the bytes from ``start`` up to ``end``, as they come in."""
        with _answering():
            if end is not None:
                found = obstore.get(self.store, key, options={"range": (start, end)})
            elif start:
                found = obstore.get(self.store, key, options={"range": {"offset": start}})
            else:
                found = obstore.get(self.store, key)
        return (bytes(block) for block in found.stream())

    def keys(self, prefix: str) -> list[str]:
        """Return the keys below ``prefix``, sorted."""
        with _answering():
            pages = obstore.list(self.store, prefix.rstrip("/"))
            return sorted(entry["path"] for page in pages for entry in page)

    def folders(self) -> list[str]:
        """Return the organisations that keep something here."""
        with _answering():
            found = obstore.list_with_delimiter(self.store)
        return sorted(name.rstrip("/") for name in found["common_prefixes"])

    def delete(self, keys: Iterable[str]) -> None:
        """Remove the keys, up to a thousand with one request."""
        if paths := list(keys):
            with _answering():
                obstore.delete(self.store, paths)


@contextmanager
def _answering() -> Iterator[None]:
    """Turn what the store's client raises into what our callers know; its text may hold addresses."""
    try:
        yield
    except FileNotFoundError:
        raise MissingFile() from None
    except BaseError as error:
        log.warning("the attachments' store does not answer as it should: %s", error)
        raise Unavailable() from None
