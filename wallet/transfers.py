"""Members pay each other: at once, or after a word of the payer.

Guards: one rule confirms every debit. Up to the no-PIN limit (the sum of PIN-less debits since midnight) money goes
at once to somebody who was pointed at or paid before, and after one Confirm otherwise; above it the PIN is asked.
Money for somebody who has not joined, or who confirms what comes in, is set aside as a hold.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar, Final

from wallet import blocks, gate, habits, ids, limits, pairs, refusals, risk
from wallet.books import Books
from wallet.commands import Command, Done, Outcome, unasked
from wallet.drafts import Intent, asked, keep_draft, own_draft, read
from wallet.events import MoneyCame, MoneyWent, PaymentChecked
from wallet.holds import HOUR, life_of, purpose_for, set_aside
from wallet.members import telegram_claim
from wallet.movements import SEND, AccountKind
from wallet.plain import frozen
from wallet.rows import (
    TO_ACCEPT,
    TO_ARRIVE,
    TO_CHECK,
    TO_CLAIM,
    TO_THAW,
    Account,
    Claim,
    Draft,
    Key,
    Member,
    Pair,
    Profile,
)
from wallet.rules import Verdict

MOST_RECEIVERS: Final = 20
"""How many people one command may pay."""
DELAYS: Final = (2, 24)
"""After how many hours a payment may arrive, if not at once."""
MOST_WAITING: Final = 50
"""How many payments of one's own may wait for others."""


@frozen()
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
    to_arrive: tuple[int, ...] = ()
    """Those that are on their way."""
    arrives_at: int = 0
    """When these arrive."""
    to_thaw: tuple[int, ...] = ()
    """Those that wait for whoever is frozen to be free."""
    to_check: tuple[int, ...] = ()
    """Those that operators look at first."""

    @property
    def purposes(self) -> tuple[str, ...]:
        """For each receiver what their hold is for, "" for whoever has the money."""
        kinds = (dict.fromkeys(self.to_accept, TO_ACCEPT) | dict.fromkeys(self.to_arrive, TO_ARRIVE)
                 | dict.fromkeys(self.to_thaw, TO_THAW) | dict.fromkeys(self.to_check, TO_CHECK))
        return tuple(kinds.get(hold, TO_CLAIM) if hold else "" for hold in self.holds)


@frozen()
class SendIntent(Intent):
    """A payment that its payer has to say yes to: the part of a `Send` that a draft keeps."""

    receivers: tuple[int, ...]
    """Telegram ids."""
    amount: int
    """To each."""
    note: str
    by_number: tuple[int, ...] = ()
    """Those of the receivers of whom the payer knows only the phone number."""
    delay: int = 0
    """After how many hours it arrives; until then the payer can take it back."""

    WORD: ClassVar[str] = "send"
    GATE: ClassVar[str] = "payment"

    @property
    def total(self) -> int:
        return self.amount * len(self.receivers)

    def check(self, books: Books, payer: Member) -> tuple[int, ...]:
        """Refuses what `Send` refuses; answers the receivers' members."""
        return _checked(books, payer, self, _looked_up(books, self), ())

    def carry_out(self, books: Books, draft: Draft, found: tuple[int, ...], *, pinless: bool) -> Sent:
        return _pay(books, books.get(Member, self.payer), self, found, pinless=pinless, message=draft.message)


@frozen(kw_only=True)
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
    delay: int = unasked(default=0)
    """After how many hours it arrives, one of `DELAYS`, or 0 for at once."""
    usual_delay: int = unasked(default=0)
    """What the payer chose for whatever they say nothing of; then they are asked, so that they can say otherwise."""
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
        assert {self.delay, self.usual_delay} <= {0, *DELAYS}
        intent = SendIntent(self.payer, self.chat, self.receivers, self.amount, self.note, self.by_number,
                            self.delay or self.usual_delay)
        payer = books.get(Member, self.payer)
        members = _checked(books, payer, intent, self.members, self.members)
        needs = _needs(books, payer, intent, members, self.sure) or ("confirm" if self.ask or self.usual_delay else "")
        if not needs:
            return _pay(books, payer, intent, members, pinless=True, message=0)
        return keep_draft(books, self.token, needs, intent)


@frozen(kw_only=True)
class ChooseArrival(Command):
    """A payer who is asked about a payment chooses when it arrives. They are asked anew, under another token: a Confirm
    that was shown before says yes to nothing any more. Where the PIN is asked, its keypad alone says yes."""

    member: int
    token: str
    delay: int
    """After how many hours, one of `DELAYS`, or 0 for at once."""
    new_token: str = unasked()
    """Names the draft that takes its place: 128 random bits or more, as text."""

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Draft, self.token),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `DraftUnknown`, of what is no payment too, `NotYours` and `DraftOver`. It runs out when the other
        would have."""
        assert self.delay in (0, *DELAYS)
        draft = own_draft(books, self.token, self.member)
        intent = read(draft.intent)
        if not isinstance(intent, SendIntent):
            raise refusals.DraftUnknown
        draft, chosen = books.edit(Draft, self.token), replace(intent, delay=self.delay)
        if draft.needs == "pin":  # A PIN that is typed now is typed below what was chosen now.
            draft.intent = chosen.text()
            return asked(draft)
        draft.state, draft.message = "cancelled", 0
        return keep_draft(books, self.new_token, draft.needs, chosen, life=draft.expires_at - books.now)


@frozen(kw_only=True)
class SetUsualDelay(Command):
    """A member says when what they send arrives where they say nothing of it. What is on its way stays so."""

    member: int
    delay: int
    """After how many hours, one of `DELAYS`, or 0 for at once."""

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Profile, self.member),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `NotAMember`."""
        assert self.delay in (0, *DELAYS)
        if books.get(Member, self.member).step:
            raise refusals.NotAMember
        if books.get(Profile, self.member).delay != self.delay:
            books.edit(Profile, self.member).delay = self.delay
            books.audit(self.member, "usual_delay", str(self.delay))
        return Done()


def _receiver_keys(payer: int, telegram_id: int, member: int) -> tuple[Key, ...]:
    """What paying one receiver reads; the claim tells whether a stranger has joined meanwhile."""
    if member:
        return ((Member, member), (Account, ids.account(member, AccountKind.AVAILABLE)), (Pair, (payer, member)))
    return (Claim, telegram_claim(telegram_id)), (Account, ids.account(payer, AccountKind.HELD))


def _looked_up(books: Books, intent: SendIntent) -> tuple[int, ...]:
    """The receivers' member numbers, from the claims."""
    keys: list[Key] = [(Claim, telegram_claim(telegram_id)) for telegram_id in intent.receivers]
    # The day was a guess when the counters were asked for; asking again here leaves the other look-ups their tries.
    books.need(*keys, *limits.reads_of(books, books.get(Member, intent.payer)))
    claims = [books.find(Claim, key[1]) for key in keys]
    return tuple(claim.owner if claim else 0 for claim in claims)


def _checked(books: Books, payer: Member, intent: SendIntent, looked_up: tuple[int, ...],
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
    if payer.waiting + _waiting(books, payer.id, found, delayed=bool(intent.delay)) > MOST_WAITING:
        raise refusals.TooManyWaiting(MOST_WAITING)
    total = intent.amount * len(receivers)
    gate.covers(books, payer, total)
    limits.judge(books, payer, intent.amount, len(receivers))
    if risk.decide(books, payer.id, found, intent.amount, waits=True) > Verdict.ASK:
        books.need((Account, ids.account(payer.id, AccountKind.HELD)))
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
    found = tuple([_joined(books, telegram_id, member) for telegram_id, member in zip(receivers, known, strict=True)])
    if found != known:
        _all_read(books, payer, receivers, found)
    return found


def _waiting(books: Books, payer: int, members: tuple[int, ...], *, delayed: bool) -> int:
    """For how many of them the money will wait. Refuses `ReceiverUnavailable` and `WindingDown`."""
    waiting, joined = members.count(0), [books.get(Member, number) for number in members if number]
    unusual = [member for member in joined if not gate.is_plain(member)]
    if not (waiting or delayed or unusual):
        return 0
    if not all(gate.may_be_paid(books, member) for member in unusual) or blocks.any_blocks(books, unusual, payer):
        raise refusals.ReceiverUnavailable
    if any(member.safeguards for member in unusual):
        risk.read(books, books.get(Member, payer), *unusual)
    if waiting:
        gate.takes_in(books)
    waiting += sum(bool(purpose_for(books, member.id, delayed=delayed)) for member in joined)
    if waiting:
        books.need((Account, ids.account(payer, AccountKind.HELD)))
    return waiting


def _claimed(books: Books, telegram_id: int) -> int:
    """Who has begun to join meanwhile, or 0."""
    claim = books.find(Claim, telegram_claim(telegram_id))
    return claim.owner if claim else 0


def _joined(books: Books, telegram_id: int, number: int) -> int:
    """The member who takes the money, or 0 when it has to wait for somebody who has yet to join."""
    member = books.find(Member, number) if number else None
    assert member is None or member.telegram_id == telegram_id
    return member.id if member and member.state != "joining" else 0


def _needs(books: Books, payer: Member, intent: SendIntent, members: tuple[int, ...], sure: bool) -> str:
    """The one rule: "" for at once, "confirm", or "pin"."""
    if intent.beyond_pinless(books, payer):
        return "pin"
    known = sure or all(member and pairs.paid_before(books, payer.id, member, by_number=telegram_id in intent.by_number)
                        for telegram_id, member in zip(intent.receivers, members, strict=True))
    return "" if known else "confirm"


def _pay(books: Books, payer: Member, intent: SendIntent, members: tuple[int, ...], *, pinless: bool,
         message: int) -> Sent:
    """Move the money: everything was checked."""
    transfers, holds = [], []
    waiting: dict[str, list[int]] = {TO_CLAIM: [], TO_ACCEPT: [], TO_ARRIVE: [], TO_THAW: [], TO_CHECK: []}
    arrival = books.now + (intent.delay * HOUR or risk.COOL_OFF)
    for telegram_id, member in zip(intent.receivers, members, strict=True):
        by_number = telegram_id in intent.by_number
        transfer, hold, purpose = pay_one(books, payer.id, telegram_id, member, intent.amount, intent.note, intent.chat,
                                          by_number=by_number, pinless=pinless, delay=intent.delay)
        arrives_at = arrival if purpose == TO_ARRIVE else 0
        if purpose:
            waiting[purpose].append(hold)
        if intent.chat:
            books.tell(payer.id, MoneyWent(transfer, member, telegram_id, intent.amount, intent.note, hold, by_number,
                                           purpose, arrives_at))
        transfers.append(transfer)
        holds.append(hold)
    return Sent(intent.receivers, tuple(transfers), tuple(holds), intent.amount, intent.note,
                books.balance(payer.id), intent.chat, message, tuple(waiting[TO_ACCEPT]),
                tuple(waiting[TO_ARRIVE]), arrival if waiting[TO_ARRIVE] else 0, tuple(waiting[TO_THAW]),
                tuple(waiting[TO_CHECK]))


def pay_one(books: Books, payer: int, telegram_id: int, member: int, amount: int, note: str, chat: int, *,
            by_number: bool, pinless: bool, delay: int = 0) -> tuple[int, int, str]:
    """Pay somebody whose rows were read, or set the money aside for them, to arrive after so many hours if there is a
    delay; returns the transfer, the hold and what that is for, 0 and "" where there is none."""
    hold, purpose, verdict = 0, purpose_for(books, member, delayed=bool(delay)), risk.becomes(books, payer)
    stranger = not member or habits.is_stranger(books, payer, member, amount)
    if verdict is Verdict.HOLD:
        purpose = TO_CHECK
    elif verdict is Verdict.COOL and purpose in ("", TO_ACCEPT):
        purpose = TO_ARRIVE
    if purpose:
        life = life_of(purpose, delay) or risk.COOL_OFF
        transfer, hold = set_aside(books, payer, telegram_id, purpose, amount, note, by_number=by_number,
                                   pinless=pinless, life=life)
    else:
        transfer = _give(books, payer, member, amount, note, chat, by_number=by_number)
    if purpose == TO_CHECK:
        risk.intercepted(books, telegram_id, hold, transfer, amount)
        books.tell(payer, PaymentChecked(hold, transfer, amount, "held"))
    elif verdict is Verdict.COOL:
        risk.cooled(books, telegram_id)
        if purpose == TO_ARRIVE and not delay:
            books.tell(payer, PaymentChecked(hold, transfer, amount, "cools"))
    limits.count(books, payer, amount, pinless=pinless, stranger=stranger)
    return transfer, hold, purpose


def _give(books: Books, payer: int, member: int, amount: int, note: str, chat: int, *, by_number: bool) -> int:
    """From one member's available money to another's."""
    transfer = books.post(SEND, ids.account(payer, AccountKind.AVAILABLE),
                          ids.account(member, AccountKind.AVAILABLE), amount, note=note)
    pairs.paid(books, transfer, payer, member, by_number=by_number)
    books.tell(member, MoneyCame(transfer.id, payer, amount, note, chat))
    return transfer.id
