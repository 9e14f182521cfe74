"""Red envelopes that one person alone may open, or whoever says a word.

Guards: those that there are stay open to everybody. The previous release runs with it as before; to it an envelope for
one, or with a word, is open to everybody in its group, so none should be made before all processes run this one.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WITH_A_WORD = "state = 'open' AND word <> ''"


def upgrade() -> None:
    op.add_column("envelopes", sa.Column("beneficiary", BIG, server_default=sa.text("0"), nullable=False))
    op.add_column("envelopes", sa.Column("word", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.create_index("ix_envelopes_open_word", "envelopes", ["chat"], postgresql_where=sa.text(WITH_A_WORD),
                    sqlite_where=sa.text(WITH_A_WORD))


def downgrade() -> None:
    op.drop_index("ix_envelopes_open_word", table_name="envelopes")
    op.drop_column("envelopes", "word")
    op.drop_column("envelopes", "beneficiary")
