"""The end of it all, in order: `/winddown`.

Guards: only two operators together begin it, at least 30 days before the day, and only two call it off before that day.
From the second signature on nobody joins, no money comes in and none is bound for longer, in every process, for it
stands in the row that every commit reads under lock; whatever gets money out passes. Every member is told once, with a
signed statement of what is owed to them, whatever crashes.
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from wallet import owed, refusals
from wallet.books import Books
from wallet.commands import Command, Done, Outcome, unasked
from wallet.events import WindDownCalledOff, WindDownCame
from wallet.operators import Act
from wallet.plain import frozen
from wallet.proposals import Deed
from wallet.rows import Key, Switch, WindDown
from wallet.views.operators import SetAside

DAY: Final = 24 * 60 * 60 * 1_000_000
NOTICE: Final = 30 * DAY
"""So long before the day the agreement promises that everybody is told."""
LONGEST: Final = 2 * 366 * DAY
TOGETHER: Final = 20
"""So many are told in one commit: each statement reads its member's accounts."""
BEGUN, OFF = KINDS = ("begun", "off")


@frozen()
class WindDownMade(Outcome):
    """It is decided, or called off; everybody is told."""

    wind_down: int


@frozen()
class _Deed(Deed):
    """What both have in common: it waits for nothing, and it is about everybody."""

    ACT: ClassVar[Act] = Act.WIND_DOWN
    MONEY: ClassVar[bool] = False

    def reads(self) -> Iterable[Key]:
        return ((Switch, 1),)


@frozen()
class WindDownDeed(_Deed):
    """Take nothing in any more, and close on a day."""

    closes_at: int
    """When that day begins."""

    WORD: ClassVar[str] = "wind_down"

    def check(self, books: Books) -> None:
        """Refuses `WindingDown` where that was decided before, and `ClosingDayWrong`."""
        closes_at = books.get(Switch, 1).winds_down
        if closes_at:
            raise refusals.WindingDown(closes_at)
        if not books.now + NOTICE <= self.closes_at <= books.now + LONGEST:
            raise refusals.ClosingDayWrong(books.now + NOTICE)

    def carry_out(self, books: Books, proposal: int) -> WindDownMade:
        books.edit(Switch, 1).winds_down = self.closes_at
        books.audit(0, "wind_down", f"on {self.closes_at} by proposal {proposal}")
        return _tell_everybody(books, BEGUN, self.closes_at)


@frozen()
class CallOffDeed(_Deed):
    """Go on after all."""

    closes_at: int
    """The day that is called off."""

    WORD: ClassVar[str] = "call_off"

    def check(self, books: Books) -> None:
        """Refuses `NotWindingDown`, also from the day itself on."""
        closes_at = books.get(Switch, 1).winds_down
        if not closes_at or closes_at != self.closes_at or closes_at <= books.now:
            raise refusals.NotWindingDown(closes_at)

    def carry_out(self, books: Books, proposal: int) -> WindDownMade:
        books.edit(Switch, 1).winds_down = 0
        books.audit(0, "wind_down_called_off", f"{self.closes_at} by proposal {proposal}")
        return _tell_everybody(books, OFF, self.closes_at)


def _tell_everybody(books: Books, kind: str, closes_at: int) -> WindDownMade:
    return WindDownMade(books.add(WindDown(books.number(), kind, closes_at, "open", 0, 0, books.now, 0)).id)


@frozen(kw_only=True)
class TellOfWindDown(Command):
    """The clock tells the next ones, or finds that there are none."""

    wind_down: int
    after: int
    """Whom it told last."""
    to: tuple[int, ...]
    """Members, by rising numbers; nobody where all were told."""
    envelopes: tuple[tuple[int, ...], ...] = unasked(default=())
    vouchers: tuple[tuple[int, ...], ...] = unasked(default=())
    """What each of them has open, as it was looked up."""

    def _all(self) -> Iterable[tuple[int, SetAside]]:
        return ((one, SetAside(*aside)) for one, *aside in zip(
            self.to, self.envelopes, self.vouchers, strict=True))

    def reads(self, today: int) -> Iterable[Key]:
        return (Switch, 1), (WindDown, self.wind_down), *(key for each in self._all() for key in owed.reads(*each))

    def decide(self, books: Books) -> Outcome:
        """Refuses `AnnouncementOver` once all were told, or when others were told meanwhile. What was called off is
        told to nobody any more: that it is off follows. Refuses `Busy` where somebody has more open than was looked
        up, so that the clock looks again."""
        assert len(self.to) <= TOGETHER
        row = books.get(WindDown, self.wind_down)
        if row.state != "open" or row.after != self.after:
            raise refusals.AnnouncementOver
        row = books.edit(WindDown, self.wind_down)
        if not self.to or (row.kind == BEGUN and books.get(Switch, 1).winds_down != row.closes_at):
            row.state, row.ended_at = "done", books.now
            return Done()
        for one, aside in self._all():
            assert one > row.after
            row.after = one
            row.told += 1
            if row.kind == BEGUN:
                books.tell(one, WindDownCame(row.closes_at, owed.make(books, one, aside)))
            else:
                books.tell(one, WindDownCalledOff(row.closes_at))
        return Done()


@frozen()
class Stated(Outcome):
    """A signed statement of what is owed."""

    statement: str


@frozen(kw_only=True)
class StateOwed(Command):
    """A member asks for a new statement of what is owed to them."""

    member: int
    envelopes: tuple[int, ...] = unasked(default=())
    vouchers: tuple[int, ...] = unasked(default=())
    """What they have open, as it was looked up."""

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return owed.reads(self.member, SetAside(self.envelopes, self.vouchers))

    def decide(self, books: Books) -> Stated:
        """Frozen, banned or asleep, what is owed is owed. Refuses `Busy` where they have more open than was looked
        up."""
        statement = owed.make(books, self.member, SetAside(self.envelopes, self.vouchers))
        books.audit(self.member, "owed_stated")
        return Stated(statement)
