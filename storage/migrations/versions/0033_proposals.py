"""Proposals of operators, and the corrections that come of them.

Guards: what operators gave more than they took is the house's loss, so its account for that may go below zero, as the
clearing account may. The previous release runs with it and knows of none of this.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BEFORE: Final = "balance >= 0 OR kind IN (8)"
AFTER: Final = "balance >= 0 OR kind IN (8, 11)"


def upgrade() -> None:
    op.create_table(
        "proposals",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("deed", sa.Text(), nullable=False),
        sa.Column("member", BIG, nullable=False),
        sa.Column("maker", BIG, nullable=False),
        sa.Column("checker", BIG, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_at", BIG, nullable=False),
        sa.Column("expires_at", BIG, nullable=False),
        sa.Column("ended_at", BIG, nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'approved', 'rejected', 'expired')", name=op.f("ck_proposals_state")),
        sa.CheckConstraint("(state = 'open') = (ended_at = 0)", name=op.f("ck_proposals_ended")),
        sa.CheckConstraint("(state IN ('approved', 'rejected')) = (checker <> 0)", name=op.f("ck_proposals_checker")),
        sa.CheckConstraint("state <> 'approved' OR checker <> maker", name=op.f("ck_proposals_two")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        postgresql_with={"fillfactor": "80"})
    op.create_index("ix_proposals_open_expires_at", "proposals", ["expires_at"],
                    postgresql_where=sa.text("state = 'open'"), sqlite_where=sa.text("state = 'open'"))
    op.create_table(
        "adjustments",
        sa.Column("transfer", BIG, autoincrement=False, nullable=False),
        sa.Column("proposal", BIG, nullable=False),
        sa.Column("receipt", BIG, nullable=False),
        sa.PrimaryKeyConstraint("transfer", name=op.f("pk_adjustments")),
        sa.UniqueConstraint("proposal", name=op.f("uq_adjustments_proposal")))
    _may_go_below_zero(AFTER)


def downgrade() -> None:
    _may_go_below_zero(BEFORE)
    op.drop_table("adjustments")
    op.drop_table("proposals")


def _may_go_below_zero(rule: str) -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_accounts_balance"), "accounts", type_="check")
        op.create_check_constraint(op.f("ck_accounts_balance"), "accounts", rule)
        return
    op.create_table(  # SQLite can't change the rules of a table that is there.
        "accounts_anew",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("balance", BIG, nullable=False),
        sa.Column("entries", BIG, nullable=False),
        sa.CheckConstraint(rule, name=op.f("ck_accounts_balance")),
        sa.CheckConstraint("kind = id % 16", name=op.f("ck_accounts_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")))
    op.execute("INSERT INTO accounts_anew(id, kind, balance, entries) SELECT id, kind, balance, entries FROM accounts")
    op.drop_table("accounts")
    op.rename_table("accounts_anew", "accounts")
