"""Orders of courts that keep a member's money where it is.

Guards: `members` gets a column with a default alone. The previous release runs with it; it does not know of orders, so
all processes are to run this one before the first is written down.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STAND = sa.text("ended_at = 0")


def upgrade() -> None:
    op.add_column("members", sa.Column("legal_holds", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.create_table(
        "legal_holds",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("member", BIG, nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("dated", sa.Integer(), nullable=False),
        sa.Column("amount", BIG, nullable=False),
        sa.Column("until", BIG, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("proposal", BIG, nullable=False),
        sa.Column("since_entry", BIG, nullable=False),
        sa.Column("since_held", BIG, nullable=False),
        sa.Column("ended_at", BIG, nullable=False),
        sa.Column("ended_by", BIG, nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("last_entry", BIG, nullable=False),
        sa.Column("last_held", BIG, nullable=False),
        sa.CheckConstraint("amount >= 0 AND dated > 0 AND authority <> '' AND reference <> ''",
                           name=op.f("ck_legal_holds_order")),
        sa.CheckConstraint("until = 0 OR until > at", name=op.f("ck_legal_holds_ends")),
        sa.CheckConstraint("ended_at <> 0 OR (ended_by = 0 AND last_entry = 0 AND last_held = 0)",
                           name=op.f("ck_legal_holds_stands")),
        sa.CheckConstraint("ended_at = 0 OR (last_entry >= since_entry AND last_held >= since_held)",
                           name=op.f("ck_legal_holds_counted")),
        sa.CheckConstraint("ended_at = 0 OR ended_by <> 0 OR (until <> 0 AND ended_at >= until)",
                           name=op.f("ck_legal_holds_ended")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_holds")),
        sa.UniqueConstraint("proposal", name=op.f("uq_legal_holds_proposal")),
        postgresql_with={"fillfactor": "80"})
    op.create_index("ix_legal_holds_member", "legal_holds", ["member"])
    op.create_index("ix_legal_holds_standing_until", "legal_holds", ["until"], postgresql_where=STAND,
                    sqlite_where=STAND)


def downgrade() -> None:
    op.drop_table("legal_holds")
    op.drop_column("members", "legal_holds")
