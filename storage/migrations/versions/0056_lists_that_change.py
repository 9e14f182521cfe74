"""How far names are compared with the screening list in force.

Guards: what was given before is compared with the next list that a process starts with. The previous release runs with
it: whom it takes in is compared later.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("identities", sa.Column("screened", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.create_table(
        "name_lists",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        *(sa.Column(name, BIG, nullable=False) for name in ("since", "after", "compared", "found", "ended_at")),
        sa.CheckConstraint("id = 1", name=op.f("ck_name_lists_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_name_lists")),
        postgresql_with={"fillfactor": "80"})


def downgrade() -> None:
    op.drop_table("name_lists")
    op.drop_column("identities", "screened")
