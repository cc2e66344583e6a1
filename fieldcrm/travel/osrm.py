"""OSRM: https://project-osrm.org/docs/v5.24.0/api/, `table` and `route`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from fieldcrm.travel.asking import EngineFailed, ask
from fieldcrm.travel.engines import LONGEST_M, LONGEST_S, coordinates, is_far, numbers, paired
from fieldcrm.travel.matrices import Source, Table
from fieldcrm.travel.rules import Mode, Point

PROFILES: Final[dict[Mode, str]] = {"car": "driving", "bicycle": "cycling", "walking": "walking"}
MOST_STOPS: Final = 100
"""Of one line: keeps the address short enough for any server in between."""


class Osrm:
    """One `osrm-routed`, which knows one mode. `table_size` is its `--max-table-size`."""

    name: Source = "osrm"

    def __init__(self, url: str, *, mode: Mode, table_size: int) -> None:
        self._url = url.rstrip("/")
        self._profile = PROFILES[mode]
        self.most_pairs = table_size**2

    def table(self, sources: Sequence[Point], targets: Sequence[Point], *, within_s: float) -> Table:
        """See Engine."""
        places = list(dict.fromkeys((*sources, *targets)))
        where = {place: str(index) for index, place in enumerate(places)}
        query = "annotations=duration,distance&generate_hints=false"
        if len(places) > len(sources) or len(places) > len(targets):
            query += f"&sources={';'.join(where[place] for place in sources)}"
            query += f"&destinations={';'.join(where[place] for place in targets)}"
        answer = self._ask("table", places, query, within_s=within_s)
        shape = (len(sources), len(targets))
        durations = numbers(answer.get("durations"), shape=shape, longest=LONGEST_S)
        distances = numbers(answer.get("distances"), shape=shape, longest=LONGEST_M)
        durations[_far(sources, answer.get("sources")), :] = float("nan")
        durations[:, _far(targets, answer.get("destinations"))] = float("nan")
        return paired(durations, distances)

    def route(self, points: Sequence[Point], *, within_s: float) -> list[Point]:
        """See Engine."""
        # Who stops may turn round: so count the times of a table too.
        query = "overview=full&geometries=geojson&generate_hints=false&continue_straight=false"
        answer = self._ask("route", points, query, within_s=within_s)
        if any(_far(points, answer.get("waypoints"))):
            raise EngineFailed("refused")
        try:
            return coordinates(answer["routes"][0]["geometry"]["coordinates"])
        except (KeyError, IndexError, TypeError) as error:
            raise EngineFailed("bad_answer") from error

    def _ask(self, service: str, places: Sequence[Point], query: str, *, within_s: float) -> dict[str, Any]:
        path = ";".join(f"{lon:.7f},{lat:.7f}" for lon, lat in places)
        answer = ask(f"{self._url}/{service}/v1/{self._profile}/{path}?{query}", within_s=within_s)
        if not isinstance(answer, dict) or answer.get("code") != "Ok":
            raise EngineFailed("bad_answer")
        return answer


def _far(asked: Sequence[Point], used: Any) -> list[bool]:
    """Return which places were moved too far; an answer that does not tell is believed."""
    if not isinstance(used, list) or len(used) != len(asked):
        return [False] * len(asked)
    return [
        is_far(place, waypoint.get("location") if isinstance(waypoint, dict) else None)
        for place, waypoint in zip(asked, used, strict=True)
    ]
