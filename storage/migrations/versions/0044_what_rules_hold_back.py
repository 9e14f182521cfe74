"""What members usually do, what rules decided about payments, and money that waits until operators have looked.

The previous release runs with it: it neither counts nor judges, and lets nobody take what waits to be looked at but its
payer and the clock, who give it back.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BEFORE: Final = "purpose IN ('claim', 'accept', 'delay', 'frozen')"
AFTER: Final = "purpose IN ('claim', 'accept', 'delay', 'frozen', 'check')"
DECLINED: Final = "state <> 'declined' OR purpose IN ('accept', 'frozen')"
PAID: Final = ("hour", "hour_count", "hour_sum", "hour_new", "before_count", "before_sum", "before_new")
HABITS: Final = ("hour", "came_from", "came_sum", "before_from", "before_sum", "wrong_pins", "wrong_since", "reports",
                 "reports_since", "rang_at")


def upgrade() -> None:
    for name in PAID:
        op.add_column("counters", sa.Column(name, BIG, server_default=sa.text("0"), nullable=False))
    op.create_table(
        "habits",
        sa.Column("member", BIG, autoincrement=False, nullable=False),
        *(sa.Column(name, BIG, nullable=False) for name in HABITS),
        sa.PrimaryKeyConstraint("member", name=op.f("pk_habits")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_table(
        "interceptions",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        *(sa.Column(name, BIG, nullable=False) for name in ("member", "person", "amount")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("rule", "verdict", "facts", "state")),
        *(sa.Column(name, BIG, nullable=False) for name in ("at", "decided_at", "decided_by")),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('noted', 'open', 'released', 'sent_back', 'expired')",
                           name=op.f("ck_interceptions_state")),
        sa.CheckConstraint("(state IN ('noted', 'open')) = (decided_at = 0)", name=op.f("ck_interceptions_decided")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_interceptions_amount")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interceptions")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index("ix_interceptions_member", "interceptions", ["member"])
    op.create_index("ix_interceptions_open_at", "interceptions", ["at"], postgresql_where=sa.text("state = 'open'"),
                    sqlite_where=sa.text("state = 'open'"))
    _change_purposes(AFTER)


def downgrade() -> None:
    _change_purposes(BEFORE)
    op.drop_table("interceptions")
    op.drop_table("habits")
    for name in PAID:
        op.drop_column("counters", name)


def _change_purposes(rule: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        _made_anew({"purpose": rule, "declined": DECLINED})  # SQLite can't change the rules of a table that is there.
        return
    op.drop_constraint(op.f("ck_holds_purpose"), "holds", type_="check")
    op.create_check_constraint(op.f("ck_holds_purpose"), "holds", rule)


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
        sa.Column("counted_on", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("(state = 'open') = (ended_by = 0)", name=op.f("ck_holds_ended")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_holds_amount")),
        sa.CheckConstraint("state IN ('open', 'settled', 'released', 'declined', 'expired')",
                           name=op.f("ck_holds_state")),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_holds_{name}")) for name, rule in rules.items()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )
    listed = ", ".join((*names, *added, "card", "counted_on"))
    op.execute(f"INSERT INTO holds_anew({listed}) SELECT {listed} FROM holds")  # noqa: S608 - all of it stands here
    op.drop_table("holds")
    op.rename_table("holds_anew", "holds")
    for name in ("beneficiary", "chat", "expires_at", "member"):
        op.create_index(f"ix_holds_open_{name}", "holds", [name], unique=False, sqlite_where=sa.text("state = 'open'"))
    op.create_index("ix_holds_frozen_beneficiary", "holds", ["beneficiary"],
                    sqlite_where=sa.text("state = 'open' AND purpose = 'frozen'"))
