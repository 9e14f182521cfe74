"""Holds that know on which day they were counted among what was paid without the PIN, and where they are offered.

Guards: what waits already is counted as it was and stays so. The previous release runs with it as before; what it sets
aside meanwhile stays counted when it comes back, and is offered where nobody changes it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("holds", sa.Column("pinless_on", sa.Integer(), server_default="0", nullable=False))
    op.add_column("holds", sa.Column("offer", BIG, server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("holds", "offer")
    op.drop_column("holds", "pinless_on")
