"""Wire shapes of the organisation itself."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from fieldcrm.core.wire import Wire

Weekday = Annotated[int, Field(ge=1, le=7)]


class OrganisationOut(Wire):
    """The organisation; ``locale`` is for who has not chosen, working days are ISO weekdays (Monday: 1)."""

    name: str
    locale: Literal["ja", "en"]
    timezone: str
    working_days: list[Weekday]


class OrganisationChange(Wire):
    """What is not given stays."""

    name: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    locale: Literal["ja", "en"] | None = None
    timezone: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    working_days: Annotated[list[Weekday], Field(max_length=7)] | None = None

    @field_validator("working_days")
    @classmethod
    def _some(cls, days: list[int] | None) -> list[int] | None:
        if days is None:
            return None
        if not days:
            raise PydanticCustomError("required", "on no day at all nobody works")
        return sorted(set(days))
