"""Suite `imports`: a file of 100,000 customers through the command line, start-up included."""

import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.harness import Suite, at_least, at_most
from fieldcrm.geocoding.gazetteer import STEM
from fieldcrm.geocoding.service import gazetteer

ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA = Path(os.environ.get("FIELDCRM_SHARED_DATA", ROOT.parent / "shared" / "data"))
DATABASE = "fieldcrm_bench_imports"
LARGE, SMALL = 100_000, 20_000

_NAMES = (
    "中央クリニック",
    "見本商事",
    "例社製作所",
    "さくら薬局",
    "みらい不動産",
    "東和運輸",
    "青葉歯科",
    "北斗建設",
)
_KANA = ("チュウオウクリニック", "ミホンショウジ", "レイシャセイサクショ", "サクラヤッキョク")
_HEADINGS = (
    "顧客コード", "会社名", "フリガナ", "郵便番号", "住所", "緯度", "経度", "電話番号", "メール",
    "ステータス", "受注確度", "ランク", "タグ", "訪問間隔", "最終訪問日", "備考",
)  # fmt: skip


@dataclass(frozen=True)
class Run:
    """One import by the command line."""

    counts: dict[str, int]
    elapsed_s: float
    peak_mb: float


def run() -> bool:
    """Measure and tell whether every bar is met."""
    suite = Suite("imports")
    settings = _fresh_database()
    with tempfile.TemporaryDirectory() as folder:
        small, large = (_write(Path(folder) / f"{count}.csv", count) for count in (SMALL, LARGE))
        few = _import(small, "small", settings)
        many = _import(large, "large", settings)
        assert many.counts["created"] == LARGE, many.counts
        rate = LARGE / many.elapsed_s
        suite.record("import 100,000 rows, located", rate, "rows/s", bar=at_least(3000))
        suite.record(
            "peak memory, 100,000 against 20,000",
            many.peak_mb,
            "MB",
            baseline=few.peak_mb,
            ratio_bar=at_most(1.25),
        )
        again = _import(large, "large", settings)
        assert (again.counts["created"], again.counts["unchanged"]) == (0, LARGE), again.counts
        suite.record("the same again: nothing changes", LARGE / again.elapsed_s, "rows/s", bar=at_least(3000))
    hospitals = SHARED_DATA / "jp_hospitals_2025-06.csv"
    if hospitals.exists():
        real = _import(hospitals, "hospitals", settings)
        assert real.counts["created"] == 7587, real.counts
        suite.record("7,587 hospitals", real.elapsed_s, "s", bar=at_most(30))
    return suite.finish()


def _fresh_database() -> dict[str, str]:
    if "DATABASE_URL" in os.environ:
        raise SystemExit("The benchmarks use the private cluster: run them without DATABASE_URL.")
    subprocess.run(
        [sys.executable, "scripts/db.py", "create-test", DATABASE, "--fresh"], cwd=ROOT, check=True
    )
    local = Path(os.environ.get("FIELDCRM_LOCAL_DIR") or ROOT / ".local")
    lines = (local / "env").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("=", 1) for line in lines if line.startswith("DATABASE_"))
    settings = {name: value.replace("/fieldcrm?", f"/{DATABASE}?") for name, value in pairs}
    for step in (["db", "upgrade"], ["db-post"]):
        _flask(step, settings)
    return settings


def _flask(arguments: list[str], settings: dict[str, str]) -> None:
    command = [sys.executable, "-m", "flask", "--app", "fieldcrm", *arguments]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **settings}, check=True, stdout=subprocess.DEVNULL)


def _import(file: Path, slug: str, settings: dict[str, str]) -> Run:
    """Import into the organisation ``slug``, made at its first file."""
    subprocess.run(
        [sys.executable, "-m", "flask", "--app", "fieldcrm", "org", "create", "--slug", slug, "--name", slug],
        cwd=ROOT,
        env={**os.environ, **settings},
        check=False,
        capture_output=True,
    )
    command = [sys.executable, "-m", "flask", "--app", "fieldcrm", "import", "accounts"]
    started = time.monotonic()
    process = subprocess.Popen(
        [*command, str(file), "--org", slug, "--json"],
        cwd=ROOT,
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    answer: dict[str, Any] = json.loads(process.stdout.read())
    _pid, _status, usage = os.wait4(process.pid, 0)
    return Run(answer["counts"], time.monotonic() - started, usage.ru_maxrss / 1024)


def _write(path: Path, count: int) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADINGS)
        writer.writerows(_rows(count))
    return path


def _rows(count: int) -> Iterator[tuple[object, ...]]:
    """Yield customers at addresses all over the country, the same at every run."""
    choose = random.Random(20261122)  # noqa: S311 - made-up customers
    towns = gazetteer()
    _lon, _lat, home, kind = towns.arrays()
    known = [row for row in range(len(home)) if kind[row] != STEM]
    for number in range(count):
        town = choose.choice(known)
        place = towns.municipalities[home[town]]
        lon, lat = towns.town_point(town)
        lot = f"{choose.randint(1, 40)}-{choose.randint(1, 30)}"
        address = f"{place.prefecture}{place.name}{towns.town_name(town)}{lot}"
        has_point = number % 2
        yield (
            f"K{number:07}",
            f"{choose.choice(_NAMES)}{number}",
            choose.choice(_KANA),
            "",
            address,
            f"{lat:.6f}" if has_point else "",
            f"{lon:.6f}" if has_point else "",
            f"0{choose.randint(3, 9)}-{number % 10_000:04}-{choose.randint(0, 9999):04}",
            f"info{number}@example.jp",
            choose.choice(("見込み", "アプローチ中", "商談中", "既存顧客")),
            choose.randint(0, 100),
            choose.choice("ABCD"),
            choose.choice(("重点", "紹介,展示会", "")),
            choose.choice((30, 60, 90)),
            f"2026-{choose.randint(1, 10):02}-{choose.randint(1, 28):02}",
            "前回は資料を渡した。次は見積もりを持参する。",
        )
