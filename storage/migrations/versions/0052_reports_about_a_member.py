"""Open tickets are found by what they are about: a member's card shows the reports about them.

Guards: nothing but an index comes; the previous release runs with it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    op.create_index("ix_tickets_open_subject", "tickets", ["subject"], postgresql_where=OPEN, sqlite_where=OPEN)


def downgrade() -> None:
    op.drop_index("ix_tickets_open_subject", "tickets")
