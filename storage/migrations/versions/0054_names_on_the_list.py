"""Whose names may stand on the screening list, and what operators found.

Guards: neither name is kept. The previous release runs with it and looks at none of it: what is held for such a name
it lets go.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAITS = "state IN ('open', 'pending')"


def upgrade() -> None:
    op.create_table(
        "hits",
        sa.Column("member", BIG, autoincrement=False, nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.Column("likeness", sa.SmallInteger(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("found_at", BIG, nullable=False),
        *(sa.Column(name, BIG, nullable=False) for name in ("operator", "second")),
        sa.Column("reason", sa.Text(), nullable=False),
        *(sa.Column(name, BIG, nullable=False) for name in ("decided_at", "proposal", "penalty")),
        sa.CheckConstraint("state IN ('open', 'pending', 'cleared', 'confirmed')", name=op.f("ck_hits_state")),
        sa.CheckConstraint(f"({WAITS}) = (decided_at = 0)", name=op.f("ck_hits_decided")),
        sa.CheckConstraint("(state = 'open') = (operator = 0)", name=op.f("ck_hits_operator")),
        sa.CheckConstraint("(state = 'confirmed') = (second <> 0) AND (second = 0 OR second <> operator)",
                           name=op.f("ck_hits_two")),
        sa.CheckConstraint("likeness BETWEEN 0 AND 100", name=op.f("ck_hits_likeness")),
        sa.PrimaryKeyConstraint("member", "entry", name=op.f("pk_hits")),
        sa.UniqueConstraint("id", name=op.f("uq_hits_id")),
        postgresql_with={"fillfactor": "80"}, sqlite_with_rowid=False)
    op.create_index("ix_hits_waiting_found_at", "hits", ["found_at"], postgresql_where=sa.text(WAITS),
                    sqlite_where=sa.text(WAITS))


def downgrade() -> None:
    op.drop_table("hits")
