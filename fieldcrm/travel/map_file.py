"""Whether a file is an OpenStreetMap extract at all, told before a long build begins."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_BEGINNINGS: Final = (
    (
        (b"<!doctype", b"<html", b"<head"),
        "is a web page, not a map; what was downloaded is an answer about it",
    ),
    ((b"<?xml", b"<osm"), "is OpenStreetMap data as XML; take the .osm.pbf of the same area"),
    ((b"bzh", b"\x1f\x8b", b"pk\x03\x04"), "is compressed; unpack it, or take the .osm.pbf of the same area"),
)
_HEADER: Final = b"\x0a\x09OSMHeader"


def problem_of(path: Path) -> str | None:
    """Return what is wrong with the file as a sentence, or None."""
    try:
        with path.open("rb") as file:
            beginning = file.read(512)
    except FileNotFoundError:
        return f"There is no file {path}."
    except OSError as error:
        return f"{path} cannot be read ({error.strerror})."
    if not beginning:
        return f"{path} is empty."
    text = beginning.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for marks, problem in _BEGINNINGS:
        if text.startswith(marks):
            return f"{path} {problem}."
    # Four bytes of length, then the first block's name.
    if not beginning[4:].startswith(_HEADER):
        return f"{path} is no OpenStreetMap extract (.osm.pbf)."
    return None
