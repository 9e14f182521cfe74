"""What is open in a group is found by the group: its cards follow when it becomes another chat.

Guards: only what is open stands in these indexes. The previous release runs with them as before.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

OPEN: Final = sa.text("state = 'open'")
WITH_A_WORD: Final = sa.text("state = 'open' AND word <> ''")


def upgrade() -> None:
    for table in ("holds", "requests", "vouchers", "envelopes"):
        op.create_index(f"ix_{table}_open_chat", table, ["chat"], postgresql_where=OPEN, sqlite_where=OPEN)
    op.drop_index("ix_envelopes_open_word", table_name="envelopes")  # Those with a word are among the few of a group.


def downgrade() -> None:
    op.create_index("ix_envelopes_open_word", "envelopes", ["chat"], postgresql_where=WITH_A_WORD,
                    sqlite_where=WITH_A_WORD)
    for table in ("holds", "requests", "vouchers", "envelopes"):
        op.drop_index(f"ix_{table}_open_chat", table_name=table)
