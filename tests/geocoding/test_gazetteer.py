"""The gazetteer file: built once, kept, and done without where it cannot be kept."""

import os
import time
from pathlib import Path

import pytest

from fieldcrm.geocoding import gazetteer_store
from fieldcrm.geocoding.folding import fold, normalise, parse_numeral
from fieldcrm.geocoding.gazetteer import Gazetteer
from fieldcrm.geocoding.service import gazetteer, locate


@pytest.mark.parametrize(
    ("run", "value"),
    [
        ("二十四", 24),
        ("二四", 24),
        ("一〇", 10),
        ("十", 10),
        ("百二", 102),
        ("千二百三十四", 1234),
        ("四十万", 400_000),
    ],
)
def test_kanji_numerals_are_read(run: str, value: int) -> None:
    assert parse_numeral(run) == value


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("西新宿二丁目8番", "西新宿2丁目8番"),
        ("大字泉田字川端", "泉田川端"),
        ("霞ヶ関", "霞が関"),
        ("丸之内", "丸の内"),
        ("髙﨑", "高崎"),
        ("第九地割", "9地割"),
        ("1ー2ー3", "1-2-3"),
        ("つくば", "ツクバ"),
    ],
)
def test_spellings_of_one_name_fold_alike(one: str, other: str) -> None:
    assert fold(normalise(one)) == fold(normalise(other))


def test_number_after_a_kanji_number_stays_apart() -> None:
    assert fold("宮川二3187") != fold("宮川23187")


def test_every_municipality_has_a_code() -> None:
    municipalities = gazetteer().municipalities
    assert len(municipalities) > 1_880
    assert [home.name for home in municipalities if home.code is None] == []
    assert len({home.code for home in municipalities}) == len(municipalities)


def test_built_file_is_kept_and_opened_again_quickly(tmp_path: Path) -> None:
    # The process's own file stands in for a build of five seconds.
    kept = next(gazetteer_store.default_cache_folder().glob("gazetteer-*.bin"))
    folder = tmp_path / "cache"
    folder.mkdir()
    os.link(kept, folder / kept.name)
    started = time.process_time()
    gazetteer_store.open_gazetteer(folder)
    assert time.process_time() - started < 0.5


def test_damaged_file_is_built_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = bytes(gazetteer()._view)
    monkeypatch.setattr(gazetteer_store, "build", lambda: data)
    path = tmp_path / f"gazetteer-{gazetteer_store.data_key(gazetteer_store.FORMAT_VERSION)}.bin"
    path.write_bytes(b"half a file")
    (tmp_path / "gazetteer-of-former-data.bin").write_bytes(b"")
    assert gazetteer_store.open_gazetteer(tmp_path).municipalities == gazetteer().municipalities
    assert Gazetteer.open(path).municipalities == gazetteer().municipalities
    assert [item.name for item in tmp_path.iterdir()] == [path.name]


def test_folder_that_cannot_be_written_is_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = bytes(gazetteer()._view)
    monkeypatch.setattr(gazetteer_store, "build", lambda: data)
    blocked = tmp_path / "file"
    blocked.write_text("a file where the folder should be")
    assert gazetteer_store.open_gazetteer(blocked).municipalities == gazetteer().municipalities


def test_thousands_a_second() -> None:
    addresses = [f"東京都新宿区西新宿{1 + n % 8}丁目{n}番{n % 30}号 第{n}ビル" for n in range(3_000)]
    started = time.process_time()
    assert all(locate(address).has_point for address in addresses)
    assert len(addresses) / (time.process_time() - started) > 3_000
