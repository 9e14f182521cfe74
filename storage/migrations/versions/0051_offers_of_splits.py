"""Where somebody who is not named was shown that they can take a place of a split.

Guards: that message offers it no more when the split is over. Those that were shown before keep what they have, which
changes when it is pressed; the previous release runs with it and remembers no such message.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STANDING = sa.text("offers > 0 AND state <> 'open'")


def upgrade() -> None:
    op.add_column("splits", sa.Column("offers", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.create_index("ix_splits_over_offers", "splits", ["ended_at"], postgresql_where=STANDING, sqlite_where=STANDING)
    op.create_table(
        "split_offers", *(sa.Column(name, BIG, autoincrement=False, nullable=False)
                          for name in ("split", "person", "message")),
        sa.PrimaryKeyConstraint("split", "person", name=op.f("pk_split_offers")), sqlite_with_rowid=False)


def downgrade() -> None:
    op.drop_table("split_offers")
    op.drop_index("ix_splits_over_offers", "splits")
    op.drop_column("splits", "offers")
