"""The rows that operations read and write, one class per table.

Guards: a row here and its table in `storage/tables.py` have the same columns in the same order (a test compares
them). Moments are microseconds since 1970 in UTC, money is minor units, both as integers: they are the same on
every database and never lose a digit.

A row is never changed in place: `books.edit` hands out a copy, so that a refused command leaves no trace.
"""
from __future__ import annotations

from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any, ClassVar, Final, Self, TypeAlias

Key: TypeAlias = "tuple[type[Row], Any]"
"""Names one row: its class, and its primary key's value (a tuple where the key has several columns)."""


class Row:
    """Base of all rows."""

    __slots__ = ()

    KEY: ClassVar[tuple[str, ...]] = ("id",)
    """The primary key's columns."""
    ROOT: ClassVar[bool] = False
    """Whether reading it in a command locks it. Everything else is guarded by the lock of its root."""
    FINAL: ClassVar[bool] = False
    """Never changed after it was written; enters the journal's hash."""
    ONCE: ClassVar[bool] = False
    """Written by one operation and not looked for before it is committed, as all that is FINAL."""
    VALUES: ClassVar[attrgetter[tuple[Any, ...]]]
    """Takes all values of a row, in the order of the columns: for many rows at half of what calling `values` costs."""
    NAMED: ClassVar[attrgetter[tuple[Any, ...]]]
    """The same behind the name of the class."""
    _columns: ClassVar[tuple[str, ...]]
    _pk: ClassVar[attrgetter[Any]]

    @classmethod
    def prepare(cls) -> None:
        """Look up the fields once; called for every class at the end of this module."""
        assert cls.ONCE or not cls.FINAL
        cls._columns = names = tuple(field.name for field in fields(cls))  # type: ignore[arg-type]
        cls.VALUES = attrgetter(*names)
        cls.NAMED = attrgetter("__class__.__name__", *names)
        cls._pk = attrgetter(*cls.KEY)

    @classmethod
    def columns(cls) -> tuple[str, ...]:
        """The columns in their order."""
        return cls._columns

    def values(self) -> tuple[Any, ...]:
        """All values, in the order of the columns."""
        return self.VALUES(self)

    def pk(self) -> Any:
        """The primary key's value."""
        return self._pk(self)

    def copy(self) -> Self:
        """A row with the same values."""
        return type(self)(*self.VALUES(self))


# ------------------------------------------------------------------------------------------- people: roots
@dataclass(slots=True)
class Member(Row):
    """Somebody who has begun to join, or has joined. The root of all that is theirs."""

    ROOT: ClassVar[bool] = True

    id: int
    telegram_id: int
    state: str
    """"joining", "active", "frozen", "banned", "dormant" or "closed"."""
    step: str
    """Where joining stands: "language", "agree", "contact", "minor" and "barred" for somebody under 18 who may take
    that back and who may not any more, or "" when it is done."""
    language: str
    """"en" or "zh_CN"."""
    level: int
    """Identity level 0 to 2."""
    accepted: str
    """Documents accepted last, as " name@version name@version " (see `wallet.agreements`)."""
    no_pin_limit: int
    """Up to this sum of PIN-less debits a day no PIN is asked; minor units."""
    restrictions: int
    """Bits of `wallet.gate.Restriction`."""
    restricted_until: int
    """When they end; 0 for not by themselves."""
    payload: str
    """What the person came for with /start, to go on with after joining."""
    waiting: int
    """How many payments of theirs wait for somebody to join, or to say yes."""
    joined_at: int
    """When joining was done; 0 before."""
    created_at: int
    confirm_incoming: int
    """1 when what others send waits until they accept it, else 0."""


LUCKY: Final = "lucky"
"""An envelope whose shares are drawn by chance."""
EQUAL: Final = "equal"
"""One whose shares are all the same."""


@dataclass(slots=True)
class Envelope(Row):
    """A red envelope: what went into it, and what became of that. The root of its account, its shares and its draw."""

    ROOT: ClassVar[bool] = True

    id: int
    member: int
    """Who made it."""
    kind: str
    """`LUCKY` or `EQUAL`."""
    amount: int
    shares: int
    """How many there are."""
    opened: int
    """How many of them were opened."""
    given: int
    """What these came to."""
    returned: int
    """What went back to its maker."""
    state: str
    """"open", "emptied" or "expired"."""
    transfer: int
    """The transfer that filled it; its code is what people quote, its note the greeting."""
    expires_at: int
    ended_at: int
    ended_by: int
    """The transfer by which the rest went back, or 0."""
    chat: int
    """The group that may open it; 0 where its card was sent through us, into whatever chat."""
    message: int
    """Its card there, or 0."""
    beneficiary: int
    """Who alone may open it, by Telegram id; 0 for everybody."""
    word: str
    """What one has to say to open it, as it is shown; "" for nothing."""
    kept: int
    """How many shares are kept for people who have yet to join."""
    card: str
    """What Telegram calls a card that was sent through us, "" for one in a group: only under it this is opened."""
    theme: str
    """What its cover is for, as its maker chose; "" where they chose nothing."""


NAMED: Final = "named"
"""A split whose payers are named."""
BY_PLACE: Final = "open"
"""One that whoever comes first may pay."""


@dataclass(slots=True)
class Split(Row):
    """What somebody asks others their shares of, and how far that is. The root of its shares."""

    ROOT: ClassVar[bool] = True

    id: int
    member: int
    """Who made it and collects."""
    kind: str
    """`NAMED` or `BY_PLACE`."""
    amount: int
    """What is divided."""
    heads: int
    """Among how many, whoever collects counted where they bear a share."""
    payers: int
    """How many are to pay."""
    due: int
    """What they pay in all."""
    paid: int
    """How many have paid."""
    collected: int
    """What these paid."""
    state: str
    """"open", "complete", "closed" or "expired"."""
    made_at: int
    expires_at: int
    remind_at: int
    """When the clock reminds; 0 once it has."""
    reminded_at: int
    """When whoever collects reminded last, or 0."""
    ended_at: int
    chat: int
    """The group that it is for, or the maker's private chat."""
    message: int
    """Its card there, or 0."""
    note: str


@dataclass(slots=True)
class Request(Row):
    """That a member asks one person for money, and what became of it. A root, because whoever is asked ends it too."""

    ROOT: ClassVar[bool] = True

    id: int
    member: int
    """Who asks."""
    person: int
    """The Telegram id of whoever is asked; they need not have joined."""
    amount: int
    note: str
    """Erasable; no hash depends on it."""
    by_number: int
    """1 when the asker named the person by nothing but a phone number, which tells no name; else 0."""
    state: str
    """"open", "paid", "declined", "withdrawn" or "expired"."""
    created_at: int
    remind_at: int
    """When the person is reminded; 0 once they were."""
    expires_at: int
    ended_at: int
    transfer: int
    """The transfer that paid it, or 0."""
    chat: int
    """The chat in which its card stands, or 0."""
    message: int
    """The card's message there, or 0."""
    offer: int
    """The newest message that asks the person, in their private chat, or 0."""


@dataclass(slots=True)
class GroupRules(Row):
    """What a group's administrators chose for it; a group without a row has the deployment's own rules."""

    KEY: ClassVar[tuple[str, ...]] = ("chat",)
    ROOT: ClassVar[bool] = True

    chat: int
    off: str
    """The features that don't work there, in alphabetical order between commas."""
    average: int
    """The most that a share of an envelope may be on average, or 0 for the deployment's own bound."""
    shares: int
    """The most shares that an envelope may have, or 0."""
    question: int
    """1 where whoever opens a share has to answer a question."""
    delay: int
    """How many minutes a new account waits before it opens a share."""
    tidy: int
    """After how many hours what has done its service is cleared away, or 0."""


@dataclass(slots=True)




class Voucher(Row):
    """Money that whoever has its link may redeem, once each. The root of its account, its uses and its tries."""

    ROOT: ClassVar[bool] = True

    id: int
    member: int
    """Who made it."""
    amount: int
    """Of each use."""
    uses: int
    """How often it may be redeemed."""
    used: int
    """How often it was."""
    returned: int
    """What went back to its maker."""
    state: str
    """"open", "used" (to the last), "withdrawn" or "expired"."""
    transfer: int
    """The transfer that filled it."""
    only: int
    """The Telegram id of the one person who may redeem it, or 0."""
    nonce: str
    """From it and from a key outside the database its link follows."""
    password: str
    """Its password, sealed with the same key; "" for none."""
    tries: int
    """How many wrong passwords were typed, by whomever."""
    expires_at: int
    ended_at: int
    ended_by: int
    """The transfer by which the rest went back, or 0."""
    chat: int
    """The chat in which its card stands."""
    message: int
    """The card's message there, or 0."""
    pinless_on: int
    """The day on which it was counted among what its maker paid without the PIN, or 0."""


@dataclass(slots=True)
class Schedule(Row):
    """A payment that comes again on certain days, as its payer said with the PIN. The root of what became of each day.

    Days are numbers of the calendar where the deployment lives."""

    ROOT: ClassVar[bool] = True

    id: int
    member: int
    """Who pays."""
    person: int
    """The receiver's Telegram id."""
    amount: int
    note: str
    """Erasable; no hash depends on it."""
    by_number: int
    """1 when the payer named the receiver by nothing but a phone number, which tells no name; else 0."""
    unit: str
    """"day", "week" or "month"."""
    on_day: int
    """Which of it, as in `wallet.dates`."""
    last_day: int
    """None is later; 0 for no end."""
    state: str
    """"active", "stopped" or "ended"."""
    next_day: int
    """The day that is due next."""
    try_day: int
    """When that is paid or tried again."""
    tries: int
    """How often that was tried."""
    told_day: int
    """The day of which the payer was told beforehand last."""
    created_at: int
    ended_at: int


@dataclass(slots=True)
class Claim(Row):
    """A text that only one may have, such as a phone number's digest. Locked by its text, in order, after roots."""

    KEY: ClassVar[tuple[str, ...]] = ("text",)

    text: str
    owner: int
    at: int


@dataclass(slots=True)
class Role(Row):
    """That somebody is an operator. The deployment's owners are named by a setting."""

    KEY: ClassVar[tuple[str, ...]] = ("telegram_id",)

    telegram_id: int
    role: str
    """"owner", "admin", "risk", "support" or "auditor"."""
    at: int
    by: int


# --------------------------------------------------------------------------------- people: what is theirs
@dataclass(slots=True)
class Profile(Row):
    """What is known about a person; erasable, no amount or hash depends on it."""

    KEY: ClassVar[tuple[str, ...]] = ("member",)

    member: int
    nickname: str
    nickname_changes: int
    phone: bytes
    """Sealed with the member's key."""
    wrapped_key: bytes
    """The member's key, sealed with the deployment's; destroying it makes sealed fields unreadable."""


@dataclass(slots=True)
class Pin(Row):
    """A member's payment PIN and how often it was tried."""

    KEY: ClassVar[tuple[str, ...]] = ("member",)

    member: int
    hash: str
    """argon2id, with its parameters."""
    version: int
    attempts: int
    """Reserved since the last right one."""
    locks: int
    """How often it was locked since the last right one; each lock is longer."""
    locked_until: int


@dataclass(slots=True)
class Acceptance(Row):
    """That somebody accepted a document: which version, in which language, which text exactly, when, where."""

    KEY: ClassVar[tuple[str, ...]] = ("id",)
    FINAL: ClassVar[bool] = True
    ONCE: ClassVar[bool] = True

    id: int
    member: int
    document: str
    version: str
    language: str
    sha256: str
    chat: int
    at: int
    lane: int
    seq: int


# ------------------------------------------------------------------------------------------------- ledger
@dataclass(slots=True)
class Account(Row):
    """A balance and how many entries made it. Its id tells its owner and its kind."""

    id: int
    kind: int
    balance: int
    entries: int


@dataclass(slots=True)
class Transfer(Row):
    """One movement of money: what, between which accounts, how much, when, and which commit wrote it."""

    FINAL: ClassVar[bool] = True
    ONCE: ClassVar[bool] = True

    id: int
    kind: str
    debit: int
    credit: int
    amount: int
    at: int
    reverses: int
    """The transfer that this one takes back, or 0."""
    hold: int
    """The hold it begins or ends, or 0."""
    note_digest: bytes
    """Keyed digest of its note, empty without one: erasing the note changes no hash."""
    lane: int
    seq: int


@dataclass(slots=True)
class Entry(Row):
    """One side of a transfer, numbered per account without gaps, with the balance it left."""

    KEY: ClassVar[tuple[str, ...]] = ("account", "number")
    FINAL: ClassVar[bool] = True
    ONCE: ClassVar[bool] = True

    account: int
    number: int
    transfer: int
    amount: int
    balance_after: int


@dataclass(slots=True)
class Note(Row):
    """What a payer wrote to a transfer; erasable."""

    KEY: ClassVar[tuple[str, ...]] = ("transfer",)
    ONCE: ClassVar[bool] = True

    transfer: int
    text: str


@dataclass(slots=True)
class Unnamed(Row):
    """A transfer of which one side named the other by nothing but a phone number, and is told no more."""

    KEY: ClassVar[tuple[str, ...]] = ("transfer",)
    ONCE: ClassVar[bool] = True

    transfer: int
    member: int
    """Who is told no name."""


@dataclass(slots=True)
class Drawn(Row):
    """How an envelope was divided, written down before anything of it was opened."""

    KEY: ClassVar[tuple[str, ...]] = ("envelope",)
    FINAL: ClassVar[bool] = True
    ONCE: ClassVar[bool] = True

    envelope: int
    seed: str
    """Known to nobody until the envelope has ended."""
    shares: str
    """All of them in the order in which they are opened (see `wallet.shares`)."""
    lane: int
    seq: int


@dataclass(slots=True)
class Share(Row):
    """What somebody took out of an envelope, which they can do once."""

    KEY: ClassVar[tuple[str, ...]] = ("envelope", "member")

    envelope: int
    member: int
    number: int
    """Its place in the order of opening, from 1."""
    amount: int
    transfer: int


@dataclass(slots=True)
class VoucherUse(Row):
    """That somebody redeemed a voucher, which they can do once."""

    KEY: ClassVar[tuple[str, ...]] = ("voucher", "member")

    voucher: int
    member: int
    number: int
    """Its place among the uses, from 1."""
    transfer: int


@dataclass(slots=True)
class VoucherTry(Row):
    """How often somebody typed a wrong password for a voucher."""

    KEY: ClassVar[tuple[str, ...]] = ("voucher", "member")

    voucher: int
    member: int
    tries: int


@dataclass(slots=True)
class KeptShare(Row):
    """That a share of an envelope is kept for somebody who has yet to join; which one is settled when it is opened."""

    KEY: ClassVar[tuple[str, ...]] = ("envelope", "person")

    envelope: int
    person: int
    """Their Telegram id."""
    until: int
    """When the clock returns it to the others."""
    state: str
    """"kept", "opened" or "returned"."""


@dataclass(slots=True)
class SplitShare(Row):
    """What somebody pays of a split, which they can do once. Those who are not named have one when they have paid."""

    KEY: ClassVar[tuple[str, ...]] = ("split", "person")

    split: int
    person: int
    """Telegram id."""
    number: int
    """Its place, from 1."""
    amount: int
    member: int
    """Who paid it, or 0."""
    transfer: int
    """The transfer by which they did, or 0."""


@dataclass(slots=True)
class Ran(Row):
    """What became of one day of a schedule: nothing does so twice."""

    KEY: ClassVar[tuple[str, ...]] = ("schedule", "day")
    ONCE: ClassVar[bool] = True

    schedule: int
    day: int
    transfer: int
    """The payment, or 0 when the day was skipped."""
    at: int


TO_CLAIM: Final = "claim"
"""What a hold is for: it waits for a person who has not joined."""
TO_ACCEPT: Final = "accept"
"""It waits for the word of a member who confirms what comes in."""
TO_ARRIVE: Final = "delay"
"""It arrives by itself when its time has come, because its payer wanted to be able to take it back until then."""


@dataclass(slots=True)
class Hold(Row):
    """Money set aside until exactly one of: settled, released, declined, expired. A child of the paying member."""

    id: int
    member: int
    """Whose money it is."""
    purpose: str
    """`TO_CLAIM`, `TO_ACCEPT` or `TO_ARRIVE`."""
    amount: int
    beneficiary: int
    """The Telegram id of the person it waits for; 0 when it is for whoever takes it first under its card."""
    transfer: int
    """The transfer that set it aside; its code is what people quote."""
    state: str
    """"open", "settled", "released", "declined" or "expired"."""
    expires_at: int
    ended_at: int
    ended_by: int
    """The transfer that ended it, or 0."""
    chat: int
    """The chat in which its card stands, or 0."""
    message: int
    """The card's message there, or 0."""
    by_number: int
    """1 when the payer named the person by nothing but a phone number, which tells no name; else 0."""
    pinless_on: int
    """The day on which it was counted among what its payer paid without the PIN, or 0."""
    offer: int
    """The message that offers it to the person, in their private chat, or 0."""
    card: str
    """What Telegram calls a card that was sent through us, or "": only under it this is taken."""


@dataclass(slots=True)
class Counter(Row):
    """What a member paid on one day (day 0: ever), counted in the commit that moved the money."""

    KEY: ClassVar[tuple[str, ...]] = ("member", "day")

    member: int
    day: int
    sent_sum: int
    sent_count: int
    pinless_sum: int


@dataclass(slots=True)
class Tally(Row):
    """How many of something a member has open, and how many they began on the last day, or in the last other window of
    time, in which they began one."""

    KEY: ClassVar[tuple[str, ...]] = ("member", "what")

    member: int
    what: str
    """Of what, as `wallet.tallies` names it."""
    open: int
    day: int
    began: int
    """On that day."""


BY_NAME: Final = 0
"""Somebody was pointed at, or named by anything but a phone number."""
BY_NUMBER: Final = 1
"""By nothing but a phone number."""
BOTH: Final = 2
"""In both ways, and neither was told to be the same person."""


@dataclass(slots=True)
class Pair(Row):
    """How often, how much and when last one member paid another."""

    KEY: ClassVar[tuple[str, ...]] = ("sender", "receiver")

    sender: int
    receiver: int
    count: int
    total: int
    last_at: int
    """When it was by name last; by number as long as no name was named."""
    by_number: int
    """How the sender has named the receiver: `BY_NAME`, `BY_NUMBER` (which tells no name) or `BOTH`."""


# ------------------------------------------------------------------------------------------------- asking
@dataclass(slots=True)
class Draft(Row):
    """A debit that waits for its owner's word. Its token is the button's: random, one use, bound to the member."""

    KEY: ClassVar[tuple[str, ...]] = ("token",)

    token: str
    member: int
    needs: str
    """"confirm" or "pin"."""
    intent: str
    """What its owner wants, as JSON (see `wallet.drafts.Intent`)."""
    state: str
    """"open", "used", "cancelled" or "expired"."""
    expires_at: int
    chat: int
    message: int
    """The chat and the message that asked, so that the waiting line there can be changed."""


# ------------------------------------------------------------------------------------------------- engine
@dataclass(slots=True)
class Switch(Row):
    """The money switch, one row: read, under lock, by every commit."""

    ROOT: ClassVar[bool] = True

    id: int
    state: str
    """"open", "maintenance" or "read_only"."""
    until: int
    reason: str


@dataclass(slots=True)
class Operation(Row):
    """That a key was decided, what was asked and what came of it. Expires after 90 days."""

    KEY: ClassVar[tuple[str, ...]] = ("key",)
    ONCE: ClassVar[bool] = True

    key: str
    fingerprint: bytes
    outcome: str
    at: int


@dataclass(slots=True)
class Journal(Row):
    """One commit of a lane: its place in the lane's chain and the hash over what it wrote."""

    KEY: ClassVar[tuple[str, ...]] = ("lane", "seq")

    lane: int
    seq: int
    previous: bytes
    hash: bytes
    at: int


@dataclass(slots=True)
class Notice(Row):
    """Somebody must be told something; written with what happened, delivered at least once."""

    ONCE: ClassVar[bool] = True

    id: int
    member: int
    """To whom, or 0 when `telegram_id` is somebody who has not joined."""
    telegram_id: int
    event: str
    facts: str
    """The event's facts as JSON; words are found at delivery, in the reader's language."""
    at: int
    lane: int


@dataclass(slots=True)
class Audit(Row):
    """Something that people answer for: a step of joining, a PIN lock, an operator's act. Append-only."""

    FINAL: ClassVar[bool] = True
    ONCE: ClassVar[bool] = True

    id: int
    member: int
    act: str
    facts: str
    at: int
    lane: int
    seq: int


ALL: tuple[type[Row], ...] = (Switch, Member, Envelope, Request, Voucher, Split, Schedule, GroupRules, Claim, Role,
                              Profile, Pin, Acceptance, Account, Transfer, Entry, Note, Unnamed, Drawn, Share,
                              VoucherUse, VoucherTry, KeptShare, SplitShare, Ran, Hold, Counter, Tally, Pair, Draft,
                              Operation, Journal, Notice, Audit)
"""All rows, in the order in which they are locked, read and written."""

for _cls in ALL:
    _cls.prepare()
