"""Requests for money: who asks whom, for how much, and what became of it; and tallies, by which they are bounded.

Guards: a request that was paid names its transfer, and no transfer pays two. The previous release runs with it as
before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN = "state = 'open'"
TO_REMIND = "state = 'open' AND remind_at <> 0"
PAID = "transfer <> 0"


def upgrade() -> None:
    op.create_table(
        "requests",
        _big("id"), _big("member"), _big("person"), _big("amount"), _text("note"),
        sa.Column("by_number", sa.SmallInteger(), nullable=False), _text("state"), _big("created_at"),
        _big("remind_at"), _big("expires_at"), _big("ended_at"), _big("transfer"), _big("chat"), _big("message"),
        _big("offer"),
        sa.CheckConstraint("amount > 0", name=op.f("ck_requests_amount")),
        sa.CheckConstraint("state IN ('open', 'paid', 'declined', 'withdrawn', 'expired')",
                           name=op.f("ck_requests_state")),
        sa.CheckConstraint("(state = 'open') = (ended_at = 0)", name=op.f("ck_requests_ended")),
        sa.CheckConstraint("(state = 'paid') = (transfer <> 0)", name=op.f("ck_requests_paid")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requests")),
        postgresql_with={"fillfactor": "80"})
    for column in ("member", "person", "expires_at"):
        op.create_index(f"ix_requests_open_{column}", "requests", [column], postgresql_where=sa.text(OPEN),
                        sqlite_where=sa.text(OPEN))
    op.create_index("ix_requests_reminded_remind_at", "requests", ["remind_at"], postgresql_where=sa.text(TO_REMIND),
                    sqlite_where=sa.text(TO_REMIND))
    op.create_index("uq_requests_transfer", "requests", ["transfer"], unique=True, postgresql_where=sa.text(PAID),
                    sqlite_where=sa.text(PAID))
    op.create_table(
        "tallies", _big("member"), _text("what"), _count("open"), _count("day"), _count("began"),
        sa.CheckConstraint("open >= 0 AND began > 0", name=op.f("ck_tallies_counts")),
        sa.PrimaryKeyConstraint("member", "what", name=op.f("pk_tallies")),
        postgresql_with={"fillfactor": "80"}, sqlite_with_rowid=False)


def downgrade() -> None:
    op.drop_table("tallies")
    op.drop_table("requests")


def _big(name: str) -> sa.Column[int]:
    return sa.Column(name, BIG, autoincrement=False, nullable=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)
