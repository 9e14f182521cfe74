"""Where somebody is asked for their share of a split in private.

Guards: that message asks no more when there is nothing left to pay. Those who were asked before keep what they have,
which changes when it is pressed; the previous release runs with it and remembers no such message.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("split_shares", sa.Column("offer", BIG, server_default=sa.text("0"), nullable=False))


def downgrade() -> None:
    op.drop_column("split_shares", "offer")
