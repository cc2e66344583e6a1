"""Names that any file system and any browser takes; types under one name."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from fieldcrm.files.rules import MAX_NAME, clean_name, disposition, plain_type


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("外観.jpg", "外観.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\Users\\me\\看板.JPEG", "看板.jpg"),
        ("笑顔😀👨‍👩‍👧.png", "笑顔😀👨‍👩‍👧.jpg"),
        ("a\x00b\r\nc.jpg", "abc.jpg"),
        ("photo\u202egpj.exe", "photogpj.jpg"),
        ("か\u3099.jpg", "が.jpg"),
        ("...", "photo.jpg"),
        ("", "photo.jpg"),
        ("/", "photo.jpg"),
        (".jpg", "photo.jpg"),
        ('a"b<c>|d?.jpg', "abcd.jpg"),
        ("2026.11.22 外観", "2026.11.22 外観.jpg"),
    ],
)
def test_name_is_the_last_part_of_what_was_given_and_ends_as_its_type(given, kept):
    assert clean_name(given, stem="photo", media_type="image/jpeg") == kept


@pytest.mark.parametrize("given", ["あ" * 500 + ".jpg", "😀" * 500, "a." * 300])
def test_overlong_name_fits_a_file_system_and_keeps_its_ending(given):
    kept = clean_name(given, stem="photo", media_type="image/jpeg")
    assert len(kept) <= MAX_NAME
    assert kept.endswith(".jpg")


def test_download_carries_the_name_in_full_and_nothing_breaks_out_of_the_header():
    header = disposition('商談"メモ\\50%.pdf')
    ascii_part, full = header.split("; ")[1:]
    assert ascii_part == 'filename="_______50_.pdf"'.replace("_______", "___" + "__" + "_")
    assert unquote(full.removeprefix("filename*=UTF-8''")) == '商談"メモ\\50%.pdf'
    assert header.isascii()


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("audio/webm;codecs=opus", "audio/webm"),
        ("video/mp4", "audio/mp4"),
        ("AUDIO/X-M4A", "audio/mp4"),
        ("image/jpg", "image/jpeg"),
        ("application/x-msdownload", "application/x-msdownload"),
    ],
)
def test_one_type_has_one_name(given, plain):
    assert plain_type(given) == plain
