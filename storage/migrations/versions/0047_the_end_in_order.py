"""The end of it all: when the service closes, and who was told of it.

Guards: the previous release runs with it and knows of no end; `switch` gets a column with a default alone.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("switch", sa.Column("winds_down", BIG, nullable=False, server_default=sa.text("0")))
    op.create_table(
        "wind_downs",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("closes_at", BIG, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("after", BIG, nullable=False),
        sa.Column("told", BIG, nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("ended_at", BIG, nullable=False),
        sa.CheckConstraint("kind IN ('begun', 'off')", name=op.f("ck_wind_downs_kind")),
        sa.CheckConstraint("state IN ('open', 'done')", name=op.f("ck_wind_downs_state")),
        sa.CheckConstraint("(state = 'open') = (ended_at = 0)", name=op.f("ck_wind_downs_ended")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wind_downs")))


def downgrade() -> None:
    op.drop_table("wind_downs")
    op.drop_column("switch", "winds_down")
