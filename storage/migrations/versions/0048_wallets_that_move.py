"""Wallets that move to another Telegram account of their owner.

Guards: two members change their accounts in one statement, in the middle of which both have the same; so that each has
one wallet is seen to by the claims, whose key it is, and no longer by this table. The previous release runs with it and
moves nothing.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "moves",
        sa.Column("member", BIG, autoincrement=False, nullable=False),
        sa.Column("person", BIG, nullable=False),
        sa.Column("asker", BIG, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", BIG, nullable=False),
        sa.Column("ready_at", BIG, nullable=False),
        sa.Column("due_at", BIG, nullable=False),
        sa.CheckConstraint("state IN ('asked', 'objected', 'rejected', 'expired', 'moved', 'done')",
                           name=op.f("ck_moves_state")),
        sa.CheckConstraint("(state IN ('asked', 'moved')) = (due_at <> 0)", name=op.f("ck_moves_due")),
        sa.PrimaryKeyConstraint("member", name=op.f("pk_moves")))
    op.create_index("ix_moves_due_due_at", "moves", ["due_at"],
                    postgresql_where=sa.text("due_at <> 0"), sqlite_where=sa.text("due_at <> 0"))
    op.create_table(
        "former_accounts",
        sa.Column("member", BIG, autoincrement=False, nullable=False),
        sa.Column("telegram_id", BIG, autoincrement=False, nullable=False),
        sa.Column("until", BIG, nullable=False),
        sa.PrimaryKeyConstraint("member", "telegram_id", name=op.f("pk_former_accounts")),
        sqlite_with_rowid=False)
    _one_wallet_each(unique=False)


def downgrade() -> None:
    _one_wallet_each(unique=True)
    op.drop_table("former_accounts")
    op.drop_table("moves")


def _one_wallet_each(*, unique: bool) -> None:
    """Whether the table itself sees to it that each account has one wallet."""
    if op.get_bind().dialect.name == "sqlite":
        _made_anew(unique=unique)  # SQLite can't change the rules of a table that is there.
    elif unique:
        op.drop_index("ix_members_telegram_id", "members")
        op.create_unique_constraint(op.f("uq_members_telegram_id"), "members", ["telegram_id"])
    else:
        op.create_index("ix_members_telegram_id", "members", ["telegram_id"])
        op.drop_constraint(op.f("uq_members_telegram_id"), "members", type_="unique")


def _made_anew(*, unique: bool) -> None:
    kinds: dict[str, Any] = {
        "state": sa.Text(), "step": sa.Text(), "language": sa.Text(), "accepted": sa.Text(), "payload": sa.Text(),
        "level": sa.SmallInteger(), "restrictions": sa.Integer(), "waiting": sa.Integer()}
    names = ("id", "telegram_id", "state", "step", "language", "level", "accepted", "no_pin_limit", "restrictions",
             "restricted_until", "payload", "waiting", "joined_at", "created_at")
    added: dict[str, Any] = {
        "confirm_incoming": sa.SmallInteger(), "penalties": sa.Text(), "blocks": sa.Integer(),
        "safeguards": sa.SmallInteger(), "used_on": sa.Integer()}
    op.create_table(
        "members_anew",
        *(sa.Column(name, kinds.get(name, BIG), autoincrement=False, nullable=False) for name in names),
        *(sa.Column(name, kind, server_default=sa.text("''") if name == "penalties" else sa.text("0"), nullable=False)
          for name, kind in added.items()),
        sa.CheckConstraint("language IN ('en', 'zh_CN')", name=op.f("ck_members_language")),
        sa.CheckConstraint("state IN ('joining', 'active', 'frozen', 'banned', 'dormant', 'closed')",
                           name=op.f("ck_members_state")),
        sa.CheckConstraint("waiting >= 0", name=op.f("ck_members_waiting")),
        *([sa.UniqueConstraint("telegram_id", name=op.f("uq_members_telegram_id"))] if unique else []),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")))
    listed = ", ".join((*names, *added))
    op.execute(f"INSERT INTO members_anew({listed}) SELECT {listed} FROM members")  # noqa: S608 - all of it stands here
    op.drop_table("members")
    op.rename_table("members_anew", "members")
    op.create_index("ix_members_active_used_on", "members", ["used_on"], sqlite_where=sa.text("state = 'active'"))
    if not unique:
        op.create_index("ix_members_telegram_id", "members", ["telegram_id"])
