"""Roles that were taken away again.

Guards: whoever was an operator stays known as one who was; the previous release knows no such role and lets them do
nothing.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BEFORE: Final = "role IN ('owner', 'admin', 'risk', 'support', 'auditor')"
AFTER: Final = "role IN ('', 'owner', 'admin', 'risk', 'support', 'auditor')"


def upgrade() -> None:
    _change_rule(AFTER)


def downgrade() -> None:
    op.execute("DELETE FROM roles WHERE role = ''")
    _change_rule(BEFORE)


def _change_rule(rule: str) -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_roles_role"), "roles", type_="check")
        op.create_check_constraint(op.f("ck_roles_role"), "roles", rule)
        return
    op.create_table(  # SQLite can't change the rules of a table that is there.
        "roles_anew",
        sa.Column("telegram_id", BIG, autoincrement=False, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("at", BIG, nullable=False), sa.Column("by", BIG, nullable=False),
        sa.CheckConstraint(rule, name=op.f("ck_roles_role")),
        sa.PrimaryKeyConstraint("telegram_id", name=op.f("pk_roles")))
    op.execute('INSERT INTO roles_anew(telegram_id, role, "at", "by") SELECT telegram_id, role, "at", "by" FROM roles')
    op.drop_table("roles")
    op.rename_table("roles_anew", "roles")
