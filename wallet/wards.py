"""How somebody becomes a minor here, and is one no more.

Guards: what stands in the member row and what stands in `Ward` change together, in one place: whoever is a minor has a
guardian or is marked as having none, and a guardian's tally counts those for whom they answer.
"""
from __future__ import annotations

from wallet import tallies
from wallet.books import Books
from wallet.gate import Safeguard
from wallet.rows import Member, Ward

_ALL = Safeguard.WARD | Safeguard.STOPPED | Safeguard.UNGUARDED


def has_one(books: Books, number: int, guardian: int) -> None:
    """Somebody answers for a minor from now on. What a guardian before them allowed means nothing any more."""
    if books.find(Ward, number) is None:
        books.add(Ward(number, guardian, 0, 0, 0, 0, books.now))
    else:
        row = books.edit(Ward, number)
        row.guardian, row.since, row.away = guardian, books.now, 0
        row.payment = row.day = row.month = 0
    tallies.begin(books, guardian, tallies.WARDS)
    _marked(books, number, Safeguard.WARD)


def has_none(books: Books, number: int) -> None:
    """Nobody answers for a minor from now on, be it that somebody did: nothing of theirs goes out. The row was read,
    and the tally of whoever did."""
    row = books.find(Ward, number)
    if row is None:
        books.add(Ward(number, 0, 0, 0, 0, 0, books.now))
    else:
        _leaves(books, row)
    _marked(books, number, Safeguard.WARD | Safeguard.UNGUARDED)


def is_of_age(books: Books, number: int) -> None:
    """Nobody has to answer for them any more."""
    _leaves(books, books.get(Ward, number))
    _marked(books, number, Safeguard(0))


def _leaves(books: Books, row: Ward) -> None:
    if row.guardian:
        tallies.end(books, row.guardian, tallies.WARDS)
    row = books.edit(Ward, row.member)
    row.guardian, row.since, row.away = 0, books.now, 0
    row.payment = row.day = row.month = 0


def _marked(books: Books, number: int, marks: Safeguard) -> None:
    member = books.edit(Member, number)
    member.safeguards = member.safeguards & ~_ALL | marks
