"""Indexes by which lines of the audit are found, the newest of all or of a member.

Guards: they are only looked by; the previous release runs with them.
"""

from __future__ import annotations

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_member_at", "audit", ["member", "at"])


def downgrade() -> None:
    op.drop_index("ix_audit_member_at", "audit")
    op.drop_index("ix_audit_at", "audit")
