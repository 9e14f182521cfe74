"""What the cover of a red envelope is for, where its maker chose it.

Guards: those that there are keep the cover that fits the day when they were made. The previous release runs with it as
before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("envelopes", sa.Column("theme", sa.Text(), server_default=sa.text("''"), nullable=False))


def downgrade() -> None:
    op.drop_column("envelopes", "theme")
