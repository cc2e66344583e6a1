"""Plans as they are answered."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from fieldcrm.core import clock
from fieldcrm.planning.asked import Meeting
from fieldcrm.planning.candidates import Candidate
from fieldcrm.planning.plan import Dropped, PlannedStop
from fieldcrm.planning.savings import Driving
from fieldcrm.planning.sentences import sentence
from fieldcrm.planning.service import Planned
from fieldcrm.planning.value import Value

Json = dict[str, Any]


def plan_json(planned: Planned, *, locale: str) -> Json:
    """Return the plan as PlanOut has it. Where people's days begin and end is not in it."""
    plan, gathered, matrix = planned.plan, planned.gathered, planned.assembled.matrix
    told = _Told(planned, locale)
    return {
        "first_day": str(planned.asked.first_day),
        "as_of": clock.iso(clock.now()),
        "days": told.days(),
        "dropped": [told.dropped(each) for each in plan.dropped],
        "value": plan.value,
        **_driving(planned.own),
        "is_partial": plan.is_partial,
        "is_estimated": matrix.is_estimated,
        "travel": matrix.source,
        "considered": len(gathered.candidates),
        "available": gathered.available,
        "nearest_first": _driving(planned.nearest_first),
        "in_order": None if planned.in_order is None else _driving(planned.in_order),
    }


def worth_json(worth: Value, *, on: date, locale: str) -> Json:
    """Return a value as Worth has it."""
    return {
        "value": worth.value,
        "sentence": sentence(worth, on=on, locale=locale),
        "parts": [
            {"factor": part.factor, "share": part.share, "weight": part.weight} for part in worth.parts
        ],
    }


class _Told:
    """What is told of each stop besides its times."""

    def __init__(self, planned: Planned, locale: str) -> None:
        self._planned, self._locale = planned, locale
        outings = planned.gathered.outings
        self._candidates: Mapping[str, Candidate] = {
            str(each.id): each for each in planned.gathered.candidates
        }
        self._meetings: Mapping[str, Meeting] = {m.id: m for each in outings for m in each.meetings}

    def days(self) -> list[Json]:
        """Return all days that were asked for; those on which nobody goes out too."""
        by_id = {each.id: each for each in self._planned.plan.days}
        found = []
        for outing in self._planned.gathered.outings:
            day = by_id.get(outing.id)
            found.append(
                {
                    "id": outing.id,
                    "day": str(outing.day.date),
                    "user_id": str(outing.user_id),
                    "holiday": outing.holiday,
                    "shift": None if outing.shift is None else list(outing.shift.span),
                    "start": day and day.start,
                    "end": day and day.end,
                    "stops": [self.stop(each) for each in day.stops] if day else [],
                    "breaks": [list(each) for each in day.breaks] if day else [],
                    "drive_s": day.drive_s if day else 0,
                    "drive_m": day and day.drive_m,
                }
            )
        return found

    def stop(self, stop: PlannedStop) -> Json:
        """Return a stop of a day."""
        return {
            **self._about(stop.id),
            "arrival": stop.arrival,
            "start": stop.start,
            "departure": stop.departure,
            "drive_s": stop.drive_s,
            "drive_m": stop.drive_m,
            "slack_s": stop.slack_s,
            "is_fixed": stop.id in self._meetings,
            "minutes_from": self._candidates[stop.id].minutes_from if stop.id in self._candidates else None,
        }

    def dropped(self, dropped: Dropped) -> Json:
        """Return a stop that is on no day, and why."""
        candidate, meeting = self._candidates.get(dropped.id), self._meetings.get(dropped.id)
        minutes = candidate.minutes if candidate else 0
        if meeting is not None:
            minutes = (meeting.span[1] - meeting.span[0]) // 60
        return {
            **self._about(dropped.id),
            "minutes": minutes,
            "reason": dropped.reason.to_json(),
        }

    def _about(self, stop_id: str) -> Json:
        candidate, meeting = self._candidates.get(stop_id), self._meetings.get(stop_id)
        about = candidate or meeting
        lon, lat = about.point if about and about.point else (None, None)
        account_id: uuid.UUID | None = candidate.id if candidate else meeting.account_id if meeting else None
        worth = None
        if candidate is not None:
            worth = worth_json(candidate.worth, on=self._planned.asked.last_day, locale=self._locale)
        return {
            "id": stop_id,
            "account_id": None if account_id is None else str(account_id),
            "name": about.name if about else "",
            "lon": lon,
            "lat": lat,
            "is_must": meeting is not None or account_id in self._planned.asked.must_ids,
            "worth": worth,
        }


def _driving(driving: Driving) -> Json:
    return {"drive_s": driving.drive_s, "drive_m": driving.drive_m}
