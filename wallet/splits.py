"""Splits: somebody paid for all, and everybody else gives them their share.

Guards: the shares are the amount to the last minor unit; a share is paid once, nobody pays two, and never do more
people pay than there are shares. Whoever pays moves the money straight to the one who collects, as any debit: pressing
*Pay* is their word, and above the no-PIN limit the PIN is asked. A split ends exactly once: paid by all, closed by
whoever made it, or run out.

In an open split a share is taken by paying it, and by nothing else: a keypad that nobody types on keeps nobody out. The
shares of those who come later are never larger, so what was confirmed is enough whoever was faster.
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from wallet import blocks, gate, ids, limits, pairs, refusals, risk, tallies
from wallet.books import Books
from wallet.commands import Command, Done, Outcome, unasked
from wallet.deadlines import run_out
from wallet.drafts import AmountIntent, keep_draft
from wallet.events import OfferClosed, ShareAsked, ShareClosed, SharePaidIn, ShareWent, SplitEnded, SplitLags
from wallet.movements import SPLIT, AccountKind
from wallet.plain import frozen
from wallet.rows import BY_PLACE, NAMED, Account, Draft, Key, Member, Pair, Split, SplitOffer, SplitShare

HOUR: Final = 60 * 60 * 1_000_000
SPLIT_LIFE: Final = 7 * 24 * HOUR
"""How long shares may be paid."""
FIRST_REMINDER: Final = 24 * HOUR
"""After so long the clock reminds everybody, once."""
REMIND_PAUSE: Final = HOUR
"""So long whoever collects waits until they may remind: since they asked, or since the last reminder."""
MOST_PAYERS: Final = 50
"""How many people one split may ask."""
MOST_OPEN: Final = 20
"""How many splits of one's own may be open at a time."""
MOST_OFFERS: Final = 500
"""So many private messages that offer a place are followed; one more changes when it is pressed."""
MOST_A_DAY: Final = 50
"""How many one may begin in a day, whatever becomes of them: each of them may ask many."""


def shares_of(amount: int, heads: int) -> tuple[int, ...]:
    """An amount in equal shares; what is left over goes to the first of them, one minor unit each."""
    assert 0 < heads <= amount
    each, more = divmod(amount, heads)
    return tuple(each + (place < more) for place in range(heads))


def next_share(amount: int, heads: int, paid: int) -> int:
    """What whoever comes next pays where places are taken. The first share is that of whoever collects."""
    return shares_of(amount, heads)[paid + 1]


@frozen()
class SplitMade(Outcome):
    """The split is there and may be paid."""

    split: int
    expires_at: int


@frozen()
class SharePaid(Outcome):
    """Somebody paid their share."""

    split: int
    transfer: int
    amount: int
    note: str
    maker: int
    """The member who collects."""
    paid: int
    """How many have paid by now."""
    payers: int
    """How many are to pay."""
    balance: int
    """What the payer has left."""


@frozen()
class ShareOffered(Outcome):
    """It is known where somebody is asked for their share in private."""

    state: str
    """"paid", or what has become of the split by then."""
    before: int
    """The message that asked them until now, or 0."""


@frozen()
class SplitOver(Outcome):
    """The split was closed or ran out."""

    split: int
    state: str


@frozen()
class Reminded(Outcome):
    """Those who have yet to pay are told once more."""

    split: int
    persons: tuple[int, ...]
    """The Telegram ids of those who are named."""


@frozen()
class ShareIntent(AmountIntent):
    """A share that its payer wants to pay."""

    split: int
    amount: int
    """What it came to when they were asked: the most that they pay."""
    note: str
    maker: int
    """The member who collects."""

    WORD: ClassVar[str] = "share"
    GATE: ClassVar[str] = "payment"

    def check(self, books: Books, payer: Member) -> int:
        """Refuses what `PayShare` refuses. Answers what the share comes to now."""
        _all_read(books, payer, self.split, self.maker)
        return _payable(books, payer, self.split)

    def carry_out(self, books: Books, draft: Draft, found: int, *, pinless: bool) -> SharePaid:
        assert found <= self.amount
        return _pay(books, self, found, pinless=pinless)


# ------------------------------------------------------------------------------------------------- making one
@frozen(kw_only=True)
class MakeSplit(Command):
    """Somebody asks people for their shares: some by name, or whoever pays first."""

    member: int
    amount: int
    """What is divided. With amounts of their own it is their sum."""
    persons: tuple[int, ...] = ()
    """Telegram ids of those who are named."""
    amounts: tuple[int, ...] = ()
    """What each of them pays, where that is said."""
    heads: int
    """Among how many it is divided otherwise, whoever collects among them or not."""
    note: str = ""
    chat: int
    """The group that it is for, or the maker's private chat."""

    GATE: ClassVar[str] = "payment"
    BINDS: ClassVar[bool] = True
    MONEY: ClassVar[bool] = True

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return *tallies.reads(self.member, tallies.SPLITS), *blocks.reads(self.persons)

    def decide(self, books: Books) -> Outcome:
        """Refuses `DirectionRestricted`, `SplitOutOfRange`, `NamedTwice`, `SplitWithYourself`, `ShareOutOfRange`,
        `CannotBeAsked`, `TooManySplits` and `SplitTooOften`."""
        maker = books.get(Member, self.member)
        gate.may_take(books, maker)
        dues = self._dues(books, maker)
        blocks.may_reach(books, self.member, self.persons)
        if tallies.still_open(books, self.member, tallies.SPLITS) >= MOST_OPEN:
            raise refusals.TooManySplits(MOST_OPEN)
        if tallies.begun_today(books, self.member, tallies.SPLITS) >= MOST_A_DAY:
            raise refusals.SplitTooOften(MOST_A_DAY)
        tallies.begin(books, self.member, tallies.SPLITS)
        split, expires = books.number(), books.now + SPLIT_LIFE
        kind = NAMED if self.persons else BY_PLACE
        books.add(Split(split, self.member, kind, self.amount, self.heads, len(dues), sum(dues), 0, 0, "open",
                        books.now, expires, books.now + FIRST_REMINDER, books.now, 0, self.chat, 0, self.note, 0))
        for number, (person, due) in enumerate(zip(self.persons, dues, strict=False), 1):
            books.add(SplitShare(split, person, number, due, 0, 0, 0))
            books.tell(0, ShareAsked(split, self.member, person, False), telegram_id=person)
        return SplitMade(split, expires)

    def _dues(self, books: Books, maker: Member) -> tuple[int, ...]:
        """What those pay who are to pay, in their order."""
        named = len(self.persons)
        count = named or self.heads - 1
        if not 0 < count <= MOST_PAYERS:
            raise refusals.SplitOutOfRange(MOST_PAYERS)
        if len(set(self.persons)) < named:
            raise refusals.NamedTwice
        if maker.telegram_id in self.persons:
            raise refusals.SplitWithYourself
        most = books.policy.max_amount
        if self.amounts:
            assert len(self.amounts) == named
            if not 0 < min(self.amounts) <= self.amount <= most:
                raise refusals.ShareOutOfRange(1, most)
            assert sum(self.amounts) == self.amount
            return self.amounts
        assert self.heads in (count, count + 1)
        if not self.heads <= self.amount <= most:
            raise refusals.ShareOutOfRange(self.heads, most)
        # Whoever collects has paid the whole of it, and bears the first unit of what can't be divided.
        return shares_of(self.amount, self.heads)[self.heads - count:]


@frozen(kw_only=True)
class PlaceSplit(Command):
    """Note in which message a split's card stands. A group that has become another chat takes it along."""

    member: int
    split: int
    chat: int
    message: int

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Split, self.split),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `SplitUnknown`, to anybody but its maker too."""
        split = books.find(Split, self.split)
        if split is None or split.member != self.member:
            raise refusals.SplitUnknown
        split = books.edit(Split, self.split)
        split.chat, split.message = self.chat, self.message
        return Done()


@frozen(kw_only=True)
class PlaceShare(Command):
    """Note which private message asks somebody for their share, so that it can be changed when nothing is left to pay.
    """

    member: int
    """Who collects."""
    split: int
    person: int
    """Whose share it is, by Telegram id."""
    message: int

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        key = (self.split, self.person)
        return ((Split, self.split), (SplitShare, key), (SplitOffer, key))

    def decide(self, books: Books) -> Outcome:
        """Refuses `SplitUnknown`, also of what somebody else collects and of whoever has no share where they are named.
        """
        split, key = books.find(Split, self.split), (self.split, self.person)
        if split is None or split.member != self.member:
            raise refusals.SplitUnknown
        if books.find(SplitShare, key) is None:
            if split.kind == NAMED:
                raise refusals.SplitUnknown
            return ShareOffered(split.state, self._offer(books, split) if split.state == "open" else 0)
        share = books.edit(SplitShare, key)
        before, share.offer = share.offer, self.message
        return ShareOffered("paid" if share.transfer else split.state, before)

    def _offer(self, books: Books, split: Split) -> int:
        """Note the message for somebody who is not named; answers which one it was before."""
        found, key = books.find(SplitOffer, (self.split, self.person)), (self.split, self.person)
        before = found.message if found is not None else 0
        if not before:
            if split.offers >= MOST_OFFERS:
                return 0
            books.edit(Split, split.id).offers += 1
        if found is None:
            books.add(SplitOffer(self.split, self.person, self.message))
        else:
            books.edit(SplitOffer, key).message = self.message
        return before


# -------------------------------------------------------------------------------------------- paying a share
@frozen(kw_only=True)
class PayShare(Command):
    """Somebody pays their share. Pressing the button is their word."""

    member: int
    split: int
    chat: int
    """The group in which they did, or of which they were seen to be a member; else 0."""
    person: int = unasked()
    """The payer's Telegram id."""
    maker: int = unasked()
    """Who collects, as it was looked up before; checked again here."""
    asked_in: int = unasked(default=0)
    """The group that reads along, 0 in private."""
    token: str = unasked()
    """Names the draft, should one be needed: 128 random bits or more, as text."""

    GATE: ClassVar[str] = "payment"
    MONEY: ClassVar[bool] = True
    DEBITS: ClassVar[bool] = True

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return _keys(self.member, self.person, self.split, self.maker, today)

    def decide(self, books: Books) -> Outcome:
        """Pays at once or makes a draft. Refuses `SplitUnknown`, `NotInSplit`, `OwnSplit`, `SharePaidBefore`,
        `SplitClosed`, `ReceiverUnavailable` and `NotEnough`."""
        payer = books.get(Member, self.member)
        assert payer.telegram_id == self.person
        split = books.find(Split, self.split)
        if split is None or self.chat not in (split.chat, 0):
            raise refusals.SplitUnknown  # Whoever forges a button of another group learns nothing.
        if split.member != self.member and books.find(SplitShare, (split.id, self.person)) is None:
            if not self.chat:
                raise refusals.SplitUnknown
            if split.kind == NAMED:
                raise refusals.NotInSplit
        _all_read(books, payer, split.id, split.member)
        amount = _payable(books, payer, split.id)
        intent = ShareIntent(payer.id, self.asked_in, split.id, amount, split.note, split.member)
        if intent.beyond_pinless(books, payer):
            return keep_draft(books, self.token, "pin", intent)
        return _pay(books, intent, amount, pinless=True)


def _keys(payer: int, person: int, split: int, maker: int, today: int) -> tuple[Key, ...]:
    """What paying a share reads."""
    return ((Split, split), (SplitShare, (split, person)), (SplitOffer, (split, person)),
            (Account, ids.account(payer, AccountKind.AVAILABLE)), (Member, maker),
            (Account, ids.account(maker, AccountKind.AVAILABLE)), (Pair, (payer, maker)),
            *tallies.reads(maker, tallies.SPLITS), *limits.reads(payer, today))


def _all_read(books: Books, payer: Member, split: int, maker: int) -> None:
    """Raise `Needs` for everything that was not read, at once: there are not many tries."""
    books.need(*_keys(payer.id, payer.telegram_id, split, maker, books.today), *limits.reads_of(books, payer))


def _payable(books: Books, payer: Member, number: int) -> int:
    """What the payer's share comes to, if they may pay it now."""
    split = books.get(Split, number)
    if split.member == payer.id:
        raise refusals.OwnSplit
    share = books.find(SplitShare, (number, payer.telegram_id))
    if share is not None and share.transfer:
        raise refusals.SharePaidBefore(share.amount, share.transfer)
    _must_be_open(books, split)
    if not gate.may_receive(books, books.get(Member, split.member)) or blocks.blocks(books, split.member, payer.id):
        raise refusals.ReceiverUnavailable
    amount = share.amount if share else next_share(split.amount, split.heads, split.paid)
    gate.covers(books, payer, amount)
    limits.judge(books, payer, amount)
    risk.decide(books, payer.id, (split.member,), amount)
    return amount


def _must_be_open(books: Books, split: Split) -> None:
    if split.state != "open":
        raise refusals.SplitClosed(split.state)
    if split.expires_at <= books.now:
        raise refusals.SplitClosed("expired")


def _pay(books: Books, intent: ShareIntent, amount: int, *, pinless: bool) -> SharePaid:
    """Move the money: everything was checked."""
    payer, split = books.get(Member, intent.payer), books.edit(Split, intent.split)
    transfer = books.post(SPLIT, ids.account(payer.id, AccountKind.AVAILABLE),
                          ids.account(split.member, AccountKind.AVAILABLE), amount, note=split.note)
    pairs.paid(books, transfer, payer.id, split.member, by_number=False)
    limits.count(books, payer.id, amount, pinless=pinless, stranger=risk.is_first(books))
    split.paid += 1
    split.collected += amount
    if split.kind == NAMED:
        share = books.edit(SplitShare, (split.id, payer.telegram_id))
        share.member, share.transfer = payer.id, transfer.id
    else:
        books.add(SplitShare(split.id, payer.telegram_id, split.paid, amount, payer.id, transfer.id,
                             _offered_no_more(books, split, payer.telegram_id)))
    if split.paid == split.payers:
        _end(books, split, "complete")
    books.tell(split.member, SharePaidIn(transfer.id, split.id, payer.id, amount, split.note, split.paid, split.payers))
    if intent.chat:
        books.tell(payer.id, ShareWent(transfer.id, split.id, split.member, amount, split.note))
    return SharePaid(split.id, transfer.id, amount, split.note, split.member, split.paid, split.payers,
                     books.balance(payer.id))


# ---------------------------------------------------------------------------------------- reminding and ending
@frozen(kw_only=True)
class RemindSplit(Command):
    """Whoever collects reminds those who have yet to pay."""

    member: int
    split: int
    chat: int
    """Where they did."""
    persons: tuple[int, ...] = unasked()
    """Those who are named, as they were looked up before."""

    GATE: ClassVar[str] = "join"

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Split, self.split), *_named(self.split, self.persons))

    def decide(self, books: Books) -> Outcome:
        """Refuses `SplitUnknown`, `NotYours`, `SplitClosed` and `RemindedLately`."""
        split = _own(books, self.split, self.member, self.chat)
        again = split.reminded_at + REMIND_PAUSE
        if books.now < again:
            raise refusals.RemindedLately(again)
        books.edit(Split, self.split).reminded_at = books.now
        return Reminded(self.split, _remind(books, split, self.persons))


@frozen(kw_only=True)
class RemindAfterADay(Command):
    """The clock reminds those who have yet to pay, and says to whoever collects how far it is."""

    split: int
    persons: tuple[int, ...] = unasked()

    def reads(self, today: int) -> Iterable[Key]:
        return ((Split, self.split), *_named(self.split, self.persons))

    def decide(self, books: Books) -> Outcome:
        """Refuses `SplitUnknown` and `SplitClosed`; before its time, and a second time, with `SplitNotDue`."""
        split = books.find(Split, self.split)
        if split is None:
            raise refusals.SplitUnknown
        _must_be_open(books, split)
        if not split.remind_at or books.now < split.remind_at:
            raise refusals.SplitNotDue
        split = books.edit(Split, self.split)
        split.remind_at, split.reminded_at = 0, books.now
        books.tell(split.member, SplitLags(split.id, split.paid, split.payers, split.collected))
        return Reminded(self.split, _remind(books, split, self.persons))


def _named(split: int, persons: tuple[int, ...]) -> list[Key]:
    return [(SplitShare, (split, person)) for person in persons]


def _remind(books: Books, split: Split, persons: tuple[int, ...]) -> tuple[int, ...]:
    """Tell those who are named and have yet to pay; answers who they are."""
    missing = tuple(share.person for share in _missing(books, split, persons))
    for person in missing:
        books.tell(0, ShareAsked(split.id, split.member, person, True), telegram_id=person)
    return missing


def _missing(books: Books, split: Split, persons: tuple[int, ...]) -> list[SplitShare]:
    """The shares that nobody has paid yet."""
    shares = [books.find(SplitShare, (split.id, person)) for person in persons]
    return [share for share in shares if share is not None and not share.transfer]


def _own(books: Books, number: int, member: int, chat: int) -> Split:
    """A member's own split, still open. Others hear that it is not theirs where they can see it anyway."""
    split = books.find(Split, number)
    if split is None or (split.member != member and split.chat != chat):
        raise refusals.SplitUnknown
    if split.member != member:
        raise refusals.NotYours
    _must_be_open(books, split)
    return split


@frozen(kw_only=True)
class CloseSplit(Command):
    """Whoever made a split wants no more of it. What was paid stays with them."""

    member: int
    split: int
    chat: int
    """Where they said so."""
    persons: tuple[int, ...] = unasked()
    """Those who are named, as they were looked up before."""

    GATE: ClassVar[str] = "join"

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Split, self.split), *_named(self.split, self.persons),
                *tallies.reads(self.member, tallies.SPLITS))

    def decide(self, books: Books) -> Outcome:
        """Refuses `SplitUnknown`, `NotYours` and `SplitClosed`."""
        _own(books, self.split, self.member, self.chat)
        return _give_up(books, books.edit(Split, self.split), self.persons, "closed")


@frozen(kw_only=True)
class ExpireSplit(Command):
    """The clock ends a split that was not paid by all in time. Runs while money rests, too."""

    split: int
    persons: tuple[int, ...] = unasked()

    def reads(self, today: int) -> Iterable[Key]:
        return ((Split, self.split), *_named(self.split, self.persons))

    def decide(self, books: Books) -> Outcome:
        """Refuses `SplitUnknown` and `SplitClosed`; before its time, with `SplitNotDue`, the split stays open."""
        split = run_out(books, Split, self.split, refusals.SplitUnknown, refusals.SplitClosed, refusals.SplitNotDue)
        books.need((Member, split.member), *tallies.reads(split.member, tallies.SPLITS))
        books.tell(split.member, SplitEnded(split.id, split.paid, split.payers, split.collected))
        return _give_up(books, books.edit(Split, self.split), self.persons, "expired")


@frozen(kw_only=True)
class CloseOffers(Command):
    """The clock brings private messages to their end that offer a place of a split which is over."""

    split: int
    persons: tuple[int, ...] = unasked()
    """To whom a place is still offered, by Telegram id; some of them."""

    def reads(self, today: int) -> Iterable[Key]:
        return ((Split, self.split), *((SplitOffer, (self.split, person)) for person in self.persons))

    def decide(self, books: Books) -> Outcome:
        """Refuses `SplitUnknown`, and `SplitNotDue` while it is open."""
        split = books.find(Split, self.split)
        if split is None:
            raise refusals.SplitUnknown
        if split.state == "open":
            raise refusals.SplitNotDue
        split = books.edit(Split, self.split)
        for person in self.persons:
            message = _offered_no_more(books, split, person)
            if message:
                books.tell(0, OfferClosed(split.id, split.member, person, message, split.state), telegram_id=person)
        return Done()


def _offered_no_more(books: Books, split: Split, person: int) -> int:
    """The message that offered somebody a place, which it does no more; 0 where there is none."""
    offer = books.find(SplitOffer, (split.id, person))
    if offer is None or not offer.message:
        return 0
    message = offer.message
    books.edit(SplitOffer, (split.id, person)).message = 0
    split.offers -= 1
    return message


def _give_up(books: Books, split: Split, persons: tuple[int, ...], state: str) -> SplitOver:
    """It is over, and those who are named and have not paid are asked no more."""
    for share in _missing(books, split, persons):
        books.tell(0, ShareClosed(split.id, split.member, share.person, share.amount, state),
                   telegram_id=share.person)
    return _end(books, split, state)


def _end(books: Books, split: Split, state: str) -> SplitOver:
    """It is over, once, and no longer among those of its maker that are open."""
    assert split.state == "open"
    split.state, split.ended_at = state, books.now
    tallies.end(books, split.member, tallies.SPLITS)
    return SplitOver(split.id, state)
