"""Red envelopes: a member fills one for a group, or under a card that they sent through us into any chat; whoever is
there opens a share, and the rest goes back.

Guards: what went in is what was opened, what went back and what is left, and the envelope's own account holds exactly
what is left. Nobody gets two shares and no share is given twice, however many tap at once; how the shares fall is
settled before the first is opened. An envelope is a debit like any other: its maker says yes to it, with the PIN above
the no-PIN limit.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar, Final

from wallet import barriers, blocks, gate, groups, ids, limits, refusals, risk, shares, tallies
from wallet.books import Books
from wallet.commands import Command, Done, Outcome, unasked
from wallet.drafts import AmountIntent, card_claim, has_nothing_behind, is_first, keep_draft, put_behind
from wallet.events import EnvelopeEmptied, EnvelopeReturned, EnvelopeWent, ShareCame
from wallet.movements import ENVELOPE, ENVELOPE_BACK, SHARE, AccountKind
from wallet.plain import frozen
from wallet.rows import EQUAL, LUCKY, Account, Claim, Draft, Drawn, Envelope, GroupRules, KeptShare, Key, Member, Share
from wallet.text import as_said

ENVELOPE_LIFE: Final = 24 * 60 * 60 * 1_000_000
"""How long an envelope may be opened."""


@frozen()
class EnvelopeMade(Outcome):
    """The envelope is full and may be opened."""

    envelope: int
    transfer: int
    kind: str
    amount: int
    shares: int
    greeting: str
    fingerprint: str
    """Over the seed and all shares, for everybody to see."""
    expires_at: int
    balance: int
    """What its maker has left."""
    chat: int
    draft_chat: int
    draft_message: int
    """The message that asked its maker, or 0."""


@frozen()
class Opened(Outcome):
    """Somebody has their share."""

    envelope: int
    transfer: int
    amount: int
    number: int
    """Its place in the order of opening."""
    shares: int
    """How many there are."""
    maker: int
    """The member who made it."""
    alone: bool = False
    """Whether nobody else could."""

    def ever_after(self) -> refusals.Refusal:
        """One share each."""
        return refusals.OpenedBefore(self.amount, self.transfer)


@frozen()
class EnvelopeEnded(Outcome):
    """The envelope's time is over and the rest is back."""

    envelope: int
    transfer: int
    amount: int
    """What went back."""


@frozen()
class EnvelopeIntent(AmountIntent):
    """A red envelope that a member wants to fill: the part of an `AskEnvelope` that a draft keeps."""

    kind: str
    amount: int
    shares: int
    greeting: str
    seed: str
    beneficiary: int = 0
    """Who alone may open it, by Telegram id; 0 for everybody there."""
    word: str = ""
    """What one has to say to open it, "" for nothing."""
    card: str = ""
    """What Telegram calls its card, where that was sent through us."""
    theme: str = ""
    """What its cover is for, "" for what fits the day."""
    title: str = ""
    """What the group is called, where it is asked about elsewhere."""

    WORD: ClassVar[str] = "envelope"
    GATE: ClassVar[str] = "envelopes"
    BINDS: ClassVar[bool] = True

    @property
    def asked_under(self) -> str:
        return self.card

    def told(self) -> EnvelopeIntent:
        """All but the seed."""
        return replace(self, seed="")

    def check(self, books: Books, payer: Member) -> None:
        """Refuses what `AskEnvelope` refuses."""
        _check(books, payer, self)

    def carry_out(self, books: Books, draft: Draft, found: None, *, pinless: bool) -> EnvelopeMade:
        return _fill(books, self, draft, pinless=pinless)


@frozen(kw_only=True)
class AskEnvelope(Command):
    """A member wants to fill an envelope for a group. It always needs their word: nobody in particular is paid."""

    payer: int
    kind: str
    amount: int
    """All of it."""
    shares: int
    greeting: str = ""
    seed: str = unasked()
    """256 random bits in hexadecimal digits, from which everything about the shares follows."""
    token: str = unasked()
    """Names the draft: 128 random bits or more, as text."""
    chat: int
    """The group that may open it, or 0."""
    beneficiary: int = 0
    """Who alone may, by Telegram id; 0 for everybody there."""
    word: str = ""
    """What one has to say to open it, "" for nothing."""
    card: str = unasked(default="")
    """What Telegram calls its card, where that was sent through us into any chat; then the token comes from it."""
    theme: str = ""
    """What its cover is for, "" for what fits the day."""
    title: str = unasked(default="")
    """What the group is called, where it is asked about elsewhere."""

    GATE: ClassVar[str] = "envelopes"
    BINDS: ClassVar[bool] = True
    MONEY: ClassVar[bool] = True
    DEBITS: ClassVar[bool] = True

    def actor(self) -> int:
        return self.payer

    def reads(self, today: int) -> Iterable[Key]:
        return ((Draft, self.token), (Account, ids.account(self.payer, AccountKind.AVAILABLE)),
                *_bounds(self.payer, self.chat, self.card), *limits.reads(self.payer, today))

    def decide(self, books: Books) -> Outcome:
        """Makes a draft. Refuses `DirectionRestricted`, `FeatureOff`, `SharesOutOfRange`, `EnvelopeOutOfRange`,
        `TooManyEnvelopes` and `NotEnough`; under a card also `NotYours` and `DraftOver`."""
        assert (self.chat < 0) is not bool(self.card)
        assert len(self.seed) == shares.SEED_LENGTH
        is_first(books, self.token, self.payer)
        # Of one share there is nothing to be drawn.
        kind = LUCKY if self.kind == LUCKY and self.shares > 1 else EQUAL
        intent = EnvelopeIntent(self.payer, self.chat, kind, self.amount, self.shares, self.greeting, self.seed,
                                self.beneficiary, self.word, self.card, self.theme, self.title)
        payer = books.get(Member, self.payer)
        _check(books, payer, intent)
        needs = "pin" if intent.beyond_pinless(books, payer) else "confirm"
        return keep_draft(books, self.token, needs, intent)


def _bounds(payer: int, chat: int, card: str) -> tuple[Key, ...]:
    """What tells whether one more may be made there."""
    behind = ((Claim, card_claim(card)),) if card else ()
    return ((GroupRules, chat), *tallies.reads(payer, tallies.ENVELOPES), *behind)


def _check(books: Books, payer: Member, intent: EnvelopeIntent) -> None:
    """Refuse what may not be made, however it is authorised."""
    assert intent.kind in (LUCKY, EQUAL)
    assert not intent.beneficiary or intent.shares == 1
    books.need(*_bounds(payer.id, intent.chat, intent.card))
    if intent.card:
        has_nothing_behind(books, intent.card, payer.id)
    if intent.beneficiary == payer.telegram_id:
        raise refusals.PayToYourself
    gate.may_use_envelopes(books, payer)
    if intent.beneficiary:
        _must_be_open_to(books, payer.id, intent.beneficiary)
    count = intent.shares
    most, average = groups.envelope_bounds(books, intent.chat)
    if not 0 < count <= most:
        raise refusals.SharesOutOfRange(most)
    highest = min(books.policy.max_amount, count * average)
    if not count <= intent.amount <= highest:
        raise refusals.EnvelopeOutOfRange(count, count, highest)
    assert intent.kind != EQUAL or not intent.amount % count
    if tallies.still_open(books, payer.id, tallies.ENVELOPES) >= books.policy.envelopes_open:
        raise refusals.TooManyEnvelopes(books.policy.envelopes_open)
    gate.covers(books, payer, intent.amount)
    limits.judge(books, payer, intent.amount)
    risk.decide(books, payer.id, (0,), intent.amount)


def _must_be_open_to(books: Books, payer: int, person: int) -> None:
    """Refuse an envelope for somebody alone who blocks its maker, with `ReceiverUnavailable`."""
    books.need(*blocks.reads((person,)))
    if not blocks.reached(books, payer, (person,)):
        raise refusals.ReceiverUnavailable


def _fill(books: Books, intent: EnvelopeIntent, draft: Draft, *, pinless: bool) -> EnvelopeMade:
    """Move the money and settle the shares: everything was checked."""
    count, amount, payer = intent.shares, intent.amount, intent.payer
    envelope = books.number()
    account = ids.account(envelope, AccountKind.ENVELOPE)
    books.add(Account(account, int(AccountKind.ENVELOPE), 0, 0))
    transfer = books.post(ENVELOPE, ids.account(payer, AccountKind.AVAILABLE), account, amount, note=intent.greeting)
    expires = books.now + ENVELOPE_LIFE
    drawn = shares.divide(intent.kind == LUCKY, intent.seed, amount, count)
    books.add(Envelope(envelope, payer, intent.kind, amount, count, 0, 0, 0, "open", transfer.id, expires, 0, 0,
                       intent.chat, 0, intent.beneficiary, intent.word, 0, intent.card, intent.theme, books.today))
    books.add(Drawn(envelope, intent.seed, shares.listed(drawn), books.lane.lane, books.lane.seq))
    if intent.card:
        put_behind(books, intent.card, payer)
    if intent.beneficiary:
        books.audit(payer, "for_one_alone", f"{envelope} {intent.beneficiary}")
    limits.count(books, payer, amount, pinless=pinless, stranger=risk.is_first(books))
    tallies.begin(books, payer, tallies.ENVELOPES)
    books.tell(payer, EnvelopeWent(transfer.id, envelope, intent.kind, amount, count, intent.greeting, expires))
    return EnvelopeMade(envelope, transfer.id, intent.kind, amount, count, intent.greeting,
                        shares.fingerprint(intent.seed, drawn), expires, books.balance(payer), intent.chat,
                        draft.chat, draft.message)


@frozen(kw_only=True)
class PlaceEnvelope(Command):
    """Note in which message an envelope's card stands. A group that has become another chat takes it along."""

    member: int
    envelope: int
    chat: int
    message: int

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Envelope, self.envelope),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `EnvelopeUnknown`, to anybody but its maker too."""
        envelope = books.find(Envelope, self.envelope)
        if envelope is None or envelope.member != self.member:
            raise refusals.EnvelopeUnknown
        envelope = books.edit(Envelope, self.envelope)
        envelope.chat, envelope.message = self.chat, self.message
        return Done()


@frozen(kw_only=True)
class OpenEnvelope(Command):
    """Somebody in the group opens a share."""

    member: int
    envelope: int
    chat: int
    """The group where they did, or 0."""
    word: str = ""
    """What they said, "" for nothing."""
    answer: int = barriers.NOTHING
    """What they answered where a question was asked."""
    proof: str = ""
    """That it was asked, and so that they tapped in the group: then `chat` may be 0."""
    card: str = unasked(default="")
    """What Telegram calls the card under which they did, where that was sent through us."""

    GATE: ClassVar[str] = "join"
    MONEY: ClassVar[bool] = True

    def actor(self) -> int:
        return self.member

    def question(self) -> object:
        return self.envelope, self.member, self.chat

    def reads(self, today: int) -> Iterable[Key]:
        return ((Envelope, self.envelope), (Drawn, self.envelope), (Share, (self.envelope, self.member)),
                (Account, ids.account(self.envelope, AccountKind.ENVELOPE)),
                (Account, ids.account(self.member, AccountKind.AVAILABLE)), *barriers.reads(self.member, self.chat),
                *((barriers.answers(self.envelope, self.member),) if self.proof else ()))

    def decide(self, books: Books) -> Outcome:
        """Refuses `EnvelopeUnknown`, `OpenedBefore`, `EnvelopeEmpty`, `EnvelopeOver`, `EnvelopeForAnother`,
        `WordNeeded`, `DirectionRestricted`, `SharesKept`, `OpeningTooFast` and what keeps machines out."""
        envelope = books.find(Envelope, self.envelope)
        if envelope is None or not self._is_there(books, envelope):
            raise refusals.EnvelopeUnknown  # Whoever forges a button of another chat learns nothing.
        before = books.find(Share, (self.envelope, self.member))
        if before is not None:
            raise refusals.OpenedBefore(before.amount, before.transfer)
        may_be_opened(books, envelope)
        member = books.get(Member, self.member)
        look_around(books, envelope, member)
        if envelope.beneficiary not in (0, member.telegram_id):
            raise refusals.EnvelopeForAnother
        if envelope.word and as_said(envelope.word) != as_said(self.word):
            raise refusals.WordNeeded(envelope.word)
        gate.may_use_envelopes(books, member)
        gate.may_take(books, member)
        kept = kept_for(books, envelope, member)
        if kept is None and envelope.opened + envelope.kept == envelope.shares:
            raise refusals.SharesKept
        barriers.pace(books, self.member)
        barriers.admit(books, envelope, member, self.answer, self.proof)
        return give(books, books.edit(Envelope, self.envelope), self.member, kept)

    def _is_there(self, books: Books, envelope: Envelope) -> bool:
        """Whether they tapped where the envelope is, now or when they were asked a question."""
        return (envelope.chat, envelope.card) == (self.chat, self.card) or (
            not self.chat and barriers.was_asked(books, envelope.id, self.member, self.proof))


def may_be_opened(books: Books, envelope: Envelope) -> None:
    """Refuses `EnvelopeEmpty` and `EnvelopeOver`."""
    if envelope.state == "emptied":
        raise refusals.EnvelopeEmpty
    if envelope.state == "expired" or envelope.expires_at <= books.now:
        raise refusals.EnvelopeOver


def look_around(books: Books, envelope: Envelope, member: Member) -> None:
    """Read together what follows from the envelope: a decision may look a few times only, and the last share needs a
    look at its maker besides."""
    kept = ((KeptShare, (envelope.id, member.telegram_id)),) if envelope.kept else ()
    own = limits.counted(member.id, envelope.counted_on) if member.id == envelope.member else ()
    books.need(*barriers.rules_of(envelope.chat), *kept, *own)


def kept_for(books: Books, envelope: Envelope, member: Member) -> KeptShare | None:
    """The share that is kept for a member who had to join first. Looked for only where any is kept."""
    if not envelope.kept:
        return None
    kept = books.find(KeptShare, (envelope.id, member.telegram_id))
    return kept if kept is not None and kept.state == "kept" else None


def give(books: Books, envelope: Envelope, member: int, kept: KeptShare | None) -> Opened:
    """The next share, to somebody who may have it."""
    if kept is not None:
        books.edit(KeptShare, kept.pk()).state = "opened"
        envelope.kept -= 1
    amount = shares.read(books.get(Drawn, envelope.id).shares)[envelope.opened]
    transfer = books.post(SHARE, ids.account(envelope.id, AccountKind.ENVELOPE),
                          ids.account(member, AccountKind.AVAILABLE), amount)
    envelope.opened += 1
    envelope.given += amount
    if member == envelope.member:
        limits.uncount(books, member, envelope.counted_on, amount)
    if envelope.opened == envelope.shares:
        envelope.state, envelope.ended_at = "emptied", books.now
        _no_longer_open(books, envelope)
        books.tell(envelope.member, EnvelopeEmptied(envelope.transfer, envelope.id, envelope.amount, envelope.shares))
    books.add(Share(envelope.id, member, envelope.opened, amount, transfer.id))
    barriers.count(books, member)
    books.tell(member, ShareCame(transfer.id, envelope.id, envelope.member, amount))
    return Opened(envelope.id, transfer.id, amount, envelope.opened, envelope.shares, envelope.member,
                  bool(envelope.beneficiary))


def _no_longer_open(books: Books, envelope: Envelope) -> None:
    """One fewer of its maker's. What the release before made was not counted."""
    books.need((Member, envelope.member), *tallies.reads(envelope.member, tallies.ENVELOPES))
    if tallies.still_open(books, envelope.member, tallies.ENVELOPES):
        tallies.end(books, envelope.member, tallies.ENVELOPES)


@frozen(kw_only=True)
class ExpireEnvelope(Command):
    """The clock gives back what nobody opened in time. Runs while money rests, too."""

    envelope: int

    def reads(self, today: int) -> Iterable[Key]:
        return ((Envelope, self.envelope), (Account, ids.account(self.envelope, AccountKind.ENVELOPE)))

    def decide(self, books: Books) -> Outcome:
        """Refuses `EnvelopeUnknown`, `EnvelopeEmpty` and `EnvelopeOver`; before its time, with `EnvelopeNotDue`, the
        envelope stays open."""
        envelope = books.find(Envelope, self.envelope)
        if envelope is None:
            raise refusals.EnvelopeUnknown
        if envelope.state == "emptied":
            raise refusals.EnvelopeEmpty
        if envelope.state == "expired":
            raise refusals.EnvelopeOver
        if books.now < envelope.expires_at:
            raise refusals.EnvelopeNotDue
        maker = ids.account(envelope.member, AccountKind.AVAILABLE)
        books.need((Member, envelope.member), (Account, maker), *limits.counted(envelope.member, envelope.counted_on),
                   *tallies.reads(envelope.member, tallies.ENVELOPES))
        left = books.balance(self.envelope, AccountKind.ENVELOPE)
        transfer = books.post(ENVELOPE_BACK, ids.account(self.envelope, AccountKind.ENVELOPE), maker, left)
        envelope = books.edit(Envelope, self.envelope)
        limits.uncount(books, envelope.member, envelope.counted_on, left)
        envelope.returned, envelope.state = left, "expired"
        envelope.ended_at, envelope.ended_by = books.now, transfer.id
        _no_longer_open(books, envelope)
        books.tell(envelope.member, EnvelopeReturned(transfer.id, envelope.id, envelope.transfer, left,
                                                     envelope.opened, envelope.shares))
        return EnvelopeEnded(envelope.id, transfer.id, left)
