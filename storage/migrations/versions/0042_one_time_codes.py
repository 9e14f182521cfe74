"""One-time codes, with which operators sign.

Guards: secrets are sealed with the member's key; the previous release runs with this table and leaves it alone.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "one_time_codes",
        sa.Column("member", BIG, autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("since", BIG, nullable=False),
        sa.Column("step", BIG, nullable=False),
        sa.PrimaryKeyConstraint("member", name=op.f("pk_one_time_codes")))


def downgrade() -> None:
    op.drop_table("one_time_codes")
