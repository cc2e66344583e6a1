"""Tables: answers of online geocoders (by organisation); the basemap's names, areas and borders (of all)."""

from __future__ import annotations

from datetime import datetime

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import Double, Index, Integer, SmallInteger, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from fieldcrm.core import clock
from fieldcrm.core.db import Base, TenantModel


class GeocodeCache(TenantModel):
    """What an online provider answered for an address; a null point is the answer "not found"."""

    __tablename__ = "geocode_cache"
    __audited__ = False
    __table_args__ = (UniqueConstraint("org_id", "provider", "address_key"),)

    provider: Mapped[str] = mapped_column(Text)
    address_key: Mapped[str] = mapped_column(Text)
    lon: Mapped[float | None] = mapped_column(Double)
    lat: Mapped[float | None] = mapped_column(Double)
    precision: Mapped[int] = mapped_column(SmallInteger, default=0)
    matched: Mapped[str] = mapped_column(Text, default="")
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)


class PlaceName(Base):
    """A label of the basemap and the zooms between which it is drawn."""

    __tablename__ = "place_names"
    __table_args__ = (
        # Far views read few of very many names: an index of their own.
        Index(
            "place_names_far_ix",
            "geom_3857",
            postgresql_using="gist",
            postgresql_where=text("min_zoom <= 10"),
        ),
        Index(
            "place_names_middle_ix",
            "geom_3857",
            postgresql_using="gist",
            postgresql_where=text("min_zoom <= 13"),
        ),
        Index("place_names_ix", "geom_3857", postgresql_using="gist"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    level: Mapped[int] = mapped_column(SmallInteger)
    name: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str | None] = mapped_column(Text)
    municipality: Mapped[str | None] = mapped_column(Text)
    prefecture: Mapped[str] = mapped_column(Text)
    min_zoom: Mapped[int] = mapped_column(SmallInteger)
    max_zoom: Mapped[int] = mapped_column(SmallInteger)
    rank: Mapped[int] = mapped_column(Integer)
    geom_3857: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=3857, spatial_index=False))


class PlaceArea(Base):
    """The shape of a prefecture (level 1) or municipality (level 2) at one generalisation."""

    __tablename__ = "place_areas"
    __table_args__ = (
        Index("place_areas_ix", "level", "generalisation", "geom_3857", postgresql_using="gist"),
    )

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    generalisation: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    prefecture: Mapped[str] = mapped_column(Text)
    geom_3857: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", srid=3857, spatial_index=False))


class PlaceBorder(Base):
    """A line between two prefectures (level 1) or two municipalities (level 2)."""

    __tablename__ = "place_borders"
    __table_args__ = (Index("place_borders_ix", "generalisation", "geom_3857", postgresql_using="gist"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    level: Mapped[int] = mapped_column(SmallInteger)
    generalisation: Mapped[int] = mapped_column(SmallInteger)
    geom_3857: Mapped[WKBElement] = mapped_column(Geometry("GEOMETRY", srid=3857, spatial_index=False))


class BasemapBuild(Base):
    """Which data the basemap was last built from; its one row is also the tiles' version."""

    __tablename__ = "basemap_builds"

    data_key: Mapped[str] = mapped_column(Text, primary_key=True)
    built_at: Mapped[datetime] = mapped_column(default=clock.now)
