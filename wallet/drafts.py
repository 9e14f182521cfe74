"""What a payer wants, kept until they say so: a draft waits for its owner's word, and nothing has moved.

Guards: a draft ends exactly once, used, cancelled or run out, and only by its owner or the clock. Its token names it
to nobody else.
"""
from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final, TypeVar

from wallet import refusals
from wallet.books import Books
from wallet.commands import Command, Done, Outcome
from wallet.events import DraftRanOut
from wallet.plain import frozen, values
from wallet.rows import Draft, Key, Member

DRAFT_LIFE: Final = 10 * 60 * 1_000_000
"""How long a draft waits for its owner's word."""


@frozen()
class Asked(Outcome):
    """The payer's word is needed first. `needs` is "confirm" or "pin"."""

    token: str
    needs: str
    receivers: tuple[int, ...]
    amount: int
    note: str
    expires_at: int
    chat: int
    message: int


@frozen()
class EnvelopeAsked(Outcome):
    """The word of whoever wants to fill a red envelope is needed first. `needs` is "confirm" or "pin"."""

    token: str
    needs: str
    kind: str
    amount: int
    """All of it."""
    shares: int
    greeting: str
    expires_at: int
    group: int
    """Who may open it."""
    chat: int
    message: int


@frozen()
class Intent:
    """What a payer wants: the part of a `transfers.Send` that a draft keeps."""

    payer: int
    receivers: tuple[int, ...]
    """Telegram ids."""
    amount: int
    note: str
    chat: int
    by_number: tuple[int, ...] = ()
    """Those of the receivers of whom the payer knows only the phone number."""

    def text(self) -> str:
        """As a draft stores it."""
        parts = [self.payer, self.receivers, self.amount, self.note, self.chat]
        return json.dumps([*parts, self.by_number] if self.by_number else parts, ensure_ascii=False)

    @property
    def total(self) -> int:
        """What it comes to."""
        return self.amount * len(self.receivers)

    def asked(self, draft: Draft) -> Asked:
        """Its draft as an outcome."""
        return Asked(draft.token, draft.needs, self.receivers, self.amount, self.note, draft.expires_at, draft.chat,
                     draft.message)


@frozen()
class EnvelopeIntent:
    """A red envelope that a member wants to fill: the part of an `envelopes.AskEnvelope` that a draft keeps."""

    payer: int
    kind: str
    amount: int
    shares: int
    greeting: str
    seed: str
    chat: int
    """The group that may open it."""

    def text(self) -> str:
        """As a draft stores it: what begins with a word is no payment."""
        return json.dumps(["envelope", *values(self)], ensure_ascii=False)

    @property
    def total(self) -> int:
        """What it comes to."""
        return self.amount

    def asked(self, draft: Draft) -> EnvelopeAsked:
        """Its draft as an outcome."""
        return EnvelopeAsked(draft.token, draft.needs, self.kind, self.amount, self.shares, self.greeting,
                             draft.expires_at, self.chat, draft.chat, draft.message)


I = TypeVar("I", Intent, EnvelopeIntent)  # noqa: E741 - an intent, which nobody takes for a number here


def read(text: str) -> Intent | EnvelopeIntent:
    """The intent behind a stored text."""
    first, *rest = json.loads(text)
    if first == "envelope":
        return EnvelopeIntent(*rest)
    receivers, amount, note, chat, *more = rest
    return Intent(first, tuple(receivers), amount, note, chat, tuple(more[0]) if more else ())


def intent_of(draft: Draft, kind: type[I]) -> I:
    """What a draft is for. Refuses `DraftUnknown` when that is something else than is asked about."""
    intent = read(draft.intent)
    if not isinstance(intent, kind):
        raise refusals.DraftUnknown
    return intent


def keep_draft(books: Books, token: str, needs: str, intent: Intent | EnvelopeIntent) -> Asked | EnvelopeAsked:
    """Keep what the payer wants until they say so."""
    draft = Draft(token, intent.payer, needs, intent.text(), "open", books.now + DRAFT_LIFE, intent.chat, 0)
    return intent.asked(books.add(draft))


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
        books.edit(Draft, self.token).state = "cancelled"
        return read(draft.intent).asked(draft)


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
        books.edit(Draft, self.token).state = "expired"
        intent = read(draft.intent)
        if draft.message:
            books.tell(draft.member, DraftRanOut(draft.chat, draft.message, intent.total))
        return intent.asked(draft)
