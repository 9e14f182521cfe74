"""Tickets: what people write to the operators, who answer in the same conversation until it is closed.

Guards: anybody may ask, also somebody frozen, banned or still joining, so there is always a way to be heard; each may
have only so many conversations, messages and pictures waiting. A ticket is its member's and the operators' alone: for
everybody else there is none, and an operator whom one reports is everybody else. No operator looks at or answers
their own. Who read and who wrote is in the audit, the words themselves are not: only a keyed digest of them is.
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from wallet import refusals, tallies
from wallet.books import Books
from wallet.commands import Command, Outcome, unasked
from wallet.events import TicketAnswered, TicketWaits
from wallet.operators import Act, demand
from wallet.plain import frozen
from wallet.rows import Key, Member, Penalty, Role, Ticket, TicketWords

PAYMENT, ACCOUNT, APPEAL, DISPUTE, OTHER = CATEGORIES = ("payment", "account", "appeal", "dispute", "other")
"""What one may write about. The subject of an appeal is the penalty, if there is one; of a dispute the transfer."""
REPORT: Final = "report"
"""About another member, who is its subject; it begins as `wallet.reports` says."""
CLOSINGS: Final = ("solved", "done", "silent")
"""With what an operator may close in the words that we have ready for it; "" is for words of their own."""

MOST_OPEN: Final = 3
"""Conversations that somebody may have open at a time."""
MOST_A_DAY: Final = 5
MOST_WORDS: Final = 200
"""Messages in one."""
MOST_UNANSWERED: Final = 15
"""Messages that its member may write before somebody answers."""
MOST_PICTURES: Final = 20
LONGEST: Final = 2_000
"""Characters of a message: with all that stands around it, it fits into one of Telegram's."""
LARGEST_SEALED: Final = 16_384
"""Bytes of one as it is kept, with what Telegram calls its pictures."""
REOPENS: Final = 30 * 24 * 60 * 60 * 1_000_000
"""For how long somebody may go on with a conversation that was closed."""
KEPT: Final = 3 * 365 * 24 * 60 * 60 * 1_000_000
"""How long its words are kept after it was closed, as the privacy policy says: as long as claims are usually made."""


@frozen()
class Said(Outcome):
    """A message is part of a ticket now."""

    ticket: int
    number: int
    """Its number in the conversation, from 1."""
    reopened: bool = False


class Words(NamedTuple):
    """A member's message, as a command carries it."""

    digest: str
    sealed: bytes
    wrapped_key: bytes
    pictures: int


@frozen(kw_only=True)
class OpenTicket(Command):
    """Somebody begins a conversation with the operators."""

    member: int
    category: str
    subject: int = 0
    digest: str
    """Keyed digest of the first message."""
    pictures: int = 0
    sealed: bytes = unasked()
    wrapped_key: bytes = unasked(default=b"")
    """The key that sealed it where that is not the member's own; see `rows.Ticket`."""

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return (*tallies.reads(self.member, tallies.TICKETS), *(((Penalty, self.subject),) if self._appeals else ()))

    @property
    def _appeals(self) -> bool:
        """Whether it is against a penalty."""
        return self.category == APPEAL and bool(self.subject)

    def decide(self, books: Books) -> Outcome:
        """Refuses `NotYours`, for an appeal against what is no penalty of theirs, and `TooManyTickets`."""
        assert self.category in CATEGORIES
        if self._appeals:
            penalty = books.find(Penalty, self.subject)
            if penalty is None or penalty.member != self.member:
                raise refusals.NotYours
        elif self.subject and self.category != DISPUTE:
            raise refusals.NotYours
        _has_room(books, self.member)
        if tallies.begun_today(books, self.member, tallies.TICKETS) >= MOST_A_DAY:
            raise refusals.TooManyTickets(MOST_A_DAY, daily=True)
        return begin(books, self.member, self.category, self.subject, Words(
            self.digest, self.sealed, self.wrapped_key, self.pictures))


@frozen(kw_only=True)
class AskOn(Command):
    """Whoever asks writes once more, and be it after the end."""

    member: int
    ticket: int
    digest: str
    pictures: int = 0
    sealed: bytes = unasked()

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Ticket, self.ticket), *tallies.reads(self.member, tallies.TICKETS, tallies.REPORTS))

    def decide(self, books: Books) -> Outcome:
        """Refuses `TicketUnknown`, `TicketOver`, `TicketFull`, `TicketWaits` and `TooManyTickets`."""
        ticket = books.find(Ticket, self.ticket)
        if ticket is None or ticket.member != self.member:
            raise refusals.TicketUnknown
        reopened = ticket.state == "closed"
        if reopened and books.now - ticket.ended_at > REOPENS:
            raise refusals.TicketOver
        if ticket.words >= MOST_WORDS or ticket.pictures + self.pictures > MOST_PICTURES:
            raise refusals.TicketFull
        if ticket.unanswered >= MOST_UNANSWERED:
            raise refusals.TicketWaits
        ticket = books.edit(Ticket, self.ticket)
        if reopened:
            if ticket.category != REPORT:
                _has_room(books, self.member)
            tallies.begin(books, self.member, counted_as(ticket.category))
            ticket.state, ticket.ended_at = "open", 0
            books.audit(self.member, "ticket_reopened", str(ticket.id))
        ticket.waits_since = ticket.waits_since or books.now
        return _asks(books, ticket, self.digest, self.sealed, self.pictures, reopened=reopened)


@frozen(kw_only=True)
class TakeTicket(Command):
    """An operator sees to a ticket."""

    operator: int
    """Telegram id."""
    ticket: int

    def reads(self, today: int) -> Iterable[Key]:
        return (Role, self.operator), (Ticket, self.ticket)

    def decide(self, books: Books) -> Outcome:
        """Refuses `NotAllowed`, `TicketUnknown`, `TicketOver` and `OnOneself`."""
        ticket = _for_operator(books, self.operator, self.ticket, Act.ANSWER_TICKETS, still_open=True)
        if ticket.operator != self.operator:
            books.edit(Ticket, self.ticket).operator = self.operator
            books.audit(ticket.member, "ticket_taken", f"{ticket.id} by {self.operator}")
        return Said(ticket.id, ticket.words)


@frozen(kw_only=True)
class LookAtTicket(Command):
    """An operator is about to read a ticket, which is written down first. After that new words ring again."""

    operator: int
    """Telegram id."""
    ticket: int

    def reads(self, today: int) -> Iterable[Key]:
        return (Role, self.operator), (Ticket, self.ticket)

    def decide(self, books: Books) -> Outcome:
        """Refuses `NotAllowed`, `TicketUnknown` and `OnOneself`."""
        ticket = _for_operator(books, self.operator, self.ticket, Act.LOOK_AT_TICKETS)
        if ticket.rung:
            books.edit(Ticket, self.ticket).rung = 0
        books.audit(ticket.member, "ticket_read", f"{ticket.id} by {self.operator}")
        return Said(ticket.id, ticket.words)


@frozen(kw_only=True)
class AnswerTicket(Command):
    """An operator answers, and may close it with that: in their own words, or in those that we have ready."""

    operator: int
    """Telegram id."""
    ticket: int
    digest: str = ""
    """Keyed digest of the message; "" where it has no words of its own."""
    close: bool = False
    closing: str = ""
    """One of `CLOSINGS` for our own words, or ""."""
    sealed: bytes = unasked(default=b"")

    def reads(self, today: int) -> Iterable[Key]:
        return (Role, self.operator), (Ticket, self.ticket)

    def decide(self, books: Books) -> Outcome:
        """Refuses `NotAllowed`, `TicketUnknown`, `TicketOver`, `TicketFull` and `OnOneself`."""
        assert bool(self.digest) is not bool(self.closing)
        assert self.closing in ("", *CLOSINGS)
        found = _for_operator(books, self.operator, self.ticket, Act.ANSWER_TICKETS, still_open=True)
        if found.words >= MOST_WORDS and self.digest:
            raise refusals.TicketFull
        ticket = books.edit(Ticket, self.ticket)
        ticket.operator, ticket.waits_since, ticket.unanswered, ticket.rung = self.operator, 0, 0, 0
        if self.digest:
            _say(books, ticket, self.operator, self.digest, self.sealed)
        if self.close:
            ticket.state, ticket.ended_at = "closed", books.now
            tallies.end(books, ticket.member, counted_as(ticket.category))
            books.audit(ticket.member, "ticket_closed", f"{ticket.id} by {self.operator} {self.closing}".rstrip())
        number = ticket.words if self.digest else 0
        books.tell(ticket.member, TicketAnswered(ticket.id, ticket.category, number, self.close, self.closing))
        return Said(ticket.id, number)


# ------------------------------------------------------------------------------------------------- the pieces
def counted_as(category: str) -> str:
    """What a ticket is counted as: reports leave room for one's own affairs."""
    return tallies.REPORTS if category == REPORT else tallies.TICKETS


def begin(books: Books, member: int, category: str, subject: int, words: Words) -> Said:
    """A new ticket, for which there is room."""
    tallies.begin(books, member, counted_as(category))
    ticket = books.add(Ticket(books.number(), member, category, subject, "open", books.now, books.now, 0, 0, 0, 0, 0, 0,
                              words.wrapped_key))
    books.audit(member, "ticket_opened", f"{ticket.id} {category} {subject}")
    return _asks(books, ticket, words.digest, words.sealed, words.pictures)


def _has_room(books: Books, member: int) -> None:
    if tallies.still_open(books, member, tallies.TICKETS) >= MOST_OPEN:
        raise refusals.TooManyTickets(MOST_OPEN, daily=False)


def _for_operator(books: Books, operator: int, number: int, act: Act, *, still_open: bool = False) -> Ticket:
    """A ticket for an operator who may do this with it."""
    demand(books, operator, act)
    ticket = books.find(Ticket, number)
    if ticket is None:
        raise refusals.TicketUnknown
    concerned = (ticket.member, *((ticket.subject,) if ticket.category == REPORT else ()))
    books.need(*((Member, one) for one in concerned), *tallies.reads(ticket.member, counted_as(ticket.category)))
    if books.get(Member, ticket.member).telegram_id == operator:
        raise refusals.OnOneself
    if operator in [books.get(Member, one).telegram_id for one in concerned]:
        raise refusals.TicketUnknown  # Whoever is reported learns neither that nor by whom.
    if still_open and ticket.state != "open":
        raise refusals.TicketOver
    return ticket


def _asks(books: Books, ticket: Ticket, digest: str, sealed: bytes, pictures: int, *, reopened: bool = False) -> Said:
    """Its member writes into it. `ticket` is new or being edited."""
    ticket.unanswered += 1
    ticket.pictures += pictures
    if not ticket.rung:  # Once until somebody looks: whoever writes ten lines rings no bell ten times.
        ticket.rung = 1
        books.ring(TicketWaits(ticket.id, ticket.category, ticket.member))
    _say(books, ticket, 0, digest, sealed)
    return Said(ticket.id, ticket.words, reopened)


def _say(books: Books, ticket: Ticket, operator: int, digest: str, sealed: bytes) -> None:
    assert len(sealed) <= LARGEST_SEALED
    ticket.words += 1
    books.add(TicketWords(ticket.id, ticket.words, operator, sealed, books.now))
    books.audit(ticket.member, "ticket_words", f"{ticket.id} {ticket.words} by {operator or 'the member'} {digest}")
