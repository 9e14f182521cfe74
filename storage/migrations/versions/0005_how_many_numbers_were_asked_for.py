"""Which phone numbers somebody named on a day, as digests that mean nothing elsewhere.

Guards: the bound on trying numbers holds over processes and restarts. The previous release runs with it as before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "asked_numbers",
        sa.Column("asker", BIG, autoincrement=False, nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("asker", "day", "digest", name=op.f("pk_asked_numbers")),
        sqlite_with_rowid=False)


def downgrade() -> None:
    op.drop_table("asked_numbers")
