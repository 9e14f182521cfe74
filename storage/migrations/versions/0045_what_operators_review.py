"""What members hand in for operators to look at, and the companies for which they act.

Guards: pictures and statements are sealed. What the table of identities had set aside for documents goes: nothing was
ever written there. The previous release runs with all of this and leaves it alone.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAITING = sa.text("state = 'waiting'")
MOMENTS = ("began_at", "asked_at", "operator", "taken_at", "ended_at")


def upgrade() -> None:
    op.create_table(
        "applications",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("member", BIG, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", BIG, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("papers", sa.Text(), nullable=False),
        *(sa.Column(name, BIG, nullable=False) for name in MOMENTS),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'waiting', 'approved', 'rejected', 'withdrawn')",
                           name=op.f("ck_applications_state")),
        sa.CheckConstraint("(state IN ('open', 'waiting')) = (ended_at = 0)", name=op.f("ck_applications_ended")),
        sa.CheckConstraint("state = 'open' OR state = 'withdrawn' OR asked_at <> 0",
                           name=op.f("ck_applications_asked")),
        sa.CheckConstraint("state NOT IN ('approved', 'rejected') OR operator <> 0",
                           name=op.f("ck_applications_decided")),
        sa.CheckConstraint("(state = 'rejected') = (reason <> '')", name=op.f("ck_applications_reason")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
        postgresql_with={"fillfactor": "80"})
    op.create_index("ix_applications_member", "applications", ["member"])
    op.create_index("ix_applications_open_began_at", "applications", ["began_at"],
                    postgresql_where=sa.text("state = 'open'"), sqlite_where=sa.text("state = 'open'"))
    op.create_index("ix_applications_waiting_asked_at", "applications", ["asked_at"], postgresql_where=WAITING,
                    sqlite_where=WAITING)
    op.create_table(
        "papers",
        sa.Column("application", BIG, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("application", "name", name=op.f("pk_papers")))
    op.create_table(
        "enterprises",
        sa.Column("member", BIG, autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("since", BIG, nullable=False),
        sa.PrimaryKeyConstraint("member", name=op.f("pk_enterprises")))
    op.drop_index("ix_identities_waiting_asked_at", "identities")
    with op.batch_alter_table("identities") as identities:
        identities.drop_constraint(op.f("ck_identities_state"), type_="check")
        for name in ("state", "papers", "asked_at", "decided_at", "decided_by", "reason"):
            identities.drop_column(name)


def downgrade() -> None:
    with op.batch_alter_table("identities") as identities:
        identities.add_column(sa.Column("state", sa.Text(), server_default="none", nullable=False))
        identities.add_column(sa.Column("papers", sa.LargeBinary(), server_default=sa.text("''"), nullable=False))
        for name in ("asked_at", "decided_at", "decided_by"):
            identities.add_column(sa.Column(name, BIG, server_default="0", nullable=False))
        identities.add_column(sa.Column("reason", sa.Text(), server_default="", nullable=False))
        identities.create_check_constraint(op.f("ck_identities_state"),
                                           "state IN ('none', 'waiting', 'approved', 'rejected')")
    op.create_index("ix_identities_waiting_asked_at", "identities", ["asked_at"], postgresql_where=WAITING,
                    sqlite_where=WAITING)
    for table in ("enterprises", "papers", "applications"):
        op.drop_table(table)
