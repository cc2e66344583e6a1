"""A suite of measurements: each has a value, a bar it must meet and, where it makes sense, a baseline.

Baselines are measured in the same run on the same machine, so that a ratio means the same everywhere.
"""

import json
import math
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADINGS = ("name", "value", "unit", "baseline", "ratio", "bar", "ok")


@dataclass(frozen=True)
class Bar:
    """The limit a measurement must keep: at most or at least `limit`."""

    limit: float
    is_minimum: bool = False

    def is_met_by(self, value: float) -> bool:
        """Tell whether the value is on the right side; NaN never is."""
        return value >= self.limit if self.is_minimum else value <= self.limit

    def __str__(self) -> str:
        return f"{'>=' if self.is_minimum else '<='} {self.limit:g}"


def at_most(limit: float) -> Bar:
    """Return a bar for times and sizes."""
    return Bar(limit)


def at_least(limit: float) -> Bar:
    """Return a bar for rates and shares."""
    return Bar(limit, is_minimum=True)


@dataclass(frozen=True)
class Measurement:
    """One line of the table; `bar` judges the value, `ratio_bar` the value divided by the baseline."""

    name: str
    value: float
    unit: str
    bar: Bar | None = None
    baseline: float | None = None
    ratio_bar: Bar | None = None

    @property
    def ratio(self) -> float | None:
        """Return value / baseline; None without a baseline."""
        return self.value / self.baseline if self.baseline else None

    @property
    def is_ok(self) -> bool:
        """Tell whether both bars are met."""
        if self.bar is not None and not self.bar.is_met_by(self.value):
            return False
        return self.ratio_bar is None or (self.ratio is not None and self.ratio_bar.is_met_by(self.ratio))

    @property
    def bars(self) -> str | None:
        """Return the bars as text, such as "<= 50, ratio <= 1.5"."""
        parts = [] if self.bar is None else [str(self.bar)]
        parts += [] if self.ratio_bar is None else [f"ratio {self.ratio_bar}"]
        return ", ".join(parts) or None

    def as_json(self) -> dict[str, object]:
        """Return the object written to the suite's file."""
        values = (self.name, self.value, self.unit, self.baseline, self.ratio, self.bars, self.is_ok)
        return dict(zip(HEADINGS, values, strict=True))


class Suite:
    """Collects measurements under one name and writes them to `.local/bench/NAME.json`."""

    def __init__(self, name: str, *, folder: Path | None = None) -> None:
        local = Path(os.environ.get("FIELDCRM_LOCAL_DIR") or ROOT / ".local")
        self.name = name
        self.measurements: list[Measurement] = []
        self._file = (folder or local / "bench") / f"{name}.json"

    def record(
        self,
        name: str,
        value: float,
        unit: str,
        *,
        bar: Bar | None = None,
        baseline: float | None = None,
        ratio_bar: Bar | None = None,
    ) -> Measurement:
        """Add one measurement and print it at once, so that a long run shows where it is."""
        measurement = Measurement(name, value, unit, bar, baseline, ratio_bar)
        self.measurements.append(measurement)
        print(_row([measurement.name, *_cells(measurement)], widths=(0,) * len(HEADINGS)), flush=True)
        return measurement

    @property
    def is_ok(self) -> bool:
        """Tell whether something was measured and every bar is met."""
        return bool(self.measurements) and all(m.is_ok for m in self.measurements)

    def finish(self) -> bool:
        """Write the file, print the table, return whether every bar is met."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        lines = [json.dumps(m.as_json(), ensure_ascii=False) for m in self.measurements]
        self._file.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
        print(
            f"\n{self.table()}\n\n{self.name}: {sum(m.is_ok for m in self.measurements)} of "
            f"{len(self.measurements)} bars met; written to {self._file}",
            flush=True,
        )
        return self.is_ok

    def table(self) -> str:
        """Return the measurements as an aligned table, also valid as Markdown."""
        rows = [list(HEADINGS)] + [[m.name, *_cells(m)] for m in self.measurements]
        widths = tuple(max(len(row[i]) for row in rows) for i in range(len(HEADINGS)))
        rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
        lines = [_row(row, widths=widths) for row in rows]
        return "\n".join([lines[0], rule, *lines[1:]])


def time_each(action: Callable[[], object], *, times: int, warm_up: int = 3) -> list[float]:
    """Run the action again and again; return each run's milliseconds, without the warm-up."""
    for _ in range(warm_up):
        action()
    return [_milliseconds(action) for _ in range(times)]


def percentile(samples: Sequence[float], share: float) -> float:
    """Return the nearest-rank percentile; share 0.95 is the p95."""
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _milliseconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1000


def _cells(measurement: Measurement) -> list[str]:
    ok = "yes" if measurement.is_ok else "NO"
    numbers = (measurement.value, measurement.baseline, measurement.ratio)
    value, baseline, ratio = (
        "" if n is None else f"{n:,.4g}" if abs(n) < 1000 else f"{n:,.0f}" for n in numbers
    )
    return [value, measurement.unit, baseline, ratio, measurement.bars or "", ok]


def _row(cells: list[str], *, widths: tuple[int, ...]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"
