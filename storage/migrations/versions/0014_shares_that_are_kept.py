"""Shares of red envelopes that are kept for people who have yet to join.

Guards: none is kept of the envelopes that there are. The previous release runs with it as before; to it a share that is
kept may be opened by anybody, and what comes of that is that fewer are left for those whom this one keeps them for.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEPT = "state = 'kept'"


def upgrade() -> None:
    op.add_column("envelopes", sa.Column("kept", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.create_table(
        "kept_shares",
        sa.Column("envelope", BIG, autoincrement=False, nullable=False),
        sa.Column("person", BIG, autoincrement=False, nullable=False),
        sa.Column("until", BIG, nullable=False), sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('kept', 'opened', 'returned')", name=op.f("ck_kept_shares_state")),
        sa.PrimaryKeyConstraint("envelope", "person", name=op.f("pk_kept_shares")),
        postgresql_with={"fillfactor": "80"}, sqlite_with_rowid=False)
    op.create_index("ix_kept_shares_kept_until", "kept_shares", ["until"], postgresql_where=sa.text(KEPT),
                    sqlite_where=sa.text(KEPT))


def downgrade() -> None:
    op.drop_table("kept_shares")
    op.drop_column("envelopes", "kept")
