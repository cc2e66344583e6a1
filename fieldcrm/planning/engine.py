"""VROOM, asked through pyvroom: days are its vehicles, stops its jobs, values its priorities.

It puts the sum of priorities before travel, so a value is a priority; a must has the highest, and is still
soft. What it answers is an order; times, worth and rules are judged by our own ``timeline``.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import vroom
from vroom import _vroom

from fieldcrm.planning.numbered import Model
from fieldcrm.planning.schedule import breaks_before
from fieldcrm.planning.settling import Orders
from fieldcrm.planning.timeline import Timeline

MUST_PRIORITY = 100
"""The highest there is; one more is refused."""
WHIMS = (0.6, 0.8, 1.0, 1.0, 1.25)
_CAR = "car"
_BREAKS_A_DAY = 100


@dataclass(frozen=True, slots=True)
class _Begun:
    """An order to begin with: its breaks as jobs, and the steps."""

    pauses: list[vroom.Job]
    steps: list[vroom.VehicleStep]


class Engine:
    """Answers orders of a model; ``scale`` multiplies optional values into priorities below a must's."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._ways = model.ways.astype(np.uint32)
        reps = {one.rep for one in model.stops if one.rep is not None}
        self._reps = {rep: no for no, rep in enumerate(sorted(reps))}
        self._jobs: dict[tuple[int, int], vroom.Job] = {}
        self._is_one_day = len(model.days) == 1
        highest = max([1, *(one.value for one in model.stops if not one.is_must)])
        self.scale = (MUST_PRIORITY - 1) / highest

    def order(
        self,
        days: Sequence[int],
        stops: Sequence[int],
        *,
        warm: Orders | None = None,
        searches: int = 1,
        depth: int = 0,
        whims: random.Random | None = None,
    ) -> Orders | None:
        """Return orders of these days with these stops, begun from ``warm`` orders of them if there are any.

        With ``whims`` values are taken for a little more or less than they are. None when the engine refuses
        the orders to begin with, or answers what our own timeline does not keep.
        """
        asked = vroom.Input(apply_TSPFix=self._is_one_day)
        asked._set_durations_matrix(_CAR, _vroom.Matrix(self._ways))  # noqa: SLF001 - without a copy
        try:
            for at, day in enumerate(days):
                order = warm[at] if warm else []
                begun = self._begun(day, order) if order else None
                asked._add_vehicle(self._vehicle(day, begun))  # noqa: SLF001
                for pause in begun.pauses if begun else ():
                    asked._add_job(pause)  # noqa: SLF001
            for stop in stops:
                asked._add_job(self._job(stop, whims))  # noqa: SLF001
            answer = asked._solve(searches, depth, 1, None)  # noqa: SLF001 - names its searches
        except _vroom.VroomInputException:
            return None
        rows = answer._routes_numpy()  # noqa: SLF001 - without a data frame
        places = {day: at for at, day in enumerate(days)}
        orders: Orders = [[] for _ in days]
        for vehicle, kind, job in zip(
            rows["vehicle_id"].tolist(), rows["type"].tolist(), rows["id"].tolist(), strict=True
        ):
            if kind == b"job" and job <= len(self._model.stops):
                orders[places[vehicle - 1]].append(job - 1)
        is_kept = all(Timeline(self._model, day, orders[at]).is_kept for at, day in enumerate(days))
        return orders if is_kept else None

    def _job(self, stop: int, whims: random.Random | None) -> vroom.Job:
        own = self._model.stops[stop]
        whim = 1.0 if whims is None else whims.choice(WHIMS)
        optional = min(MUST_PRIORITY - 1, round(own.value * self.scale * whim))
        priority = MUST_PRIORITY if own.is_must else max(1 if own.value else 0, optional)
        job = self._jobs.get((stop, priority))
        if job is None:
            job = self._jobs[stop, priority] = vroom.Job(
                stop + 1,
                location=self._model.point[stop],
                default_service=own.service_s,
                priority=priority,
                skills=set() if own.rep is None else {self._reps[own.rep]},
                time_windows=[vroom.TimeWindow(*window) for window in own.windows],
            )
        return job

    def _vehicle(self, no: int, begun: _Begun | None) -> vroom.Vehicle:
        day = self._model.days[no]
        own = day.day
        first = own.shift[0]
        return vroom.Vehicle(
            no + 1,
            # It needs one of the two.
            start=self._model.anywhere if own.start is None and own.end is None else own.start,
            end=own.end,
            time_window=vroom.TimeWindow(*own.shift),
            skills={len(self._reps) + no} | ({self._reps[own.rep]} if own.rep in self._reps else set()),
            breaks=[
                vroom.Break(at + 1, [vroom.TimeWindow(max(first, one.from_s), one.to_s)], one.duration_s)
                for at, one in enumerate(day.breaks)
                if begun is None
            ],
            max_travel_time=own.max_driving_s,
            steps=begun.steps if begun else (),
        )

    def _begun(self, no: int, order: list[int]) -> _Begun:
        """Return the order to begin with; breaks are jobs at the stop before or after them.

        Asked to begin with an order, VROOM lays real breaks anew, greedily, and refuses most orders for it.
        """
        line = Timeline(self._model, no, order)
        day = self._model.days[no]
        path = breaks_before(line)
        path[-1] = len(day.breaks)  # a day that could do without may grow
        begun = _Begun([], [])
        for at in range(1, len(line.places)):
            now = line.leave[at - 1][path[at - 1]]
            for taken in range(path[at - 1], path[at]):
                one = day.breaks[taken]
                where = line.places[at - 1 if now >= one.from_s or at == len(order) + 1 else at]
                job = len(self._model.stops) + 1 + no * _BREAKS_A_DAY + taken
                begun.pauses.append(
                    vroom.Job(
                        job,
                        location=where,
                        default_service=one.duration_s,
                        priority=MUST_PRIORITY,
                        skills={len(self._reps) + no},
                        time_windows=[vroom.TimeWindow(max(day.day.shift[0], one.from_s), one.to_s)],
                    )
                )
                begun.steps.append(vroom.VehicleStep("single", job))
            if at <= len(order):
                begun.steps.append(vroom.VehicleStep("single", order[at - 1] + 1))
        return begun
