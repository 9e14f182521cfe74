"""Red envelopes: what went in, how it was divided beforehand, and who took which share.

Guards: a share is given once and nobody has two; an envelope that is over holds nothing; how it was divided can't be
changed afterwards. The previous release runs with it as before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _create_envelopes()
    _create_draws()
    _create_shares()


def downgrade() -> None:
    for table in ("shares", "draws", "envelopes"):
        op.drop_table(table)


def _create_envelopes() -> None:
    op.create_table(
        "envelopes",
        _big("id"), _big("member"), _text("kind"), _big("amount"), _count("shares"), _count("opened"), _big("given"),
        _big("returned"), _text("state"), _big("transfer"), _big("expires_at"), _big("ended_at"), _big("ended_by"),
        _big("chat"), _big("message"),
        sa.CheckConstraint("kind IN ('lucky', 'equal')", name=op.f("ck_envelopes_kind")),
        sa.CheckConstraint("state IN ('open', 'emptied', 'expired')", name=op.f("ck_envelopes_state")),
        sa.CheckConstraint("shares > 0 AND amount >= shares", name=op.f("ck_envelopes_amount")),
        sa.CheckConstraint(
            "opened >= 0 AND opened <= shares AND given >= opened AND amount - given >= shares - opened"
            " AND (opened > 0 OR given = 0)", name=op.f("ck_envelopes_opened")),
        sa.CheckConstraint(
            "CASE state WHEN 'open' THEN opened < shares AND returned = 0 AND ended_by = 0"
            " WHEN 'emptied' THEN opened = shares AND given = amount AND returned = 0 AND ended_by = 0"
            " ELSE opened < shares AND given + returned = amount AND ended_by <> 0 END",
            name=op.f("ck_envelopes_ended")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_envelopes")),
        postgresql_with={"fillfactor": "80"})
    op.create_index("ix_envelopes_open_expires_at", "envelopes", ["expires_at"],
                    postgresql_where=sa.text("state = 'open'"), sqlite_where=sa.text("state = 'open'"))
    op.create_index("ix_envelopes_member", "envelopes", ["member"])


def _create_draws() -> None:
    op.create_table(
        "draws", _big("envelope"), _text("seed"), _text("shares"),
        sa.Column("lane", sa.SmallInteger(), nullable=False), _big("seq"),
        sa.PrimaryKeyConstraint("envelope", name=op.f("pk_draws")))
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER draws_no_{act.lower()} BEFORE {act} ON draws"
                       " BEGIN SELECT RAISE(ABORT, 'draws is append-only'); END")
        return
    op.execute("CREATE TRIGGER draws_no_change BEFORE UPDATE OR DELETE ON draws"
               " FOR EACH ROW EXECUTE FUNCTION refuse_change()")
    op.execute("CREATE TRIGGER draws_no_truncate BEFORE TRUNCATE ON draws"
               " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")


def _create_shares() -> None:
    op.create_table(
        "shares", _big("envelope"), _big("member"), _count("number"), _big("amount"), _big("transfer"),
        sa.CheckConstraint("number > 0", name=op.f("ck_shares_number")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_shares_amount")),
        sa.PrimaryKeyConstraint("envelope", "member", name=op.f("pk_shares")),
        sqlite_with_rowid=False)
    op.create_index("uq_shares_number", "shares", ["envelope", "number"], unique=True)
    op.create_index("ix_shares_member", "shares", ["member"])


def _big(name: str) -> sa.Column[int]:
    return sa.Column(name, BIG, autoincrement=False, nullable=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)
