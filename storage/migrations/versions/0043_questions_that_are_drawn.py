"""Groups that want the question before a share opens drawn.

Guards: what groups chose stays; the previous release asks in words where a picture is wanted.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BEFORE: Final = "question IN (0, 1)"
AFTER: Final = "question IN (0, 1, 2)"


def upgrade() -> None:
    _change_rule(AFTER)


def downgrade() -> None:
    op.execute("UPDATE group_rules SET question = 1 WHERE question = 2")
    _change_rule(BEFORE)


def _change_rule(rule: str) -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_group_rules_question"), "group_rules", type_="check")
        op.create_check_constraint(op.f("ck_group_rules_question"), "group_rules", rule)
        return
    small = {"shares": sa.Integer(), "question": sa.SmallInteger(), "delay": sa.Integer(), "tidy": sa.SmallInteger()}
    op.create_table(  # SQLite can't change the rules of a table that is there.
        "group_rules_anew",
        sa.Column("chat", BIG, autoincrement=False, nullable=False), sa.Column("off", sa.Text(), nullable=False),
        sa.Column("average", BIG, nullable=False),
        *(sa.Column(name, kind, nullable=False) for name, kind in small.items()),
        sa.CheckConstraint("chat < 0 AND average >= 0 AND shares >= 0 AND delay >= 0 AND tidy >= 0",
                           name=op.f("ck_group_rules_numbers")),
        sa.CheckConstraint(rule, name=op.f("ck_group_rules_question")),
        sa.PrimaryKeyConstraint("chat", name=op.f("pk_group_rules")))
    listed = ", ".join(("chat", "off", "average", *small))
    op.execute(f"INSERT INTO group_rules_anew({listed}) SELECT {listed} FROM group_rules")  # noqa: S608 - see above
    op.drop_table("group_rules")
    op.rename_table("group_rules_anew", "group_rules")
