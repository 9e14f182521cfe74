"""Members who confirm what comes in, and holds that wait for their word.

Guards: a hold says what it waits for, and only one that waits for a member's word can be declined. The previous release
runs with it as before until somebody turns the setting on; from then on it would pay them at once.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

BEFORE: Final = {"purpose": "purpose IN ('claim')", "state": "state IN ('open', 'settled', 'released', 'expired')"}
AFTER: Final = {
    "purpose": "purpose IN ('claim', 'accept')",
    "state": "state IN ('open', 'settled', 'released', 'declined', 'expired')",
    "declined": "state <> 'declined' OR purpose = 'accept'",
}
"""The rules of `holds` that change, by name."""


def upgrade() -> None:
    op.add_column("members", sa.Column("confirm_incoming", sa.SmallInteger(), server_default="0", nullable=False))
    _change_rules(BEFORE, AFTER)
    op.add_column("holds", sa.Column("by_number", sa.SmallInteger(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("holds", "by_number")
    _change_rules(AFTER, BEFORE)
    op.drop_column("members", "confirm_incoming")


def _change_rules(old: dict[str, str], new: dict[str, str]) -> None:
    if op.get_bind().dialect.name == "sqlite":
        _made_anew(new)  # SQLite can't change the rules of a table that is there.
        return
    for name in old:
        op.drop_constraint(op.f(f"ck_holds_{name}"), "holds", type_="check")
    for name, rule in new.items():
        op.create_check_constraint(op.f(f"ck_holds_{name}"), "holds", rule)


def _made_anew(rules: dict[str, str]) -> None:
    names = ("id", "member", "purpose", "amount", "beneficiary", "transfer", "state", "expires_at", "ended_at",
             "ended_by", "chat", "message")
    op.create_table(
        "holds_anew",
        *(sa.Column(name, sa.Text() if name in ("purpose", "state") else BIG, autoincrement=False, nullable=False)
          for name in names),
        sa.CheckConstraint("(state = 'open') = (ended_by = 0)", name=op.f("ck_holds_ended")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_holds_amount")),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_holds_{name}")) for name, rule in rules.items()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )
    listed = ", ".join(names)
    op.execute(f"INSERT INTO holds_anew({listed}) SELECT {listed} FROM holds")  # noqa: S608 - all of it stands here
    op.drop_table("holds")
    op.rename_table("holds_anew", "holds")
    for name in ("beneficiary", "expires_at", "member"):
        op.create_index(f"ix_holds_open_{name}", "holds", [name], unique=False, sqlite_where=sa.text("state = 'open'"))
