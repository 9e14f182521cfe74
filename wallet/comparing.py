"""When the screening list changes: the names that were given before are compared with it, each once.

Guards: how far that has come stands beside the list in force, and changes in the commit that records what was found,
so a process that dies goes on where it was, and two that do it at once do it once. Whoever gives a name meanwhile is
compared when they give it.
"""
from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Final

from wallet import hits
from wallet.books import Books
from wallet.commands import Command, Done, Outcome, unasked
from wallet.identity import is_given
from wallet.plain import frozen
from wallet.rows import Identity, Key, Member, NameList
from wallet.screening import Likeness

MOST_AT_ONCE: Final = 50
"""So many members are locked together."""


@frozen(kw_only=True)
class TakeList(Command):
    """A process that starts has this list: it is the one in force."""

    version: str

    def reads(self, today: int) -> Iterable[Key]:
        return ((NameList, 1),)

    def decide(self, books: Books) -> Outcome:
        """Does nothing where it is in force already."""
        assert self.version
        current = books.find(NameList, 1)
        if current is not None and current.version == self.version:
            return Done()
        if current is None:
            books.add(NameList(1, self.version, books.now, 0, 0, 0, 0))
        else:
            row = books.edit(NameList, 1)
            row.version, row.since = self.version, books.now
            row.after = row.compared = row.found = row.ended_at = 0
        books.audit(0, "list_taken", self.version)
        return Done()


@frozen()
class Compared(Outcome):
    """So many names were compared, and the operators hear of so many likenesses."""

    members: int
    found: int


@frozen(kw_only=True)
class CompareNames(Command):
    """The clock compared the next names with the list in force."""

    version: str
    since: int
    after: int
    """How far that had come when they were looked up."""
    likenesses: tuple[tuple[int, tuple[Likeness, ...]], ...] = unasked()
    """By member, in the order of their numbers. None says that there is nobody more."""

    def reads(self, today: int) -> Iterable[Key]:
        numbers = [number for number, _found in self.likenesses]
        return ((NameList, 1), *((Member, number) for number in numbers), *((Identity, number) for number in numbers),
                *chain.from_iterable(hits.reads(number, found) for number, found in self.likenesses))

    def decide(self, books: Books) -> Outcome:
        """Does nothing where another process was sooner, or the list changed."""
        assert len(self.likenesses) <= MOST_AT_ONCE
        current = books.find(NameList, 1)
        if current is None or current.ended_at or (current.version, current.since, current.after) != (
                self.version, self.since, self.after):
            return Compared(0, 0)
        row, done, found = books.edit(NameList, 1), 0, 0
        for number, likenesses in self.likenesses:
            row.after = number
            if not is_given(books, number) or books.get(Identity, number).screened == self.version:
                continue  # Taken off meanwhile, or given anew.
            found += hits.record(books, number, likenesses, self.version)
            books.edit(Identity, number).screened = self.version
            done += 1
        row.compared += done
        row.found += found
        if not self.likenesses:
            row.ended_at = books.now
            books.audit(0, "list_compared", f"{self.version} {row.compared} {row.found}")
        return Compared(done, found)
