"""Where cards stand on which operators decide, so that they are closed when it is decided elsewhere.

Guards: a new table and nothing else; the previous release goes on as before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "desk_cards", sa.Column("chat", BIG, autoincrement=False, nullable=False),
        sa.Column("message", BIG, autoincrement=False, nullable=False), sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", BIG, nullable=False),
        sa.CheckConstraint("kind IN ('proposal', 'held')", name=op.f("ck_desk_cards_kind")),
        sa.PrimaryKeyConstraint("chat", "message", name=op.f("pk_desk_cards")), sqlite_with_rowid=False)


def downgrade() -> None:
    op.drop_table("desk_cards")
