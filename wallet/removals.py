"""Taking away what somebody wrote: the note of a payment, the greeting of a red envelope, a nickname.

Guards: no amount and no hash changes by it: the journal holds a keyed digest of what was written, and that stays. What
is gone can be shown nowhere any more, nor said again by what it came from (a request, a split, a payment that comes
again). Whoever had spent their one choice of a nickname chooses once more; a second time it stays away. Only an
operator whose role may, never about themselves, for a clause of the agreement, which its author is told; who did it and
the digest are in the audit, the words are not.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from wallet import ids, refusals
from wallet.books import Books
from wallet.commands import Command, Outcome, unasked
from wallet.events import WordsRemoved
from wallet.members import renaming_claim
from wallet.movements import ENVELOPE
from wallet.operators import Act, demand
from wallet.penalties import REASONS
from wallet.plain import frozen
from wallet.rows import (
    Claim,
    Key,
    Member,
    Note,
    Profile,
    Ran,
    Request,
    Role,
    Row,
    Schedule,
    Split,
    SplitShare,
    Transfer,
)

NOTE, GREETING, NICKNAME = WHAT = ("note", "greeting", "nickname")
"""What may be taken away."""
REQUEST, SPLIT, SCHEDULE = "request", "split", "schedule"

_SOURCES: Final[Mapping[str, type[Row]]] = {REQUEST: Request, SPLIT: Split, SCHEDULE: Schedule}
"""From what a payment may have its note."""


@frozen()
class Removed(Outcome):
    """It is gone."""

    what: str
    author: int
    """The member who wrote it."""
    transfer: int
    """Whose note it was, or 0."""


@frozen(kw_only=True)
class RemoveNote(Command):
    """An operator takes the note of a payment away, or the greeting of an envelope by the payment that filled it."""

    operator: int
    """Telegram id."""
    transfer: int
    reason: str
    """One of `REASONS`."""
    source: str = unasked(default="")
    """From what the payment has it, as it was looked up before: one of `_SOURCES`, or ""."""
    number: int = unasked(default=0)
    """That one's number."""
    part: int = unasked(default=0)
    """Of a split, whose share was paid, by their Telegram id; of a schedule, for which day."""

    def reads(self, today: int) -> Iterable[Key]:
        keys: list[Key] = [(Role, self.operator), (Transfer, self.transfer), (Note, self.transfer)]
        if self.source:
            keys.append((_SOURCES[self.source], self.number))
        if self.source == SPLIT:
            keys.append((SplitShare, (self.number, self.part)))
        if self.source == SCHEDULE:
            keys.append((Ran, (self.number, self.part)))
        return keys

    def decide(self, books: Books) -> Outcome:
        """Refuses `NotAllowed`, `NothingToRemove` and `OnOneself`."""
        assert self.reason in REASONS
        demand(books, self.operator, Act.REMOVE)
        transfer, note = books.find(Transfer, self.transfer), books.find(Note, self.transfer)
        if transfer is None or note is None or not note.text:
            raise refusals.NothingToRemove
        source = self._source(books)
        author = source.member if source is not None else ids.owner_of(transfer.debit)
        not_about_oneself(books, self.operator, author)
        books.edit(Note, self.transfer).text = ""
        if source is not None:
            books.edit(type(source), self.number).note = ""
        what = GREETING if transfer.kind == ENVELOPE.name else NOTE
        books.audit(author, "removed", f"{what} {self.transfer} {self.reason} {transfer.note_digest.hex()} "
                                       f"by {self.operator}")
        books.tell(author, WordsRemoved(what, self.transfer, self.reason, books.now))
        return Removed(what, author, self.transfer)

    def _source(self, books: Books) -> Request | Split | Schedule | None:
        """From what the payment has its note, if that is so indeed."""
        if self.source == REQUEST:
            request = books.find(Request, self.number)
            return request if request is not None and request.transfer == self.transfer else None
        if self.source == SPLIT:
            share = books.find(SplitShare, (self.number, self.part))
            return books.get(Split, self.number) if share is not None and share.transfer == self.transfer else None
        if self.source == SCHEDULE:
            ran = books.find(Ran, (self.number, self.part))
            return books.get(Schedule, self.number) if ran is not None and ran.transfer == self.transfer else None
        return None


@frozen(kw_only=True)
class RemoveNickname(Command):
    """An operator takes a nickname away and puts a plain one in its place: everybody is called something. Its owner
    may choose another one: with the choice that they still have, or, once, with a new one."""

    operator: int
    """Telegram id."""
    member: int
    reason: str
    """One of `REASONS`."""
    nickname: str = unasked()
    """The plain one."""

    def reads(self, today: int) -> Iterable[Key]:
        return ((Role, self.operator), (Member, self.member), (Profile, self.member),
                (Claim, renaming_claim(self.member)))

    def decide(self, books: Books) -> Outcome:
        """Refuses `NotAllowed`, `NothingToRemove` and `OnOneself`. The journal says that it changed, never what it
        was: a nickname can be erased."""
        assert self.reason in REASONS
        demand(books, self.operator, Act.REMOVE)
        if books.find(Profile, self.member) is None:
            raise refusals.NothingToRemove
        not_about_oneself(books, self.operator, self.member)
        profile = books.edit(Profile, self.member)
        profile.nickname = self.nickname
        if profile.nickname_changes and books.find(Claim, renaming_claim(self.member)) is None:
            books.add(Claim(renaming_claim(self.member), self.member, books.now))
            profile.nickname_changes = 0
        books.audit(self.member, "removed", f"{NICKNAME} {self.reason} by {self.operator}")
        books.tell(self.member, WordsRemoved(NICKNAME, 0, self.reason, books.now, not profile.nickname_changes))
        return Removed(NICKNAME, self.member, 0)


def not_about_oneself(books: Books, operator: int, author: int) -> None:
    """Raise `OnOneself` for an operator's own words."""
    books.need((Member, author))
    if books.get(Member, author).telegram_id == operator:
        raise refusals.OnOneself
