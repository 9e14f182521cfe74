"""Under which card a draft was asked, and which transfer paid what it asks for.

Guards: what waits under a card ends in its time, and a request on a card that was paid names its payment. Drafts that
are there know no card: they end when they are pressed, as before, and are neither counted nor compared. The previous
release runs with it, but ties no payment of a request made by this one to it, which reconciling would name.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BEFORE: Final = "state = 'open' AND message <> 0"
AFTER: Final = "state = 'open' AND (message <> 0 OR card <> '')"
PAID: Final = "transfer <> 0"


def upgrade() -> None:
    op.add_column("drafts", sa.Column("card", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("drafts", sa.Column("transfer", BIG, server_default="0", nullable=False))
    op.drop_index("ix_drafts_placed_expires_at", table_name="drafts")
    op.create_index("ix_drafts_shown_expires_at", "drafts", ["expires_at"], postgresql_where=sa.text(AFTER),
                    sqlite_where=sa.text(AFTER))
    op.create_index("uq_drafts_transfer", "drafts", ["transfer"], unique=True, postgresql_where=sa.text(PAID),
                    sqlite_where=sa.text(PAID))


def downgrade() -> None:
    op.drop_index("uq_drafts_transfer", table_name="drafts")
    op.drop_index("ix_drafts_shown_expires_at", table_name="drafts")
    op.create_index("ix_drafts_placed_expires_at", "drafts", ["expires_at"], postgresql_where=sa.text(BEFORE),
                    sqlite_where=sa.text(BEFORE))
    op.drop_column("drafts", "transfer")
    op.drop_column("drafts", "card")
    op.execute("DELETE FROM tallies WHERE what = 'appeals'")
