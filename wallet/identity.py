"""Who members are: name and ID number.

Guards: a number belongs to one wallet, known by its keyed digest alone; name and number are kept sealed with the
member's key, and enter no outcome, no notice and no audit. Nobody under 18 passes as long as there are no guardians,
and whoever tries other people's numbers may do so a few times a day.
"""
from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from wallet import refusals, tallies
from wallet.books import Books
from wallet.commands import Command, Done, Outcome, unasked
from wallet.idnumbers import is_adult
from wallet.plain import frozen
from wallet.rows import Application, Claim, Identity, Key, Member

REVIEWED: Final = 2
"""The identity level of those whose documents were reviewed."""
MOST_A_DAY: Final = 5
"""So many numbers somebody may try in a day."""


def identity_claim(digest: str) -> str:
    """The claim by which an ID number belongs to one wallet."""
    return f"identity:{digest}"


def proven(books: Books, member: int, digest: str) -> None:
    """Whoever gave an ID number names it again, by its keyed digest, before something that it guards. A wrong one
    counts. Raises `IdentityTooOften` and `IdentityOther`."""
    if books.find(Identity, member) is None:
        return
    tried = tallies.begun_today(books, member, tallies.IDENTITIES)
    if tried >= MOST_A_DAY:
        raise refusals.IdentityTooOften(MOST_A_DAY)
    claim = books.find(Claim, identity_claim(digest))
    if claim is None or claim.owner != member:
        tallies.note(books, member, tallies.IDENTITIES, books.today)
        books.audit(member, "identity_not_matched")
        books.keep()
        raise refusals.IdentityOther(MOST_A_DAY - tried - 1)


def proven_reads(member: int, digest: str) -> tuple[Key, ...]:
    """What that asks the books for."""
    return (Identity, member), (Claim, identity_claim(digest)), *tallies.reads(member, tallies.IDENTITIES)


@frozen(kw_only=True)
class GiveIdentity(Command):
    """A member gives name and ID number, which were checked for their form."""

    member: int
    digest: str
    """Keyed digest of the number."""
    sealed: bytes = unasked()
    """Name and number, sealed with the member's key."""
    born: int = unasked()
    """The day of birth in the number. It is in no outcome and in no row."""

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Claim, identity_claim(self.digest)), (Identity, self.member),
                *tallies.reads(self.member, tallies.IDENTITIES))

    def decide(self, books: Books) -> Outcome:
        """Raises the level to 1. Refuses `NotAMember`, `IdentityKnown`, `IdentityTooOften`, `UnderAge` and
        `IdentityTaken`."""
        member = books.find(Member, self.member)
        if member is None or member.step:
            raise refusals.NotAMember
        if books.find(Identity, self.member) is not None:
            raise refusals.IdentityKnown
        if tallies.begun_today(books, self.member, tallies.IDENTITIES) >= MOST_A_DAY:
            raise refusals.IdentityTooOften(MOST_A_DAY)
        tallies.note(books, self.member, tallies.IDENTITIES, books.today)
        books.keep()
        if not is_adult(date.fromordinal(self.born), date.fromordinal(books.today)):
            books.audit(self.member, "identity_under_18")
            books.keep()
            raise refusals.UnderAge
        claim = identity_claim(self.digest)
        if books.find(Claim, claim) is not None:
            books.audit(self.member, "identity_taken")
            books.keep()
            raise refusals.IdentityTaken
        books.add(Claim(claim, self.member, books.now))
        books.add(Identity(self.member, self.sealed, books.now))
        books.edit(Member, self.member).level = 1
        books.audit(self.member, "identity_given", "level 1")
        return Done()


# --------------------------------------------------------------------------------------------- the documents
def may_show_documents(books: Books, member: Member) -> None:
    """Refuses `NotAMember`, `IdentityMissing` and `ApplicationDone`."""
    if member.step:
        raise refusals.NotAMember
    if books.find(Identity, member.id) is None:
        raise refusals.IdentityMissing
    if member.level >= REVIEWED:
        raise refusals.ApplicationDone


def documents_approved(books: Books, application: Application) -> None:
    """An operator has found the documents to be in order. This is where a name becomes a verified one."""
    member = books.edit(Member, application.member)
    member.level = max(member.level, REVIEWED)
    books.audit(application.member, "identity_reviewed", f"level {member.level}")
