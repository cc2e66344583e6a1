"""An import's file in parts."""

import sqlalchemy as sa
from alembic import op

from fieldcrm.core.rls import protect

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

PART_BYTES = 1 << 20


def upgrade() -> None:
    op.create_table(
        "import_parts",
        sa.Column("org_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("import_id", sa.UUID(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.org_id"], name=op.f("import_parts_org_id_fk")),
        sa.ForeignKeyConstraint(
            ["org_id", "import_id"],
            ["imports.org_id", "imports.id"],
            name=op.f("import_parts_org_id_import_id_fk"),
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("import_parts_pk")),
        sa.UniqueConstraint("org_id", "import_id", "no", name=op.f("import_parts_org_id_import_id_no_uq")),
    )
    protect("import_parts")
    op.execute(
        f"""
        insert into import_parts (org_id, id, import_id, no, content)
        select org_id, gen_random_uuid(), id, no, substring(content from no * {PART_BYTES} + 1 for {PART_BYTES})
          from imports, generate_series(0, (length(content) - 1) / {PART_BYTES}) as no
         where length(content) > 0
        """
    )
    op.drop_column("imports", "content")


def downgrade() -> None:
    op.add_column("imports", sa.Column("content", sa.LargeBinary(), nullable=True))
    op.execute(
        """
        update imports as i set content = p.content
          from (select org_id, import_id, string_agg(content, ''::bytea order by no) as content
                  from import_parts group by 1, 2) as p
         where p.org_id = i.org_id and p.import_id = i.id
        """
    )
    op.drop_table("import_parts")
