"""Of whom somebody knows nothing but the phone number.

Guards: whoever was paid before is known by name, as they were shown. The previous release runs with it as before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pairs", sa.Column("by_number", sa.SmallInteger(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("pairs", "by_number")
