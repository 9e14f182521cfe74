"""Who members are: name and ID number, and their documents.

Guards: both are sealed with the member's key; a number belongs to one wallet by a claim, as a phone number does. The
previous release runs with this table and leaves it alone.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    op.create_table(
        "identities",
        sa.Column("member", BIG, autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("given_at", BIG, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("papers", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", BIG, nullable=False),
        sa.Column("decided_at", BIG, nullable=False),
        sa.Column("decided_by", BIG, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('none', 'waiting', 'approved', 'rejected')", name=op.f("ck_identities_state")),
        sa.PrimaryKeyConstraint("member", name=op.f("pk_identities")))
    op.create_index("ix_identities_waiting_asked_at", "identities", ["asked_at"], postgresql_where=WAITING,
                    sqlite_where=WAITING)


def downgrade() -> None:
    op.drop_table("identities")
