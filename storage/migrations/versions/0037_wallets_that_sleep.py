"""When each member used their wallet last, and how far those have come whom nobody uses.

Guards: whoever joined before counts as having used theirs on the day of this step, so nobody falls asleep by it. The
previous release runs with it as before; what is used through it alone does not count as use.
"""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ACTIVE = sa.text("state = 'active'")


def upgrade() -> None:
    op.add_column("members", sa.Column("used_on", sa.Integer(), server_default=sa.text("0"), nullable=False))
    members = sa.table("members", sa.column("used_on", sa.Integer()))
    op.execute(members.update().values(used_on=date.today().toordinal()))  # noqa: DTZ011 - a day more or less
    op.create_index("ix_members_active_used_on", "members", ["used_on"], postgresql_where=ACTIVE, sqlite_where=ACTIVE)
    op.create_table(
        "dormancies",
        sa.Column("member", BIG, autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("used_on", "told", "sleeps_on")),
        sa.CheckConstraint("told IN (0, 1, 7, 30)", name=op.f("ck_dormancies_told")),
        sa.PrimaryKeyConstraint("member", name=op.f("pk_dormancies")),
        postgresql_with={"fillfactor": "80"})


def downgrade() -> None:
    op.drop_table("dormancies")
    op.drop_index("ix_members_active_used_on", "members")
    op.drop_column("members", "used_on")
