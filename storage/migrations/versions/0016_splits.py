"""Splits: what somebody asks others their shares of, and who has paid.

Guards: a share is paid once, by one transfer, and no place is taken twice; a split is complete exactly when all have
paid. The previous release runs with it as before.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LOOKED_UP: Final = ("member", "expires_at", "remind_at", "chat")
"""By what open splits are looked for."""


def upgrade() -> None:
    _create_splits()
    _create_split_shares()


def downgrade() -> None:
    for table in ("split_shares", "splits"):
        op.drop_table(table)


def _create_splits() -> None:
    op.create_table(
        "splits",
        _big("id"), _big("member"), _text("kind"), _big("amount"), _count("heads"), _count("payers"), _big("due"),
        _count("paid"), _big("collected"), _text("state"), _big("made_at"), _big("expires_at"), _big("remind_at"),
        _big("reminded_at"), _big("ended_at"), _big("chat"), _big("message"), _text("note"),
        sa.CheckConstraint("kind IN ('named', 'open')", name=op.f("ck_splits_kind")),
        sa.CheckConstraint("state IN ('open', 'complete', 'closed', 'expired')", name=op.f("ck_splits_state")),
        sa.CheckConstraint("payers > 0 AND due >= payers AND amount >= due AND heads >= payers",
                           name=op.f("ck_splits_amount")),
        sa.CheckConstraint("paid >= 0 AND paid <= payers AND collected >= paid AND due - collected >= payers - paid",
                           name=op.f("ck_splits_paid")),
        sa.CheckConstraint("(state = 'complete') = (paid = payers) AND (state <> 'complete' OR collected = due)"
                           " AND (state = 'open') = (ended_at = 0)", name=op.f("ck_splits_ended")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_splits")),
        postgresql_with={"fillfactor": "80"})
    for column in LOOKED_UP:
        op.create_index(f"ix_splits_open_{column}", "splits", [column], postgresql_where=sa.text("state = 'open'"),
                        sqlite_where=sa.text("state = 'open'"))


def _create_split_shares() -> None:
    op.create_table(
        "split_shares", _big("split"), _big("person"), _count("number"), _big("amount"), _big("member"),
        _big("transfer"),
        sa.CheckConstraint("number > 0", name=op.f("ck_split_shares_number")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_split_shares_amount")),
        sa.CheckConstraint("(member = 0) = (transfer = 0)", name=op.f("ck_split_shares_paid")),
        sa.PrimaryKeyConstraint("split", "person", name=op.f("pk_split_shares")),
        sqlite_with_rowid=False)
    op.create_index("uq_split_shares_number", "split_shares", ["split", "number"], unique=True)
    op.create_index("uq_split_shares_transfer", "split_shares", ["transfer"], unique=True,
                    postgresql_where=sa.text("transfer <> 0"), sqlite_where=sa.text("transfer <> 0"))


def _big(name: str) -> sa.Column[int]:
    return sa.Column(name, BIG, autoincrement=False, nullable=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)
