"""`/recover`: a wallet moves to another Telegram account of its owner, who lost the old one.

Guards: nobody takes a wallet unnoticed, nor by a phone number that once was somebody else's. It is asked for by the
phone number and the ID number that opened and verified it, and then nothing goes out, the old account is told and may
say no by one word, and a day passes; after that two operators sign for how the owner proved who they are. What moves is
the link alone: each wallet has one Telegram account and each account one wallet, and balance, receipts and agreements
stay where they are. A minute more nothing goes out, until no process takes the old account for its owner any more.
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from wallet import penalties, refusals, tallies
from wallet.books import Books
from wallet.commands import Command, Done, Outcome
from wallet.events import MoveAsked, MoveEnded, MoveWaits
from wallet.gate import Safeguard
from wallet.identity import MOST_A_DAY, identity_claim
from wallet.members import begun, telegram_claim
from wallet.operators import Act, demand
from wallet.plain import frozen
from wallet.proposals import Deed
from wallet.rows import Claim, FormerAccount, Identity, Key, Member, Move, Role

HOUR: Final = 60 * 60 * 1_000_000
WAIT: Final = 24 * HOUR
"""From asking to the earliest decision, in which the old account may say no."""
LIFE: Final = 7 * 24 * HOUR
"""From asking until it is over if nobody decides."""
AGAIN: Final = 30 * 24 * HOUR
"""How long one who was told no can't ask for the same wallet."""
SETTLES: Final = 60 * 1_000_000
"""How long nothing goes out after it moved: longer than any process believes an account to be whose it was."""
NOBODY: Final = 2**61
"""From there on there are no Telegram accounts: whoever had the wallet's new account before has none."""
OPEN: Final = ("asked", "moved")
"""While a move stands so, nothing goes out."""


@frozen()
class MoveAskedFor(Outcome):
    """It was asked for, and waits."""

    ready_at: int


@frozen(kw_only=True)
class AskMove(Command):
    """Somebody who has no wallet on this Telegram account asks for the one they had on another."""

    member: int
    """Whoever asks, who has begun to join."""
    phone: str
    """Keyed digest of their own number, which Telegram vouches for."""
    number: str
    """Keyed digest of their ID number."""

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Member, self.member), (Claim, f"phone:{self.phone}"), (Claim, identity_claim(self.number)),
                *tallies.reads(self.member, tallies.IDENTITIES))

    def decide(self, books: Books) -> Outcome:
        """Refuses `MoveUnmatched` whatever does not fit, so that nobody learns which numbers have wallets, and
        `IdentityTooOften`. Every try counts."""
        asker = books.get(Member, self.member)
        found = self._wallet(books, asker)
        if tallies.begun_today(books, self.member, tallies.IDENTITIES) >= MOST_A_DAY:
            raise refusals.IdentityTooOften(MOST_A_DAY)
        tallies.note(books, self.member, tallies.IDENTITIES, books.today)
        books.keep()
        if found is None:
            raise refusals.MoveUnmatched
        move = books.find(Move, found.id)
        if move is not None and move.state in OPEN:
            return MoveAskedFor(move.ready_at)
        ready = books.now + WAIT
        if move is None:
            books.add(Move(found.id, asker.telegram_id, self.member, "asked", books.now, ready, books.now + LIFE))
        else:
            move = books.edit(Move, found.id)
            move.person, move.asker, move.state = asker.telegram_id, self.member, "asked"
            move.asked_at, move.ready_at, move.due_at = books.now, ready, books.now + LIFE
        books.edit(Member, found.id).safeguards |= Safeguard.MOVING
        books.audit(found.id, "move_asked", f"by {asker.telegram_id}")
        books.tell(found.id, MoveAsked(ready))
        books.ring(MoveWaits(found.id, asker.telegram_id, ready))
        return MoveAskedFor(ready)

    def _wallet(self, books: Books, asker: Member) -> Member | None:
        """The wallet that both numbers belong to, if this account may ask for it."""
        phone = books.find(Claim, f"phone:{self.phone}")
        number = books.find(Claim, identity_claim(self.number))
        if not asker.step or phone is None or number is None or phone.owner != number.owner:
            return None
        books.need((Member, phone.owner), (Move, phone.owner), (Identity, phone.owner))
        wallet, move = books.get(Member, phone.owner), books.find(Move, phone.owner)
        books.need((Role, wallet.telegram_id))
        role = books.find(Role, wallet.telegram_id)
        if wallet.step or wallet.state == "closed" or (role is not None and role.role):
            return None  # Whoever operates is relieved first, so that nobody comes into their rights.
        is_others = move is not None and move.state in OPEN and move.person != asker.telegram_id
        was_told_no = (move is not None and move.state in ("objected", "rejected")
                       and move.person == asker.telegram_id and move.asked_at + AGAIN > books.now)
        return None if is_others or was_told_no else wallet


@frozen(kw_only=True)
class ObjectToMove(Command):
    """The account that has the wallet says no."""

    member: int

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return (Member, self.member), (Move, self.member)

    def decide(self, books: Books) -> Outcome:
        """Refuses `MoveOver`."""
        asked(books, self.member)
        _ends(books, self.member, "objected")
        return Done()


@frozen(kw_only=True)
class RejectMove(Command):
    """An operator says no. That takes no PIN: nothing moves."""

    operator: int
    """Telegram id."""
    member: int

    def reads(self, today: int) -> Iterable[Key]:
        return (Role, self.operator), (Member, self.member), (Move, self.member)

    def decide(self, books: Books) -> Outcome:
        """Refuses `NotAllowed` and `MoveOver`."""
        demand(books, self.operator, Act.MOVE)
        asked(books, self.member)
        _ends(books, self.member, "rejected", by=self.operator)
        return Done()


@frozen(kw_only=True)
class EndMove(Command):
    """The clock ends what nobody decided, and opens what moved a minute ago."""

    member: int

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return (Member, self.member), (Move, self.member)

    def decide(self, books: Books) -> Outcome:
        """Does nothing where it is not due."""
        move = books.find(Move, self.member)
        if move is None or move.state not in OPEN or move.due_at > books.now:
            return Done()
        _ends(books, self.member, "expired" if move.state == "asked" else "done")
        return Done()


@frozen()
class MoveDeed(Deed):
    """Give a wallet to the Telegram account that asked for it."""

    member: int
    was: int
    """The Telegram account that has it."""
    asker: int
    """Whoever asked, under which number they began to join."""
    person: int
    """Their Telegram id, as the operators were shown it."""
    proof: str
    """How they proved who they are, for operators alone."""

    WORD: ClassVar[str] = "move"
    ACT: ClassVar[Act] = Act.MOVE
    MONEY: ClassVar[bool] = False

    @property
    def about(self) -> int:
        return self.member

    def reads(self) -> Iterable[Key]:
        return ((Member, self.member), (Member, self.asker), (Move, self.member), (Role, self.was),
                (Claim, telegram_claim(self.was)), (Claim, telegram_claim(self.person)),
                (FormerAccount, (self.member, self.was)))

    def sides(self, books: Books) -> frozenset[int]:
        return frozenset({self.member, self.asker})

    def check(self, books: Books) -> None:
        """Refuses `MoveOver`, `MoveTooEarly`, `OperatorPenalised`, `PersonUnknown`, and `HeldByOrder` whatever such an
        order is about: it is against whoever has the wallet."""
        move = asked(books, self.member)
        if (move.asker, move.person) != (self.asker, self.person) or not books.get(Member, self.asker).step:
            raise refusals.MoveOver
        if books.now < move.ready_at:
            raise refusals.MoveTooEarly(move.ready_at)
        wallet = penalties.meant(books, self.was, self.member)
        if wallet.legal_holds:
            books.must_leave(self.member, -1)

    def carry_out(self, books: Books, proposal: int) -> Outcome:
        """The old account is somebody who has only begun to join, and sees nothing of whoever asked, whose tickets may
        hold their papers: what they were before they had the wallet is nobody's."""
        assert proposal
        move = books.edit(Move, self.member)
        wallet, asker = books.edit(Member, self.member), books.edit(Member, self.asker)
        if books.find(FormerAccount, (self.member, self.was)) is None:
            books.add(FormerAccount(self.member, self.was, books.now))
        books.tell(0, MoveEnded("granted"), telegram_id=self.was)
        books.audit(self.member, "moved", f"from {self.was} to {self.person} by proposal {proposal}")
        books.edit(Claim, telegram_claim(self.was)).owner = begun(books, self.was, wallet.language, "").id
        books.edit(Claim, telegram_claim(self.person)).owner = wallet.id
        wallet.telegram_id, asker.telegram_id, asker.state = self.person, NOBODY + asker.id, "closed"
        books.add(Claim(telegram_claim(asker.telegram_id), asker.id, books.now))
        move.state, move.due_at = "moved", books.now + SETTLES
        return Done()


def asked(books: Books, member: int) -> Move:
    """A move that waits for its decision. Raises `MoveOver`."""
    move = books.find(Move, member)
    if move is None or move.state != "asked" or move.due_at <= books.now:
        raise refusals.MoveOver
    return move


def _ends(books: Books, member: int, state: str, *, by: int = 0) -> None:
    """It is over, and what goes out goes out again."""
    move = books.edit(Move, member)
    move.state, move.due_at = state, 0
    books.edit(Member, member).safeguards &= ~Safeguard.MOVING
    books.audit(member, f"move_{state}", f"by {by}" if by else "")
    books.tell(member, MoveEnded(state))
    if state != "done":
        books.tell(0, MoveEnded(state), telegram_id=move.person)
