"""Whom members block.

The previous release runs with it: it asks and pays whoever blocks as it did before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("members", sa.Column("blocks", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.create_table(
        "blocks",
        sa.Column("owner", BIG, autoincrement=False, nullable=False),
        sa.Column("blocked", BIG, autoincrement=False, nullable=False),
        sa.Column("active", sa.SmallInteger(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.CheckConstraint("owner <> blocked", name=op.f("ck_blocks_another")),
        sa.CheckConstraint("active IN (0, 1)", name=op.f("ck_blocks_active")),
        sa.PrimaryKeyConstraint("owner", "blocked", name=op.f("pk_blocks")),
        postgresql_with={"fillfactor": "80"},
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("blocks")
    op.drop_column("members", "blocks")
