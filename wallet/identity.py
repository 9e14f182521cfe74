"""Who members are: name and ID number.

Guards: a number belongs to one wallet, known by its keyed digest alone; name and number are kept sealed with the
member's key, and enter no outcome, no notice and no audit. Whose number says that they are under 18 is a minor from
that commit on, whatever they said before: nothing of theirs goes out until a guardian answers for them. A minor is free
when their number says so, and not at once where it says so all of a sudden. Whoever tries other people's numbers may do
so a few times a day.
"""
from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from wallet import hits, refusals, tallies, wards
from wallet.books import Books
from wallet.commands import Command, Outcome, unasked
from wallet.events import AgeShown, FoundUnderAge, MinorFound
from wallet.gate import Safeguard
from wallet.idnumbers import of_age_on
from wallet.plain import frozen
from wallet.rows import Application, Claim, Identity, Key, Member, NameList, Role, Ward
from wallet.screening import Likeness

REVIEWED: Final = 2
"""The identity level of those whose documents were reviewed."""
MOST_A_DAY: Final = 5
"""So many numbers somebody may try in a day."""
DAYS_TO_OBJECT: Final = 7
"""For so many days a minor whose number says that they are of age stays one, so that their guardian can object: anybody
can type any number."""


def identity_claim(digest: str) -> str:
    """The claim by which an ID number belongs to one wallet."""
    return f"identity:{digest}"


def is_given(books: Books, member: int) -> bool:
    """Whether somebody gave name and ID number, and they still count."""
    row = books.find(Identity, member)
    return row is not None and row.given_at != 0


def proven(books: Books, member: int, digest: str) -> None:
    """Whoever gave an ID number names it again, by its keyed digest, before something that it guards. A wrong one
    counts. Raises `IdentityTooOften` and `IdentityOther`."""
    if not is_given(books, member):
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


@frozen()
class Verified(Outcome):
    """Name and number are taken. `free_on` is the number of the day from which nobody has to answer for them, 0 for
    whoever is no minor; `found` is whether we had taken them for an adult."""

    free_on: int
    found: bool


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
    listed: tuple[Likeness, ...] = unasked(default=())
    """Whom on the screening list the name may mean. Operators are told and the member is not."""
    version: str = unasked(default="")
    """Of that list."""

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Claim, identity_claim(self.digest)), (Identity, self.member),
                (Ward, self.member), *tallies.reads(self.member, tallies.IDENTITIES),
                (NameList, 1), *hits.reads(self.member, self.listed))

    def decide(self, books: Books) -> Outcome:
        """Raises the level to 1. Refuses `NotAMember`, `IdentityKnown`, `IdentityTooOften` and `IdentityTaken`."""
        member = books.find(Member, self.member)
        if member is None or member.step:
            raise refusals.NotAMember
        books.need((Role, member.telegram_id))
        if is_given(books, self.member):
            raise refusals.IdentityKnown
        if tallies.begun_today(books, self.member, tallies.IDENTITIES) >= MOST_A_DAY:
            raise refusals.IdentityTooOften(MOST_A_DAY)
        tallies.note(books, self.member, tallies.IDENTITIES, books.today)
        books.keep()
        _taken_down(books, self.member, self.digest, self.sealed, self.version)
        books.edit(Member, self.member).level = 1
        books.audit(self.member, "identity_given", "level 1")
        hits.record(books, self.member, self.listed, self.version)
        hits.compared_with(books, self.version)
        of_age = of_age_on(date.fromordinal(self.born)).toordinal()
        if member.safeguards & Safeguard.WARD:
            return Verified(_known_of_ward(books, self.member, of_age), False)
        if of_age <= books.today:
            return Verified(0, False)
        _found_under_age(books, member, of_age)
        return Verified(of_age, True)


def _taken_down(books: Books, member: int, digest: str, sealed: bytes, version: str) -> None:
    """The number is this wallet's from now on, and the name was compared with a version of the screening list. Refuses
    `IdentityTaken`."""
    known = books.find(Claim, identity_claim(digest))
    if known is not None and known.owner:
        books.audit(member, "identity_taken")
        books.keep()
        raise refusals.IdentityTaken
    if known is None:
        books.add(Claim(identity_claim(digest), member, books.now))
    else:  # Somebody gave it before, by mistake.
        known = books.edit(Claim, identity_claim(digest))
        known.owner, known.at = member, books.now
    if books.find(Identity, member) is None:
        books.add(Identity(member, sealed, books.now, version))
    else:
        row = books.edit(Identity, member)
        row.sealed, row.given_at, row.screened = sealed, books.now, version


def forgotten(books: Books, member: int, digest: str) -> None:
    """Name and number count no longer, and whoever the number is may give it. Whoever is a minor stays one until they
    give another number, since that they are one may be true."""
    row = books.edit(Identity, member)
    row.sealed, row.given_at = b"", 0
    books.edit(Claim, identity_claim(digest)).owner = 0
    books.edit(Member, member).level = 0
    if books.get(Member, member).safeguards & Safeguard.WARD:
        books.edit(Ward, member).free_on = 0


def _known_of_ward(books: Books, number: int, of_age: int) -> int:
    """When a minor is free, now that their number is known."""
    sudden = of_age <= books.today
    row = books.edit(Ward, number)
    row.free_on = books.today + DAYS_TO_OBJECT if sudden else of_age
    books.audit(number, "age_known", str(row.free_on))
    if sudden:
        books.ring(AgeShown(number, row.free_on))
        if row.guardian:
            books.tell(row.guardian, AgeShown(number, row.free_on))
    return row.free_on


def _found_under_age(books: Books, member: Member, of_age: int) -> None:
    """Somebody whom we took for an adult is under 18: a minor without a guardian, and no operator."""
    wards.has_none(books, member.id)
    books.edit(Ward, member.id).free_on = of_age
    books.audit(member.id, "found_under_18")
    held = books.find(Role, member.telegram_id)
    role = held.role if held else ""
    if role and role != "owner":  # Somebody has to run this; who owns it is for people to settle.
        books.edit(Role, member.telegram_id).role = ""
        books.audit(0, "appointed", f"{member.telegram_id} nobody by age")
    books.tell(member.id, FoundUnderAge(of_age))
    books.ring(MinorFound(member.id, role))


# --------------------------------------------------------------------------------------------- the documents
def may_show_documents(books: Books, member: Member) -> None:
    """Refuses `NotAMember`, `IdentityMissing` and `ApplicationDone`."""
    if member.step:
        raise refusals.NotAMember
    if not is_given(books, member.id):
        raise refusals.IdentityMissing
    if member.level >= REVIEWED:
        raise refusals.ApplicationDone


def documents_approved(books: Books, application: Application) -> None:
    """An operator has found the documents to be in order. This is where a name becomes a verified one."""
    member = books.edit(Member, application.member)
    member.level = max(member.level, REVIEWED)
    books.audit(application.member, "identity_reviewed", f"level {member.level}")
