"""Money that waits for whoever is frozen, found without looking at all that waits.

Guards: nothing but speed; the previous release runs with it as before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

FROZEN = "state = 'open' AND purpose = 'frozen'"


def upgrade() -> None:
    op.create_index("ix_holds_frozen_beneficiary", "holds", ["beneficiary"], postgresql_where=sa.text(FROZEN),
                    sqlite_where=sa.text(FROZEN))


def downgrade() -> None:
    op.drop_index("ix_holds_frozen_beneficiary", table_name="holds")
