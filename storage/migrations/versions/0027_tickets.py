"""Tickets: what people write to the operators, and what these answer.

Guards: the words are in a table of their own, sealed; the previous release runs with it and knows of none.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "tickets",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("member", BIG, nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("subject", BIG, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", BIG, nullable=False),
        sa.Column("waits_since", BIG, nullable=False),
        sa.Column("operator", BIG, nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("pictures", sa.Integer(), nullable=False),
        sa.Column("unanswered", sa.Integer(), nullable=False),
        sa.Column("rung", sa.SmallInteger(), nullable=False),
        sa.Column("ended_at", BIG, nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_tickets_state")),
        sa.CheckConstraint("(state = 'open') = (ended_at = 0)", name=op.f("ck_tickets_ended")),
        sa.CheckConstraint("state = 'open' OR waits_since = 0", name=op.f("ck_tickets_waits")),
        sa.CheckConstraint("words > 0 AND unanswered <= words AND pictures >= 0", name=op.f("ck_tickets_words")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        postgresql_with={"fillfactor": "80"})
    op.create_index(op.f("ix_tickets_member"), "tickets", ["member"])
    op.create_index(op.f("ix_tickets_open_waits_since"), "tickets", ["waits_since"],
                    postgresql_where=sa.text("state = 'open'"), sqlite_where=sa.text("state = 'open'"))
    op.create_table(
        "ticket_words",
        sa.Column("ticket", BIG, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("operator", BIG, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_ticket_words_number")),
        sa.PrimaryKeyConstraint("ticket", "number", name=op.f("pk_ticket_words")),
        sqlite_with_rowid=False)


def downgrade() -> None:
    op.drop_table("ticket_words")
    op.drop_table("tickets")
