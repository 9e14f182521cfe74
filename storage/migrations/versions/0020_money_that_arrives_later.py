"""Holds for money that arrives later, because its payer wanted time to take it back.

Guards: only a hold that waits for a member's word can be declined. The previous release runs with it as before until
somebody chooses a delay; from then on it would give back at its time what should arrive.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BEFORE: Final = "purpose IN ('claim', 'accept')"
AFTER: Final = "purpose IN ('claim', 'accept', 'delay')"


def upgrade() -> None:
    _change_rule(AFTER)


def downgrade() -> None:
    _change_rule(BEFORE)


def _change_rule(rule: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        _made_anew(rule)  # SQLite can't change the rules of a table that is there.
        return
    op.drop_constraint(op.f("ck_holds_purpose"), "holds", type_="check")
    op.create_check_constraint(op.f("ck_holds_purpose"), "holds", rule)


def _made_anew(rule: str) -> None:
    names = ("id", "member", "purpose", "amount", "beneficiary", "transfer", "state", "expires_at", "ended_at",
             "ended_by", "chat", "message")
    added = {"by_number": sa.SmallInteger(), "pinless_on": sa.Integer(), "offer": BIG}
    op.create_table(
        "holds_anew",
        *(sa.Column(name, sa.Text() if name in ("purpose", "state") else BIG, autoincrement=False, nullable=False)
          for name in names),
        *(sa.Column(name, kind, server_default="0", nullable=False) for name, kind in added.items()),
        sa.Column("card", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("(state = 'open') = (ended_by = 0)", name=op.f("ck_holds_ended")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_holds_amount")),
        sa.CheckConstraint("state IN ('open', 'settled', 'released', 'declined', 'expired')",
                           name=op.f("ck_holds_state")),
        sa.CheckConstraint("state <> 'declined' OR purpose = 'accept'", name=op.f("ck_holds_declined")),
        sa.CheckConstraint(rule, name=op.f("ck_holds_purpose")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )
    listed = ", ".join((*names, *added, "card"))
    op.execute(f"INSERT INTO holds_anew({listed}) SELECT {listed} FROM holds")  # noqa: S608 - all of it stands here
    op.drop_table("holds")
    op.rename_table("holds_anew", "holds")
    for name in ("beneficiary", "expires_at", "member"):
        op.create_index(f"ix_holds_open_{name}", "holds", [name], unique=False, sqlite_where=sa.text("state = 'open'"))
