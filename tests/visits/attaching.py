"""What tests of attachments do over and over: announce a file, send its bytes."""

from __future__ import annotations

import hashlib
from typing import Any

from werkzeug.test import TestResponse

from fieldcrm.core.ids import new_id
from tests.fixtures.people import FieldClient

PART = 512 * 1024


def draft(account: dict[str, Any], content: bytes, **fields: Any) -> dict[str, Any]:
    """Return what a phone says of a photo before it sends it."""
    return {
        "id": str(new_id()),
        "account_id": account["id"],
        "kind": "photo",
        "name": "外観.jpg",
        "media_type": "image/jpeg",
        "size_bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        **fields,
    }


def send_part(
    client: FieldClient, file_id: str, content: bytes, *, offset: int = 0, sha256: str = ""
) -> TestResponse:
    """Send one part."""
    return client.put(
        f"/api/attachments/{file_id}/bytes",
        query_string={"offset": offset},
        data=content,
        content_type="application/octet-stream",
        headers={"X-Chunk-SHA256": sha256 or hashlib.sha256(content).hexdigest()},
    )


def send_all(client: FieldClient, file_id: str, content: bytes, *, start: int = 0) -> TestResponse:
    """Send the rest of a file from ``start`` on; return the last answer."""
    for offset in range(start, len(content), PART):
        answer = send_part(client, file_id, content[offset : offset + PART], offset=offset)
        if answer.status_code != 200:
            break
    return answer


def attach(client: FieldClient, account: dict[str, Any], content: bytes, **fields: Any) -> dict[str, Any]:
    """Announce a file, send it whole and return it as it then is."""
    made = client.post("/api/attachments", json=draft(account, content, **fields))
    assert made.status_code == 201, made.text
    sent = send_all(client, made.json["id"], content)
    assert sent.status_code == 200, sent.text
    return client.get(f"/api/attachments/{made.json['id']}").json
