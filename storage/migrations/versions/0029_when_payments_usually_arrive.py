"""After how many hours what a member sends arrives, where they say nothing of it.

Guards: whoever chose nothing pays at once, and so does everybody for whom the previous release sends.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("profiles", sa.Column("delay", sa.SmallInteger(), server_default=sa.text("0"), nullable=False))


def downgrade() -> None:
    op.drop_column("profiles", "delay")
