"""Which operator looked at an application's pictures last: only they may say yes to them.

Guards: what the previous release writes leaves it 0, by which the new one asks for a look first.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("applications", sa.Column("seen_by", BIG, nullable=False, server_default=sa.text("0")))


def downgrade() -> None:
    op.drop_column("applications", "seen_by")
