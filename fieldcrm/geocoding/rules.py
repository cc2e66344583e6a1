"""What a located address is, and which of two positions is believed: pure decisions."""

from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """How precise a point is; the numbers are the stored `precision`."""

    NONE = 0
    PREFECTURE = 1
    MUNICIPALITY = 2
    POSTAL = 3
    TOWN = 4
    BLOCK = 5
    EXACT = 6

    @property
    def wire(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Located:
    """Where an address lies and how well that is known. `rest` is what was not used: number, building."""

    lon: float | None
    lat: float | None
    level: Level
    matched: str
    prefecture: str | None
    municipality: str | None
    municipality_code: str | None
    rest: str

    @property
    def has_point(self) -> bool:
        return self.lon is not None


@dataclass(frozen=True, slots=True)
class Place:
    """The town nearest to a point."""

    prefecture: str
    municipality: str
    municipality_code: str | None
    town: str
    lon: float
    lat: float
    distance_m: float

    @property
    def address(self) -> str:
        return f"{self.prefecture}{self.municipality}{self.town}"


def nowhere(rest: str = "") -> Located:
    """Return the answer for an address that cannot be placed."""
    return Located(None, None, Level.NONE, "", None, None, None, rest)


# Flags of a position: what was wrong with the coordinates that a file gave.
ZERO, NOT_IN_JAPAN, OUTSIDE_PREFECTURE, SWAPPED, FAR = (
    "zero",
    "not_in_japan",
    "outside_prefecture",
    "swapped",
    "far_from_address",
)
# Within the right prefecture, a file's point this far from the address's town is kept but pointed out.
FAR_FROM_TOWN_M = 15_000.0
# This near to the address's town a point agrees, whichever side of a border the towns around it are on.
NEAR_TOWN_M = 6_000.0


@dataclass(frozen=True, slots=True)
class FilePoint:
    """Coordinates as a file has them, and what the map says about them.

    `agrees`, `swapped_agrees`: may lie in the address's prefecture as it stands, or with the two exchanged.
    `town_distance_m` is the distance to the address's own point, None where the address has none.
    """

    lon: float
    lat: float
    is_in_japan: bool
    agrees: bool
    swapped_agrees: bool
    town_distance_m: float | None

    def agrees_with(self, located: Located) -> bool:
        if self.town_distance_m is None or located.level < Level.TOWN:
            return self.agrees
        return self.agrees or self.town_distance_m <= NEAR_TOWN_M


@dataclass(frozen=True, slots=True)
class PositionDecision:
    """The position to store. `source` is "file", "gazetteer" or None for no position at all."""

    lon: float | None
    lat: float | None
    level: Level
    source: str | None
    flags: tuple[str, ...]
    matched: str


def choose_position(located: Located, file: FilePoint | None) -> PositionDecision:
    """Return the file's coordinates if they agree with the address to the prefecture, else the address's."""
    if file is None:
        return _address(located)
    if file.lon == 0 or file.lat == 0:
        return _address(located, ZERO)
    if file.agrees_with(located):
        return _agreeing(located, file)
    if file.swapped_agrees:
        return PositionDecision(
            file.lat, file.lon, decimals_level(file.lon, file.lat), "file", (SWAPPED,), located.matched
        )
    return _address(located, OUTSIDE_PREFECTURE if file.is_in_japan else NOT_IN_JAPAN)


def decimals_level(lon: float, lat: float) -> Level:
    """Return how precise coordinates can be by their digits: 129.2 is no better than 10 km."""
    digits = max(len(repr(value).partition(".")[2]) for value in (lon, lat))
    if digits >= 4:
        return Level.EXACT
    return Level.BLOCK if digits == 3 else Level.MUNICIPALITY


def _agreeing(located: Located, file: FilePoint) -> PositionDecision:
    level = decimals_level(file.lon, file.lat)
    if level < located.level:
        return _address(located)
    distance_m = file.town_distance_m if located.level >= Level.TOWN else None
    flags = (FAR,) if distance_m is not None and distance_m > FAR_FROM_TOWN_M else ()
    return PositionDecision(file.lon, file.lat, level, "file", flags, located.matched)


def _address(located: Located, *flags: str) -> PositionDecision:
    source = "gazetteer" if located.has_point else None
    return PositionDecision(located.lon, located.lat, located.level, source, flags, located.matched)
