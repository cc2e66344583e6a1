"""Tables of travel."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Double, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fieldcrm.core import clock
from fieldcrm.core.db import TenantModel


class TravelFactor(TenantModel):
    """How much longer an organisation's ways take than `source` says, at a time of day or ("all") at any.

    Of the organisation as a whole: no row, and nothing in it, is about a person.
    """

    __tablename__ = "travel_factors"
    # Counted from check-ins, each of which is in the audit log: nobody's act.
    __audited__ = False
    __table_args__ = (UniqueConstraint("org_id", "source", "band"),)

    source: Mapped[str] = mapped_column(Text)
    band: Mapped[str] = mapped_column(Text)
    factor: Mapped[float] = mapped_column(Double)
    ways: Mapped[int] = mapped_column(Integer)
    """How many ways it was counted from."""
    measured_at: Mapped[datetime] = mapped_column(default=clock.now)
