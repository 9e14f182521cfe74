"""What operators decided against members, and money that waits while whoever it is for is frozen.

Guards: of what waits only what its receiver had a word about can be declined, or what a ban keeps from arriving. The
previous release runs with it as before until somebody is penalised; from then on it would not see when that ends, and
would take no money for whoever is frozen.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BEFORE: Final = {"purpose": "purpose IN ('claim', 'accept', 'delay')",
                 "declined": "state <> 'declined' OR purpose = 'accept'"}
AFTER: Final = {"purpose": "purpose IN ('claim', 'accept', 'delay', 'frozen')",
                "declined": "state <> 'declined' OR purpose IN ('accept', 'frozen')"}
ENDING: Final = "ended_at = 0 AND until <> 0"


def upgrade() -> None:
    op.add_column("members", sa.Column("penalties", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.create_table(
        "penalties",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("member", BIG, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "direction", "reason", "note")),
        *(sa.Column(name, BIG, nullable=False) for name in ("at", "by", "until", "ended_at", "ended_by")),
        sa.Column("swept", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('warning', 'limited', 'frozen', 'banned')", name=op.f("ck_penalties_kind")),
        sa.CheckConstraint("direction IN ('', 'sending', 'receiving', 'envelopes')",
                           name=op.f("ck_penalties_direction")),
        sa.CheckConstraint("(kind = 'limited') = (direction <> '')", name=op.f("ck_penalties_limited")),
        sa.CheckConstraint("kind <> 'warning' OR ended_at = at", name=op.f("ck_penalties_warned")),
        sa.CheckConstraint("until = 0 OR until > at", name=op.f("ck_penalties_ends")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_penalties")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index("ix_penalties_member", "penalties", ["member"])
    op.create_index("ix_penalties_ending_until", "penalties", ["until"], postgresql_where=sa.text(ENDING),
                    sqlite_where=sa.text(ENDING))
    op.create_index("ix_penalties_unswept_at", "penalties", ["at"], postgresql_where=sa.text("swept = 0"),
                    sqlite_where=sa.text("swept = 0"))
    _change_rules(AFTER)


def downgrade() -> None:
    _change_rules(BEFORE)
    op.drop_table("penalties")
    op.drop_column("members", "penalties")


def _change_rules(rules: dict[str, str]) -> None:
    if op.get_bind().dialect.name == "sqlite":
        _made_anew(rules)  # SQLite can't change the rules of a table that is there.
        return
    for name, rule in rules.items():
        op.drop_constraint(op.f(f"ck_holds_{name}"), "holds", type_="check")
        op.create_check_constraint(op.f(f"ck_holds_{name}"), "holds", rule)


def _made_anew(rules: dict[str, str]) -> None:
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
        *(sa.CheckConstraint(rule, name=op.f(f"ck_holds_{name}")) for name, rule in rules.items()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )
    listed = ", ".join((*names, *added, "card"))
    op.execute(f"INSERT INTO holds_anew({listed}) SELECT {listed} FROM holds")  # noqa: S608 - all of it stands here
    op.drop_table("holds")
    op.rename_table("holds_anew", "holds")
    for name in ("beneficiary", "expires_at", "member"):
        op.create_index(f"ix_holds_open_{name}", "holds", [name], unique=False, sqlite_where=sa.text("state = 'open'"))
