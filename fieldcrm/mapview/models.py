"""The roll-up of accounts by map cell and status."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column

from fieldcrm.core.db import Base


class AccountCell(Base):
    """How many accounts of one status stand in one cell of zoom 12, and the sums for their averages.

    ``id`` is the cell's first z20 quadkey, the status in the 16 bits below: a tile of any zoom up to
    12 is one range of ids. Statement triggers on ``accounts`` keep it exact (migration 0004); the sums
    of longitude and latitude are in millionths of a degree, integers, so that nothing drifts.
    """

    __tablename__ = "account_cells"

    org_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("organisations.org_id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    n: Mapped[int] = mapped_column(Integer)
    win_n: Mapped[int] = mapped_column(Integer)
    win_sum: Mapped[int] = mapped_column(Integer)
    lon_sum: Mapped[int] = mapped_column(BigInteger)
    lat_sum: Mapped[int] = mapped_column(BigInteger)
