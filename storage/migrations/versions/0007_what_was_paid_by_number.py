"""Which payments were made by a phone number, so that each stays without a name, whatever is known later.

Guards: what was known by nothing but a number before stays so. The previous release runs with it as before, and what it
writes meanwhile is told by name.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ACCOUNTS_OF_ONE = 16


def upgrade() -> None:
    op.create_table(
        "unnamed",
        sa.Column("transfer", BIG, autoincrement=False, nullable=False),
        sa.Column("member", BIG, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("transfer", name=op.f("pk_unnamed")))
    op.execute(f"""
        INSERT INTO unnamed(transfer, member)
        SELECT transfers.id, pairs.sender FROM transfers JOIN pairs ON pairs.by_number = 1 AND (
            transfers.kind IN ('send', 'claim') AND pairs.sender = transfers.debit / {ACCOUNTS_OF_ONE}
                AND pairs.receiver = transfers.credit / {ACCOUNTS_OF_ONE}
            OR transfers.kind = 'giveback' AND pairs.sender = transfers.credit / {ACCOUNTS_OF_ONE}
                AND pairs.receiver = transfers.debit / {ACCOUNTS_OF_ONE})""")  # noqa: S608 - all of it stands here


def downgrade() -> None:
    op.drop_table("unnamed")
