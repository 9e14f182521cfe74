"""What operators tell everybody: announcements, and what happened in a security incident.

Guards: everybody is told once and nobody is left out, whatever crashes: who is told stands in the same commit as how
far it has come, and it goes by the numbers of those who are told. What goes out is what was confirmed, and whoever
confirms it may still do so then.
"""
from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final

from wallet import refusals
from wallet.books import Books
from wallet.commands import LARGEST, Command, Done, Outcome
from wallet.events import AnnouncementCame, IncidentCame
from wallet.operators import Act, demand
from wallet.plain import compact, frozen
from wallet.rows import Announcement, Key, Role

NEWS, INCIDENT = KINDS = ("news", "incident")
MEMBERS, GROUPS, NAMED = AUDIENCES = ("members", "groups", "named")
PARTS: Final = {NEWS: 1, INCIDENT: 3}
"""An announcement is one text; of an incident we say what happened, what it means, and what to do."""
LONGEST: Final = 3_000
"""Characters in one language: Telegram takes 4,096, headings and all."""
MOST_NAMED: Final = 100
TOGETHER: Final = 50
"""So many are told in one commit."""
ACT: Final = {NEWS: Act.ANNOUNCE, INCIDENT: Act.INCIDENT}


@frozen()
class Announced(Outcome):
    """It is on its way."""

    announcement: int


@frozen(kw_only=True)
class Announce(Command):
    """An operator confirms what was shown to them."""

    operator: int
    """Telegram id."""
    kind: str
    audience: str
    named: tuple[int, ...] = ()
    """Member numbers, rising, where they are named."""
    english: tuple[str, ...] = ()
    chinese: tuple[str, ...] = ()

    def reads(self, today: int) -> Iterable[Key]:
        return ((Role, self.operator),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `NotAllowed`."""
        assert self.kind in KINDS
        assert self.audience in AUDIENCES
        assert (self.audience == NAMED) is bool(self.named)
        assert len(self.named) <= MOST_NAMED
        assert self.named == tuple(sorted(set(self.named)))
        texts = [text for text in (self.english, self.chinese) if text]
        assert texts
        assert all(len(text) == PARTS[self.kind] and sum(map(len, text)) <= LONGEST for text in texts)
        demand(books, self.operator, ACT[self.kind])
        row = books.add(Announcement(
            books.number(), self.kind, self.audience, compact(list(self.named)) if self.named else "",
            _stored(self.english), _stored(self.chinese), "open", self.operator,
            -LARGEST if self.audience == GROUPS else 0, 0, books.now, 0))
        digest = books.digest(row.english + row.chinese).hex()
        books.audit(0, "announced", f"{row.id} {self.kind} {self.audience} {digest} by {self.operator}")
        for member in self.named:
            books.audit(member, "told_of_incident", f"{row.id} by {self.operator}")
        return Announced(row.id)


def _stored(parts: tuple[str, ...]) -> str:
    return compact(list(parts)) if parts else ""


def parts_of(stored: str) -> tuple[str, ...]:
    """What a row says in a language; nothing where it says nothing in it."""
    return tuple(json.loads(stored)) if stored else ()


def members_in(stored: str) -> tuple[int, ...]:
    """Who is named in a row."""
    return tuple(json.loads(stored)) if stored else ()


@frozen(kw_only=True)
class TellNext(Command):
    """The clock tells the next ones, or finds that there are none."""

    announcement: int
    after: int
    """Whom it told last."""
    to: tuple[int, ...]
    """Members or groups, rising; nobody where all were told."""

    def reads(self, today: int) -> Iterable[Key]:
        return ((Announcement, self.announcement),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `AnnouncementOver` once it is done or stopped, or when others were told meanwhile."""
        assert len(self.to) <= TOGETHER
        row = books.get(Announcement, self.announcement)
        if row.state != "open" or row.after != self.after:
            raise refusals.AnnouncementOver
        row = books.edit(Announcement, self.announcement)
        event = (IncidentCame if row.kind == INCIDENT else AnnouncementCame)(row.id)
        for one in self.to:
            assert one > row.after
            row.after = one
            row.told += 1
            if row.audience == GROUPS:
                books.tell(0, event, telegram_id=one)
            else:
                books.tell(one, event)
        if not self.to:
            row.state, row.ended_at = "done", books.now
        return Done()


@frozen(kw_only=True)
class StopAnnouncement(Command):
    """An operator stops it: whoever was not told yet is not told."""

    operator: int
    announcement: int

    def reads(self, today: int) -> Iterable[Key]:
        return (Role, self.operator), (Announcement, self.announcement)

    def decide(self, books: Books) -> Outcome:
        """Refuses `NotAllowed`, and `AnnouncementOver` for one that is done or stopped."""
        row = books.find(Announcement, self.announcement)
        demand(books, self.operator, ACT[row.kind] if row else Act.ANNOUNCE)
        if row is None or row.state != "open":
            raise refusals.AnnouncementOver
        row = books.edit(Announcement, self.announcement)
        row.state, row.ended_at = "stopped", books.now
        books.audit(0, "announcement_stopped", f"{row.id} after {row.told} by {self.operator}")
        return Done()
