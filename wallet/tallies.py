"""How many of something a member has open, and how many they began today: what bounds are judged by.

Guards: a tally is read and changed in the commit that begins or ends what it counts, under its member's lock, so no
bound is passed by asking for many at once.
"""
from __future__ import annotations

from typing import Final

from wallet.books import Books
from wallet.rows import Key, Tally

REQUESTS: Final = "requests"
"""Requests for money, in all."""
SCHEDULES: Final = "schedules"
"""Payments that come again."""
APPEALS: Final = "appeals"
"""Requests on cards that were sent through us."""
SPLITS: Final = "splits"
"""Splits of which one collects the shares."""

ENVELOPES: Final = "envelopes"
"""Red envelopes that others may open."""

IDENTITIES: Final = "identities"
"""ID numbers that somebody tried to give as theirs."""

PAPERS: Final = "papers"
"""Pictures of documents."""

VOUCHERS: Final = "vouchers"
"""Vouchers that others may redeem."""

WARDS: Final = "wards"
"""Minors for whom one answers."""

TICKETS: Final = "tickets"
"""Conversations with the operators."""
MAILS: Final = "mails"
"""Codes that were sent by mail."""
REPORTS: Final = "reports"
"""Reports of others to the operators."""
HITS: Final = "hits"
"""Likenesses of their name with the screening list that nobody has decided."""
REPORT_DAYS: Final = 14
"""After how many days somebody may report the same member once more."""

HAND_IN_DAYS: Final = 30

GUESSES: Final = "guesses:"
"""Wrong passwords for the voucher whose number follows."""


def requests_to(person: int, *, by_number: bool) -> str:
    """Requests to one person, by their Telegram id. Whoever named them by a phone number is counted apart: a bound
    that both ways share would tell whose number it is."""
    return f"requests by number:{person}" if by_number else f"requests:{person}"


def guesses_at(voucher: int) -> str:
    """Wrong passwords for a voucher, whoever typed them: counted for its maker."""
    return f"{GUESSES}{voucher}"


def applications(kind: str) -> str:
    """What a member asks operators to look at, of one kind."""
    return f"applications:{kind}"


def handed_in(kind: str) -> str:
    """How often it was handed in, in windows of `HAND_IN_DAYS`."""
    return f"handed in:{kind}"


def reports_of(member: int) -> str:
    """Reports of one member, by their number."""
    return f"reports:{member}"


def reads(member: int, *whats: str) -> tuple[Key, ...]:
    """The rows that counting these touches."""
    return tuple((Tally, (member, what)) for what in whats)


def still_open(books: Books, member: int, what: str) -> int:
    """How many are open."""
    tally = books.find(Tally, (member, what))
    return tally.open if tally else 0


def begun_today(books: Books, member: int, what: str) -> int:
    """How many were begun today, whatever became of them."""
    tally = books.find(Tally, (member, what))
    return tally.began if tally and tally.day == books.today else 0


def begun_in(books: Books, member: int, what: str, window: int) -> int:
    """How many were noted in a window of time, by its number, where that is not a day."""
    tally = books.find(Tally, (member, what))
    return tally.began if tally and tally.day == window else 0


def note(books: Books, member: int, what: str, window: int) -> None:
    """One more, of what does not stay open."""
    before = books.find(Tally, (member, what))
    if before is None:
        books.add(Tally(member, what, 0, window, 1))
        return
    tally = books.edit(Tally, (member, what))
    tally.day, tally.began = window, before.began + 1 if before.day == window else 1


def begin(books: Books, member: int, *whats: str) -> None:
    """One more of each."""
    for what in whats:
        if books.find(Tally, (member, what)) is None:
            books.add(Tally(member, what, 1, books.today, 1))
            continue
        began = begun_today(books, member, what)
        tally = books.edit(Tally, (member, what))
        tally.open += 1
        tally.day, tally.began = books.today, began + 1


def end(books: Books, member: int, *whats: str) -> None:
    """One fewer of each."""
    for what in whats:
        books.edit(Tally, (member, what)).open -= 1
