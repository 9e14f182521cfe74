"""The tables, on SQLite and on PostgreSQL alike.

Guards: the database repeats the rules that matter most, so that a bug above it cannot break them: amounts above zero,
two different sides, no balance below zero but the clearing account's, and final rows that can be neither changed nor
deleted. There are no foreign keys on the ledger's hot tables (see docs/decisions/0003): the engine writes both sides
in one commit, and `ikmpay reconcile` checks every reference.

The tables that hold `wallet.rows` begin with the same columns in the same order.
"""
from __future__ import annotations

from typing import Final

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.columns import KEYED as _KEYED
from storage.columns import UPDATED as _UPDATED
from storage.columns import big as _big
from storage.columns import data as _bytes
from storage.columns import key as _key
from storage.columns import one_of as _one_of
from storage.columns import where as _where
from storage.columns import words as _text
from storage.facts import first_number, named_by
from wallet import rows
from wallet.movements import MAY_GO_BELOW_ZERO

metadata = MetaData(naming_convention={
    "ix": "ix_%(table_name)s_%(column_0_N_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s", "pk": "pk_%(table_name)s"})

HIT_WAITS: Final = "state IN ('open', 'pending')"
"""A name that may stand on the screening list, and nobody has decided."""

# --------------------------------------------------------------------------------------- rows of the wallet
switch = Table(
    "switch", metadata, _key("id"), _text("state"), _big("until"), _text("reason"),
    _big("winds_down", server_default=text("0")), _one_of("state", "open", "maintenance", "read_only"),
    CheckConstraint("id = 1", name="one"))

members = Table(
    "members", metadata, _key("id"), _big("telegram_id", index=True), _text("state"), _text("step"), _text("language"),
    Column("level", SmallInteger, nullable=False), _text("accepted"), _big("no_pin_limit"),
    Column("restrictions", Integer, nullable=False), _big("restricted_until"), _text("payload"),
    Column("waiting", Integer, nullable=False), _big("joined_at"), _big("created_at"),
    Column("confirm_incoming", SmallInteger, nullable=False, server_default=text("0")),
    _text("penalties", server_default=text("''")),
    Column("blocks", Integer, nullable=False, server_default=text("0")),
    Column("safeguards", SmallInteger, nullable=False, server_default=text("0")),
    Column("used_on", Integer, nullable=False, server_default=text("0")),
    _text("legal_holds", server_default=text("''")),
    CheckConstraint("waiting >= 0", name="waiting"),
    _one_of("state", "joining", "active", "frozen", "banned", "dormant", "closed"),
    _one_of("language", "en", "zh_CN"), **_UPDATED)
# A day's use changes the index once; nothing else does.
Index("ix_members_active_used_on", members.c.used_on, **_where("state = 'active'"))

envelopes = Table(
    "envelopes", metadata, _key("id"), _big("member"), _text("kind"), _big("amount"),
    Column("shares", Integer, nullable=False), Column("opened", Integer, nullable=False), _big("given"),
    _big("returned"), _text("state"), _big("transfer"), _big("expires_at"), _big("ended_at"), _big("ended_by"),
    _big("chat"), _big("message"), _big("beneficiary", server_default=text("0")),
    _text("word", server_default=text("''")), Column("kept", Integer, nullable=False, server_default=text("0")),
    _text("card", server_default=text("''")), _text("theme", server_default=text("''")),
    Column("counted_on", Integer, nullable=False, server_default=text("0")),
    _one_of("kind", "lucky", "equal"), _one_of("state", "open", "emptied", "expired"),
    CheckConstraint("shares > 0 AND amount >= shares", name="amount"),
    CheckConstraint("opened >= 0 AND opened <= shares AND given >= opened AND amount - given >= shares - opened"
                    " AND (opened > 0 OR given = 0)", name="opened"),
    # What went in is what was opened, what went back, and nothing else once it is over.
    CheckConstraint("CASE state WHEN 'open' THEN opened < shares AND returned = 0 AND ended_by = 0"
                    " WHEN 'emptied' THEN opened = shares AND given = amount AND returned = 0 AND ended_by = 0"
                    " ELSE opened < shares AND given + returned = amount AND ended_by <> 0 END", name="ended"),
    **_UPDATED)
Index("ix_envelopes_open_expires_at", envelopes.c.expires_at, **_where("state = 'open'"))
Index("ix_envelopes_member", envelopes.c.member)
# What is said in a group may be the word of one, and what is open there follows the group.
Index("ix_envelopes_open_chat", envelopes.c.chat, **_where("state = 'open'"))

requests = Table(
    "requests", metadata, _key("id"), _big("member"), _big("person"), _big("amount"), _text("note"),
    Column("by_number", SmallInteger, nullable=False), _text("state"), _big("created_at"), _big("remind_at"),
    _big("expires_at"), _big("ended_at"), _big("transfer"), _big("chat"), _big("message"), _big("offer"),
    CheckConstraint("amount > 0", name="amount"),
    _one_of("state", "open", "paid", "declined", "withdrawn", "expired"),
    CheckConstraint("(state = 'open') = (ended_at = 0)", name="ended"),
    CheckConstraint("(state = 'paid') = (transfer <> 0)", name="paid"), **_UPDATED)
for _column in ("member", "person", "expires_at", "chat"):
    Index(f"ix_requests_open_{_column}", requests.c[_column], **_where("state = 'open'"))
_to_remind = "state = 'open' AND remind_at <> 0"
Index("ix_requests_reminded_remind_at", requests.c.remind_at, **_where(_to_remind))
# No transfer pays two requests.
Index("uq_requests_transfer", requests.c.transfer, unique=True, **_where("transfer <> 0"))
splits = Table(
    "splits", metadata, _key("id"), _big("member"), _text("kind"), _big("amount"),
    Column("heads", Integer, nullable=False), Column("payers", Integer, nullable=False), _big("due"),
    Column("paid", Integer, nullable=False), _big("collected"), _text("state"), _big("made_at"), _big("expires_at"),
    _big("remind_at"), _big("reminded_at"), _big("ended_at"), _big("chat"), _big("message"), _text("note"),
    Column("offers", Integer, nullable=False, server_default=text("0")),
    _one_of("kind", "named", "open"), _one_of("state", "open", "complete", "closed", "expired"),
    CheckConstraint("payers > 0 AND due >= payers AND amount >= due AND heads >= payers", name="amount"),
    CheckConstraint("paid >= 0 AND paid <= payers AND collected >= paid AND due - collected >= payers - paid",
                    name="paid"),
    # All have paid exactly when it is complete, and nobody can pay any more when it is over.
    CheckConstraint("(state = 'complete') = (paid = payers) AND (state <> 'complete' OR collected = due)"
                    " AND (state = 'open') = (ended_at = 0)", name="ended"),
    **_UPDATED)
for _column in ("member", "expires_at", "remind_at", "chat"):
    Index(f"ix_splits_open_{_column}", splits.c[_column], **_where("state = 'open'"))
Index("ix_splits_over_offers", splits.c.ended_at, **_where("offers > 0 AND state <> 'open'"))

vouchers = Table(
    "vouchers", metadata, _key("id"), _big("member"), _big("amount"), Column("uses", Integer, nullable=False),
    Column("used", Integer, nullable=False), _big("returned"), _text("state"), _big("transfer"), _big("only"),
    _text("nonce"), _text("password"), Column("tries", Integer, nullable=False), _big("expires_at"), _big("ended_at"),
    _big("ended_by"), _big("chat"), _big("message"), Column("pinless_on", Integer, nullable=False),
    Column("counted_on", Integer, nullable=False, server_default=text("0")),
    _one_of("state", "open", "used", "withdrawn", "expired"),
    CheckConstraint("amount > 0 AND uses > 0 AND used >= 0 AND used <= uses AND tries >= 0", name="amount"),
    # What went in is what was redeemed, what went back, and nothing else once it is over.
    CheckConstraint("CASE state WHEN 'open' THEN used < uses AND returned = 0 AND ended_by = 0"
                    " WHEN 'used' THEN used = uses AND returned = 0 AND ended_by = 0"
                    " ELSE used < uses AND returned = amount * (uses - used) AND ended_by <> 0 END", name="ended"),
    **_UPDATED)
for _column in ("expires_at", "chat"):
    Index(f"ix_vouchers_open_{_column}", vouchers.c[_column], **_where("state = 'open'"))
Index("ix_vouchers_member", vouchers.c.member)

schedules = Table(
    "schedules", metadata, _key("id"), _big("member"), _big("person"), _big("amount"), _text("note"),
    Column("by_number", SmallInteger, nullable=False), _text("unit"), Column("on_day", SmallInteger, nullable=False),
    Column("last_day", Integer, nullable=False), _text("state"), Column("next_day", Integer, nullable=False),
    Column("try_day", Integer, nullable=False), Column("tries", SmallInteger, nullable=False),
    Column("told_day", Integer, nullable=False), _big("created_at"), _big("ended_at"),
    CheckConstraint("amount > 0", name="amount"), _one_of("unit", "day", "week", "month"),
    _one_of("state", "active", "stopped", "ended"),
    CheckConstraint("(state = 'active') = (ended_at = 0)", name="ended"),
    CheckConstraint("try_day >= next_day AND tries >= 0", name="tries"), **_UPDATED)
for _column in ("member", "try_day", "next_day"):
    Index(f"ix_schedules_active_{_column}", schedules.c[_column], **_where("state = 'active'"))

tickets = Table(
    "tickets", metadata, _key("id"), _big("member"), _text("category"), _big("subject"), _text("state"),
    _big("opened_at"), _big("waits_since"), _big("operator"), Column("words", Integer, nullable=False),
    Column("pictures", Integer, nullable=False), Column("unanswered", Integer, nullable=False),
    Column("rung", SmallInteger, nullable=False), _big("ended_at"), _bytes("wrapped_key"),
    _one_of("state", "open", "closed"), CheckConstraint("(state = 'open') = (ended_at = 0)", name="ended"),
    CheckConstraint("state = 'open' OR waits_since = 0", name="waits"),
    CheckConstraint("words > 0 AND unanswered <= words AND pictures >= 0", name="words"), **_UPDATED)
Index("ix_tickets_member", tickets.c.member)
Index("ix_tickets_open_waits_since", tickets.c.waits_since, **_where("state = 'open'"))
Index("ix_tickets_open_subject", tickets.c.subject, **_where("state = 'open'"))
Index("ix_tickets_report_subject", tickets.c.subject, **_where("category = 'report'"))

applications = Table(
    "applications", metadata, _key("id"), _big("member"), _text("kind"), _big("subject"), _text("state"),
    _text("digest"), _bytes("sealed"), _bytes("wrapped_key"), _text("papers"), _big("began_at"), _big("asked_at"),
    _big("operator"), _big("taken_at"), _big("ended_at"), _text("reason"),
    _big("seen_by", server_default=text("0")),
    _one_of("state", "open", "waiting", "approved", "rejected", "withdrawn"),
    CheckConstraint("(state IN ('open', 'waiting')) = (ended_at = 0)", name="ended"),
    CheckConstraint("state = 'open' OR state = 'withdrawn' OR asked_at <> 0", name="asked"),
    CheckConstraint("state NOT IN ('approved', 'rejected') OR operator <> 0", name="decided"),
    CheckConstraint("(state = 'rejected') = (reason <> '')", name="reason"), **_UPDATED)
Index("ix_applications_member", applications.c.member)
Index("ix_applications_open_began_at", applications.c.began_at, **_where("state = 'open'"))
Index("ix_applications_waiting_asked_at", applications.c.asked_at, **_where("state = 'waiting'"))

announcements = Table(
    "announcements", metadata, _key("id"), _text("kind"), _text("audience"), _text("named"), _text("english"),
    _text("chinese"), _text("state"), _big("operator"), _big("after"), _big("told"), _big("at"), _big("ended_at"),
    _one_of("kind", "news", "incident"), _one_of("audience", "members", "groups", "named"),
    _one_of("state", "open", "done", "stopped"), CheckConstraint("(state = 'open') = (ended_at = 0)", name="ended"),
    CheckConstraint("told >= 0 AND english || chinese <> ''", name="told"), **_UPDATED)
Index("ix_announcements_open_id", announcements.c.id, **_where("state = 'open'"))

wind_downs = Table(
    "wind_downs", metadata, _key("id"), _text("kind"), _big("closes_at"), _text("state"), _big("after"), _big("told"),
    _big("at"), _big("ended_at"), _one_of("kind", "begun", "off"), _one_of("state", "open", "done"),
    CheckConstraint("(state = 'open') = (ended_at = 0)", name="ended"))

claims = Table(
    "claims", metadata, Column("text", Text, primary_key=True), _big("owner"), _big("at"), **_KEYED)

profiles = Table(
    "profiles", metadata, _key("member"), _text("nickname"), Column("nickname_changes", SmallInteger, nullable=False),
    _bytes("phone"), _bytes("wrapped_key"), Column("delay", SmallInteger, nullable=False, server_default=text("0")))

identities = Table("identities", metadata, _key("member"), _bytes("sealed"), _big("given_at"),
                   _text("screened", server_default=text("''")))

enterprises = Table("enterprises", metadata, _key("member"), _bytes("sealed"), _big("since"))

pins = Table(
    "pins", metadata, _key("member"), _text("hash"), Column("version", Integer, nullable=False),
    Column("attempts", Integer, nullable=False), Column("locks", Integer, nullable=False), _big("locked_until"),
    **_UPDATED)

dormancies = Table(
    "dormancies", metadata, _key("member"),
    *(Column(name, Integer, nullable=False) for name in ("used_on", "told", "sleeps_on")),
    CheckConstraint("told IN (0, 1, 7, 30)", name="told"), **_UPDATED)

emails = Table(
    "emails", metadata, _key("member"), _bytes("address"), _big("bound_at"), _bytes("asked"), _text("purpose"),
    _text("code"), _big("until"), Column("tries", Integer, nullable=False),
    _one_of("purpose", "", "bind", "forgotten"), CheckConstraint("tries >= 0", name="tries"))

contacts = Table("contacts", metadata, _key("member"), _bytes("qq"), _big("at"))

pin_resets = Table(
    "pin_resets", metadata, _key("member"), _text("state"), Column("version", Integer, nullable=False),
    _big("ready_at"), _big("ends_at"), _big("tell_at"), _one_of("state", "waits", "stopped", "used"),
    CheckConstraint("ends_at > ready_at", name="ends"))
Index("ix_pin_resets_to_tell_tell_at", pin_resets.c.tell_at, **_where("tell_at <> 0"))

moves = Table(
    "moves", metadata, _key("member"), _big("person"), _big("asker"), _text("state"), _big("asked_at"),
    _big("ready_at"), _big("due_at"),
    _one_of("state", "asked", "objected", "rejected", "expired", "moved", "done"),
    CheckConstraint("(state IN ('asked', 'moved')) = (due_at <> 0)", name="due"))
Index("ix_moves_due_due_at", moves.c.due_at, **_where("due_at <> 0"))

# A wallet moves to another Telegram account while both are written in one statement, so the claims alone see to it that
# each account has one wallet.
former_accounts = Table(
    "former_accounts", metadata, _key("member"), _key("telegram_id"), _big("until"), **_KEYED)

one_time_codes = Table("one_time_codes", metadata, _key("member"), _bytes("sealed"), _big("since"), _big("step"))

acceptances = Table(
    "acceptances", metadata, _key("id"), _big("member", index=True), _text("document"), _text("version"),
    _text("language"), _text("sha256"), _big("chat"), _big("at"), Column("lane", SmallInteger, nullable=False),
    _big("seq"))

_below = ", ".join(str(int(kind)) for kind in sorted(MAY_GO_BELOW_ZERO))
accounts = Table(
    "accounts", metadata, _key("id"), Column("kind", SmallInteger, nullable=False), _big("balance"), _big("entries"),
    *(_big(name, server_default=text("0")) for name in ("hour", "came_from", "came_sum", "before_from", "before_sum")),
    CheckConstraint(f"balance >= 0 OR kind IN ({_below})", name="balance"),
    CheckConstraint("kind = id % 16", name="kind"), **_UPDATED)

transfers = Table(
    "transfers", metadata, _key("id"), _text("kind"), _big("debit"), _big("credit"), _big("amount"), _big("at"),
    _big("reverses"), _big("hold"), _bytes("note_digest"), Column("lane", SmallInteger, nullable=False), _big("seq"),
    CheckConstraint("amount > 0", name="amount"), CheckConstraint("debit <> credit", name="sides"))
# A reversal is linked to what it reverses, once.
Index("uq_transfers_reverses", transfers.c.reverses, unique=True, **_where("reverses <> 0"))

entries = Table(
    "entries", metadata, _key("account"), _key("number"), _big("transfer"), _big("amount"), _big("balance_after"),
    CheckConstraint("number > 0", name="number"), CheckConstraint("amount <> 0", name="amount"), **_KEYED)

notes = Table("notes", metadata, _key("transfer"), _text("text"))

unnamed = Table("unnamed", metadata, _key("transfer"), _big("member"))

draws = Table(
    "draws", metadata, _key("envelope"), _text("seed"), _text("shares"),
    Column("lane", SmallInteger, nullable=False), _big("seq"))

# One share a person, and each share once.
shares = Table(
    "shares", metadata, _key("envelope"), _key("member"), Column("number", Integer, nullable=False), _big("amount"),
    _big("transfer"),
    CheckConstraint("number > 0", name="number"), CheckConstraint("amount > 0", name="amount"), **_KEYED)
Index("uq_shares_number", shares.c.envelope, shares.c.number, unique=True)
Index("ix_shares_member", shares.c.member)

# One use a person, and each use once.
voucher_uses = Table(
    "voucher_uses", metadata, _key("voucher"), _key("member"), Column("number", Integer, nullable=False),
    _big("transfer"), CheckConstraint("number > 0", name="number"), **_KEYED)
Index("uq_voucher_uses_number", voucher_uses.c.voucher, voucher_uses.c.number, unique=True)

voucher_tries = Table(
    "voucher_tries", metadata, _key("voucher"), _key("member"), Column("tries", Integer, nullable=False),
    CheckConstraint("tries > 0", name="tries"), **_KEYED)

kept_shares = Table(
    "kept_shares", metadata, _key("envelope"), _key("person"), _big("until"), _text("state"),
    _one_of("state", "kept", "opened", "returned"), **_UPDATED, **_KEYED)
Index("ix_kept_shares_kept_until", kept_shares.c.until, **_where("state = 'kept'"))

# One share a person, each place once, and no transfer pays for two.
split_shares = Table(
    "split_shares", metadata, _key("split"), _key("person"), Column("number", Integer, nullable=False), _big("amount"),
    _big("member"), _big("transfer"), _big("offer", server_default=text("0")),
    CheckConstraint("number > 0", name="number"), CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("(member = 0) = (transfer = 0)", name="paid"), **_KEYED)
Index("uq_split_shares_number", split_shares.c.split, split_shares.c.number, unique=True)
Index("uq_split_shares_transfer", split_shares.c.transfer, unique=True, **_where("transfer <> 0"))

split_offers = Table("split_offers", metadata, _key("split"), _key("person"), _big("message"), **_KEYED)

# Nothing becomes of a day twice, and no payment stands for two days.
runs = Table(
    "runs", metadata, _key("schedule"), Column("day", Integer, primary_key=True, autoincrement=False),
    _big("transfer"), _big("at"), **_KEYED)
Index("uq_runs_transfer", runs.c.transfer, unique=True, **_where("transfer <> 0"))

ticket_words = Table(
    "ticket_words", metadata, _key("ticket"), Column("number", Integer, primary_key=True, autoincrement=False),
    _big("operator"), _bytes("sealed"), _big("at"), CheckConstraint("number > 0", name="number"), **_KEYED)

papers = Table(
    "papers", metadata, _key("application"), Column("name", Text, primary_key=True), _bytes("sealed"), _big("at"))

holds = Table(
    "holds", metadata, _key("id"), _big("member"), _text("purpose"), _big("amount"), _big("beneficiary"),
    _big("transfer"), _text("state"), _big("expires_at"), _big("ended_at"), _big("ended_by"), _big("chat"),
    _big("message"), Column("by_number", SmallInteger, nullable=False, server_default=text("0")),
    Column("pinless_on", Integer, nullable=False, server_default=text("0")),
    _big("offer", server_default=text("0")), _text("card", server_default=text("''")),
    Column("counted_on", Integer, nullable=False, server_default=text("0")),
    CheckConstraint("amount > 0", name="amount"), _one_of("purpose", "claim", "accept", "delay", "frozen", "check"),
    _one_of("state", "open", "settled", "released", "declined", "expired"),
    CheckConstraint("(state = 'open') = (ended_by = 0)", name="ended"),
    CheckConstraint("state <> 'declined' OR purpose IN ('accept', 'frozen')", name="declined"), **_UPDATED)
for _column in ("member", "beneficiary", "expires_at", "chat"):
    Index(f"ix_holds_open_{_column}", holds.c[_column], **_where("state = 'open'"))

_frozen = "state = 'open' AND purpose = 'frozen'"
Index("ix_holds_frozen_beneficiary", holds.c.beneficiary, **_where(_frozen))

counters = Table(
    "counters", metadata, _key("member"), Column("day", Integer, primary_key=True, autoincrement=False),
    _big("sent_sum"), _big("sent_count"), _big("pinless_sum"), _big("uncounted", server_default=text("0")),
    Column("year", Integer, nullable=False, server_default=text("0")), _big("year_sum", server_default=text("0")),
    *(_big(name, server_default=text("0")) for name in (
        "hour", "hour_count", "hour_sum", "hour_new", "before_count", "before_sum", "before_new")),
    CheckConstraint("sent_sum >= pinless_sum AND pinless_sum >= 0", name="sums"), **_UPDATED, **_KEYED)

own_limits = Table(
    "own_limits", metadata, _key("member"), _big("payment"), _big("day"), _big("next_payment"), _big("next_day"),
    Column("from_day", Integer, nullable=False),
    CheckConstraint("payment >= 0 AND day >= 0 AND next_payment >= 0 AND next_day >= 0", name="amounts"), **_UPDATED)

wards = Table(
    "wards", metadata, _key("member"), _big("guardian"), _big("payment"), _big("day"), _big("month"),
    Column("free_on", Integer, nullable=False), _big("since"),
    Column("away", SmallInteger, nullable=False, server_default="0"),
    CheckConstraint("payment >= 0 AND day >= 0 AND month >= 0", name="amounts"),
    # Nobody answers for themselves.
    CheckConstraint("guardian <> member", name="guardian"), **_UPDATED)
Index("ix_wards_guardian", wards.c.guardian, **_where("guardian <> 0"))
Index("ix_wards_free_on", wards.c.free_on, **_where("free_on <> 0"))

tallies = Table(
    "tallies", metadata, _key("member"), Column("what", Text, primary_key=True),
    Column("open", Integer, nullable=False), Column("day", Integer, nullable=False),
    Column("began", Integer, nullable=False),
    CheckConstraint("open >= 0 AND began > 0", name="counts"), **_UPDATED, **_KEYED)

pairs = Table(
    "pairs", metadata, _key("sender"), _key("receiver"), _big("count"), _big("total"), _big("last_at"),
    Column("by_number", SmallInteger, nullable=False, server_default="0"), **_UPDATED, **_KEYED)

blocks = Table(
    "blocks", metadata, _key("owner"), _key("blocked"), Column("active", SmallInteger, nullable=False), _big("at"),
    CheckConstraint("owner <> blocked", name="another"), CheckConstraint("active IN (0, 1)", name="active"),
    **_UPDATED, **_KEYED)

habits = Table(
    "habits", metadata, _key("member"),
    *(_big(name) for name in ("wrong_pins", "wrong_since", "reports", "reports_since", "rang_at")), **_UPDATED)

hits = Table(
    "hits", metadata, _key("member"), Column("entry", Text, primary_key=True), _big("id", unique=True),
    Column("likeness", SmallInteger, nullable=False), _text("version"), _text("state"), _big("found_at"),
    _big("operator"), _big("second"), _text("reason"), _big("decided_at"), _big("proposal"), _big("penalty"),
    _one_of("state", "open", "pending", "cleared", "confirmed"),
    CheckConstraint(f"({HIT_WAITS}) = (decided_at = 0)", name="decided"),
    CheckConstraint("(state = 'open') = (operator = 0)", name="operator"),
    CheckConstraint("(state = 'confirmed') = (second <> 0) AND (second = 0 OR second <> operator)", name="two"),
    CheckConstraint("likeness BETWEEN 0 AND 100", name="likeness"), **_UPDATED, **_KEYED)
Index("ix_hits_waiting_found_at", hits.c.found_at, **_where(HIT_WAITS))

name_lists = Table(
    "name_lists", metadata, _key("id"), _text("version"),
    *(_big(name) for name in ("since", "after", "compared", "found", "ended_at")),
    CheckConstraint("id = 1", name="one"), **_UPDATED)

interceptions = Table(
    "interceptions", metadata, _key("id"), _big("member"), _big("person"), _big("amount"), _text("rule"),
    _text("verdict"), _text("facts"), _text("state"), _big("at"), _big("decided_at"), _big("decided_by"),
    _text("reason"), _one_of("state", "noted", "open", "released", "sent_back", "expired"),
    CheckConstraint("(state IN ('noted', 'open')) = (decided_at = 0)", name="decided"),
    CheckConstraint("amount > 0", name="amount"), **_UPDATED)
Index("ix_interceptions_member", interceptions.c.member)
_undecided = "state = 'open'"
Index("ix_interceptions_open_at", interceptions.c.at, **_where(_undecided))

drafts = Table(
    "drafts", metadata, Column("token", Text, primary_key=True), _big("member"), _text("needs"), _text("intent"),
    _text("state"), _big("expires_at"), _big("chat"), _big("message"), _text("card", server_default=text("''")),
    _big("transfer", server_default=text("0")), _one_of("needs", "confirm", "pin"),
    _one_of("state", "open", "used", "cancelled", "expired"), **_UPDATED, **_KEYED)

# Only those that wait in a message or under a card are looked for when they run out.
_SHOWN: Final = "state = 'open' AND (message <> 0 OR card <> '')"
Index("ix_drafts_shown_expires_at", drafts.c.expires_at, **_where(_SHOWN))
# No transfer pays what two cards ask for.
Index("uq_drafts_transfer", drafts.c.transfer, unique=True, **_where("transfer <> 0"))

penalties = Table(
    "penalties", metadata, _key("id"), _big("member"), _text("kind"), _text("direction"), _text("reason"),
    _text("note"), _big("at"), _big("by"), _big("until"), _big("ended_at"), _big("ended_by"),
    Column("swept", SmallInteger, nullable=False),
    _one_of("kind", "warning", "limited", "frozen", "banned"),
    _one_of("direction", "", "sending", "receiving", "envelopes"),
    CheckConstraint("(kind = 'limited') = (direction <> '')", name="limited"),
    CheckConstraint("kind <> 'warning' OR ended_at = at", name="warned"),
    CheckConstraint("until = 0 OR until > at", name="ends"), **_UPDATED)
Index("ix_penalties_member", penalties.c.member)
_ends = "ended_at = 0 AND until <> 0"
Index("ix_penalties_ending_until", penalties.c.until, **_where(_ends))
Index("ix_penalties_running_at", penalties.c.at, **_where("ended_at = 0"))
Index("ix_penalties_unswept_at", penalties.c.at, **_where("swept = 0"))

legal_holds = Table(
    "legal_holds", metadata, _key("id"), _big("member"), _text("authority"), _text("reference"),
    Column("dated", Integer, nullable=False), _big("amount"), _big("until"), _text("note"), _big("at"),
    _big("proposal", unique=True), _big("since_entry"), _big("since_held"), _big("ended_at"), _big("ended_by"),
    _text("why"), _big("last_entry"), _big("last_held"),
    CheckConstraint("amount >= 0 AND dated > 0 AND authority <> '' AND reference <> ''", name="order"),
    CheckConstraint("until = 0 OR until > at", name="ends"),
    # It ends once: by its time, or by two operators.
    CheckConstraint("ended_at <> 0 OR (ended_by = 0 AND last_entry = 0 AND last_held = 0)", name="stands"),
    CheckConstraint("ended_at = 0 OR (last_entry >= since_entry AND last_held >= since_held)", name="counted"),
    CheckConstraint("ended_at = 0 OR ended_by <> 0 OR (until <> 0 AND ended_at >= until)", name="ended"), **_UPDATED)
Index("ix_legal_holds_member", legal_holds.c.member)
Index("ix_legal_holds_standing_until", legal_holds.c.until, **_where("ended_at = 0"))

operations = Table(
    "operations", metadata, Column("key", Text, primary_key=True), _bytes("fingerprint"), _text("outcome"), _big("at"),
    **_KEYED)

journal = Table(
    "journal", metadata, Column("lane", SmallInteger, primary_key=True, autoincrement=False), _key("seq"),
    _bytes("previous"), _bytes("hash"), _big("at"), **_KEYED)

notices = Table(
    "notices", metadata, _key("id"), _big("member"), _big("telegram_id"), _text("event"), _text("facts"), _big("at"),
    Column("lane", SmallInteger, nullable=False),
    # Delivery: a row is deleted when its message has arrived.
    _text("state", server_default="pending"), Column("tries", Integer, nullable=False, server_default="0"),
    _big("due_at", server_default="0"), _one_of("state", "pending", "undeliverable"))

# Only those that could not be told are looked for by their reader, when that comes back.
Index("ix_notices_undeliverable_reader", notices.c.member, notices.c.telegram_id,
      **_where("state = 'undeliverable'"))

audit = Table(
    "audit", metadata, _key("id"), _big("member"), _text("act"), _text("facts"), _big("at", index=True),
    Column("lane", SmallInteger, nullable=False), _big("seq"))
Index("ix_audit_member_at", audit.c.member, audit.c.at)
Index("ix_audit_by", named_by(audit.c.facts), audit.c.at)
Index("ix_audit_appointed", first_number(audit.c.facts), audit.c.at, **_where("act = 'appointed'"))

# ----------------------------------------------------------------------------------------- the engine's ground
lanes = Table(
    "lanes", metadata, Column("lane", SmallInteger, primary_key=True, autoincrement=False), _big("epoch"), _big("seq"),
    _bytes("head"), _big("counter"), _big("last_now"), CheckConstraint("lane >= 0 AND lane < 64", name="lane"),
    **_UPDATED)

anchors = Table(
    "anchors", metadata, _key("id"), _big("at"), _bytes("previous"), _bytes("hash"), _text("heads"))

documents = Table(
    "documents", metadata, Column("name", Text, primary_key=True), Column("version", Text, primary_key=True),
    Column("language", Text, primary_key=True), _text("sha256"), _big("effective"), _big("published_at"), **_KEYED)

group_rules = Table(
    "group_rules", metadata, _key("chat"), _text("off"), _big("average"), Column("shares", Integer, nullable=False),
    Column("question", SmallInteger, nullable=False), Column("delay", Integer, nullable=False),
    Column("tidy", SmallInteger, nullable=False),
    CheckConstraint("chat < 0 AND average >= 0 AND shares >= 0 AND delay >= 0 AND tidy >= 0", name="numbers"),
    CheckConstraint("question IN (0, 1, 2)", name="question"), **_UPDATED)

roles = Table(
    "roles", metadata, _key("telegram_id"), _text("role"), _big("at"), _big("by"),
    _one_of("role", "", "owner", "admin", "risk", "support", "auditor"))

# ------------------------------------------------------------------------------------------ what the days came to
day_sums = Table(
    "day_sums", metadata, Column("day", Integer, primary_key=True, autoincrement=False),
    Column("what", Text, primary_key=True), _big("number"), _big("amount"),
    CheckConstraint("number > 0 AND amount >= 0", name="sums"), **_UPDATED, **_KEYED)

active_members = Table(
    "active_members", metadata, _key("member"), Column("day", Integer, nullable=False, index=True))

counted_lanes = Table(
    "counted_lanes", metadata, Column("lane", SmallInteger, primary_key=True, autoincrement=False), _big("upto"),
    **_UPDATED)

# -------------------------------------------------------------------------------------------- ways in and out
updates = Table(
    "updates", metadata, _key("bot"), _key("update_id"), Column("digest", LargeBinary, primary_key=True),
    _big("person"), Column("body", LargeBinary), _text("state"), Column("tries", Integer, nullable=False),
    _big("received_at"), _big("done_at"), _text("holder"),
    _one_of("state", "pending", "done", "refused", "dead"), **_UPDATED, **_KEYED)
Index("ix_updates_pending", updates.c.bot, updates.c.received_at, **_where("state = 'pending'"))

dialogs = Table("dialogs", metadata, _key("person"), _bytes("sealed"), _big("expires_at"), **_UPDATED)

asked_numbers = Table(
    "asked_numbers", metadata, _key("asker"), Column("day", Integer, primary_key=True, autoincrement=False),
    Column("digest", Text, primary_key=True), **_KEYED)

people = Table(
    "people", metadata, _key("telegram_id"), _text("username_key", index=True), _text("username"), _text("name"),
    _text("language_code"), Column("is_bot", Boolean, nullable=False), _big("seen_at"), **_UPDATED)

groups = Table(
    "groups", metadata, _key("chat"), _text("title"), _text("language"), Column("chosen", Boolean, nullable=False),
    _big("seen_at"), **_UPDATED)

leavings = Table(
    "leavings", metadata, _key("chat"), _key("message"), _big("due_at", index=True), **_KEYED)

desk_cards = Table(
    "desk_cards", metadata, _key("chat"), _key("message"), _text("kind"), _big("number"),
    _one_of("kind", "proposal", "held"), **_KEYED)

leases = Table(
    "leases", metadata, Column("name", Text, primary_key=True), _text("holder"), _big("until"), **_UPDATED)

proposals = Table(
    "proposals", metadata, _key("id"), _text("deed"), _big("member"), _big("maker"), _big("checker"),
    _text("state"), _big("made_at"), _big("expires_at"), _big("ended_at"), _text("why"),
    _one_of("state", "open", "approved", "rejected", "expired"),
    CheckConstraint("(state = 'open') = (ended_at = 0)", name="ended"),
    CheckConstraint("(state IN ('approved', 'rejected')) = (checker <> 0)", name="checker"),
    # Maker and checker are two persons.
    CheckConstraint("state <> 'approved' OR checker <> maker", name="two"), **_UPDATED)
Index("ix_proposals_open_expires_at", proposals.c.expires_at, **_where("state = 'open'"))

publications = Table(
    "publications", metadata, _key("id"), _text("document"), _text("version"), _text("english"), _text("chinese"),
    _big("effective"), _big("at"), UniqueConstraint("document", "version"))

adjustments = Table("adjustments", metadata, _key("transfer"), _big("proposal", unique=True), _big("receipt"))

OF_ROW: Final[dict[type[rows.Row], Table]] = {
    rows.OneTimeCodes: one_time_codes, rows.Move: moves, rows.FormerAccount: former_accounts,
    rows.Identity: identities, rows.Enterprise: enterprises, rows.Application: applications, rows.Paper: papers,
    rows.Switch: switch, rows.Member: members, rows.Envelope: envelopes, rows.Request: requests, rows.Voucher: vouchers,
    rows.Split: splits, rows.Schedule: schedules, rows.Ticket: tickets, rows.Proposal: proposals,
    rows.Announcement: announcements, rows.WindDown: wind_downs,
    rows.GroupRules: group_rules, rows.Claim: claims, rows.Role: roles,
    rows.Profile: profiles, rows.Pin: pins, rows.Email: emails, rows.Contact: contacts,
    rows.PinReset: pin_resets, rows.Dormancy: dormancies,
    rows.Acceptance: acceptances, rows.Account: accounts, rows.Transfer: transfers, rows.Entry: entries,
    rows.Note: notes, rows.Unnamed: unnamed, rows.Adjustment: adjustments, rows.Publication: publications,
    rows.Drawn: draws, rows.Share: shares,
    rows.VoucherUse: voucher_uses, rows.VoucherTry: voucher_tries, rows.KeptShare: kept_shares,
    rows.SplitShare: split_shares, rows.SplitOffer: split_offers, rows.Ran: runs,
    rows.TicketWords: ticket_words, rows.Hold: holds,
    rows.Counter: counters, rows.OwnLimits: own_limits, rows.Ward: wards, rows.Tally: tallies, rows.Pair: pairs,
    rows.Block: blocks, rows.Habit: habits, rows.Hit: hits, rows.NameList: name_lists, rows.Interception: interceptions,
    rows.Draft: drafts, rows.Penalty: penalties, rows.LegalHold: legal_holds, rows.Operation: operations,
    rows.Journal: journal, rows.Notice: notices, rows.Audit: audit}
"""Which table holds which rows."""

FINAL: Final = (*(OF_ROW[cls].name for cls in rows.ALL if cls.FINAL), journal.name, anchors.name)
"""Tables whose rows are never changed or deleted: triggers see to it."""
