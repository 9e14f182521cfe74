"""Reports: a member tells the operators of another one.

Guards: whoever is reported is told neither that nor by whom. Nobody floods the operators, and nobody makes somebody
look reported by many: each may report so many in a day, and the same member once in so many days. By how many others a
member was reported lately is counted in the same commit, for the rules that look at movements.
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from wallet import habits, refusals, tallies
from wallet.books import Books
from wallet.commands import Command, Outcome, unasked
from wallet.plain import frozen
from wallet.rows import Key, Member
from wallet.tickets import REPORT, Words, begin

MOST_A_DAY: Final = 5
MOST_OPEN: Final = 10
"""Reports of one member that operators have not closed."""
LONGEST_REASON: Final = 1_000
"""Characters; what else there is to say is said in its ticket."""


@frozen(kw_only=True)
class Report(Command):
    """A member reports another one, which opens a ticket."""

    member: int
    reported: int
    """The member whom it is about."""
    digest: str
    """Keyed digest of the reason, with what was quoted for evidence."""
    pictures: int = 0
    sealed: bytes = unasked()

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Member, self.reported), habits.reads(self.reported),
                *tallies.reads(self.member, tallies.REPORTS, tallies.reports_of(self.reported)))

    def decide(self, books: Books) -> Outcome:
        """Refuses `NotAMember`, `ReportsOneself`, `PersonUnknown`, `TooManyReports` and `ReportedAlready`."""
        reporter = books.find(Member, self.member)
        if reporter is None or reporter.state == "joining":
            raise refusals.NotAMember
        if self.reported == self.member:
            raise refusals.ReportsOneself
        if books.find(Member, self.reported) is None:
            raise refusals.PersonUnknown("")
        same = tallies.reports_of(self.reported)
        # Its day is the one on which it was last done.
        if any(tallies.begun_in(books, self.member, same, books.today - ago) for ago in range(tallies.REPORT_DAYS)):
            raise refusals.ReportedAlready
        if (tallies.begun_today(books, self.member, tallies.REPORTS) >= MOST_A_DAY
                or tallies.still_open(books, self.member, tallies.REPORTS) >= MOST_OPEN):
            raise refusals.TooManyReports(MOST_A_DAY)
        tallies.note(books, self.member, same, books.today)
        habits.was_reported(books, self.reported)
        return begin(books, self.member, REPORT, self.reported, Words(self.digest, self.sealed, b"", self.pictures))
