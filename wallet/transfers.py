"""Members pay each other: at once, after a word of the payer, or when the receiver joins or says yes.

Guards: one rule confirms every debit. Up to the no-PIN limit (the sum of PIN-less debits since midnight) money goes
at once to somebody who was pointed at or paid before, and after one Confirm otherwise; above it the PIN is asked.
Money for somebody who has not joined, or who confirms what comes in, is held, and its hold ends exactly once: taken,
declined, cancelled or run out.
"""
from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from wallet import gate, ids, limits, pins, refusals, risk
from wallet.books import Books
from wallet.commands import Command, Done, Outcome, unasked
from wallet.events import DraftRanOut, HoldReturned, HoldSettled, HoldWithdrawn, MoneyCame, MoneyWaits, MoneyWent
from wallet.members import telegram_claim
from wallet.movements import CLAIM, RETURN, SEND, SET_ASIDE, AccountKind
from wallet.rows import (
    BOTH,
    BY_NAME,
    BY_NUMBER,
    TO_ACCEPT,
    TO_CLAIM,
    Account,
    Claim,
    Draft,
    Hold,
    Key,
    Member,
    Pair,
    Pin,
    Unnamed,
)

MOST_RECEIVERS: Final = 20
"""How many people one command may pay."""
MOST_WAITING: Final = 50
"""How many payments of one's own may wait for others."""
DRAFT_LIFE: Final = 10 * 60 * 1_000_000
"""How long a draft waits for its owner's word."""
HOLD_LIFE: Final = 24 * 60 * 60 * 1_000_000
"""How long money waits for somebody who has yet to join, or to say yes."""


# ----------------------------------------------------------------------------------------------- outcomes
@dataclass(frozen=True, slots=True)
class Sent(Outcome):
    """Money moved. One place per receiver, in the order in which they were named."""

    receivers: tuple[int, ...]
    """Telegram ids."""
    transfers: tuple[int, ...]
    """The transfers; their codes are what people quote."""
    holds: tuple[int, ...]
    """The hold where the money waits, else 0."""
    amount: int
    """To each."""
    note: str
    balance: int
    """What the payer has left."""
    chat: int
    message: int
    """The waiting line in the chat where it was asked, when there is one, else 0."""
    to_accept: tuple[int, ...] = ()
    """Those of the holds that wait for a member's word."""

    @property
    def purposes(self) -> tuple[str, ...]:
        """For each receiver what their hold is for, "" for whoever has the money."""
        return tuple((TO_ACCEPT if hold in self.to_accept else TO_CLAIM) if hold else "" for hold in self.holds)


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Claimed(Outcome):
    """The money that waited has arrived."""

    hold: int
    transfer: int
    payer: int
    """The payer's Telegram id."""
    amount: int
    balance: int
    """The claimer's."""
    chat: int
    message: int
    """The card in the chat where it was asked, or 0."""
    purpose: str = TO_CLAIM
    by_number: bool = False
    """Whether the payer knows no more of the claimer than a phone number."""


@dataclass(frozen=True, slots=True)
class Returned(Outcome):
    """The money that waited is back. `state` is "released", "declined" or "expired"."""

    hold: int
    amount: int
    state: str
    beneficiary: int
    """The Telegram id it was meant for."""
    chat: int
    message: int


# ------------------------------------------------------------------------------------------------ sending
@dataclass(frozen=True, slots=True)
class Intent:
    """What a payer wants: the part of a `Send` that a draft keeps."""

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

    @classmethod
    def read(cls, text: str) -> Intent:
        """The intent behind a stored text."""
        payer, receivers, amount, note, chat, *more = json.loads(text)
        return cls(payer, tuple(receivers), amount, note, chat, tuple(more[0]) if more else ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Send(Command):
    """A member pays one or more people the same amount each."""

    payer: int
    receivers: tuple[int, ...]
    """Telegram ids, as they were resolved and shown."""
    amount: int
    """To each."""
    note: str = ""
    members: tuple[int, ...] = unasked()
    """Their member numbers as looked up before, 0 where there is none; checked again here."""
    sure: bool = unasked(default=False)
    """Whether they were pointed at: by a reply or a text mention."""
    ask: bool = unasked(default=False)
    """Whether the payer's word is wanted in any case, because what they typed may have meant something else."""
    by_number: tuple[int, ...] = unasked(default=())
    """Those of them of whom the payer knows only the phone number, and is told no more."""
    token: str = unasked()
    """Names the draft, should one be needed: 128 random bits or more, as text."""
    chat: int = unasked(default=0)
    """The group in which it was asked, 0 in private."""
    message: int = unasked(default=0)
    """The message there that asked."""

    GATE: ClassVar[str] = "payment"
    MONEY: ClassVar[bool] = True
    DEBITS: ClassVar[bool] = True

    def actor(self) -> int:
        return self.payer

    def reads(self, today: int) -> Iterable[Key]:
        payer = self.payer
        keys: list[Key] = [(Account, ids.account(payer, AccountKind.AVAILABLE)), *limits.reads(payer, today)]
        for telegram_id, member in zip(self.receivers, self.members, strict=True):
            keys += _receiver_keys(payer, telegram_id, member)
        return keys

    def decide(self, books: Books) -> Outcome:
        """Pays at once or makes a draft. Refusals: `AmountOutOfRange`, `TooManyReceivers`, `NamedTwice`,
        `PayToYourself`, `ReceiverUnavailable`, `NotEnough`, `TooManyWaiting`."""
        intent = Intent(self.payer, self.receivers, self.amount, self.note, self.chat, self.by_number)
        payer = books.get(Member, self.payer)
        members = _checked(books, payer, intent, self.members, self.members)
        needs = _needs(books, payer, intent, members, self.sure) or ("confirm" if self.ask else "")
        if not needs:
            return _pay(books, payer, intent, members, pinless=True, message=0)
        draft = books.add(Draft(self.token, self.payer, needs, intent.text(), "open", books.now + DRAFT_LIFE,
                                self.chat, 0))
        return _asked(draft, intent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm(Command):
    """The owner of a draft says yes, with the PIN where it is needed."""

    member: int
    token: str
    pin_version: int = unasked(default=0)
    """The version of the PIN that was just proven, or 0."""

    GATE: ClassVar[str] = "payment"
    MONEY: ClassVar[bool] = True
    DEBITS: ClassVar[bool] = True

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Draft, self.token), (Account, ids.account(self.member, AccountKind.AVAILABLE)),
                (Pin, self.member), *limits.reads(self.member, today))

    def decide(self, books: Books) -> Outcome:
        """Refuses `DraftUnknown`, `NotYours`, `DraftOver`, `PinNotSet`, `PinNeeded`, `PinChanged` and what `Send`
        refuses. A draft that needed a word needs the PIN once the day's PIN-less sum is used up."""
        draft = _own_draft(books, self.token, self.member)
        intent = Intent.read(draft.intent)
        payer = books.get(Member, self.member)
        members = _checked(books, payer, intent, _looked_up(books, intent), ())
        if not self.pin_version and draft.needs == "confirm" and _needs(books, payer, intent, members, True):
            draft = books.edit(Draft, self.token)
            draft.needs = "pin"
            return _asked(draft, intent)
        if self.pin_version or draft.needs == "pin":
            pins.proven(books, self.member, self.pin_version)
        books.edit(Draft, self.token).state = "used"
        return _pay(books, payer, intent, members, pinless=not self.pin_version, message=draft.message)


@dataclass(frozen=True, slots=True, kw_only=True)
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
        draft = _own_draft(books, self.token, self.member)
        books.edit(Draft, self.token).state = "cancelled"
        return _asked(draft, Intent.read(draft.intent))


@dataclass(frozen=True, slots=True, kw_only=True)
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
        _own_draft(books, self.token, self.member)
        draft = books.edit(Draft, self.token)
        draft.chat, draft.message = self.chat, self.message
        return Done()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpireDraft(Command):
    """The clock ends a draft whose owner said nothing in time."""

    token: str

    def reads(self, today: int) -> Iterable[Key]:
        return ((Draft, self.token),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `DraftUnknown` and `DraftOver`; before its time the draft stays open and is told so."""
        draft = books.find(Draft, self.token)
        if draft is None:
            raise refusals.DraftUnknown
        books.need((Member, draft.member))  # A draft is its owner's child, so it counts only when they are locked.
        if draft.state != "open":
            raise refusals.DraftOver(draft.state)
        if books.now < draft.expires_at:
            raise refusals.DraftNotDue
        books.edit(Draft, self.token).state = "expired"
        intent = Intent.read(draft.intent)
        if draft.message:
            books.tell(draft.member, DraftRanOut(draft.chat, draft.message, intent.amount * len(intent.receivers)))
        return _asked(draft, intent)


def _receiver_keys(payer: int, telegram_id: int, member: int) -> Iterator[Key]:
    """What paying one receiver reads; the claim tells whether a stranger has joined meanwhile."""
    if member:
        yield Member, member
        yield Account, ids.account(member, AccountKind.AVAILABLE)
        yield Pair, (payer, member)
    else:
        yield Claim, telegram_claim(telegram_id)
        yield Account, ids.account(payer, AccountKind.HELD)


def _looked_up(books: Books, intent: Intent) -> tuple[int, ...]:
    """The receivers' member numbers, from the claims."""
    keys: list[Key] = [(Claim, telegram_claim(telegram_id)) for telegram_id in intent.receivers]
    # The day was a guess when the counters were asked for; asking again here leaves the other look-ups their tries.
    books.need(*keys, *limits.reads(intent.payer, books.today))
    claims = [books.find(Claim, key[1]) for key in keys]
    return tuple(claim.owner if claim else 0 for claim in claims)


def _checked(books: Books, payer: Member, intent: Intent, looked_up: tuple[int, ...],
             read: tuple[int, ...]) -> tuple[int, ...]:
    """Check a payment as far as it does not depend on how it is authorised; returns the receivers' members.
    `read` are those whose rows were read already."""
    receivers = intent.receivers
    if not 0 < len(receivers) <= MOST_RECEIVERS:
        raise refusals.TooManyReceivers(MOST_RECEIVERS)
    if len(set(receivers)) < len(receivers):
        raise refusals.NamedTwice
    if payer.telegram_id in receivers:
        raise refusals.PayToYourself
    if not 0 < intent.amount <= books.policy.max_amount:
        raise refusals.AmountOutOfRange(1, books.policy.max_amount)
    if looked_up != read:
        _all_read(books, payer.id, receivers, looked_up)
    found = _takers(books, payer.id, receivers, looked_up)
    if payer.waiting + _waiting(books, payer.id, found) > MOST_WAITING:
        raise refusals.TooManyWaiting(MOST_WAITING)
    total = intent.amount * len(receivers)
    available = books.balance(payer.id)
    if available < total:
        raise refusals.NotEnough(available, total)
    risk.decide(books, payer.id, found, intent.amount)
    return found


def _all_read(books: Books, payer: int, receivers: tuple[int, ...], members: tuple[int, ...]) -> None:
    """Raise `Needs` for everything about the receivers that was not read, at once: there are not many tries."""
    books.need(*(key for telegram_id, member in zip(receivers, members, strict=True)
                 for key in _receiver_keys(payer, telegram_id, member)))


def _takers(books: Books, payer: int, receivers: tuple[int, ...], looked_up: tuple[int, ...]) -> tuple[int, ...]:
    """The members who take the money, 0 for each for whom it has to wait; whoever began to join meanwhile is found."""
    known = looked_up
    if 0 in looked_up:
        known = tuple(member or _claimed(books, telegram_id)
                      for telegram_id, member in zip(receivers, looked_up, strict=True))
        if known != looked_up:
            _all_read(books, payer, receivers, known)
    found = tuple(_joined(books, telegram_id, member) for telegram_id, member in zip(receivers, known, strict=True))
    if found != known:
        _all_read(books, payer, receivers, found)
    return found


def _waiting(books: Books, payer: int, members: tuple[int, ...]) -> int:
    """For how many of them the money will wait. Refuses `ReceiverUnavailable`."""
    asked = 0
    for number in members:
        member = books.get(Member, number) if number else None
        if member is not None and not gate.may_receive(books, member):
            raise refusals.ReceiverUnavailable
        asked += member is not None and bool(member.confirm_incoming)
    if asked:
        books.need((Account, ids.account(payer, AccountKind.HELD)))
    return asked + members.count(0)


def _claimed(books: Books, telegram_id: int) -> int:
    """Who has begun to join meanwhile, or 0."""
    claim = books.find(Claim, telegram_claim(telegram_id))
    return claim.owner if claim else 0


def _joined(books: Books, telegram_id: int, number: int) -> int:
    """The member who takes the money, or 0 when it has to wait for somebody who has yet to join."""
    member = books.find(Member, number) if number else None
    assert member is None or member.telegram_id == telegram_id
    return member.id if member and member.state != "joining" else 0


def _needs(books: Books, payer: Member, intent: Intent, members: tuple[int, ...], sure: bool) -> str:
    """The one rule: "" for at once, "confirm", or "pin"."""
    total = intent.amount * len(intent.receivers)
    if total > limits.pinless_left(books, payer):
        return "pin"
    known = sure or all(member and _paid_before(books, payer.id, member, by_number=telegram_id in intent.by_number)
                        for telegram_id, member in zip(intent.receivers, members, strict=True))
    return "" if known else "confirm"


def _paid_before(books: Books, payer: int, member: int, *, by_number: bool) -> bool:
    """Whether somebody was paid before in the same way. Who paid a number does not know whose it is, and must not be
    told by a name that needs no word; nor the other way round."""
    pair = books.find(Pair, (payer, member))
    return pair is not None and pair.by_number in (BOTH, BY_NUMBER if by_number else BY_NAME)


def _own_draft(books: Books, token: str, member: int) -> Draft:
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


def _asked(draft: Draft, intent: Intent) -> Asked:
    return Asked(draft.token, draft.needs, intent.receivers, intent.amount, intent.note, draft.expires_at,
                 draft.chat, draft.message)


def _pay(books: Books, payer: Member, intent: Intent, members: tuple[int, ...], *, pinless: bool,
         message: int) -> Sent:
    """Move the money: everything was checked."""
    transfers, holds, to_accept = [], [], []
    for telegram_id, member in zip(intent.receivers, members, strict=True):
        purpose = _purpose(books, member)
        if purpose:
            transfer, hold = _set_aside(books, payer, telegram_id, member, intent)
        else:
            transfer, hold = _give(books, payer, member, telegram_id, intent), 0
        limits.count(books, payer.id, intent.amount, pinless=pinless)
        if intent.chat:
            books.tell(payer.id, MoneyWent(transfer, member, telegram_id, intent.amount, intent.note, hold,
                                           telegram_id in intent.by_number, purpose))
        transfers.append(transfer)
        holds.append(hold)
        if purpose == TO_ACCEPT:
            to_accept.append(hold)
    return Sent(intent.receivers, tuple(transfers), tuple(holds), intent.amount, intent.note,
                books.balance(payer.id), intent.chat, message, tuple(to_accept))


def _purpose(books: Books, member: int) -> str:
    """What money for somebody waits for, "" when it goes at once."""
    if not member:
        return TO_CLAIM
    return TO_ACCEPT if books.get(Member, member).confirm_incoming else ""


def _give(books: Books, payer: Member, member: int, telegram_id: int, intent: Intent) -> int:
    """From one member's available money to another's."""
    transfer = books.post(SEND, ids.account(payer.id, AccountKind.AVAILABLE),
                          ids.account(member, AccountKind.AVAILABLE), intent.amount, note=intent.note)
    by_number = telegram_id in intent.by_number
    if by_number:
        books.add(Unnamed(transfer.id, payer.id))
    _paired(books, payer.id, member, intent.amount, by_number=by_number)
    books.tell(member, MoneyCame(transfer.id, payer.id, intent.amount, intent.note, intent.chat))
    return transfer.id


def _paired(books: Books, sender: int, receiver: int, amount: int, *, by_number: bool = False) -> None:
    """Remember that one paid the other, and in which ways they were named."""
    way = BY_NUMBER if by_number else BY_NAME
    if books.find(Pair, (sender, receiver)) is None:
        books.add(Pair(sender, receiver, 1, amount, books.now, way))
    else:
        pair = books.edit(Pair, (sender, receiver))
        pair.count += 1
        pair.total += amount
        pair.last_at = books.now
        if pair.by_number != way:
            pair.by_number = BOTH


# -------------------------------------------------------------------------------------------------- holds
def _set_aside(books: Books, payer: Member, telegram_id: int, member: int, intent: Intent) -> tuple[int, int]:
    """Hold money for somebody who has yet to join or to say yes; returns the transfer and the hold."""
    hold, purpose = books.number(), _purpose(books, member)
    by_number = telegram_id in intent.by_number
    transfer = books.post(SET_ASIDE, ids.account(payer.id, AccountKind.AVAILABLE),
                          ids.account(payer.id, AccountKind.HELD), intent.amount, hold=hold, note=intent.note)
    expires = books.now + HOLD_LIFE
    books.add(Hold(hold, payer.id, purpose, intent.amount, telegram_id, transfer.id, "open", expires, 0, 0, 0, 0,
                   int(by_number)))
    books.edit(Member, payer.id).waiting += 1
    # The hold's row changes when it ends, so who may claim it is written down where nothing changes.
    books.audit(payer.id, "set_aside", f"{hold} {telegram_id} {intent.amount}")
    books.tell(0, MoneyWaits(hold, transfer.id, payer.id, intent.amount, intent.note, expires, purpose),
               telegram_id=telegram_id)
    return transfer.id, hold


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceHold(Command):
    """Note in which message a hold's card stands, so that it can be changed when the hold ends."""

    payer: int
    hold: int
    chat: int
    message: int

    def actor(self) -> int:
        return self.payer

    def reads(self, today: int) -> Iterable[Key]:
        return ((Hold, self.hold),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `HoldUnknown`."""
        hold = books.find(Hold, self.hold)
        if hold is None or hold.member != self.payer:
            raise refusals.HoldUnknown
        hold = books.edit(Hold, self.hold)
        hold.chat, hold.message = self.chat, self.message
        return Done()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimHold(Command):
    """Somebody takes the money that waits for them: claims it, or accepts what was sent."""

    member: int
    hold: int

    GATE: ClassVar[str] = "payment"
    MONEY: ClassVar[bool] = True

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Hold, self.hold), (Account, ids.account(self.member, AccountKind.AVAILABLE)))

    def decide(self, books: Books) -> Outcome:
        """Refuses `HoldUnknown`, `NotForYou`, `HoldOver`, `DirectionRestricted` and `PayerUnavailable`."""
        hold = books.find(Hold, self.hold)
        if hold is None:
            raise refusals.HoldUnknown
        member = books.get(Member, self.member)
        if hold.beneficiary != member.telegram_id:
            raise refusals.NotForYou
        payer = _open_hold(books, hold, (Pair, (hold.member, self.member)))
        if hold.expires_at <= books.now:
            raise refusals.HoldOver("expired")
        gate.may_take(books, member)
        if payer.state in ("frozen", "banned"):
            raise refusals.PayerUnavailable  # It was set aside before, but it would go out now.
        transfer = books.post(CLAIM, ids.account(hold.member, AccountKind.HELD),
                              ids.account(self.member, AccountKind.AVAILABLE), hold.amount, hold=hold.id)
        _end(books, hold.id, "settled", transfer.id)
        by_number = bool(hold.by_number)
        if by_number:
            books.add(Unnamed(transfer.id, hold.member))
        _paired(books, hold.member, self.member, hold.amount, by_number=by_number)
        books.tell(hold.member, HoldSettled(hold.id, hold.transfer, self.member, hold.amount, hold.purpose, by_number))
        return Claimed(hold.id, transfer.id, payer.telegram_id, hold.amount, books.balance(self.member), hold.chat,
                       hold.message, hold.purpose, by_number)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineHold(Command):
    """A member who confirms what comes in says no, and the money goes back at once."""

    member: int
    hold: int

    MONEY: ClassVar[bool] = True

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Hold, self.hold),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `HoldUnknown`, `NotForYou` and `HoldOver`. Whoever may take nothing may still say no."""
        hold = books.find(Hold, self.hold)
        if hold is None or hold.purpose != TO_ACCEPT:
            raise refusals.HoldUnknown
        if hold.beneficiary != books.get(Member, self.member).telegram_id:
            raise refusals.NotForYou
        _open_hold(books, hold)
        if hold.expires_at <= books.now:
            raise refusals.HoldOver("expired")
        returned = _give_back(books, hold, "declined")
        books.tell(hold.member, HoldReturned(hold.id, hold.transfer, hold.amount, "declined", hold.purpose))
        return returned


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelHold(Command):
    """The payer takes back what waits."""

    member: int
    hold: int

    MONEY: ClassVar[bool] = True

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Hold, self.hold), (Account, ids.account(self.member, AccountKind.AVAILABLE)),
                (Account, ids.account(self.member, AccountKind.HELD)))

    def decide(self, books: Books) -> Outcome:
        """Refuses `HoldUnknown` and `HoldOver`. Somebody else's hold is as unknown as one that never was."""
        hold = books.find(Hold, self.hold)
        if hold is None or hold.member != self.member:
            raise refusals.HoldUnknown
        _open_hold(books, hold)
        return _give_back(books, hold, "released")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpireHold(Command):
    """The clock gives back what nobody took in time. Runs while money rests, too."""

    hold: int

    def reads(self, today: int) -> Iterable[Key]:
        return ((Hold, self.hold),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `HoldUnknown` and `HoldOver`; before its time the hold stays open and is told so."""
        hold = books.find(Hold, self.hold)
        if hold is None:
            raise refusals.HoldUnknown
        _open_hold(books, hold)
        if books.now < hold.expires_at:
            raise refusals.HoldNotDue
        returned = _give_back(books, hold, "expired")
        books.tell(hold.member, HoldReturned(hold.id, hold.transfer, hold.amount, "expired", hold.purpose))
        return returned


def _open_hold(books: Books, hold: Hold, *more: Key) -> Member:
    """The payer of an open hold, under lock. A hold is its payer's child, so it counts only when they are locked."""
    keys: list[Key] = [(Member, hold.member), (Account, ids.account(hold.member, AccountKind.HELD)),
                       (Account, ids.account(hold.member, AccountKind.AVAILABLE)), *more]
    books.need(*keys)
    if hold.state != "open":
        raise refusals.HoldOver(hold.state)
    return books.get(Member, hold.member)


def _give_back(books: Books, hold: Hold, state: str) -> Returned:
    transfer = books.post(RETURN, ids.account(hold.member, AccountKind.HELD),
                          ids.account(hold.member, AccountKind.AVAILABLE), hold.amount,
                          reverses=hold.transfer, hold=hold.id)
    _end(books, hold.id, state, transfer.id)
    if state != "declined":
        books.tell(0, HoldWithdrawn(hold.id, hold.member, hold.amount, state), telegram_id=hold.beneficiary)
    return Returned(hold.id, hold.amount, state, hold.beneficiary, hold.chat, hold.message)


def _end(books: Books, hold_id: int, state: str, transfer: int) -> None:
    hold = books.edit(Hold, hold_id)
    hold.state, hold.ended_at, hold.ended_by = state, books.now, transfer
    books.edit(Member, hold.member).waiting -= 1

