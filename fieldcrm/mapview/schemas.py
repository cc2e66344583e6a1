"""What a tile may be asked for: the same names as the list of accounts uses."""

from __future__ import annotations

import uuid
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from fieldcrm.core.wire import Wire

_KEYWORDS = frozenset({"me", "none"})


def _owner(value: object) -> object:
    return value if value in _KEYWORDS or isinstance(value, uuid.UUID) else uuid.UUID(str(value))


Owner = Annotated[Literal["me", "none"] | uuid.UUID, BeforeValidator(_owner)]


class TileQuery(Wire):
    """Filters of ``GET /api/tiles/accounts/{z}/{x}/{y}.mvt``; all given ones must hold."""

    status: list[Annotated[int, Field(ge=0, le=32767)]] = Field(default_factory=list, max_length=50)
    owner: Owner | None = None
    team: list[uuid.UUID] = Field(default_factory=list, max_length=50)
    overdue: bool = False
    never_visited: bool = False
    visited_within_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    covered_within_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    municipality: Annotated[str, Field(pattern=r"^(\d{5}|none)$")] | None = None
    win_min: Annotated[int, Field(ge=0, le=100)] | None = None
    win_max: Annotated[int, Field(ge=0, le=100)] | None = None
    tag: Annotated[str, Field(max_length=200)] | None = None
    kind: Literal["company", "person", "property"] | None = None
    rank: Annotated[str, Field(max_length=20)] | None = None
