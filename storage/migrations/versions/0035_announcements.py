"""Announcements: what operators tell many people, and how far each has come.

Guards: the previous release runs with it and knows of none.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "announcements",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False)
          for name in ("kind", "audience", "named", "english", "chinese", "state")),
        *(sa.Column(name, BIG, nullable=False) for name in ("operator", "after", "told", "at", "ended_at")),
        sa.CheckConstraint("kind IN ('news', 'incident')", name=op.f("ck_announcements_kind")),
        sa.CheckConstraint("audience IN ('members', 'groups', 'named')", name=op.f("ck_announcements_audience")),
        sa.CheckConstraint("state IN ('open', 'done', 'stopped')", name=op.f("ck_announcements_state")),
        sa.CheckConstraint("(state = 'open') = (ended_at = 0)", name=op.f("ck_announcements_ended")),
        sa.CheckConstraint("told >= 0 AND english || chinese <> ''", name=op.f("ck_announcements_told")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
        postgresql_with={"fillfactor": "80"})
    op.create_index(op.f("ix_announcements_open_id"), "announcements", ["id"],
                    postgresql_where=sa.text("state = 'open'"), sqlite_where=sa.text("state = 'open'"))


def downgrade() -> None:
    op.drop_table("announcements")
