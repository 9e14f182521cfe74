"""What came to a member lately moves into their account's row, which whoever pays them writes anyway, and whether there
is anything else to be found of them becomes a mark in the member's row.

The previous release must not run beside it: it looks for what came in the rows that hold it no more.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
CAME: Final = ("hour", "came_from", "came_sum", "before_from", "before_sum")


def upgrade() -> None:
    _add("accounts")
    _move("accounts", "habits", "accounts.id = habits.member * 16")
    for name in CAME:
        op.drop_column("habits", name)
    op.execute("UPDATE members SET safeguards = safeguards + 64"
               " WHERE id IN (SELECT member FROM habits WHERE wrong_pins > 0 OR reports > 0)")


def downgrade() -> None:
    op.execute("UPDATE members SET safeguards = safeguards - 64 WHERE safeguards >= 64")
    _add("habits")
    op.execute("INSERT INTO habits(member, wrong_pins, wrong_since, reports, reports_since, rang_at)"
               " SELECT id / 16, 0, 0, 0, 0, 0 FROM accounts WHERE hour > 0 ON CONFLICT (member) DO NOTHING")
    _move("habits", "accounts", "accounts.id = habits.member * 16")
    for name in CAME:
        op.drop_column("accounts", name)


def _add(table: str) -> None:
    for name in CAME:
        op.add_column(table, sa.Column(name, BIG, server_default=sa.text("0"), nullable=False))


def _move(to: str, table: str, where: str) -> None:
    changes = ", ".join(f"{name} = {table}.{name}" for name in CAME)
    op.execute(f"UPDATE {to} SET {changes} FROM {table} WHERE {where}")  # noqa: S608 - all of it stands here
