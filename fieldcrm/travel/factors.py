"""An organisation's own factors: how much longer its ways take than the estimate, or an engine, says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from fieldcrm.travel.matrices import Source
from fieldcrm.travel.rules import Band

FactorBand = Literal[Band, "all"]


@dataclass(frozen=True, slots=True)
class Factors:
    """By source and time of day; where a time of day has none, that of the whole day, else 1."""

    known: Mapping[tuple[Source, FactorBand], float] = field(default_factory=dict)

    def of(self, source: Source, band: Band) -> float:
        """Return the number that driving is multiplied with."""
        return self.known.get((source, band), self.known.get((source, "all"), 1.0))


NO_FACTORS: Final = Factors()
