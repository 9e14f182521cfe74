"""Payments that come again: who pays whom how much on which days, and what became of each day.

Guards: nothing becomes of a day twice, and no payment stands for two days. The previous release runs with it as before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ACTIVE = "state = 'active'"
PAID = "transfer <> 0"


def upgrade() -> None:
    op.create_table(
        "schedules",
        _big("id"), _big("member"), _big("person"), _big("amount"), _text("note"), _small("by_number"), _text("unit"),
        _small("on_day"), _count("last_day"), _text("state"), _count("next_day"), _count("try_day"), _small("tries"),
        _count("told_day"), _big("created_at"), _big("ended_at"),
        sa.CheckConstraint("amount > 0", name=op.f("ck_schedules_amount")),
        sa.CheckConstraint("unit IN ('day', 'week', 'month')", name=op.f("ck_schedules_unit")),
        sa.CheckConstraint("state IN ('active', 'stopped', 'ended')", name=op.f("ck_schedules_state")),
        sa.CheckConstraint("(state = 'active') = (ended_at = 0)", name=op.f("ck_schedules_ended")),
        sa.CheckConstraint("try_day >= next_day AND tries >= 0", name=op.f("ck_schedules_tries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedules")),
        postgresql_with={"fillfactor": "80"})
    for column in ("member", "try_day", "next_day"):
        op.create_index(f"ix_schedules_active_{column}", "schedules", [column], postgresql_where=sa.text(ACTIVE),
                        sqlite_where=sa.text(ACTIVE))
    op.create_table(
        "runs", _big("schedule"), _count("day"), _big("transfer"), _big("at"),
        sa.PrimaryKeyConstraint("schedule", "day", name=op.f("pk_runs")), sqlite_with_rowid=False)
    op.create_index("uq_runs_transfer", "runs", ["transfer"], unique=True, postgresql_where=sa.text(PAID),
                    sqlite_where=sa.text(PAID))


def downgrade() -> None:
    op.drop_table("runs")
    op.drop_table("schedules")


def _big(name: str) -> sa.Column[int]:
    return sa.Column(name, BIG, autoincrement=False, nullable=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _small(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.SmallInteger(), nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)
