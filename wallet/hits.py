"""Hits: that a member's name may stand on the screening list, from being found to being decided.

Guards: a likeness with an entry is found once for a member, however often the name is compared; what was decided about
it is decided for good. While any waits, a mark stands in the member's row, in the commit that finds it, so that the
next commit that would move their money sees it. Neither name is kept.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from wallet import refusals, tallies
from wallet.books import Books
from wallet.events import NameListed
from wallet.gate import Safeguard
from wallet.rows import Hit, Key, Member, NameList
from wallet.screening import Likeness

WAITS: Final = ("open", "pending")
"""States in which it is not decided yet."""
CLEARED: Final = ("born", "place", "documents", "common")
"""Why it is somebody else: another date of birth, another place or nationality, by their documents, or nothing agrees
but a common name."""
CONFIRMED: Final = ("born", "place", "documents", "told")
"""Why it is them: date of birth, place or nationality, by their documents, or an authority said so."""


def reads(member: int, found: Sequence[Likeness]) -> tuple[Key, ...]:
    """What recording these touches."""
    return tuple((Hit, (member, one.entry)) for one in found) + (tallies.reads(member, tallies.HITS) if found else ())


def key_of(member: int, entry: str) -> tuple[Key, ...]:
    """What deciding one touches."""
    return (Member, member), (Hit, (member, entry)), *tallies.reads(member, tallies.HITS)


def record(books: Books, number: int, found: Sequence[Likeness], version: str) -> int:
    """Write down what was found of a member's name and tell the operators, of each entry once. Answers of how many
    they hear."""
    books.need(*reads(number, found))
    new = [one for one in found if books.find(Hit, (number, one.entry)) is None]
    if not new:
        return 0
    added = [_add(books, number, one, version) for one in new]
    for _hit in added:
        tallies.begin(books, number, tallies.HITS)
    member = books.edit(Member, number)
    member.safeguards |= Safeguard.SCREENED
    references = " ".join(one.entry.split(" ")[0] for one in new)
    books.audit(number, "name_listed", references)
    books.ring(NameListed(number, member.telegram_id, references, added[0].id))
    return len(new)


def compared_with(books: Books, version: str) -> None:
    """A name was compared with a list. Where that is not the one in force, because processes with two of them run for a
    while, the clock goes over those once more that were."""
    current = books.find(NameList, 1)
    if current is not None and current.version != version:
        again = books.edit(NameList, 1)
        again.since, again.after, again.ended_at = books.now, 0, 0


def waiting(books: Books, number: int, entry: str, *states: str) -> Hit:
    """One that can be decided. Refuses `HitUnknown` and `HitDecided`."""
    hit = books.find(Hit, (number, entry))
    if hit is None:
        raise refusals.HitUnknown
    if hit.state not in states:
        raise refusals.HitDecided(hit.state)
    return hit


def clear(books: Books, number: int, entry: str, operator: int, reason: str) -> None:
    """It is somebody else: what was held for it alone is free. Refuses `HitUnknown` and `HitDecided`."""
    assert reason in CLEARED
    waiting(books, number, entry, "open")
    hit = books.edit(Hit, (number, entry))
    hit.state, hit.operator, hit.reason, hit.decided_at = "cleared", operator, reason, books.now
    books.audit(number, "name_cleared", f"{hit.id} {entry.split(' ')[0]} {reason} by {operator}")
    over(books, number)


def approved(books: Books, number: int, found: Sequence[Likeness], version: str, operator: int) -> None:
    """Whoever saw the documents says that the name is somebody else's: what waits is cleared, and what nobody had found
    before counts as cleared. Refuses `HitDecided` for what is confirmed, or about to be."""
    books.need(*reads(number, found))
    for one in found:
        before = books.find(Hit, (number, one.entry))
        if before is None:
            hit = _add(books, number, one, version)
            hit.state, hit.operator, hit.reason, hit.decided_at = "cleared", operator, "documents", books.now
            books.audit(number, "name_cleared", f"{hit.id} {one.entry.split(' ')[0]} documents by {operator}")
        elif before.state != "cleared":
            clear(books, number, one.entry, operator, "documents")


def over(books: Books, number: int) -> None:
    """One fewer waits, and the mark goes with the last one."""
    tallies.end(books, number, tallies.HITS)
    if not tallies.still_open(books, number, tallies.HITS):
        books.edit(Member, number).safeguards &= ~Safeguard.SCREENED


def _add(books: Books, number: int, one: Likeness, version: str) -> Hit:
    return books.add(Hit(number, one.entry, books.number(), one.percent, version, "open", books.now, 0, 0, "", 0, 0, 0))
