"""The first schema: ledger, engine, members, ways in and out.

Guards: final rows can be neither changed nor deleted, because triggers refuse it. There is no previous release.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Keys are found by how they begin, which only works in the order of their bytes: a database that sorts as English does
# takes some signs for none at all. Comparing bytes is also the fastest.
TEXT_KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
FINAL = ("acceptances", "transfers", "entries", "audit", "journal", "anchors")


def upgrade() -> None:
    _journal()
    _memory()
    _members()
    _consent()
    _ledger()
    _habits()
    _drafts()
    _holds()
    _ways_in_and_out()
    _seen()
    _keep_final_rows()
    op.execute("INSERT INTO switch(id, state, until, reason) VALUES (1, 'open', 0, '')")


def _journal() -> None:
    """The money switch, and what chains every commit to the one before."""
    op.create_table(
        "switch",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("until", BIG, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'maintenance', 'read_only')", name=op.f("ck_switch_state")),
        sa.CheckConstraint("id = 1", name=op.f("ck_switch_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_switch")),
    )
    op.create_table(
        "lanes",
        sa.Column("lane", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("epoch", BIG, nullable=False),
        sa.Column("seq", BIG, nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("counter", BIG, nullable=False),
        sa.Column("last_now", BIG, nullable=False),
        sa.CheckConstraint("lane >= 0 AND lane < 64", name=op.f("ck_lanes_lane")),
        sa.PrimaryKeyConstraint("lane", name=op.f("pk_lanes")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_table(
        "journal",
        sa.Column("lane", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", BIG, autoincrement=False, nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("lane", "seq", name=op.f("pk_journal")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "anchors",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("heads", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anchors")),
    )


def _memory() -> None:
    """What was decided, what only one may have, and who did what."""
    op.create_table(
        "operations",
        sa.Column("key", TEXT_KEY, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_operations")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "claims",
        sa.Column("text", TEXT_KEY, nullable=False),
        sa.Column("owner", BIG, nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("text", name=op.f("pk_claims")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "audit",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("member", BIG, nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("lane", sa.SmallInteger(), nullable=False),
        sa.Column("seq", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )


def _members() -> None:
    """Members, and what is theirs alone."""
    op.create_table(
        "members",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("telegram_id", BIG, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("accepted", sa.Text(), nullable=False),
        sa.Column("no_pin_limit", BIG, nullable=False),
        sa.Column("restrictions", sa.Integer(), nullable=False),
        sa.Column("restricted_until", BIG, nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("joined_at", BIG, nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.CheckConstraint("language IN ('en', 'zh_CN')", name=op.f("ck_members_language")),
        sa.CheckConstraint(
            "state IN ('joining', 'active', 'frozen', 'banned', 'dormant', 'closed')", name=op.f("ck_members_state")
        ),
        sa.CheckConstraint("waiting >= 0", name=op.f("ck_members_waiting")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.UniqueConstraint("telegram_id", name=op.f("uq_members_telegram_id")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_table(
        "profiles",
        sa.Column("member", BIG, autoincrement=False, nullable=False),
        sa.Column("nickname", sa.Text(), nullable=False),
        sa.Column("nickname_changes", sa.SmallInteger(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("member", name=op.f("pk_profiles")),
    )
    op.create_table(
        "pins",
        sa.Column("member", BIG, autoincrement=False, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("locks", sa.Integer(), nullable=False),
        sa.Column("locked_until", BIG, nullable=False),
        sa.PrimaryKeyConstraint("member", name=op.f("pk_pins")),
        postgresql_with={"fillfactor": "80"},
    )


def _consent() -> None:
    """The documents, who accepted which, and who runs the place."""
    op.create_table(
        "documents",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("effective", BIG, nullable=False),
        sa.Column("published_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("name", "version", "language", name=op.f("pk_documents")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "acceptances",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("member", BIG, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("chat", BIG, nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("lane", sa.SmallInteger(), nullable=False),
        sa.Column("seq", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acceptances")),
    )
    op.create_index(op.f("ix_acceptances_member"), "acceptances", ["member"], unique=False)
    op.create_table(
        "roles",
        sa.Column("telegram_id", BIG, autoincrement=False, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("by", BIG, nullable=False),
        sa.CheckConstraint("role IN ('owner', 'admin', 'risk', 'support', 'auditor')", name=op.f("ck_roles_role")),
        sa.PrimaryKeyConstraint("telegram_id", name=op.f("pk_roles")),
    )


def _ledger() -> None:
    """Accounts and every movement between them."""
    op.create_table(
        "accounts",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("balance", BIG, nullable=False),
        sa.Column("entries", BIG, nullable=False),
        sa.CheckConstraint("balance >= 0 OR kind IN (8)", name=op.f("ck_accounts_balance")),
        sa.CheckConstraint("kind = id % 16", name=op.f("ck_accounts_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_table(
        "transfers",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("debit", BIG, nullable=False),
        sa.Column("credit", BIG, nullable=False),
        sa.Column("amount", BIG, nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("reverses", BIG, nullable=False),
        sa.Column("hold", BIG, nullable=False),
        sa.Column("note_digest", sa.LargeBinary(), nullable=False),
        sa.Column("lane", sa.SmallInteger(), nullable=False),
        sa.Column("seq", BIG, nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_transfers_amount")),
        sa.CheckConstraint("debit <> credit", name=op.f("ck_transfers_sides")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfers")),
    )
    op.create_index(
        "uq_transfers_reverses",
        "transfers",
        ["reverses"],
        unique=True,
        postgresql_where=sa.text("reverses <> 0"),
        sqlite_where=sa.text("reverses <> 0"),
    )
    op.create_table(
        "entries",
        sa.Column("account", BIG, autoincrement=False, nullable=False),
        sa.Column("number", BIG, autoincrement=False, nullable=False),
        sa.Column("transfer", BIG, nullable=False),
        sa.Column("amount", BIG, nullable=False),
        sa.Column("balance_after", BIG, nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_entries_amount")),
        sa.CheckConstraint("number > 0", name=op.f("ck_entries_number")),
        sa.PrimaryKeyConstraint("account", "number", name=op.f("pk_entries")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "notes",
        sa.Column("transfer", BIG, autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("transfer", name=op.f("pk_notes")),
    )


def _habits() -> None:
    """What payments are judged by."""
    op.create_table(
        "counters",
        sa.Column("member", BIG, autoincrement=False, nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sent_sum", BIG, nullable=False),
        sa.Column("sent_count", BIG, nullable=False),
        sa.Column("pinless_sum", BIG, nullable=False),
        sa.CheckConstraint("sent_sum >= pinless_sum AND pinless_sum >= 0", name=op.f("ck_counters_sums")),
        sa.PrimaryKeyConstraint("member", "day", name=op.f("pk_counters")),
        postgresql_with={"fillfactor": "80"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pairs",
        sa.Column("sender", BIG, autoincrement=False, nullable=False),
        sa.Column("receiver", BIG, autoincrement=False, nullable=False),
        sa.Column("count", BIG, nullable=False),
        sa.Column("total", BIG, nullable=False),
        sa.Column("last_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("sender", "receiver", name=op.f("pk_pairs")),
        postgresql_with={"fillfactor": "80"},
        sqlite_with_rowid=False,
    )


def _drafts() -> None:
    """What waits for a word of its payer."""
    op.create_table(
        "drafts",
        sa.Column("token", TEXT_KEY, nullable=False),
        sa.Column("member", BIG, nullable=False),
        sa.Column("needs", sa.Text(), nullable=False),
        sa.Column("intent", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("expires_at", BIG, nullable=False),
        sa.Column("chat", BIG, nullable=False),
        sa.Column("message", BIG, nullable=False),
        sa.CheckConstraint("needs IN ('confirm', 'pin')", name=op.f("ck_drafts_needs")),
        sa.CheckConstraint("state IN ('open', 'used', 'cancelled', 'expired')", name=op.f("ck_drafts_state")),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_drafts")),
        postgresql_with={"fillfactor": "80"},
        sqlite_with_rowid=False,
    )


def _holds() -> None:
    """What waits for somebody who has yet to join."""
    op.create_table(
        "holds",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("member", BIG, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("amount", BIG, nullable=False),
        sa.Column("beneficiary", BIG, nullable=False),
        sa.Column("transfer", BIG, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("expires_at", BIG, nullable=False),
        sa.Column("ended_at", BIG, nullable=False),
        sa.Column("ended_by", BIG, nullable=False),
        sa.Column("chat", BIG, nullable=False),
        sa.Column("message", BIG, nullable=False),
        sa.CheckConstraint("(state = 'open') = (ended_by = 0)", name=op.f("ck_holds_ended")),
        sa.CheckConstraint("purpose IN ('claim')", name=op.f("ck_holds_purpose")),
        sa.CheckConstraint("state IN ('open', 'settled', 'released', 'expired')", name=op.f("ck_holds_state")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_holds_amount")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
        postgresql_with={"fillfactor": "80"},
    )
    for column in ("beneficiary", "expires_at", "member"):
        op.create_index(
            f"ix_holds_open_{column}",
            "holds",
            [column],
            unique=False,
            postgresql_where=sa.text("state = 'open'"),
            sqlite_where=sa.text("state = 'open'"),
        )


def _ways_in_and_out() -> None:
    """What comes from Telegram, what somebody is in the middle of, and what is to be told."""
    op.create_table(
        "updates",
        sa.Column("bot", BIG, autoincrement=False, nullable=False),
        sa.Column("update_id", BIG, autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("person", BIG, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("received_at", BIG, nullable=False),
        sa.Column("done_at", BIG, nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('pending', 'done', 'refused', 'dead')", name=op.f("ck_updates_state")),
        sa.PrimaryKeyConstraint("bot", "update_id", "digest", name=op.f("pk_updates")),
        postgresql_with={"fillfactor": "80"},
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_updates_pending",
        "updates",
        ["bot", "received_at"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
        sqlite_where=sa.text("state = 'pending'"),
    )
    op.create_table(
        "dialogs",
        sa.Column("person", BIG, autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_dialogs")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_table(
        "notices",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("member", BIG, nullable=False),
        sa.Column("telegram_id", BIG, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("lane", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", BIG, server_default="0", nullable=False),
        sa.CheckConstraint("state IN ('pending', 'undeliverable')", name=op.f("ck_notices_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )


def _seen() -> None:
    """Who was seen where, and which process does what."""
    op.create_table(
        "people",
        sa.Column("telegram_id", BIG, autoincrement=False, nullable=False),
        sa.Column("username_key", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language_code", sa.Text(), nullable=False),
        sa.Column("is_bot", sa.Boolean(), nullable=False),
        sa.Column("seen_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("telegram_id", name=op.f("pk_people")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index(op.f("ix_people_username_key"), "people", ["username_key"], unique=False)
    op.create_table(
        "groups",
        sa.Column("chat", BIG, autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("chosen", sa.Boolean(), nullable=False),
        sa.Column("seen_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("chat", name=op.f("pk_groups")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("until", BIG, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
        postgresql_with={"fillfactor": "80"},
    )


def _keep_final_rows() -> None:
    """Refuse to change or delete what the journal's hashes stand on."""
    if op.get_bind().dialect.name == "sqlite":
        for table in FINAL:
            for act in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table}"
                    f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in FINAL:
        op.execute(
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    """There is nothing before the first schema: a ledger is not dropped by a migration."""
    raise RuntimeError("the first schema cannot be taken back")
