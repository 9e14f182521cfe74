"""Reports are found by whom they are about, open or not: that member reads nothing of them in the audit.

Guards: nothing but an index comes; the previous release runs with it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

REPORTS = sa.text("category = 'report'")


def upgrade() -> None:
    op.create_index("ix_tickets_report_subject", "tickets", ["subject"], postgresql_where=REPORTS, sqlite_where=REPORTS)


def downgrade() -> None:
    op.drop_index("ix_tickets_report_subject", "tickets")
