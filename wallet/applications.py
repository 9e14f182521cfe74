"""Applications: what members hand in for operators to look at, and what becomes of it.

Guards: an application is its member's until it is handed in; then one operator at a time sees to it, and it is decided
once. Nobody decides about themselves, nor about what concerns them, nor says yes to pictures that they never saw. Each
look at one is written down before it is opened. How often one may hand in is bounded; what is stated and shown is
sealed and enters no outcome.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from wallet import hits, refusals, tallies
from wallet.books import Books
from wallet.commands import Command, Done, Outcome, unasked
from wallet.enterprises import company_approved, may_name_a_company
from wallet.events import ApplicationCame, ApplicationDecided
from wallet.identity import documents_approved, may_show_documents
from wallet.operators import Act, demand
from wallet.plain import frozen
from wallet.rows import Application, Key, Member, Paper, Role
from wallet.screening import Likeness

DOCUMENTS: Final = "documents"
ENTERPRISE: Final = "enterprise"

MOST_IN_A_MONTH: Final = 5
"""So often one may hand in an application of a kind in `tallies.HAND_IN_DAYS`."""
MOST_PAPERS: Final = 40
"""So many pictures one may send in a day."""
LARGEST: Final = 1_000_100
"""Bytes of a picture as it is kept."""
LARGEST_FACTS: Final = 4_096
HELD_FOR: Final = 30 * 60 * 1_000_000
"""How long an operator has it for themselves."""
DAY: Final = 24 * 60 * 60 * 1_000_000
LEFT_OPEN: Final = 3 * DAY
"""How long it can be gone on with before it is handed in."""
FORGOTTEN: Final = DAY
"""When the pictures go of what was taken back."""
KEPT: Final = 30 * DAY
"""When those go of what was decided."""

REASONS: Final = ("unreadable", "incomplete", "wrong", "mismatch", "face", "expired", "doubt")
"""Why an application may be rejected."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What may be applied for."""

    papers: tuple[str, ...]
    """The pictures that it takes, in the order in which they are asked for."""
    may_ask: Callable[[Books, Member], None]
    """Refuses whoever has no use for it."""
    approve: Callable[[Books, Application], None]
    """What follows when an operator says yes; may refuse."""
    reasons: tuple[str, ...] = REASONS
    """Why it may be rejected."""


KINDS: Final[Mapping[str, Kind]] = {
    DOCUMENTS: Kind(("front", "back", "selfie"), may_show_documents, documents_approved),
    ENTERPRISE: Kind(("licence",), may_name_a_company, company_approved,
                     tuple(reason for reason in REASONS if reason != "face")),
}


@frozen()
class Begun(Outcome):
    """An application is open."""

    application: int


@frozen()
class Given(Outcome):
    """A picture is part of it."""

    missing: tuple[str, ...]
    """Which pictures there are not yet."""


# ------------------------------------------------------------------------------------------------- the member's
@frozen(kw_only=True)
class BeginApplication(Command):
    """A member begins to put together what operators shall look at."""

    member: int
    kind: str
    subject: int = 0
    """Another member whom it is about."""
    digest: str = ""
    """Keyed digest of what may belong to one alone."""
    sealed: bytes = unasked(default=b"")
    """What is stated besides the pictures."""
    wrapped_key: bytes = unasked(default=b"")
    """The key that sealed it where that is not the member's own."""

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return tallies.reads(self.member, tallies.applications(self.kind), tallies.handed_in(self.kind))

    def decide(self, books: Books) -> Outcome:
        """Refuses `ApplicationWaits`, `ApplicationTooOften`, and whoever has no use for it."""
        assert len(self.sealed) <= LARGEST_FACTS
        KINDS[self.kind].may_ask(books, books.get(Member, self.member))
        if tallies.still_open(books, self.member, tallies.applications(self.kind)):
            raise refusals.ApplicationWaits
        _has_tries(books, self.member, self.kind)
        tallies.begin(books, self.member, tallies.applications(self.kind))
        new = books.add(Application(books.number(), self.member, self.kind, self.subject, "open", self.digest,
                                    self.sealed, self.wrapped_key, "", books.now, 0, 0, 0, 0, ""))
        books.audit(self.member, "application_begun", f"{new.id} {self.kind}")
        return Begun(new.id)


@frozen(kw_only=True)
class GivePaper(Command):
    """A member adds a picture, or puts another in its place."""

    member: int
    application: int
    name: str
    """One of its kind's papers."""
    digest: str
    """Keyed digest of the picture."""
    sealed: bytes = unasked()

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Application, self.application), (Paper, (self.application, self.name)),
                *tallies.reads(self.member, tallies.PAPERS))

    def decide(self, books: Books) -> Outcome:
        """Refuses `ApplicationUnknown`, `ApplicationOver` and `PapersTooMany`."""
        assert 0 < len(self.sealed) <= LARGEST
        application = _own(books, self.member, self.application, "open")
        kind = KINDS[application.kind]
        if self.name not in kind.papers:
            raise refusals.ApplicationUnknown
        if tallies.begun_today(books, self.member, tallies.PAPERS) >= MOST_PAPERS:
            raise refusals.PapersTooMany(MOST_PAPERS)
        tallies.note(books, self.member, tallies.PAPERS, books.today)
        if books.find(Paper, (application.id, self.name)) is None:
            books.add(Paper(application.id, self.name, self.sealed, books.now))
        else:
            paper = books.edit(Paper, (application.id, self.name))
            paper.sealed, paper.at = self.sealed, books.now
        there = {*application.papers.split(), self.name}
        books.edit(Application, application.id).papers = " ".join(name for name in kind.papers if name in there)
        books.audit(self.member, "paper_given", f"{application.id} {self.name} {self.digest}")
        return Given(tuple(name for name in kind.papers if name not in there))


@frozen(kw_only=True)
class HandIn(Command):
    """A member is done: operators may look at it now."""

    member: int
    application: int

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Application, self.application),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `ApplicationUnknown`, `ApplicationOver`, `ApplicationLacks` and `ApplicationTooOften`."""
        application = _own(books, self.member, self.application, "open")
        kind = KINDS[application.kind]
        books.need(*tallies.reads(self.member, tallies.handed_in(application.kind)))
        if application.papers.split() != list(kind.papers):
            raise refusals.ApplicationLacks
        _has_tries(books, self.member, application.kind)
        tallies.note(books, self.member, tallies.handed_in(application.kind), books.today // tallies.HAND_IN_DAYS)
        row = books.edit(Application, application.id)
        row.state, row.asked_at = "waiting", books.now
        books.audit(self.member, "application_handed_in", f"{application.id} {application.kind}")
        books.ring(ApplicationCame(application.id, application.kind, self.member))
        return Done()


@frozen(kw_only=True)
class Withdraw(Command):
    """A member takes it back. Its pictures go soon."""

    member: int
    application: int

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Application, self.application),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `ApplicationUnknown` and `ApplicationOver`."""
        application = _own(books, self.member, self.application, "open", "waiting")
        books.need(*tallies.reads(self.member, tallies.applications(application.kind)))
        _end(books, application.id, "withdrawn")
        books.audit(self.member, "application_withdrawn", str(application.id))
        return Done()


@frozen(kw_only=True)
class EndAbandoned(Command):
    """The clock ends what somebody began and never handed in."""

    application: int

    def reads(self, today: int) -> Iterable[Key]:
        return ((Application, self.application),)

    def decide(self, books: Books) -> Outcome:
        """Does nothing where it is not due, or over."""
        application = books.get(Application, self.application)
        if application.state != "open" or application.began_at > books.now - LEFT_OPEN:
            return Done()
        books.need(*tallies.reads(application.member, tallies.applications(application.kind)))
        _end(books, application.id, "withdrawn")
        books.audit(application.member, "application_abandoned", str(application.id))
        return Done()


def _own(books: Books, member: int, number: int, *states: str) -> Application:
    """A member's own in one of these states. Refuses `ApplicationUnknown` and `ApplicationOver`."""
    application = books.find(Application, number)
    if application is None or application.member != member:
        raise refusals.ApplicationUnknown
    if application.state not in states:
        raise refusals.ApplicationOver
    return application


def _has_tries(books: Books, member: int, kind: str) -> None:
    window = books.today // tallies.HAND_IN_DAYS
    if tallies.begun_in(books, member, tallies.handed_in(kind), window) >= MOST_IN_A_MONTH:
        raise refusals.ApplicationTooOften(MOST_IN_A_MONTH)


def _end(books: Books, number: int, state: str) -> Application:
    row = books.edit(Application, number)
    row.state, row.ended_at = state, books.now
    tallies.end(books, row.member, tallies.applications(row.kind))
    return row


# ---------------------------------------------------------------------------------------------- the operators'
@frozen(kw_only=True)
class TakeApplication(Command):
    """An operator sees to it, and nobody else for a while."""

    operator: int
    """Telegram id."""
    application: int

    def reads(self, today: int) -> Iterable[Key]:
        return (Role, self.operator), (Application, self.application)

    def decide(self, books: Books) -> Outcome:
        """Refuses `NotAllowed`, `ApplicationUnknown`, `OnOneself`, `ApplicationOver` and `ApplicationTaken`."""
        application = for_operator(books, self.operator, self.application)
        if application.operator != self.operator:
            books.audit(application.member, "application_taken", f"{application.id} by {self.operator}")
        row = books.edit(Application, application.id)
        row.operator, row.taken_at = self.operator, books.now
        return Done()


@frozen(kw_only=True)
class LeaveApplication(Command):
    """An operator leaves it to others."""

    operator: int
    """Telegram id."""
    application: int

    def reads(self, today: int) -> Iterable[Key]:
        return (Role, self.operator), (Application, self.application)

    def decide(self, books: Books) -> Outcome:
        """Refuses what `TakeApplication` refuses."""
        application = for_operator(books, self.operator, self.application)
        if application.operator == self.operator:
            row = books.edit(Application, application.id)
            row.operator = row.taken_at = 0
            books.audit(application.member, "application_left", f"{application.id} by {self.operator}")
        return Done()


@frozen(kw_only=True)
class LookAtPapers(Command):
    """An operator is about to see what was handed in, which is written down first."""

    operator: int
    """Telegram id."""
    application: int

    def reads(self, today: int) -> Iterable[Key]:
        return (Role, self.operator), (Application, self.application)

    def decide(self, books: Books) -> Outcome:
        """Refuses what `TakeApplication` refuses, and `ApplicationNotTaken`."""
        application = for_operator(books, self.operator, self.application, taken=True)
        books.edit(Application, application.id).seen_by = self.operator
        books.audit(application.member, "papers_looked_at", f"{application.id} by {self.operator}")
        return Done()


@frozen(kw_only=True)
class DecideApplication(Command):
    """An operator says yes, or no with a reason."""

    operator: int
    """Telegram id."""
    application: int
    reason: str = ""
    """Why not; "" says yes."""
    cleared: tuple[Likeness, ...] = unasked(default=())
    """Whom on the screening list the name may mean, as the operator was shown them: by saying yes they say that it is
    somebody else."""
    version: str = unasked(default="")
    """Of that list."""

    def reads(self, today: int) -> Iterable[Key]:
        return (Role, self.operator), (Application, self.application)

    def decide(self, books: Books) -> Outcome:
        """Refuses what `LookAtPapers` refuses, `PapersUnseen`, what its kind does, and `HitDecided`."""
        application = for_operator(books, self.operator, self.application, taken=True)
        if not self.reason and application.seen_by != self.operator:
            raise refusals.PapersUnseen
        kind = KINDS[application.kind]
        assert not self.reason or self.reason in kind.reasons
        books.need(*tallies.reads(application.member, tallies.applications(application.kind)))
        if not self.reason:
            kind.approve(books, application)
            hits.approved(books, application.member, self.cleared, self.version, self.operator)
        row = _end(books, application.id, "rejected" if self.reason else "approved")
        row.operator, row.reason = self.operator, self.reason
        books.audit(application.member, f"application_{row.state}",
                    f"{application.id} {application.kind} {self.reason} by {self.operator}".replace("  ", " "))
        books.tell(application.member, ApplicationDecided(application.id, application.kind, self.reason))
        return Done()


def for_operator(books: Books, operator: int, number: int, *, taken: bool = False) -> Application:
    """One that waits, for an operator who may review it; `taken` is whether they must have it for themselves."""
    demand(books, operator, Act.REVIEW)
    application = books.find(Application, number)
    if application is None:
        raise refusals.ApplicationUnknown
    concerned = [one for one in (application.member, application.subject) if one]
    books.need(*((Member, one) for one in concerned))
    if operator in [books.get(Member, one).telegram_id for one in concerned]:
        raise refusals.OnOneself
    if application.state != "waiting":
        raise refusals.ApplicationOver
    if application.operator not in (0, operator) and books.now - application.taken_at < HELD_FOR:
        raise refusals.ApplicationTaken
    if taken and application.operator != operator:
        raise refusals.ApplicationNotTaken
    return application
