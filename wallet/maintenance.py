"""Maintenance: money rests for a set time, by an operator's word or each night.

Guards: it is begun only where money flows and ended only where it rests for that, so it never opens what a broken
check or an operator has stopped; what has a time ends by itself, however late the clock. What was under way, what runs
out and what people look at goes on.
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from wallet import refusals
from wallet.books import Books
from wallet.commands import Command, Done, Outcome
from wallet.events import MaintenanceSoon
from wallet.operators import Act, demand
from wallet.plain import frozen
from wallet.rows import Key, Role, Switch

MOST_TOLD: Final = 100
"""Groups that one command tells."""


@frozen(kw_only=True)
class Rest(Command):
    """Let money rest until a moment. Where it rests already, only that moment is another."""

    operator: int
    """The operator's Telegram id, or HOUSE for the nightly window."""
    until: int

    def reads(self, today: int) -> Iterable[Key]:
        return (Switch, 1), (Role, self.operator)

    def decide(self, books: Books) -> Outcome:
        """Refuses `NotAllowed`, and `ReadOnly` where more than maintenance stopped it."""
        demand(books, self.operator, Act.SWITCH_MONEY)
        if books.get(Switch, 1).state == "read_only":
            raise refusals.ReadOnly
        switch = books.edit(Switch, 1)
        switch.state, switch.until, switch.reason = "maintenance", self.until, "maintenance"
        books.audit(0, "money_maintenance", f"until {self.until} by {self.operator}")
        return Done()


@frozen(kw_only=True)
class Resume(Command):
    """Let it flow again: by an operator at any time, by the clock when its time is over."""

    operator: int
    """The operator's Telegram id, or HOUSE for the clock."""

    def reads(self, today: int) -> Iterable[Key]:
        return (Switch, 1), (Role, self.operator)

    def decide(self, books: Books) -> Outcome:
        """Refuses `NotAllowed`, and `ReadOnly` where more than maintenance stopped it. Does nothing where money flows,
        nor by the clock before its time."""
        demand(books, self.operator, Act.SWITCH_MONEY)
        found = books.get(Switch, 1)
        if found.state == "read_only":
            raise refusals.ReadOnly
        if found.state == "open" or (not self.operator and not 0 < found.until <= books.now):
            return Done()
        switch = books.edit(Switch, 1)
        switch.state, switch.until, switch.reason = "open", 0, ""
        books.audit(0, "money_open", f"by {self.operator}")
        return Done()


@frozen(kw_only=True)
class TellOfWindow(Command):
    """The nightly window is near: some of the groups are told."""

    groups: tuple[int, ...]
    begins: int
    until: int

    def decide(self, books: Books) -> Outcome:
        """Refuses nothing."""
        assert len(self.groups) <= MOST_TOLD
        for group in self.groups:
            books.tell(0, MaintenanceSoon(self.begins, self.until), telegram_id=group)
        return Done()
