"""Shares of red envelopes that are kept for people who have yet to join: for ten minutes, and few of them.

Guards: what is kept can't be opened by anybody else, and comes back to the others when its time is over. At most a
tenth of an envelope's shares is kept at any time, and nobody has one kept twice, so people who never join hold nothing
up. Whoever has joined passes what keeps machines out like anybody else; meanwhile the share stays kept.
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from wallet import barriers, gate, ids, refusals
from wallet.books import Books
from wallet.commands import Command, Done, Outcome, unasked
from wallet.envelopes import give, kept_for, look_around, may_be_opened
from wallet.members import telegram_claim
from wallet.movements import AccountKind
from wallet.plain import frozen
from wallet.rows import Account, Claim, Drawn, Envelope, KeptShare, Key, Member, Share

KEPT: Final = 10 * 60 * 1_000_000
"""How long."""
PART: Final = 10
"""At most one share in so many."""


@frozen()
class Kept(Outcome):
    """A share waits for whoever asked."""

    envelope: int
    until: int


@frozen(kw_only=True)
class KeepShare(Command):
    """Somebody in the group who has no wallet yet wants to open a share."""

    person: int
    """Their Telegram id."""
    envelope: int
    chat: int
    """The group where they did, or 0."""
    card: str = unasked(default="")
    """What Telegram calls the card under which they did, where that was sent through us."""

    MONEY: ClassVar[bool] = True
    BINDS: ClassVar[bool] = True

    def question(self) -> object:
        return self.envelope, self.person, self.chat

    def reads(self, today: int) -> Iterable[Key]:
        return ((Envelope, self.envelope), (KeptShare, (self.envelope, self.person)),
                (Claim, telegram_claim(self.person)), *barriers.rules_of(self.chat))

    def decide(self, books: Books) -> Outcome:
        """Refuses `EnvelopeUnknown`, `OpenedBefore`, `EnvelopeEmpty`, `EnvelopeOver` and `NotAMember`, where no share
        is kept: there is none for them, or they could not open it in time."""
        envelope = books.find(Envelope, self.envelope)
        if envelope is None or (envelope.chat, envelope.card) != (self.chat, self.card):
            raise refusals.EnvelopeUnknown
        self._must_not_have_one(books)
        may_be_opened(books, envelope)
        before = books.find(KeptShare, (self.envelope, self.person))
        if before is not None and before.state == "kept":
            return Kept(self.envelope, before.until)
        is_for_all = not (envelope.beneficiary or envelope.word)
        in_time = barriers.wait(books, envelope) < KEPT
        if (before is not None or not is_for_all or not in_time or (envelope.kept + 1) * PART > envelope.shares
                or envelope.opened + envelope.kept == envelope.shares):
            raise refusals.NotAMember
        until = min(books.now + KEPT, envelope.expires_at)
        books.edit(Envelope, self.envelope).kept += 1
        books.add(KeptShare(self.envelope, self.person, until, "kept"))
        return Kept(self.envelope, until)

    def _must_not_have_one(self, books: Books) -> None:
        """Whoever was seen to be joining may have joined since, and opened a share elsewhere. Refuses
        `OpenedBefore`."""
        claim = books.find(Claim, telegram_claim(self.person))
        share = books.find(Share, (self.envelope, claim.owner)) if claim is not None else None
        if share is not None:
            raise refusals.OpenedBefore(share.amount, share.transfer)


@frozen(kw_only=True)
class OpenKept(Command):
    """Somebody who has joined meanwhile opens the share that is kept for them, wherever they are."""

    member: int
    envelope: int

    GATE: ClassVar[str] = "join"
    MONEY: ClassVar[bool] = True

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Envelope, self.envelope), (Drawn, self.envelope), (Share, (self.envelope, self.member)),
                (Account, ids.account(self.envelope, AccountKind.ENVELOPE)),
                (Account, ids.account(self.member, AccountKind.AVAILABLE)), *barriers.reads(self.member, 0),
                barriers.answers(self.envelope, self.member))

    def decide(self, books: Books) -> Outcome:
        """Refuses `NothingKept`, `OpenedBefore`, `EnvelopeOver`, `DirectionRestricted`, `OpeningTooFast` and what
        keeps machines out: a question that is asked here is answered by `OpenEnvelope`."""
        envelope = books.find(Envelope, self.envelope)
        if envelope is None:
            raise refusals.NothingKept
        before = books.find(Share, (self.envelope, self.member))
        if before is not None:
            raise refusals.OpenedBefore(before.amount, before.transfer)
        member = books.get(Member, self.member)
        look_around(books, envelope, member)
        kept = kept_for(books, envelope, member)
        if kept is None:
            raise refusals.NothingKept
        may_be_opened(books, envelope)
        gate.may_use_envelopes(books, member)
        gate.may_take(books, member)
        barriers.pace(books, self.member)
        barriers.admit(books, envelope, member, barriers.NOTHING, "")
        return give(books, books.edit(Envelope, self.envelope), self.member, kept)


@frozen(kw_only=True)
class ReturnKept(Command):
    """The clock gives a kept share back to the others. Runs while money rests, too."""

    envelope: int
    person: int

    def reads(self, today: int) -> Iterable[Key]:
        return (Envelope, self.envelope), (KeptShare, (self.envelope, self.person))

    def decide(self, books: Books) -> Outcome:
        """Refuses `NothingKept`; before its time, with `EnvelopeNotDue`, the share stays kept."""
        kept = books.find(KeptShare, (self.envelope, self.person))
        if kept is None or kept.state != "kept":
            raise refusals.NothingKept
        if books.now < kept.until:
            raise refusals.EnvelopeNotDue
        books.edit(KeptShare, (self.envelope, self.person)).state = "returned"
        books.edit(Envelope, self.envelope).kept -= 1
        return Done()
