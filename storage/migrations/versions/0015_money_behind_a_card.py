"""Envelopes, and money that waits for whoever takes it first, whose card was sent through us into any chat.

Guards: what was made before stands where it stood. The previous release runs with it as before; what hangs on such a
card can't be opened or taken by it, and goes back in its time.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("envelopes", "holds"):
        op.add_column(table, sa.Column("card", sa.Text(), server_default=sa.text("''"), nullable=False))


def downgrade() -> None:
    for table in ("holds", "envelopes"):
        op.drop_column(table, "card")
