"""VROOM, asked through pyvroom: days are its vehicles, stops its jobs, values its priorities.

It puts the sum of priorities before travel, so a value is a priority; a must has the highest, and is still
soft. What it answers is an order; times, worth and rules are judged by our own ``timeline``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import vroom
from vroom import _vroom

from fieldcrm.planning.numbered import Model
from fieldcrm.planning.problem import MAX_VALUE
from fieldcrm.planning.schedule import breaks_before
from fieldcrm.planning.settling import Orders
from fieldcrm.planning.timeline import Timeline

MUST_PRIORITY = 100
"""The highest there is; one more is refused."""
_CAR = "car"


class Engine:
    """Answers orders of a model; ``scale`` multiplies optional values into priorities below a must's."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._ways = model.ways.astype(np.uint32)
        self._reps = {rep: no for no, rep in enumerate(sorted({day.day.rep or "" for day in model.days}))}
        self._jobs: list[vroom.Job] = []
        self._is_one_day = len(model.days) == 1
        highest = max([1, *(one.value for one in model.stops if not one.is_must)])
        self.scale = (MUST_PRIORITY - 1) / highest
        self.use_scale(self.scale)

    def use_scale(self, scale: float) -> None:
        """Make priorities of the values anew."""
        self.scale = scale
        self._jobs = [self._job(stop) for stop in range(len(self._model.stops))]

    def order(
        self,
        days: Sequence[int],
        stops: Iterable[int],
        *,
        warm: Orders | None = None,
        searches: int = 1,
        depth: int = 0,
        threads: int = 1,
    ) -> Orders | None:
        """Return orders of these days with these stops, begun from ``warm`` orders of them if there are any.

        None when the engine refuses the orders to begin with, or answers what our own timeline does not keep.
        """
        asked = vroom.Input(apply_TSPFix=self._is_one_day)
        asked._set_durations_matrix(_CAR, _vroom.Matrix(self._ways))  # noqa: SLF001 - without a copy
        for at, day in enumerate(days):
            asked._add_vehicle(self._vehicle(day, warm[at] if warm else []))  # noqa: SLF001
        for stop in stops:
            asked._add_job(self._jobs[stop])  # noqa: SLF001
        try:
            answer = asked._solve(searches, depth, threads, None)  # noqa: SLF001 - names its searches
        except _vroom.VroomInputException:
            return None
        rows = answer._routes_numpy()  # noqa: SLF001 - without a data frame
        places = {day: at for at, day in enumerate(days)}
        orders: Orders = [[] for _ in days]
        for vehicle, kind, job in zip(
            rows["vehicle_id"].tolist(), rows["type"].tolist(), rows["id"].tolist(), strict=True
        ):
            if str(kind).removeprefix("b'").startswith("job"):
                orders[places[vehicle - 1]].append(job - 1)
        is_kept = all(Timeline(self._model, day, orders[at]).is_kept for at, day in enumerate(days))
        return orders if is_kept else None

    def _job(self, stop: int) -> vroom.Job:
        own = self._model.stops[stop]
        optional = min(MUST_PRIORITY - 1, round(own.value * self.scale))
        return vroom.Job(
            stop + 1,
            location=self._model.point[stop],
            default_service=own.service_s,
            priority=MUST_PRIORITY if own.is_must else max(1 if own.value else 0, optional),
            skills=set() if own.rep is None else {self._reps.get(own.rep, len(self._reps))},
            time_windows=[vroom.TimeWindow(*window) for window in own.windows],
        )

    def _vehicle(self, no: int, order: list[int]) -> vroom.Vehicle:
        day = self._model.days[no]
        own = day.day
        first = own.shift[0]
        return vroom.Vehicle(
            no + 1,
            # It needs one of the two.
            start=self._model.anywhere if own.start is None and own.end is None else own.start,
            end=own.end,
            time_window=vroom.TimeWindow(*own.shift),
            skills=set() if own.rep is None else {self._reps[own.rep]},
            breaks=[
                vroom.Break(
                    self._break_id(no, at),
                    [vroom.TimeWindow(max(first, one.from_s), one.to_s)],
                    one.duration_s,
                )
                for at, one in enumerate(day.breaks)
            ],
            max_travel_time=own.max_driving_s,
            steps=self._steps(no, order) if order else (),
        )

    def _steps(self, no: int, order: list[int]) -> list[vroom.VehicleStep]:
        path = breaks_before(Timeline(self._model, no, order))
        path[-1] = len(self._model.days[no].breaks)
        steps = []
        for at, stop in enumerate([*order, None]):
            steps += [
                vroom.VehicleStep("break", self._break_id(no, taken))
                for taken in range(path[at], path[at + 1])
            ]
            if stop is not None:
                steps.append(vroom.VehicleStep("single", stop + 1))
        return steps

    @staticmethod
    def _break_id(day: int, at: int) -> int:
        return day * MAX_VALUE + at + 1
