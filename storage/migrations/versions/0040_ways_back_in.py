"""The ways back in: e-mail addresses, and PINs that were forgotten.

Guards: addresses are sealed, codes are digests; the previous release runs with it and knows of none.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "emails",
        sa.Column("member", BIG, autoincrement=False, nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("bound_at", BIG, nullable=False),
        sa.Column("asked", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("until", BIG, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.CheckConstraint("purpose IN ('', 'bind', 'forgotten')", name=op.f("ck_emails_purpose")),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_emails_tries")),
        sa.PrimaryKeyConstraint("member", name=op.f("pk_emails")))
    op.create_table(
        "pin_resets",
        sa.Column("member", BIG, autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ready_at", BIG, nullable=False),
        sa.Column("ends_at", BIG, nullable=False),
        sa.Column("tell_at", BIG, nullable=False),
        sa.CheckConstraint("state IN ('waits', 'stopped', 'used')", name=op.f("ck_pin_resets_state")),
        sa.CheckConstraint("ends_at > ready_at", name=op.f("ck_pin_resets_ends")),
        sa.PrimaryKeyConstraint("member", name=op.f("pk_pin_resets")))
    op.create_index(op.f("ix_pin_resets_to_tell_tell_at"), "pin_resets", ["tell_at"],
                    postgresql_where=sa.text("tell_at <> 0"), sqlite_where=sa.text("tell_at <> 0"))


def downgrade() -> None:
    op.drop_table("pin_resets")
    op.drop_table("emails")
