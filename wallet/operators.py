"""Operators: who may run what, and the money switch.

Guards: what an operator may do is one table in one place, looked up in the transaction that does it. Unknown means no.
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from wallet import refusals
from wallet.books import Books
from wallet.commands import Command, Done, Outcome, unasked
from wallet.events import InvariantBroke
from wallet.plain import frozen
from wallet.rows import Key, Role, Switch

OWNER, ADMIN, RISK, SUPPORT, AUDITOR = "owner", "admin", "risk", "support", "auditor"

PERMISSIONS: Final = {
    "appoint": frozenset({OWNER}),
    "switch_money": frozenset({OWNER, ADMIN, RISK}),
    "reconcile": frozenset({OWNER, ADMIN, RISK, AUDITOR}),
}
"""Which roles may do what."""

HOUSE: Final = 0
"""The house itself: the process that starts, a check that found something broken. Never a person's id."""

STATES: Final = ("open", "maintenance", "read_only")


def demand(books: Books, telegram_id: int, act: str) -> None:
    """Raise `NotAllowed` unless whoever asks has a role that may."""
    if telegram_id == HOUSE:
        return
    role = books.find(Role, telegram_id)
    if role is None or role.role not in PERMISSIONS.get(act, frozenset()):
        raise refusals.NotAllowed


@frozen(kw_only=True)
class AppointOwners(Command):
    """The deployment's settings name its owners. Whoever has a role keeps it."""

    telegram_ids: tuple[int, ...]

    def reads(self, today: int) -> Iterable[Key]:
        return tuple((Role, telegram_id) for telegram_id in self.telegram_ids)

    def decide(self, books: Books) -> Outcome:
        """Appoints those who have no role yet."""
        for telegram_id in self.telegram_ids:
            if books.find(Role, telegram_id) is None:
                books.add(Role(telegram_id, OWNER, books.now, HOUSE))
                books.audit(0, "appointed", f"{telegram_id} {OWNER}")
        return Done()


@frozen(kw_only=True)
class SetSwitch(Command):
    """Open money, let it rest, or make it read-only; every commit after this one sees it."""

    operator: int
    """The operator's Telegram id, or HOUSE."""
    state: str
    until: int = 0
    reason: str = ""

    def reads(self, today: int) -> Iterable[Key]:
        keys: list[Key] = [(Switch, 1)]
        if self.operator != HOUSE:
            keys.append((Role, self.operator))
        return keys

    def decide(self, books: Books) -> Outcome:
        """Refuses `NotAllowed`."""
        assert self.state in STATES
        demand(books, self.operator, "switch_money")
        switch = books.edit(Switch, 1)
        switch.state, switch.until, switch.reason = self.state, self.until, self.reason
        books.audit(0, f"money_{self.state}", f"by {self.operator}: {self.reason}")
        return Done()


@frozen(kw_only=True)
class StopMoney(Command):
    """The house found the ledger broken: money becomes read-only, and the owners are told in the same commit."""

    broken: tuple[str, ...]
    """The names of the checks that found something."""
    owners: tuple[int, ...] = unasked(default=())
    """The owners' Telegram ids as looked up before; checked again here."""

    def reads(self, today: int) -> Iterable[Key]:
        return ((Switch, 1), *((Role, telegram_id) for telegram_id in self.owners))

    def decide(self, books: Books) -> Outcome:
        """Does nothing where money is read-only already, so that nobody is told twice."""
        if books.get(Switch, 1).state == "read_only":
            return Done()
        checks = "; ".join(self.broken)
        switch = books.edit(Switch, 1)
        switch.state, switch.until, switch.reason = "read_only", 0, checks
        books.audit(HOUSE, "money_read_only", f"by {HOUSE}: {checks}")
        for telegram_id in self.owners:
            role = books.find(Role, telegram_id)
            if role is not None and role.role == OWNER:
                books.tell(0, InvariantBroke(checks), telegram_id=telegram_id)
        return Done()
