"""Who answers for whom.

The previous release runs with it; it lets no minor join, so nothing of theirs goes out through it unjudged.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
GUARDED = sa.text("guardian <> 0")
FREE = sa.text("free_on <> 0")


def upgrade() -> None:
    op.create_table(
        "wards",
        sa.Column("member", BIG, autoincrement=False, nullable=False),
        *(sa.Column(name, BIG, nullable=False) for name in ("guardian", "payment", "day", "month")),
        sa.Column("free_on", sa.Integer(), nullable=False),
        sa.Column("since", BIG, nullable=False),
        sa.CheckConstraint("payment >= 0 AND day >= 0 AND month >= 0", name=op.f("ck_wards_amounts")),
        sa.CheckConstraint("guardian <> member", name=op.f("ck_wards_guardian")),
        sa.PrimaryKeyConstraint("member", name=op.f("pk_wards")),
        postgresql_with={"fillfactor": "80"})
    op.create_index("ix_wards_guardian", "wards", ["guardian"], postgresql_where=GUARDED, sqlite_where=GUARDED)
    op.create_index("ix_wards_free_on", "wards", ["free_on"], postgresql_where=FREE, sqlite_where=FREE)


def downgrade() -> None:
    op.drop_index("ix_wards_free_on", "wards")
    op.drop_index("ix_wards_guardian", "wards")
    op.drop_table("wards")
