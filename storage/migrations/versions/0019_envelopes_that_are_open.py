"""Tallies of the red envelopes that members have open, by which they are bounded.

Guards: what is open counts from the beginning. Stop the previous release before this runs: it counts
none of those it makes, so "open envelopes are what was tallied" would no longer hold, and money would stop.
"""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute('INSERT INTO tallies(member, what, "open", "day", began)'
               " SELECT member, 'envelopes', count(*), 0, count(*) FROM envelopes WHERE state = 'open' GROUP BY member")


def downgrade() -> None:
    op.execute("DELETE FROM tallies WHERE what = 'envelopes'")
