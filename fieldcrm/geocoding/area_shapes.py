"""The embedded basemap's areas as GeoJSON: for maps that are drawn elsewhere than in the app."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

PREFECTURES: Final = 1
MUNICIPALITIES: Final = 2
_DIGITS: Final = 4
"""Of a degree: ten metres, finer than the shapes themselves."""

_SHAPES: Final = text(
    f"""
    select code, name, prefecture, ST_AsGeoJSON(ST_Transform(geom_3857, 4326), {_DIGITS})
      from place_areas
     where level = :level and generalisation = :generalisation
       and (cast(:codes as text[]) is null or code = any(cast(:codes as text[])))
     order by code
    """  # noqa: S608 - a number of ours
)


@dataclass(frozen=True, slots=True)
class AreaShape:
    """A prefecture's or municipality's shape; ``geometry`` is a GeoJSON geometry as text."""

    code: str
    name: str
    prefecture: str
    geometry: str


def area_shapes(
    session: Session, *, level: int, generalisation: int, codes: Collection[str] | None = None
) -> list[AreaShape]:
    """Return the shapes of a level (of these codes), none before the basemap was built.

    Generalisation 0 is for far views (prefectures only), 1 for a region, 2 for a city.
    """
    wanted = {"level": level, "generalisation": generalisation, "codes": None if codes is None else [*codes]}
    return [AreaShape(*row) for row in session.execute(_SHAPES, wanted)]
