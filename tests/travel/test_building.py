"""`flask roads build`: what it refuses, in which words, and that what is there stays until all is well."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from fieldcrm.travel import cli
from fieldcrm.travel.building import build
from fieldcrm.travel.cli import roads_group
from fieldcrm.travel.osrm_programs import RoadsProblem, programs


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The roads folder of a private folder of its own, with no package index in reach."""
    monkeypatch.setenv("FIELDCRM_LOCAL_DIR", str(tmp_path))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    (tmp_path / "roads").mkdir()
    return tmp_path / "roads"


def run(*words: Any) -> Result:
    return CliRunner().invoke(roads_group, ["build", *(str(word) for word in words)])


HEADER = b"\x00\x00\x00\x0e\x0a\x09OSMHeader\x18\x95\x01"
BROKEN: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is empty"),
    "a web page": (b"<!DOCTYPE html><html><body>404 Not Found", "is a web page"),
    "another web page": (b"\n  <html>", "is a web page"),
    "xml": (b'<?xml version="1.0"?><osm version="0.6">', "take the .osm.pbf"),
    "gzip": (gzip.compress(b"roads"), "is compressed"),
    "zip": (b"PK\x03\x04roads", "is compressed"),
    "noise": (bytes(range(256)) * 8, "is no OpenStreetMap extract"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(50), "is no OpenStreetMap extract"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_file_that_is_no_map_is_refused_in_a_sentence(folder: Path, tmp_path: Path, kind: str) -> None:
    content, expected = BROKEN[kind]
    file = tmp_path / "map.osm.pbf"
    file.write_bytes(content)
    result = run(file)
    assert result.exit_code == 1
    assert expected in result.output
    assert result.output.startswith(f"Error: {file}")
    assert list(folder.iterdir()) == []


def test_a_file_that_is_not_there_is_named(folder: Path, tmp_path: Path) -> None:
    assert f"There is no file {tmp_path / 'none.osm.pbf'}." in run(tmp_path / "none.osm.pbf").output
    assert "cannot be read (Is a directory)" in run(tmp_path).output


def test_where_the_engine_cannot_be_had_the_way_out_is_told(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "map.osm.pbf"
    file.write_bytes(HEADER + bytes(200))
    result = run(file)
    assert result.exit_code == 1
    for part in ("cannot be had here", "pip download", "--engine WHEEL", "travel times are estimated"):
        assert part in result.output
    assert "Traceback" not in result.output


def test_a_wheel_that_is_none_or_another_is_refused(folder: Path, tmp_path: Path) -> None:
    file, wheel = tmp_path / "map.osm.pbf", tmp_path / "other.whl"
    file.write_bytes(HEADER + bytes(200))
    wheel.write_bytes(b"no zip")
    assert "cannot be read as a wheel" in run(file, "--engine", wheel).output
    with zipfile.ZipFile(wheel, "w") as packed:
        packed.writestr("other/__init__.py", "")
    assert "holds no OSRM programs" in run(file, "--engine", wheel).output
    with zipfile.ZipFile(wheel, "w") as packed:
        packed.writestr("osrm/bin/osrm-extract", "#!/bin/sh\necho made for another machine >&2; exit 1\n")
        packed.writestr("../outside", "escaped")
    assert "do not run on this machine (made for another machine)" in run(file, "--engine", wheel).output
    assert not (tmp_path / "outside").exists()
    assert not (folder / "osrm").exists()


@pytest.fixture
def built(folder: Path, osrm_home: Path) -> Path:
    """A roads folder that has the programs, and a map of old."""
    (folder / "osrm").symlink_to(osrm_home)
    (folder / "map").mkdir()
    (folder / "map" / "built.json").write_text("{}")
    return folder


@pytest.mark.parametrize(
    ("length", "expected"), [(200_000, "is the download whole?"), (167, "There are no edges remaining")]
)
def test_half_a_download_or_a_map_without_roads_leaves_what_was_there(
    built: Path, harrisburg: Path, tmp_path: Path, length: int, expected: str
) -> None:
    file = tmp_path / "part.osm.pbf"
    file.write_bytes((harrisburg / "harrisburg.osm.pbf").read_bytes()[:length])
    result = run(file, "--mode", "car")
    assert result.exit_code == 1
    assert expected in result.output
    assert "cpp" not in result.output
    assert (built / "map" / "built.json").read_text() == "{}"
    assert not (built / "map.new").exists()


def test_a_build_tells_its_steps_and_takes_the_place_of_the_former(built: Path, harrisburg: Path) -> None:
    result = run(harrisburg / "harrisburg.osm.pbf", "--mode", "walking")
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert [line.split(" took ")[0] for line in lines[:3]] == [
        "walking: reading the roads",
        "walking: dividing the map",
        "walking: computing the ways",
    ]
    assert lines[3].startswith("Roads of harrisburg.osm.pbf built in ")
    note = json.loads((built / "map" / "built.json").read_text())
    assert (note["extract"], note["modes"]) == ("harrisburg.osm.pbf", ["walking"])
    assert sorted(path.name for path in (built / "map").iterdir()) == ["built.json", "walking"]
    assert not (built / "map.old").exists()


def test_two_builds_at_once_are_one_too_many(built: Path, harrisburg: Path) -> None:
    extract = harrisburg / "harrisburg.osm.pbf"
    said: list[str] = []

    def say(text: str) -> None:
        if not said:
            said.append(text)
            with pytest.raises(RoadsProblem, match="being built already"):
                build(built, extract, modes=["car"], wheel=None, say=say)

    build(built, extract, modes=["car"], wheel=None, say=say)
    assert said


def test_the_programs_come_with_their_licence(osrm_home: Path) -> None:
    assert "Project OSRM contributors" in (osrm_home / "LICENSE.TXT").read_text(encoding="utf-8")
    assert programs(osrm_home.parent, wheel=None, say=pytest.fail) == osrm_home
    assert cli.PROFILES.keys() == {"car", "bicycle", "walking"}
