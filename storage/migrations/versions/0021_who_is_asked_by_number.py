"""Tallies of requests to people who were named by nothing but a phone number, apart from those by name.

Guards: what is open counts from the beginning, and each request stands in one tally of its person.
"""

from __future__ import annotations

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute('INSERT INTO tallies(member, what, "open", "day", began)'
               " SELECT member, 'requests by number:' || person, sum(CASE state WHEN 'open' THEN 1 ELSE 0 END), 0,"
               " count(*) FROM requests WHERE by_number = 1 GROUP BY member, person")
    op.execute("""UPDATE tallies SET "open" = "open" - (SELECT count(*) FROM requests r WHERE r.member = tallies.member
                  AND r.by_number = 1 AND r.state = 'open' AND tallies.what = 'requests:' || r.person)
                  WHERE what LIKE 'requests:%'""")


def downgrade() -> None:
    op.execute("""UPDATE tallies SET "open" = "open" + (SELECT count(*) FROM requests r WHERE r.member = tallies.member
                  AND r.by_number = 1 AND r.state = 'open' AND tallies.what = 'requests:' || r.person)
                  WHERE what LIKE 'requests:%'""")
    op.execute("DELETE FROM tallies WHERE what LIKE 'requests by number:%'")
