"""An index of the drafts that wait in a message, by when they run out.

Guards: the clock finds them without walking through all drafts. The previous release runs with it as before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    placed = sa.text("state = 'open' AND message <> 0")
    op.create_index("ix_drafts_placed_expires_at", "drafts", ["expires_at"], unique=False, postgresql_where=placed,
                    sqlite_where=placed)


def downgrade() -> None:
    op.drop_index("ix_drafts_placed_expires_at", table_name="drafts")
