"""Requests for money: a member asks people, who pay or decline; the asker takes back, and the clock reminds and ends.

Guards: a request is paid once, by whoever was asked, to whoever asked, over its amount, and ends exactly once. Paying
one is a debit like any other. Nobody is asked by the same person more often than a few times a day, and whoever has no
part in a request hears the same as of one that never was.
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from wallet import blocks, gate, ids, limits, pairs, refusals, risk, tallies
from wallet.books import Books
from wallet.commands import Command, Done, Outcome, unasked
from wallet.deadlines import run_out
from wallet.drafts import AmountIntent, keep_draft
from wallet.events import MoneyWent, RequestCame, RequestClosed, RequestEnded, RequestPaid, RequestReminder
from wallet.movements import SEND, AccountKind
from wallet.plain import frozen
from wallet.rows import Account, Draft, Key, Member, Pair, Request

REQUEST_LIFE: Final = 7 * 24 * 60 * 60 * 1_000_000
"""How long a request may be paid."""
REMINDED_AFTER: Final = 24 * 60 * 60 * 1_000_000
"""When whoever is asked is reminded, once."""
MOST_ASKED: Final = 10
"""How many people one command may ask."""
MOST_OPEN: Final = 50
"""How many requests of one's own may be open."""
MOST_TO_ONE: Final = 5
"""How many of them with the same person, and how many a day to the same person."""


@frozen()
class RequestsMade(Outcome):
    """Everybody named is asked. One place per person, in the order in which they were named."""

    requests: tuple[int, ...]
    people: tuple[int, ...]
    """Telegram ids."""
    by_number: tuple[int, ...]
    """Those of them of whom the asker knows only the phone number."""
    amount: int
    """From each."""
    note: str
    expires_at: int


@frozen()
class RequestSettled(Outcome):
    """A request was paid."""

    request: int
    transfer: int
    payee: int
    """The member who asked."""
    amount: int
    note: str
    balance: int
    """What the payer has left."""
    offer: int
    """The message in the payer's private chat that asked, or 0."""


@frozen()
class RequestDone(Outcome):
    """A request has ended without money. `state` is "declined", "withdrawn" or "expired"."""

    request: int
    payee: int
    """The member who asked."""
    person: int
    """The Telegram id of whoever was asked."""
    amount: int
    state: str
    chat: int
    message: int
    """Its card, or 0."""
    offer: int
    """The message that asked in private, or 0."""


@frozen()
class RequestOffered(Outcome):
    """It is known where somebody is asked in private. `state` is what became of the request by then."""

    state: str
    person: int = 0
    """Whoever is asked, by Telegram id."""
    before: int = 0
    """The message that asked them until now, or 0."""


@frozen()
class RequestIntent(AmountIntent):
    """Paying what one is asked for, where that needs the PIN."""

    request: int
    payee: int
    """The member who asks."""
    amount: int
    note: str

    WORD: ClassVar[str] = "request"
    GATE: ClassVar[str] = "payment"

    def check(self, books: Books, payer: Member) -> Request:
        """Refuses what `PayRequest` refuses; answers the request."""
        books.need((Request, self.request))
        return _payable(books, payer, self.request)

    def carry_out(self, books: Books, draft: Draft, found: Request, *, pinless: bool) -> RequestSettled:
        return _pay(books, found, books.get(Member, self.payer), self.chat, pinless=pinless)


@frozen(kw_only=True)
class AskFor(Command):
    """A member asks one or more people for the same amount each."""

    asker: int
    people: tuple[int, ...]
    """Telegram ids, as they were resolved and shown."""
    amount: int
    """From each."""
    note: str = ""
    by_number: tuple[int, ...] = unasked(default=())
    """Those of them of whom the asker knows only the phone number, and is told no more."""

    GATE: ClassVar[str] = "payment"
    BINDS: ClassVar[bool] = True
    MONEY: ClassVar[bool] = True

    def actor(self) -> int:
        return self.asker

    def reads(self, today: int) -> Iterable[Key]:
        return (*tallies.reads(self.asker, tallies.REQUESTS, *map(self._counted, self.people)),
                *blocks.reads(self.people))

    def decide(self, books: Books) -> Outcome:
        """Asks all or none. Refuses `TooManyAsked`, `NamedTwice`, `AskYourself`, `AmountOutOfRange`,
        `TooManyRequests`, `AskedTooOften`, `DirectionRestricted` and `CannotBeAsked`."""
        asker = books.get(Member, self.asker)
        if not 0 < len(self.people) <= MOST_ASKED:
            raise refusals.TooManyAsked(MOST_ASKED)
        if len(set(self.people)) < len(self.people):
            raise refusals.NamedTwice
        if asker.telegram_id in self.people:
            raise refusals.AskYourself
        if not 0 < self.amount <= books.policy.max_amount:
            raise refusals.AmountOutOfRange(1, books.policy.max_amount)
        gate.may_take(books, asker)
        blocks.may_reach(books, self.asker, self.people)
        self._room(books)
        expires = books.now + REQUEST_LIFE
        made = tuple(self._ask(books, person, expires) for person in self.people)
        return RequestsMade(made, self.people, self.by_number, self.amount, self.note, expires)

    def _ask(self, books: Books, person: int, expires: int) -> int:
        number = books.number()
        books.add(Request(number, self.asker, person, self.amount, self.note, int(person in self.by_number), "open",
                          books.now, books.now + REMINDED_AFTER, expires, 0, 0, 0, 0, 0))
        books.audit(self.asker, "asked_for", f"{number} {person} {self.amount}")
        tallies.begin(books, self.asker, tallies.REQUESTS, self._counted(person))
        books.tell(0, RequestCame(number, self.asker, self.amount, self.note, expires), telegram_id=person)
        return number

    def _room(self, books: Books) -> None:
        """Refuse more requests than one may have open, or more than one person may be bothered with."""
        if tallies.still_open(books, self.asker, tallies.REQUESTS) + len(self.people) > MOST_OPEN:
            raise refusals.TooManyRequests(MOST_OPEN)
        for what in map(self._counted, self.people):
            asked = max(tallies.still_open(books, self.asker, what), tallies.begun_today(books, self.asker, what))
            if asked >= MOST_TO_ONE:
                raise refusals.AskedTooOften(MOST_TO_ONE)

    def _counted(self, person: int) -> str:
        """As what asking somebody is counted."""
        return tallies.requests_to(person, by_number=person in self.by_number)


@frozen(kw_only=True)
class PlaceRequest(Command):
    """Note in which message a request's card stands. A group that has become another chat takes it along."""

    asker: int
    request: int
    chat: int
    message: int

    def actor(self) -> int:
        return self.asker

    def reads(self, today: int) -> Iterable[Key]:
        return ((Request, self.request),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `RequestUnknown`."""
        request = books.edit(Request, _known(books, self.request, asker=self.asker).id)
        request.chat, request.message = self.chat, self.message
        return Done()


@frozen(kw_only=True)
class PlaceAsked(Command):
    """Note which private message asks somebody, so that it can be changed when the request ends."""

    asker: int
    request: int
    message: int

    def actor(self) -> int:
        return self.asker

    def reads(self, today: int) -> Iterable[Key]:
        return ((Request, self.request),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `RequestUnknown`."""
        request = books.edit(Request, _known(books, self.request, asker=self.asker).id)
        before, request.offer = request.offer, self.message
        return RequestOffered(request.state, request.person, before)


@frozen(kw_only=True)
class PayRequest(Command):
    """Whoever is asked pays."""

    member: int
    request: int
    token: str = unasked()
    """Names the draft, should the PIN be needed: 128 random bits or more, as text."""
    chat: int = unasked(default=0)
    """The group in which they said so, 0 in private."""

    GATE: ClassVar[str] = "payment"
    MONEY: ClassVar[bool] = True
    DEBITS: ClassVar[bool] = True

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Request, self.request), (Account, ids.account(self.member, AccountKind.AVAILABLE)),
                *limits.reads(self.member, today))

    def decide(self, books: Books) -> Outcome:
        """Pays at once within the no-PIN limit and makes a draft above it. Refuses `RequestUnknown`, `RequestOver`,
        `ReceiverUnavailable` and `NotEnough`."""
        payer = books.get(Member, self.member)
        request = _payable(books, payer, self.request)
        intent = RequestIntent(self.member, self.chat, request.id, request.member, request.amount, request.note)
        if intent.beyond_pinless(books, payer):
            return keep_draft(books, self.token, "pin", intent)
        return _pay(books, request, payer, self.chat, pinless=True)


def _payable(books: Books, payer: Member, number: int) -> Request:
    """The request, if it can be paid now, however that is authorised."""
    request = _open(books, _known(books, number, person=payer.telegram_id))
    asker = request.member
    books.need((Member, asker), (Account, ids.account(asker, AccountKind.AVAILABLE)), (Pair, (payer.id, asker)),
               *limits.reads_of(books, payer), *_tallied(request))
    # Whoever asked has said that they want it, so it does not wait for their word once more.
    if not gate.may_receive(books, books.get(Member, asker)) or blocks.blocks(books, asker, payer.id):
        raise refusals.ReceiverUnavailable
    gate.covers(books, payer, request.amount)
    limits.judge(books, payer, request.amount)
    risk.decide(books, payer.id, (asker,), request.amount)
    return request


def _pay(books: Books, request: Request, payer: Member, chat: int, *, pinless: bool) -> RequestSettled:
    """Move the money: everything was checked."""
    asker = request.member
    transfer = books.post(SEND, ids.account(payer.id, AccountKind.AVAILABLE),
                          ids.account(asker, AccountKind.AVAILABLE), request.amount, note=request.note)
    pairs.paid(books, transfer, payer.id, asker, by_number=False)
    limits.count(books, payer.id, request.amount, pinless=pinless, stranger=risk.is_first(books))
    _end(books, request, "paid").transfer = transfer.id
    books.tell(asker, RequestPaid(request.id, transfer.id, payer.id, request.amount, request.note))
    if chat:
        books.tell(payer.id, MoneyWent(transfer.id, asker, books.get(Member, asker).telegram_id, request.amount,
                                       request.note, 0))
    return RequestSettled(request.id, transfer.id, asker, request.amount, request.note, books.balance(payer.id),
                          request.offer)


@frozen(kw_only=True)
class DeclineRequest(Command):
    """Whoever is asked says no. They need not have joined for that."""

    person: int
    """Their Telegram id."""
    request: int

    def reads(self, today: int) -> Iterable[Key]:
        return ((Request, self.request),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `RequestUnknown` and `RequestOver`."""
        request = _open(books, _known(books, self.request, person=self.person))
        books.need((Member, request.member), *_tallied(request))
        ended = _end(books, request, "declined")
        books.tell(ended.member, RequestEnded(ended.id, ended.amount, ended.state))
        return _done(ended)


@frozen(kw_only=True)
class WithdrawRequest(Command):
    """Whoever asked takes it back."""

    asker: int
    request: int

    def actor(self) -> int:
        return self.asker

    def reads(self, today: int) -> Iterable[Key]:
        return ((Request, self.request), *tallies.reads(self.asker, tallies.REQUESTS))

    def decide(self, books: Books) -> Outcome:
        """Refuses `RequestUnknown` and `RequestOver`."""
        request = _open(books, _known(books, self.request, asker=self.asker))
        books.need(*_tallied(request))
        ended = _end(books, request, "withdrawn")
        books.tell(0, RequestClosed(ended.id, ended.member, ended.amount, ended.state), telegram_id=ended.person)
        return _done(ended)


@frozen(kw_only=True)
class RemindOfRequest(Command):
    """The clock reminds whoever is asked, once."""

    request: int

    def reads(self, today: int) -> Iterable[Key]:
        return ((Request, self.request),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `RequestUnknown` and `RequestOver`; before its time, and the second time, `RequestNotDue`."""
        request = books.find(Request, self.request)
        if request is None:
            raise refusals.RequestUnknown
        _open(books, request)
        if not request.remind_at or books.now < request.remind_at:
            raise refusals.RequestNotDue
        books.edit(Request, request.id).remind_at = 0
        books.tell(0, RequestReminder(request.id, request.member, request.amount, request.note, request.expires_at),
                   telegram_id=request.person)
        return Done()


@frozen(kw_only=True)
class ExpireRequest(Command):
    """The clock ends what nobody paid in time."""

    request: int

    def reads(self, today: int) -> Iterable[Key]:
        return ((Request, self.request),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `RequestUnknown` and `RequestOver`; before its time, with `RequestNotDue`, it stays open."""
        request = run_out(books, Request, self.request, refusals.RequestUnknown, refusals.RequestOver,
                          refusals.RequestNotDue)
        books.need((Member, request.member), *_tallied(request))
        ended = _end(books, request, "expired")
        books.tell(ended.member, RequestEnded(ended.id, ended.amount, ended.state))
        books.tell(0, RequestClosed(ended.id, ended.member, ended.amount, ended.state), telegram_id=ended.person)
        return _done(ended)


# ------------------------------------------------------------------------------------------------- leaves
def _known(books: Books, number: int, *, asker: int = 0, person: int = 0) -> Request:
    """The request, to whoever asked or is asked. Refuses `RequestUnknown`, of another's as of one that is not there."""
    request = books.find(Request, number)
    if request is None or (asker and request.member != asker) or (person and request.person != person):
        raise refusals.RequestUnknown
    return request


def _open(books: Books, request: Request) -> Request:
    """The request, if it has not ended. Refuses `RequestOver`."""
    if request.state != "open":
        raise refusals.RequestOver(request.state)
    if request.expires_at <= books.now:
        raise refusals.RequestOver("expired")
    return request


def _tallied(request: Request) -> tuple[Key, ...]:
    """The counts in which it stands."""
    return tallies.reads(request.member, tallies.REQUESTS, _to_one(request))


def _to_one(request: Request) -> str:
    return tallies.requests_to(request.person, by_number=bool(request.by_number))


def _end(books: Books, request: Request, state: str) -> Request:
    """It ends, which it does once."""
    assert request.state == "open"
    ended = books.edit(Request, request.id)
    ended.state, ended.ended_at = state, books.now
    tallies.end(books, ended.member, tallies.REQUESTS, _to_one(ended))
    return ended


def _done(ended: Request) -> RequestDone:
    return RequestDone(ended.id, ended.member, ended.person, ended.amount, ended.state, ended.chat, ended.message,
                       ended.offer)
