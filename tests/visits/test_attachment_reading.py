"""How a stored file is handed out: streamed, in ranges, and never as something a browser would run."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from tests.files import samples
from tests.visits.attaching import attach


@pytest.fixture
def client(client_for, make_user):
    return client_for(make_user("rep"))


@pytest.fixture
def account(client):
    return client.post("/api/accounts", json={"name": "聖ルカ病院"}).json


@pytest.fixture
def voice(client, account):
    return attach(
        client, account, samples.recording(), kind="voice", media_type="audio/wav", name="商談メモ😀.wav"
    )


def test_a_player_gets_the_range_it_asks_for(client, voice):
    url, whole = f"/api/attachments/{voice['id']}/content", samples.recording()
    for asked, expected in (("0-99", whole[:100]), ("1000-", whole[1000:]), ("-50", whole[-50:])):
        answer = client.get(url, headers={"Range": f"bytes={asked}"})
        assert (answer.status_code, answer.data) == (206, expected)
        assert answer.content_length == len(expected)
        assert answer.headers["Content-Range"].endswith(f"/{len(whole)}")
    beyond = client.get(url, headers={"Range": f"bytes={len(whole)}-"})
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{len(whole)}")
    several = client.get(url, headers={"Range": "bytes=0-1,5-9"})
    assert (several.status_code, several.data) == (200, whole)


def test_a_range_of_what_has_changed_is_answered_whole(client, voice):
    url = f"/api/attachments/{voice['id']}/content"
    for etag, status in ((f'"{voice["sha256"]}"', 206), ('"another"', 200)):
        assert client.get(url, headers={"Range": "bytes=0-9", "If-Range": etag}).status_code == status


def test_the_browser_keeps_it_for_the_signed_in_person_only(client, voice, stranger):
    url = f"/api/attachments/{voice['id']}/content"
    first = client.get(url)
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = client.get(url, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert stranger.get(url, headers={"If-None-Match": first.headers["ETag"]}).status_code == 401


def test_a_file_is_never_run(client, voice):
    for path in ("content", "thumbnail"):
        answer = client.get(f"/api/attachments/{voice['id']}/{path}")
        if path == "thumbnail":  # a recording has none
            assert answer.status_code == 404
            continue
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        disposition = answer.headers["Content-Disposition"]
        assert disposition.startswith("attachment; ")
        assert unquote(disposition.split("filename*=UTF-8''")[1]) == "商談メモ😀.wav"


def test_head_tells_the_size_without_the_bytes(client, voice):
    answer = client.head(f"/api/attachments/{voice['id']}/content")
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.content_length == len(samples.recording())
    assert answer.headers["Accept-Ranges"] == "bytes"
