"""What counts towards limits, the limits that members choose, and the lock.

Guards: what came back before is taken out of the sums, day by day, as it will be from now on; else what was set aside
before and comes back after would leave sums that never add up. Days are those of China, where the deployment's setting
stands by default; elsewhere a payment may be found on the day beside it.

No previous release may run beside this one: what it takes back it would not take out of the sums, and money would stop.
"""

from __future__ import annotations

from collections import Counter
from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ZERO = sa.text("0")
DAY = "(({at} + 28800000000) / 86400000000 + 719163)"
"""The number of the day on which a moment falls, eight hours east of Greenwich."""


def upgrade() -> None:
    op.add_column("members", sa.Column("safeguards", sa.SmallInteger(), server_default=ZERO, nullable=False))
    for table in ("holds", "vouchers", "envelopes"):
        op.add_column(table, sa.Column("counted_on", sa.Integer(), server_default=ZERO, nullable=False))
        op.execute(f"UPDATE {table} SET counted_on = coalesce((SELECT"  # noqa: S608 - our own words
                   f" {DAY.format(at='t.at')} FROM transfers t WHERE t.id = {table}.transfer), 0)")
    op.add_column("counters", sa.Column("uncounted", BIG, server_default=ZERO, nullable=False))
    op.add_column("counters", sa.Column("year", sa.Integer(), server_default=ZERO, nullable=False))
    op.add_column("counters", sa.Column("year_sum", BIG, server_default=ZERO, nullable=False))
    op.create_table(
        "own_limits",
        sa.Column("member", BIG, autoincrement=False, nullable=False),
        *(sa.Column(name, BIG, nullable=False) for name in ("payment", "day", "next_payment", "next_day")),
        sa.Column("from_day", sa.Integer(), nullable=False),
        sa.CheckConstraint("payment >= 0 AND day >= 0 AND next_payment >= 0 AND next_day >= 0",
                           name=op.f("ck_own_limits_amounts")),
        sa.PrimaryKeyConstraint("member", name=op.f("pk_own_limits")), postgresql_with={"fillfactor": "80"})
    _count_what_was()


def _count_what_was() -> None:
    """Take what came back out of the sums, and find the sum of the year in which money moved last."""
    here = op.get_bind()
    back: Counter[tuple[int, int]] = Counter()
    for member, day, amount in here.execute(sa.text(
            f"SELECT t.credit / 16, {DAY.format(at='o.at')}, t.amount FROM transfers t"  # noqa: S608 - our own words
            " JOIN transfers g ON g.id = t.reverses LEFT JOIN holds h ON h.ended_by = g.id AND g.kind = 'claim'"
            " JOIN transfers o ON o.id = coalesce(h.transfer, g.id) WHERE t.kind IN ('return', 'giveback')"
            f" UNION ALL SELECT t.debit / 16, {DAY.format(at='t.at')}, t.amount FROM transfers t"
            " WHERE t.kind = 'giveback'"
            " UNION ALL SELECT v.member, v.counted_on, v.returned FROM vouchers v WHERE v.returned > 0"
            " UNION ALL SELECT e.member, e.counted_on, e.returned FROM envelopes e WHERE e.returned > 0"
            " UNION ALL SELECT e.member, e.counted_on, s.amount FROM envelopes e"
            " JOIN shares s ON s.envelope = e.id AND s.member = e.member")):
        back[member, day] += amount
    for (member, day), amount in back.items():
        found = here.execute(sa.text("SELECT day FROM counters WHERE member = :member AND day BETWEEN :day - 1"
                                     " AND :day + 1 ORDER BY abs(day - :day) LIMIT 1"), {"member": member, "day": day})
        for counted in (0, found.scalar_one()):
            here.execute(sa.text("UPDATE counters SET uncounted = uncounted + :amount WHERE member = :member"
                                 " AND day = :day"), {"amount": amount, "member": member, "day": counted})
    last = here.execute(sa.text("SELECT max(day) FROM counters")).scalar() or 0
    if last:
        year = date.fromordinal(last).year
        here.execute(sa.text(
            "UPDATE counters SET year = :year, year_sum = (SELECT coalesce(sum(d.sent_sum - d.uncounted), 0)"
            " FROM counters d WHERE d.member = counters.member AND d.day BETWEEN :first AND :last) WHERE day = 0"),
            {"year": year, "first": date(year, 1, 1).toordinal(), "last": date(year, 12, 31).toordinal()})


def downgrade() -> None:
    op.drop_table("own_limits")
    for table, column in (("counters", "year_sum"), ("counters", "year"), ("counters", "uncounted"),
                          ("envelopes", "counted_on"), ("vouchers", "counted_on"), ("holds", "counted_on"),
                          ("members", "safeguards")):
        op.drop_column(table, column)
