"""Vouchers: what went in, who redeemed it, and who guessed at its password how often.

Guards: nobody redeems one twice, and one that is over holds nothing. The previous release runs with it as before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _create_vouchers()
    op.create_table(
        "voucher_uses", _big("voucher"), _big("member"), _count("number"), _big("transfer"),
        sa.CheckConstraint("number > 0", name=op.f("ck_voucher_uses_number")),
        sa.PrimaryKeyConstraint("voucher", "member", name=op.f("pk_voucher_uses")),
        sqlite_with_rowid=False)
    op.create_index("uq_voucher_uses_number", "voucher_uses", ["voucher", "number"], unique=True)
    op.create_table(
        "voucher_tries", _big("voucher"), _big("member"), _count("tries"),
        sa.CheckConstraint("tries > 0", name=op.f("ck_voucher_tries_tries")),
        sa.PrimaryKeyConstraint("voucher", "member", name=op.f("pk_voucher_tries")),
        sqlite_with_rowid=False)


def downgrade() -> None:
    for table in ("voucher_tries", "voucher_uses", "vouchers"):
        op.drop_table(table)


def _create_vouchers() -> None:
    op.create_table(
        "vouchers",
        _big("id"), _big("member"), _big("amount"), _count("uses"), _count("used"), _big("returned"), _text("state"),
        _big("transfer"), _big("only"), _text("nonce"), _text("password"), _count("tries"), _big("expires_at"),
        _big("ended_at"), _big("ended_by"), _big("chat"), _big("message"), _count("pinless_on"),
        sa.CheckConstraint("state IN ('open', 'used', 'withdrawn', 'expired')", name=op.f("ck_vouchers_state")),
        sa.CheckConstraint("amount > 0 AND uses > 0 AND used >= 0 AND used <= uses AND tries >= 0",
                           name=op.f("ck_vouchers_amount")),
        sa.CheckConstraint(
            "CASE state WHEN 'open' THEN used < uses AND returned = 0 AND ended_by = 0"
            " WHEN 'used' THEN used = uses AND returned = 0 AND ended_by = 0"
            " ELSE used < uses AND returned = amount * (uses - used) AND ended_by <> 0 END",
            name=op.f("ck_vouchers_ended")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vouchers")),
        postgresql_with={"fillfactor": "80"})
    op.create_index("ix_vouchers_open_expires_at", "vouchers", ["expires_at"],
                    postgresql_where=sa.text("state = 'open'"), sqlite_where=sa.text("state = 'open'"))
    op.create_index("ix_vouchers_member", "vouchers", ["member"])


def _big(name: str) -> sa.Column[int]:
    return sa.Column(name, BIG, autoincrement=False, nullable=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)
