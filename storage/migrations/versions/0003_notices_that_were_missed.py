"""An index of the notices that nobody could be told, by whom they are for.

Guards: whoever comes back is told without walking through what all others missed. The previous release runs with it as
before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    missed = sa.text("state = 'undeliverable'")
    op.create_index("ix_notices_undeliverable_reader", "notices", ["member", "telegram_id"], unique=False,
                    postgresql_where=missed, sqlite_where=missed)


def downgrade() -> None:
    op.drop_index("ix_notices_undeliverable_reader", table_name="notices")
