"""What a group's administrators chose for it, and which of our messages there are to be cleared away when.

Guards: the numbers of a rule are none below 0. The previous release runs with it as before, by the
deployment's own rules.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "group_rules",
        _big("chat"), sa.Column("off", sa.Text(), nullable=False), _big("average"),
        sa.Column("shares", sa.Integer(), nullable=False), sa.Column("question", sa.SmallInteger(), nullable=False),
        sa.Column("delay", sa.Integer(), nullable=False), sa.Column("tidy", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("chat < 0 AND average >= 0 AND shares >= 0 AND delay >= 0 AND tidy >= 0",
                           name=op.f("ck_group_rules_numbers")),
        sa.CheckConstraint("question IN (0, 1)", name=op.f("ck_group_rules_question")),
        sa.PrimaryKeyConstraint("chat", name=op.f("pk_group_rules")),
        postgresql_with={"fillfactor": "80"})
    op.create_table(
        "leavings", _big("chat"), _big("message"), _big("due_at"),
        sa.PrimaryKeyConstraint("chat", "message", name=op.f("pk_leavings")),
        sqlite_with_rowid=False)
    op.create_index(op.f("ix_leavings_due_at"), "leavings", ["due_at"])


def downgrade() -> None:
    op.drop_table("leavings")
    op.drop_table("group_rules")


def _big(name: str) -> sa.Column[int]:
    return sa.Column(name, BIG, autoincrement=False, nullable=False)
