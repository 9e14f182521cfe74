"""Proposals: what one operator signs and a second one has to.

Guards: an operator's act that moves or frees money, or that can't be undone, is signed with a PIN: a small one by one
operator, all others by two. Maker and checker are two persons, neither of whom it is about and neither a side of its
money; both are allowed to do it at the moment of the second signature. A proposal ends exactly once, approved,
rejected or run out, and every step of it is in the audit. What is free text enters there as a keyed digest.
"""
from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import ClassVar, Final

from wallet import gate, refusals
from wallet.books import Books
from wallet.commands import Command, Done, Outcome, tupled, unasked
from wallet.drafts import Asked, Confirm, Intent, keep_draft
from wallet.events import ProposalEnded, ProposalWaits
from wallet.movements import AccountKind
from wallet.operators import Act, demand, may
from wallet.plain import compact, frozen, values
from wallet.rows import Draft, Key, Member, Proposal, Role

LIFE: Final = 24 * 60 * 60 * 1_000_000
"""How long a proposal waits for a second operator."""
LONGEST_WHY: Final = 200
"""Characters of a reason."""


# --------------------------------------------------------------------------------------------- what is to be done
@frozen()
class Deed(ABC):
    """Something that operators sign. Fields are plain values and tuples of them; free text is of type `str`."""

    WORD: ClassVar[str] = ""
    """What its stored text begins with."""
    ACT: ClassVar[Act]
    """What both operators must be allowed to do."""
    MONEY: ClassVar[bool] = True
    """Whether it waits while money rests."""
    _known: ClassVar[dict[str, type[Deed]]] = {}

    def __init_subclass__(cls) -> None:
        if cls.WORD:
            Deed._known[cls.WORD] = cls

    @property
    def about(self) -> int:
        """The member whom it is about, 0 for nobody in particular."""
        return 0

    def reads(self) -> Iterable[Key]:
        """What it will ask the books for, as far as that is known."""
        return ((Member, self.about),) if self.about else ()

    def sides(self, books: Books) -> frozenset[int]:
        """The members who can't sign it: whom it is about, and whose money it is."""
        return frozenset({self.about} - {0})

    def needs_two(self, books: Books) -> bool:
        """Whether one operator is too few: it is large, or can't be undone."""
        return True

    @abstractmethod
    def check(self, books: Books) -> None:
        """Refuse what may not be, whoever signs it."""

    @abstractmethod
    def carry_out(self, books: Books, proposal: int) -> Outcome:
        """Do it: all signed who have to, and `check` has just let it pass. `proposal` is 0 where one was enough."""

    def check_new(self, books: Books) -> None:
        """Refuse what may not be proposed, though a proposal of it may still be signed."""
        return

    def proposed(self, books: Books, proposal: Proposal) -> None:
        """The first of two has signed: what holds until the second one does."""
        return

    def dropped(self, books: Books, proposal: Proposal) -> None:
        """It was rejected, or nobody answered in time: what held until then ends."""
        return

    def text(self) -> str:
        """As a proposal stores it."""
        assert self.WORD
        return compact([self.WORD, *values(self)])

    def on_record(self, books: Books) -> str:
        """The same for the audit, where free text stands as its digest."""
        facts = [books.digest(value).hex() if isinstance(value, str) and value else value for value in values(self)]
        return compact([self.WORD, *facts])


def read(text: str) -> Deed:
    """The deed behind a stored text."""
    word, *rest = json.loads(text)
    return Deed._known[word](*tupled(rest))


# ----------------------------------------------------------------------------------------------------- signing
@frozen()
class Proposed(Outcome):
    """One has signed, and a second operator has to."""

    proposal: int
    expires_at: int


@frozen()
class SignIntent(Intent):
    """An operator is about to sign: what they want to be done, or what another one proposed. No debit of their own,
    but a draft like one: it waits for its owner's PIN, asked in private."""

    deed: str
    proposal: int = 0
    """What another one proposed, 0 for what is new."""

    WORD: ClassVar[str] = "sign"
    GATE: ClassVar[str] = "join"
    SIGNED: ClassVar[bool] = True

    @property
    def total(self) -> int:
        return 0

    @property
    def what(self) -> Deed:
        """What is to be done."""
        return read(self.deed)

    def beyond_pinless(self, books: Books, payer: Member) -> bool:
        return True

    def check(self, books: Books, payer: Member) -> Deed:
        """Refuses `NotAllowed`, `OnOneself`, `ProposalUnknown`, `ProposalOver`, `OwnProposal`, `MakerRelieved`, what
        stops the signer's own money, and what the deed refuses."""
        deed, signer = self.what, payer.telegram_id
        books.need((Role, signer), *deed.reads(), *(((Proposal, self.proposal),) if self.proposal else ()))
        demand(books, signer, deed.ACT)
        gate.may_send(books, payer)  # Whoever is frozen or banned themselves signs nothing.
        if deed.MONEY:
            gate.moves(books)
        if self.proposal:
            _second(books, self.proposal, deed, signer)
        if payer.id in deed.sides(books):
            raise refusals.OnOneself
        deed.check(books)
        if not self.proposal:
            deed.check_new(books)
        return deed

    def carry_out(self, books: Books, draft: Draft, found: Deed, *, pinless: bool) -> Outcome:
        assert not pinless
        signer = books.get(Member, self.payer).telegram_id
        if self.proposal:
            proposal = books.edit(Proposal, self.proposal)
            proposal.state, proposal.checker, proposal.ended_at = "approved", signer, books.now
            books.audit(found.about, "approved", f"{proposal.id} by {signer} {found.on_record(books)}")
            books.tell(0, ProposalEnded(proposal.id, proposal.deed, "approved", signer, ""),
                       telegram_id=proposal.maker)
            return found.carry_out(books, proposal.id)
        if not found.needs_two(books):
            books.audit(found.about, "signed", f"by {signer} {found.on_record(books)}")
            return found.carry_out(books, 0)
        proposal = books.add(Proposal(books.number(), self.deed, found.about, signer, 0, "open", books.now,
                                      books.now + LIFE, 0, ""))
        books.audit(found.about, "proposed", f"{proposal.id} by {signer} {found.on_record(books)}")
        found.proposed(books, proposal)
        books.ring(ProposalWaits(proposal.id, proposal.deed, signer, proposal.expires_at))
        return Proposed(proposal.id, proposal.expires_at)


@frozen(kw_only=True)
class Sign(Confirm):
    """An operator's PIN was right. It is a `Confirm` of what is nobody's debit."""

    MONEY: ClassVar[bool] = False
    DEBITS: ClassVar[bool] = False
    SIGNS: ClassVar[bool] = True
    HOUSE: ClassVar[tuple[AccountKind, ...]] = (AccountKind.ADJUSTMENT,)
    """The house accounts that deeds post to."""


@frozen(kw_only=True)
class Propose(Command):
    """An operator wants something to be done, and is asked for their PIN."""

    member: int
    """Their own wallet."""
    deed: str
    """As `Deed.text` writes it."""
    chat: int = unasked(default=0)
    """The group in which it was asked, 0 in private."""
    token: str = unasked()

    GATE: ClassVar[str] = "join"

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return read(self.deed).reads()

    def decide(self, books: Books) -> Asked:
        """Refuses what `SignIntent.check` refuses."""
        return _ask(books, self.token, SignIntent(self.member, self.chat, self.deed))


@frozen(kw_only=True)
class Approve(Command):
    """A second operator wants to sign, and is asked for their PIN."""

    member: int
    """Their own wallet."""
    proposal: int
    chat: int = unasked(default=0)
    """The group in which it was asked, 0 in private."""
    token: str = unasked()

    GATE: ClassVar[str] = "join"

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Proposal, self.proposal),)

    def decide(self, books: Books) -> Asked:
        """Refuses what `SignIntent.check` refuses."""
        proposal = _open(books, self.proposal)
        return _ask(books, self.token, SignIntent(self.member, self.chat, proposal.deed, proposal.id))


@frozen(kw_only=True)
class Reject(Command):
    """An operator says no, or takes back what they proposed. That takes no PIN: nothing happens."""

    operator: int
    """Telegram id."""
    proposal: int
    why: str = ""

    def reads(self, today: int) -> Iterable[Key]:
        return (Role, self.operator), (Proposal, self.proposal)

    def decide(self, books: Books) -> Outcome:
        """Refuses `ProposalUnknown`, `NotAllowed`, `ProposalOver` and `OnOneself`."""
        assert len(self.why) <= LONGEST_WHY
        deed = read(_known(books, self.proposal).deed)
        demand(books, self.operator, deed.ACT)
        _open(books, self.proposal)
        books.need(*deed.reads())
        sides = [(Member, member) for member in deed.sides(books)]
        books.need(*sides)
        if any(books.get(*side).telegram_id == self.operator for side in sides):
            raise refusals.OnOneself
        proposal = books.edit(Proposal, self.proposal)
        proposal.state, proposal.checker = "rejected", self.operator
        proposal.ended_at, proposal.why = books.now, self.why
        books.audit(deed.about, "rejected", f"{proposal.id} by {self.operator} {books.digest(self.why).hex()}")
        deed.dropped(books, proposal)
        if proposal.maker != self.operator:
            books.tell(0, ProposalEnded(proposal.id, proposal.deed, "rejected", self.operator, self.why),
                       telegram_id=proposal.maker)
        return Done()


@frozen(kw_only=True)
class ExpireProposal(Command):
    """The clock ends a proposal that nobody answered in time."""

    proposal: int

    def reads(self, today: int) -> Iterable[Key]:
        return ((Proposal, self.proposal),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `ProposalUnknown`, `ProposalOver` and `ProposalNotDue`."""
        found = _known(books, self.proposal)
        if found.state != "open":
            raise refusals.ProposalOver(found.state)
        if books.now < found.expires_at:
            raise refusals.ProposalNotDue
        proposal = books.edit(Proposal, self.proposal)
        proposal.state, proposal.ended_at = "expired", books.now
        books.audit(proposal.member, "proposal_expired", str(proposal.id))
        read(proposal.deed).dropped(books, proposal)
        books.tell(0, ProposalEnded(proposal.id, proposal.deed, "expired", 0, ""), telegram_id=proposal.maker)
        return Done()


# ------------------------------------------------------------------------------------------------- the pieces
def _ask(books: Books, token: str, intent: SignIntent) -> Asked:
    """Ask whoever is about to sign for their PIN."""
    intent.check(books, books.get(Member, intent.payer))
    return keep_draft(books, token, "pin", intent)


def _known(books: Books, number: int) -> Proposal:
    proposal = books.find(Proposal, number)
    if proposal is None:
        raise refusals.ProposalUnknown
    return proposal


def _open(books: Books, number: int) -> Proposal:
    """A proposal that can still be answered."""
    proposal = _known(books, number)
    if proposal.state != "open":
        raise refusals.ProposalOver(proposal.state)
    if proposal.expires_at <= books.now:
        raise refusals.ProposalOver("expired")
    return proposal


def _second(books: Books, number: int, deed: Deed, signer: int) -> None:
    """Refuse a second signature that is none: of whoever gave the first, or under what that no longer carries."""
    proposal = _open(books, number)
    assert proposal.deed == deed.text()
    if proposal.maker == signer:
        raise refusals.OwnProposal
    role = books.find(Role, proposal.maker)
    if role is None or not may(role.role, deed.ACT):
        raise refusals.MakerRelieved
