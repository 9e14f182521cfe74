"""What the days came to: sums that the clock adds up, so that nobody has to add up movements to know them.

Guards: the previous release runs with it and counts nothing; what it moved meanwhile is counted later.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "day_sums",
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("number", BIG, nullable=False),
        sa.Column("amount", BIG, nullable=False),
        sa.CheckConstraint("number > 0 AND amount >= 0", name=op.f("ck_day_sums_sums")),
        sa.PrimaryKeyConstraint("day", "what", name=op.f("pk_day_sums")),
        postgresql_with={"fillfactor": "80"}, sqlite_with_rowid=False)
    op.create_table(
        "active_members",
        sa.Column("member", BIG, autoincrement=False, nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("member", name=op.f("pk_active_members")))
    op.create_index(op.f("ix_active_members_day"), "active_members", ["day"])
    op.create_table(
        "counted_lanes",
        sa.Column("lane", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("upto", BIG, nullable=False),
        sa.PrimaryKeyConstraint("lane", name=op.f("pk_counted_lanes")),
        postgresql_with={"fillfactor": "80"})
    op.create_index(op.f("ix_penalties_running_at"), "penalties", ["at"],
                    postgresql_where=sa.text("ended_at = 0"), sqlite_where=sa.text("ended_at = 0"))


def downgrade() -> None:
    op.drop_index(op.f("ix_penalties_running_at"), "penalties")
    op.drop_table("counted_lanes")
    op.drop_table("active_members")
    op.drop_table("day_sums")
