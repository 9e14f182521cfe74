"""QQ numbers that members state, and whether minors heard that their guardian's wallet is stopped.

Guards: the number is sealed; the previous release runs with it, shows none and tells nobody.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "contacts",
        sa.Column("member", BIG, autoincrement=False, nullable=False),
        sa.Column("qq", sa.LargeBinary(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("member", name=op.f("pk_contacts")))
    op.add_column("wards", sa.Column("away", sa.SmallInteger(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("wards", "away")
    op.drop_table("contacts")
