"""What operators let a member begin anew: a forgotten PIN, of whoever bound no e-mail address, and a wrong ID number.

Guards: nobody gets at somebody's money by talking to the operators. Two of them sign, each after how the owner proved
who they are was written down. For another PIN the owner then waits as after a mailed code: a day in which they are told
of it at once, again, and when it is over, and may stop it. The operators learn no PIN and choose none. A number that is
taken off makes nobody more than they were: their level falls, and a minor stays one.
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from wallet import gate, identity, recovery, refusals, tallies, withheld
from wallet.applications import DOCUMENTS, ENTERPRISE, KINDS
from wallet.books import Books
from wallet.commands import Done, Outcome
from wallet.events import IdentityReset
from wallet.operators import Act
from wallet.plain import frozen
from wallet.proposals import Deed
from wallet.rows import Claim, Identity, Key, Member, Pin, PinReset, Ward


@frozen()
class ResetPinDeed(Deed):
    """Let a member choose another PIN a day from now."""

    member: int
    proof: str
    """How they proved who they are, for operators alone."""

    WORD: ClassVar[str] = "reset_pin"
    ACT: ClassVar[Act] = Act.RESET_PIN
    MONEY: ClassVar[bool] = False

    @property
    def about(self) -> int:
        return self.member

    def reads(self) -> Iterable[Key]:
        return (Member, self.member), (Pin, self.member), (PinReset, self.member)

    def check(self, books: Books) -> None:
        """Refuses `TheyHaveNoPin`."""
        if books.find(Pin, self.member) is None:
            raise refusals.TheyHaveNoPin

    def carry_out(self, books: Books, proposal: int) -> Outcome:
        assert proposal
        return recovery.begin(books, self.member, f"proposal {proposal}")


@frozen()
class ResetIdentityDeed(Deed):
    """Take a wrong name and ID number off a wallet, so that its owner may give the right ones."""

    member: int
    digest: str
    """Keyed digest of the number that is on it."""
    proof: str
    """How they showed that it is wrong, for operators alone."""

    WORD: ClassVar[str] = "reset_identity"
    ACT: ClassVar[Act] = Act.RESET_IDENTITY
    MONEY: ClassVar[bool] = False

    @property
    def about(self) -> int:
        return self.member

    def reads(self) -> Iterable[Key]:
        return ((Member, self.member), (Identity, self.member), (Claim, identity.identity_claim(self.digest)),
                (Ward, self.member), *tallies.reads(self.member, *map(tallies.applications, KINDS)))

    def check(self, books: Books) -> None:
        """Refuses `TheyGaveNoIdentity`, also of another number than was meant, and `IdentityInUse`."""
        claim = books.find(Claim, identity.identity_claim(self.digest))
        if not identity.is_given(books, self.member) or claim is None or claim.owner != self.member:
            raise refusals.TheyGaveNoIdentity
        user = self._in_use(books)
        if user is not None:
            raise refusals.IdentityInUse(user)

    def _in_use(self, books: Books) -> str | None:
        """What rests on this name and number and is not over: without them it could not be decided, or would be about
        nobody."""
        member = books.get(Member, self.member)
        return next((word for word, stands in (
            ("documents", tallies.still_open(books, member.id, tallies.applications(DOCUMENTS))),
            ("company", tallies.still_open(books, member.id, tallies.applications(ENTERPRISE))),
            ("hit", gate.listed(member)),
            ("order", withheld.standing(member.legal_holds, books.now))) if stands), None)

    def carry_out(self, books: Books, proposal: int) -> Outcome:
        assert proposal
        identity.forgotten(books, self.member, self.digest)
        books.audit(self.member, "identity_reset", f"proposal {proposal}")
        books.tell(self.member, IdentityReset())
        return Done()
