"""Which accounts a list shows: the filters that lists, exports, nearest and the map share."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, ConfigDict, Field, JsonValue, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import ColumnElement, and_, cast, func, or_
from sqlalchemy.dialects.postgresql import JSONB

from fieldcrm.accounts.models import Account
from fieldcrm.accounts.schemas import Kind, Latitude, Longitude
from fieldcrm.core import clock, geo
from fieldcrm.core.actor import Actor
from fieldcrm.core.wire import Wire

CUSTOM: Final = "custom."


def _parse_bbox(value: object) -> object:
    """Read ``west,south,east,north``."""
    if not isinstance(value, str):
        return value
    try:
        west, south, east, north = (float(part) for part in value.split(","))
    except ValueError:
        raise PydanticCustomError("bad_position", "west,south,east,north") from None
    if not (geo.is_on_earth(west, south) and geo.is_on_earth(east, north)) or south > north:
        raise PydanticCustomError("bad_position", "west,south,east,north")
    return (west, south, east, north)


def _parse_owner(value: object) -> object:
    return value if value in ("me", "none") else uuid.UUID(str(value))


Box = Annotated[tuple[float, float, float, float], BeforeValidator(_parse_bbox)]
Owner = Annotated[uuid.UUID | Literal["me", "none"], BeforeValidator(_parse_owner)]
Municipality = Annotated[str, Field(pattern=r"^(\d{5}|none)$")]
Days = Annotated[int, Field(ge=1, le=3650)]
Percent = Annotated[int, Field(ge=0, le=100)]
# In the OpenAPI document: an object whose members are sent as parameters of their own.
_BY_CUSTOM_FIELD: Final[dict[str, JsonValue]] = {
    "name": "custom",
    "in": "query",
    "required": False,
    "style": "form",
    "explode": True,
    "description": "Filters by the administrator's own fields: `custom.<key>=value`.",
    "schema": {
        "type": "object",
        "patternProperties": {r"^custom\.[a-z][a-z0-9_]{0,39}$": {"type": "string"}},
        "additionalProperties": False,
    },
}


class AccountFilter(Wire):
    """The filters as query parameters; ``custom.<key>=value`` filters by the administrator's fields."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"x-extra-parameters": [_BY_CUSTOM_FIELD]})

    q: str = Field(default="", max_length=200)
    kind: Kind | None = None
    status: list[int] = Field(default_factory=list, max_length=50)
    owner: Owner | None = None
    team: list[uuid.UUID] = Field(default_factory=list, max_length=50)
    tag: str | None = None
    win_min: Percent | None = None
    win_max: Percent | None = None
    rank: str | None = None
    overdue: bool = False
    never_visited: bool = False
    visited_within_days: Days | None = None
    covered_within_days: Days | None = None
    municipality: Municipality | None = None
    bbox: Box | None = None

    @model_validator(mode="after")
    def _only_custom(self) -> AccountFilter:
        unknown = [name for name in self.model_extra or {} if not name.startswith(CUSTOM)]
        if unknown:
            raise PydanticCustomError("extra_forbidden", "unknown parameter {name}", {"name": unknown[0]})
        return self

    @property
    def custom(self) -> dict[str, str]:
        """The filters by custom fields: {key: value}."""
        return {name[len(CUSTOM) :]: value for name, value in (self.model_extra or {}).items()}


def predicates(chosen: AccountFilter, actor: Actor) -> Iterator[ColumnElement[bool]]:
    """Yield the SQL of the filters but ``q`` (see search.py), tenant and scope (see visibility.py)."""
    yield from _of_people(chosen, actor)
    yield from _of_sales(chosen)
    if chosen.kind:
        yield Account.kind == chosen.kind
    if chosen.tag:
        yield Account.tags.contains([chosen.tag])
    if chosen.overdue:
        yield Account.due_on < clock.local_date(clock.now(), actor.timezone)
    if chosen.never_visited:
        yield Account.last_visit_at.is_(None)
    yield from _of_coverage(chosen, actor)
    if chosen.bbox:
        yield _within(chosen.bbox)
    for key, value in chosen.custom.items():
        yield _custom_is(key, value)


def _of_people(chosen: AccountFilter, actor: Actor) -> Iterator[ColumnElement[bool]]:
    if chosen.owner == "none":
        yield Account.owner_id.is_(None)
    elif chosen.owner is not None:
        yield Account.owner_id == (actor.user_id if chosen.owner == "me" else chosen.owner)
    if chosen.team:
        yield Account.team_id.in_(chosen.team)


def _of_sales(chosen: AccountFilter) -> Iterator[ColumnElement[bool]]:
    if chosen.status:
        yield Account.status.in_(chosen.status)
    if chosen.win_min is not None:
        yield Account.win_prob >= chosen.win_min
    if chosen.win_max is not None:
        yield Account.win_prob <= chosen.win_max
    if chosen.rank:
        yield Account.rank == chosen.rank


def _of_coverage(chosen: AccountFilter, actor: Actor) -> Iterator[ColumnElement[bool]]:
    today = clock.local_date(clock.now(), actor.timezone)
    if chosen.visited_within_days:
        yield Account.last_visit_at >= visited_since(today, chosen.visited_within_days, actor.timezone)
    if chosen.covered_within_days:
        yield is_covered(today, visited_since(today, chosen.covered_within_days, actor.timezone))
    if chosen.municipality == "none":
        yield Account.municipality_code.is_(None)
    elif chosen.municipality:
        yield Account.municipality_code == chosen.municipality


def visited_since(today: date, days: int, timezone: str) -> datetime:
    """Return the first moment of a period: of the day that is ``days`` before today."""
    return clock.start_of_day(today - timedelta(days=days), timezone)


def is_covered(today: date, since: datetime) -> ColumnElement[bool]:
    """Return the predicate of accounts visited within their cadence, or without one since then."""
    in_cadence = and_(Account.last_visit_at.is_not(None), Account.due_on >= today)
    return or_(in_cadence, and_(Account.due_on.is_(None), Account.last_visit_at >= since))


def _within(box: tuple[float, float, float, float]) -> ColumnElement[bool]:
    west, south, east, north = box
    # Past the date line the box is two: west of it and east of it.
    spans = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    boxes = [
        Account.geom_3857.op("&&")(
            func.st_makeenvelope(*geo.web_mercator(left, south), *geo.web_mercator(right, north), 3857)
        )
        for left, right in spans
    ]
    return boxes[0] if len(boxes) == 1 else boxes[0] | boxes[1]


def _custom_is(key: str, value: str) -> ColumnElement[bool]:
    """Text, date and choice are stored as strings, numbers as numbers: either may be meant."""
    wanted: list[Any] = [value]
    try:
        number = float(value)
        wanted.append(int(number) if number == int(number) else number)
    except (ValueError, OverflowError):
        pass
    matches = [Account.custom.contains(cast({key: one}, JSONB)) for one in wanted]
    return matches[0] if len(matches) == 1 else matches[0] | matches[1]


class NearestQuery(AccountFilter):
    """The filters and where one stands."""

    lon: Longitude
    lat: Latitude
    limit: Annotated[int, Field(ge=1, le=200)] = 20


class ListQuery(AccountFilter):
    """The filters, the order and the page. Distance needs ``lon`` and ``lat``."""

    sort: Literal["name", "kana", "due", "win_prob", "rank", "updated", "distance"] | None = None
    lon: Longitude | None = None
    lat: Latitude | None = None
    cursor: str | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    total: bool = False
