"""`make run` starts the engine of the roads that were built, and `make stop` ends it by its number."""

from __future__ import annotations

import json
import os
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

import processes
import roads
from tests.travel.conftest import harrisburg, osrm_home, roads_folder

__all__ = ["harrisburg", "osrm_home", "roads_folder"]
PLACES = "-76.848281,40.2966808;-76.7958313,40.2238264"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A private folder of its own, its programs stopped at the end; no engine is named."""
    monkeypatch.setattr(processes, "PIDS", tmp_path / "pids")
    monkeypatch.setattr(processes, "LOGS", tmp_path / "log")
    monkeypatch.setattr(roads, "FOLDER", tmp_path / "roads")
    for name in (*roads.URLS.values(), "VALHALLA_URL", "OSRM_TABLE_SIZE"):
        # So that what start() sets is gone afterwards.
        monkeypatch.setenv(name, "")
    yield tmp_path
    for program in processes.ROADS.values():
        program.stop()


def test_engines_answer_on_loopback_and_end_when_stopped(place: Path, roads_folder: Path) -> None:
    (place / "roads").symlink_to(roads_folder)
    roads.start()
    assert roads.described() == "on the roads of harrisburg.osm.pbf (car, bicycle, walking)"
    assert os.environ["OSRM_TABLE_SIZE"] == "1000"
    car = os.environ["OSRM_URL"]
    assert car.startswith("http://127.0.0.1:")
    assert len({os.environ[name] for name in roads.URLS.values()}) == 3
    with urllib.request.urlopen(f"{car}/table/v1/driving/{PLACES}") as answer:
        assert json.load(answer)["code"] == "Ok"
    for name in roads.URLS.values():
        os.environ[name] = ""
    roads.start()
    assert os.environ["OSRM_URL"] == car, "what runs is not started again"
    assert [program.stop() for program in processes.ROADS.values()] == [True] * 3
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(car)


def test_damaged_roads_are_told_of_and_the_app_goes_on(
    place: Path, roads_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damaged = place / "roads" / "map" / "car"
    damaged.mkdir(parents=True)
    (place / "roads" / "osrm").symlink_to(roads_folder / "osrm")
    (damaged / "roads.osrm.properties").write_bytes(b"damaged")
    (place / "roads" / "map" / "built.json").write_text('{"modes": ["car"], "extract": "x.osm.pbf"}')
    roads.start()
    said = capsys.readouterr().out
    assert "could not be started, so its travel times are estimated" in said
    assert "roads build FILE.osm.pbf" in said
    assert os.environ["OSRM_URL"] == ""
    assert roads.described().startswith("estimated")


@pytest.mark.parametrize("name", ["OSRM_URL", "VALHALLA_URL"])
def test_an_engine_that_the_operator_named_is_left_alone(
    place: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (place / "roads" / "map").mkdir(parents=True)
    (place / "roads" / "map" / "built.json").write_text('{"modes": ["car"]}')
    monkeypatch.setenv(name, "http://roads.example.com")
    roads.start()
    assert not any(program.is_running() for program in processes.ROADS.values())
    assert roads.described() == "on the roads of the server that was set"


@pytest.mark.parametrize("note", [None, "", "[]", "{broken"])
def test_without_roads_nothing_is_started(place: Path, note: str | None) -> None:
    if note is not None:
        (place / "roads" / "map").mkdir(parents=True)
        (place / "roads" / "map" / "built.json").write_text(note)
    roads.start()
    assert roads.described().startswith("estimated")
