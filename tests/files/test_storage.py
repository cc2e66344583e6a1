"""Both storages keep the same promise: a folder, and a bucket of a real S3-compatible server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest

from fieldcrm.config import Settings
from fieldcrm.core.errors import Unavailable
from fieldcrm.files.errors import MissingFile
from fieldcrm.files.folder import FolderStorage
from fieldcrm.files.s3 import S3Storage
from fieldcrm.files.storage import Storage, open_storage
from tests.files.s3_server import KEYS, make_bucket, running_s3

_numbers = count(1)


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    with running_s3() as endpoint:
        yield endpoint


@pytest.fixture(params=["folder", "bucket"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return FolderStorage(tmp_path / "kept")
    return make_bucket(request.getfixturevalue("s3"), f"bucket-{next(_numbers)}")


def _all(kept: Storage, key: str, **where: int) -> bytes:
    return b"".join(kept.read(key, **where))


def test_what_was_written_is_read_whole_and_in_part(kept: Storage) -> None:
    content = os.urandom(300_000)
    kept.write("7/files/a", content)
    assert kept.size("7/files/a") == len(content)
    assert _all(kept, "7/files/a") == content
    assert _all(kept, "7/files/a", start=100_000, end=250_001) == content[100_000:250_001]
    assert _all(kept, "7/files/a", start=299_999) == content[-1:]


def test_writing_again_replaces_the_whole(kept: Storage) -> None:
    kept.write("7/files/a", b"a longer first one")
    kept.write("7/files/a", b"second")
    assert _all(kept, "7/files/a") == b"second"


def test_what_is_missing_is_told_before_the_first_byte(kept: Storage) -> None:
    assert kept.size("7/files/none") is None
    with pytest.raises(MissingFile):
        kept.read("7/files/none")


def test_keys_are_listed_in_order_and_organisations_apart(kept: Storage) -> None:
    assert (kept.keys("7/uploads/a/"), kept.folders()) == ([], [])
    for key in (
        "7/uploads/a/000000524288",
        "7/uploads/a/000000000000",
        "7/uploads/ab/000000000000",
        "70/files/x",
    ):
        kept.write(key, b"1")
    assert kept.keys("7/uploads/a/") == ["7/uploads/a/000000000000", "7/uploads/a/000000524288"]
    assert kept.folders() == ["7", "70"]


def test_deleting_removes_the_named_and_nothing_else(kept: Storage) -> None:
    for key in ("7/files/a", "7/files/b", "7/thumbnails/a"):
        kept.write(key, b"1")
    kept.delete(["7/files/a", "7/files/never-there", "7/thumbnails/a"])
    assert kept.keys("7/") == ["7/files/b"]
    kept.delete([])


def test_a_key_is_never_seen_half_written(kept: Storage) -> None:
    versions = [bytes([letter]) * 200_000 for letter in b"abcdefgh"]
    kept.write("7/files/a", versions[0])
    with ThreadPoolExecutor(4) as pool:
        writing = [pool.submit(kept.write, "7/files/a", version) for version in versions]
        seen = [_all(kept, "7/files/a") for _ in range(20)]
        for each in writing:
            each.result()
    assert all(content in versions for content in seen)


def test_folder_that_takes_nothing_is_told_as_trouble_that_passes(tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(b"a file where the folder should be")
    with pytest.raises(Unavailable):
        FolderStorage(tmp_path / "kept").write("7/files/a", b"1")


def test_folder_keeps_no_remains_of_a_broken_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unavailable):
        FolderStorage(tmp_path).write("7/files/a", b"1")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_bucket_that_is_not_there_is_told_as_trouble_that_passes(s3: str) -> None:
    nowhere = S3Storage(bucket="never-made", endpoint=s3, region="us-east-1", **KEYS)
    with pytest.raises(Unavailable):
        nowhere.write("7/files/a", b"1")


def test_settings_choose_the_storage(tmp_path: Path) -> None:
    folder = open_storage(Settings(fieldcrm_local_dir=tmp_path))
    assert isinstance(folder, FolderStorage)
    assert folder.root == tmp_path / "attachments"
    elsewhere = open_storage(Settings(attachments_dir=tmp_path / "photos"))
    assert isinstance(elsewhere, FolderStorage)
    assert elsewhere.root == tmp_path / "photos"
    assert isinstance(open_storage(Settings(attachments_s3_bucket="photos")), S3Storage)
