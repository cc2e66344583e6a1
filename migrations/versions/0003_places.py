"""places: the basemap's reference tables, and answers of online geocoders."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

from fieldcrm.core.rls import protect

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

REFERENCE_TABLES = ("place_names", "place_areas", "place_borders", "basemap_builds")


def upgrade() -> None:
    op.create_table(
        "geocode_cache",
        sa.Column("org_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("address_key", sa.Text(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("precision", sa.SmallInteger(), nullable=False),
        sa.Column("matched", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.org_id"], name=op.f("geocode_cache_org_id_fk")),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("geocode_cache_pk")),
        sa.UniqueConstraint(
            "org_id", "provider", "address_key", name=op.f("geocode_cache_org_id_provider_address_key_uq")
        ),
    )
    protect("geocode_cache")
    _create_place_tables()
    _create_place_indexes()


def _create_place_tables() -> None:
    op.create_table(
        "place_names",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=True),
        sa.Column("prefecture", sa.Text(), nullable=False),
        sa.Column("min_zoom", sa.SmallInteger(), nullable=False),
        sa.Column("max_zoom", sa.SmallInteger(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("geom_3857", Geometry("POINT", srid=3857, spatial_index=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("place_names_pk")),
    )
    op.create_table(
        "place_areas",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("generalisation", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefecture", sa.Text(), nullable=False),
        sa.Column("geom_3857", Geometry("MULTIPOLYGON", srid=3857, spatial_index=False), nullable=False),
        sa.PrimaryKeyConstraint("code", "level", "generalisation", name=op.f("place_areas_pk")),
    )
    op.create_table(
        "place_borders",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("generalisation", sa.SmallInteger(), nullable=False),
        sa.Column("geom_3857", Geometry("GEOMETRY", srid=3857, spatial_index=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("place_borders_pk")),
    )
    op.create_table(
        "basemap_builds",
        sa.Column("data_key", sa.Text(), nullable=False),
        sa.Column("built_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("data_key", name=op.f("basemap_builds_pk")),
    )


def _create_place_indexes() -> None:
    for name, condition in (
        ("place_names_far_ix", sa.text("min_zoom <= 10")),
        ("place_names_middle_ix", sa.text("min_zoom <= 13")),
        ("place_names_ix", None),
    ):
        op.create_index(
            name, "place_names", ["geom_3857"], postgresql_using="gist", postgresql_where=condition
        )
    op.create_index(
        "place_areas_ix", "place_areas", ["level", "generalisation", "geom_3857"], postgresql_using="gist"
    )
    op.create_index(
        "place_borders_ix", "place_borders", ["generalisation", "geom_3857"], postgresql_using="gist"
    )


def downgrade() -> None:
    for table in (*REFERENCE_TABLES, "geocode_cache"):
        op.drop_table(table)
