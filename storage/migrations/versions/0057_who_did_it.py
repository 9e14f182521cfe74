"""What an operator did is found by who did it: the number behind "by" in a line's facts, and whom a role was given to.

Guards: two indexes and nothing else, so the previous release goes on as before.
"""

from __future__ import annotations

from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

NAMED = {
    "postgresql": "(substring(' ' || facts from ' by ([0-9]{1,18})')::bigint)",
    "sqlite": "CASE WHEN instr(' ' || facts, ' by ') > 0 THEN"
              " CAST(substr(' ' || facts, instr(' ' || facts, ' by ') + 4) AS INTEGER) END",
}
FIRST = {"postgresql": "(substring(facts from '^[0-9]{1,18}')::bigint)", "sqlite": "CAST(facts AS INTEGER)"}


def upgrade() -> None:
    kind = op.get_context().dialect.name
    op.execute(f"CREATE INDEX ix_audit_by ON audit ({NAMED[kind]}, at)")
    op.execute(f"CREATE INDEX ix_audit_appointed ON audit ({FIRST[kind]}, at) WHERE act = 'appointed'")


def downgrade() -> None:
    op.drop_index("ix_audit_appointed", "audit")
    op.drop_index("ix_audit_by", "audit")
