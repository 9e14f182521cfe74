"""What a payer wants, kept until they say so: a draft waits for its owner's word, and nothing has moved.

Guards: one rule confirms every debit, whatever it is for. A draft ends exactly once, used, cancelled or run out, and
only by its owner or the clock; what it is for is checked again when its owner says yes, and the PIN is asked once the
day's PIN-less sum is used up. Its token names it to nobody else.
"""
from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, ClassVar, Final

from wallet import gate, ids, limits, pins, refusals, risk
from wallet.books import Books
from wallet.commands import Command, Done, Outcome, tupled, unasked
from wallet.events import DraftRanOut
from wallet.movements import AccountKind
from wallet.plain import compact, frozen, values
from wallet.rows import Account, Claim, Draft, Key, Member, Pin

DRAFT_LIFE: Final = 10 * 60 * 1_000_000
"""How long a draft waits for its owner's word."""


# ----------------------------------------------------------------------------------------------- what is wanted
@frozen()
class Intent(ABC):
    """A debit that a member wants, as a draft keeps it. Fields are plain values and tuples of them."""

    payer: int
    chat: int
    """The group in which it was asked, 0 in private."""

    WORD: ClassVar[str] = ""
    """What its stored text begins with."""
    GATE: ClassVar[str] = ""
    """The feature whose documents the payer must have accepted."""
    ASKS: ClassVar[bool] = False
    """Whether it asks others for money, and its owner pays nothing."""
    BINDS: ClassVar[bool] = False
    """As of a command: refused once the service is to close."""
    SIGNED: ClassVar[bool] = False
    """Whether its owner signs it as an operator."""
    _known: ClassVar[dict[str, type[Intent]]] = {}

    def __init_subclass__(cls) -> None:
        if cls.WORD:
            Intent._known[cls.WORD] = cls

    @property
    @abstractmethod
    def total(self) -> int:
        """What it comes to."""

    @abstractmethod
    def check(self, books: Books, payer: Member) -> Any:
        """Refuse what may not be, however it is authorised. Answers what it found out, for `carry_out`."""

    @abstractmethod
    def carry_out(self, books: Books, draft: Draft, found: Any, *, pinless: bool) -> Outcome:
        """Move the money: its payer said yes, and `check` has just answered `found`."""

    def given_up(self, books: Books, draft: Draft) -> None:
        """Its draft has ended without its owner's yes."""
        return  # Of most nothing else was counted.

    def told(self) -> Intent:
        """What of it is told: all but secrets."""
        return self

    @property
    def asked_under(self) -> str:
        """What Telegram calls the card under which it was asked, where that was sent through us, else ""."""
        return ""

    def text(self) -> str:
        """As a draft stores it."""
        assert self.WORD
        return compact([self.WORD, *values(self)])

    def beyond_pinless(self, books: Books, payer: Member) -> bool:
        """Whether it is more than its payer may still pay today without the PIN, or a rule wants that asked."""
        return self.total > limits.pinless_left(books, payer) or risk.asks(books, payer.id)


class AmountIntent(Intent):
    """A debit of one amount, which each keeps at its own place among what is stored."""

    __slots__ = ()

    amount: int

    @property
    def total(self) -> int:
        return self.amount


def read(text: str) -> Intent:
    """The intent behind a stored text."""
    word, *rest = json.loads(text)
    return Intent._known[word](*tupled(rest))


@frozen()
class Asked(Outcome):
    """The payer's word is needed first."""

    token: str
    needs: str
    """"confirm" or "pin"."""
    intent: str
    """What for, as it is stored, without secrets."""
    expires_at: int
    chat: int
    message: int
    """The message in which it waits, or 0."""

    @property
    def what(self) -> Intent:
        """What for."""
        return read(self.intent)


def asked(draft: Draft) -> Asked:
    """A draft as an outcome."""
    told = read(draft.intent).told().text()
    return Asked(draft.token, draft.needs, told, draft.expires_at, draft.chat, draft.message)


def keep_draft(books: Books, token: str, needs: str, intent: Intent, *, life: int = DRAFT_LIFE) -> Asked:
    """Keep what the payer wants until they say so."""
    risk.asked(books, intent.payer)
    return asked(books.add(Draft(token, intent.payer, needs, intent.text(), "open", books.now + life,
                                  intent.chat, 0, intent.asked_under, 0)))


def is_first(books: Books, token: str, payer: int) -> None:
    """Refuse a second draft under one token, such as a card's: `NotYours` or `DraftOver`."""
    before = books.find(Draft, token)
    if before is not None:
        raise refusals.DraftOver(before.state) if before.member == payer else refusals.NotYours


def card_claim(card: str) -> str:
    """The claim by which a card that was sent through us has something behind it once. A draft is forgotten in time,
    and a card never: it stands where it was sent for as long as its chat does."""
    return f"card:{card}"


def has_nothing_behind(books: Books, card: str, payer: int) -> None:
    """Refuse a second debit under one card, however long ago the first was: `NotYours` or `DraftOver`."""
    claim = books.find(Claim, card_claim(card))
    if claim is not None:
        raise refusals.DraftOver("used") if claim.owner == payer else refusals.NotYours


def put_behind(books: Books, card: str, payer: int) -> None:
    """From now on there is something behind a card."""
    books.add(Claim(card_claim(card), payer, books.now))


def own_draft(books: Books, token: str, member: int) -> Draft:
    """The member's draft, still open. Refuses `DraftUnknown`, `NotYours` and `DraftOver`."""
    draft = books.find(Draft, token)
    if draft is None:
        raise refusals.DraftUnknown
    if draft.member != member:
        raise refusals.NotYours
    if draft.state != "open":
        raise refusals.DraftOver(draft.state)
    if draft.expires_at <= books.now:
        raise refusals.DraftOver("expired")
    return draft


# ------------------------------------------------------------------------------------------- what becomes of it
@frozen(kw_only=True)
class Confirm(Command):
    """The owner of a draft says yes, with the PIN where it is needed."""

    member: int
    token: str
    pin_version: int = unasked(default=0)
    """The version of the PIN that was just proven, or 0."""

    GATE: ClassVar[str] = "join"
    MONEY: ClassVar[bool] = True
    DEBITS: ClassVar[bool] = True
    SIGNS: ClassVar[bool] = False
    """Whether it is an operator's signature: it stops at other gates, so it says yes to nothing else."""

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Draft, self.token), (Account, ids.account(self.member, AccountKind.AVAILABLE)),
                (Pin, self.member), *limits.reads(self.member, today))

    def decide(self, books: Books) -> Outcome:
        """Refuses `DraftUnknown`, `NotYours`, `DraftOver`, `AgreementsNeeded`, `PinNotSet`, `PinNeeded`, `PinChanged`
        and what the intent refuses. A draft that needed a word needs the PIN once the day's PIN-less sum is used up."""
        draft = own_draft(books, self.token, self.member)
        intent = read(draft.intent)
        if intent.SIGNED is not self.SIGNS:
            raise refusals.DraftUnknown
        payer = books.get(Member, self.member)
        if intent.BINDS:
            gate.takes_in(books)
        gate.accepted(books, payer, intent.GATE, spends=True)
        found = intent.check(books, payer)
        # The day was a guess when the counters were asked for.
        books.need(*limits.reads(self.member, books.today))
        if not self.pin_version and draft.needs == "confirm" and intent.beyond_pinless(books, payer):
            risk.asked(books, self.member)
            draft = books.edit(Draft, self.token)
            draft.needs = "pin"
            return asked(draft)
        if self.pin_version or draft.needs == "pin":
            pins.proven(books, self.member, self.pin_version)
        books.edit(Draft, self.token).state = "used"
        return intent.carry_out(books, draft, found, pinless=not self.pin_version)


@frozen(kw_only=True)
class CancelDraft(Command):
    """The owner of a draft says no."""

    member: int
    token: str

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Draft, self.token),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `DraftUnknown`, `NotYours` and `DraftOver`."""
        draft = own_draft(books, self.token, self.member)
        read(draft.intent).given_up(books, draft)
        books.edit(Draft, self.token).state = "cancelled"
        return asked(draft)


@frozen(kw_only=True)
class PlaceDraft(Command):
    """Note in which message a draft waits, so that it can be changed when the draft ends."""

    member: int
    token: str
    chat: int
    message: int

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Draft, self.token),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `DraftUnknown`, `NotYours` and `DraftOver`."""
        own_draft(books, self.token, self.member)
        draft = books.edit(Draft, self.token)
        draft.chat, draft.message = self.chat, self.message
        return Done()


@frozen(kw_only=True)
class ExpireDraft(Command):
    """The clock ends a draft whose owner said nothing in time."""

    token: str

    def reads(self, today: int) -> Iterable[Key]:
        return ((Draft, self.token),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `DraftUnknown` and `DraftOver`; before its time, with `DraftNotDue`, the draft stays open."""
        draft = books.find(Draft, self.token)
        if draft is None:
            raise refusals.DraftUnknown
        books.need((Member, draft.member))  # A draft is its owner's child, so it counts only when they are locked.
        if draft.state != "open":
            raise refusals.DraftOver(draft.state)
        if books.now < draft.expires_at:
            raise refusals.DraftNotDue
        intent = read(draft.intent)
        intent.given_up(books, draft)
        books.edit(Draft, self.token).state = "expired"
        if draft.card:
            owner = books.get(Member, draft.member).telegram_id
            books.tell(draft.member, DraftRanOut(owner, 0, intent.total, draft.card, intent.ASKS))
        elif draft.message:
            books.tell(draft.member, DraftRanOut(draft.chat, draft.message, intent.total))
        return asked(draft)
