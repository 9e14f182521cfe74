"""Operators: who may run what, who appoints them, and the money switch.

Guards: what an operator may do is one table in one place, looked up in the transaction that does it. Unknown means no.
Nobody gives a role to themselves or takes their own away, so that there is always an owner.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from wallet import refusals
from wallet.books import Books
from wallet.commands import Command, Done, Outcome
from wallet.events import InvariantBroke, RoleChanged
from wallet.gate import Safeguard
from wallet.members import telegram_claim
from wallet.plain import frozen
from wallet.rows import Claim, Key, Member, Role, Switch

OWNER, ADMIN, RISK, SUPPORT, AUDITOR = ROLES = ("owner", "admin", "risk", "support", "auditor")
"""What an operator may be; an auditor only looks."""


class Act(StrEnum):
    """What an operator may be allowed to do."""

    APPOINT = "appoint"
    LOOK_AT_ROLES = "look_at_roles"
    LOOK_AT_MEMBERS = "look_at_members"
    SWITCH_MONEY = "switch_money"
    LOOK_AT_TICKETS = "look_at_tickets"
    ANSWER_TICKETS = "answer_tickets"
    REMOVE = "remove"
    WARN = "warn"
    RESTRICT = "restrict"
    FREEZE = "freeze"
    BAN = "ban"
    LEGAL_HOLD = "legal_hold"
    DECIDE_INTERCEPTIONS = "decide_interceptions"
    LOOK_AT_STATS = "look_at_stats"
    SIGN = "sign"
    LOOK_AT_AUDIT = "look_at_audit"
    ADJUST = "adjust"
    ANNOUNCE = "announce"
    INCIDENT = "incident"
    WIND_DOWN = "wind_down"
    PUBLISH = "publish"
    RESET_PIN = "reset_pin"
    RESET_IDENTITY = "reset_identity"
    REVIEW = "review"
    EXPORT = "export"
    MOVE = "move"


PERMISSIONS: Final[Mapping[Act, frozenset[str]]] = {
    Act.APPOINT: frozenset({OWNER}),
    Act.LOOK_AT_ROLES: frozenset(ROLES),
    Act.LOOK_AT_MEMBERS: frozenset(ROLES),
    Act.SWITCH_MONEY: frozenset({OWNER, ADMIN, RISK}),
    Act.LOOK_AT_TICKETS: frozenset(ROLES),
    Act.ANSWER_TICKETS: frozenset({OWNER, ADMIN, RISK, SUPPORT}),
    Act.REMOVE: frozenset({OWNER, ADMIN, RISK, SUPPORT}),
    Act.WARN: frozenset({OWNER, ADMIN, RISK}),
    Act.RESTRICT: frozenset({OWNER, ADMIN, RISK}),
    Act.FREEZE: frozenset({OWNER, ADMIN, RISK}),
    Act.BAN: frozenset({OWNER, ADMIN, RISK}),
    Act.LEGAL_HOLD: frozenset({OWNER, ADMIN, RISK}),
    Act.DECIDE_INTERCEPTIONS: frozenset({OWNER, ADMIN, RISK}),
    Act.LOOK_AT_STATS: frozenset(ROLES),
    Act.LOOK_AT_AUDIT: frozenset({OWNER, ADMIN, RISK, AUDITOR}),
    Act.SIGN: frozenset({OWNER, ADMIN, RISK}),
    Act.ADJUST: frozenset({OWNER, ADMIN}),
    Act.ANNOUNCE: frozenset({OWNER, ADMIN}),
    Act.INCIDENT: frozenset({OWNER, ADMIN, RISK}),
    Act.WIND_DOWN: frozenset({OWNER, ADMIN}),
    Act.PUBLISH: frozenset({OWNER, ADMIN}),
    Act.RESET_PIN: frozenset({OWNER, ADMIN, RISK, SUPPORT}),
    Act.RESET_IDENTITY: frozenset({OWNER, ADMIN, RISK}),
    Act.REVIEW: frozenset({OWNER, ADMIN, RISK}),
    Act.EXPORT: frozenset({OWNER, ADMIN, RISK}),
    Act.MOVE: frozenset({OWNER, ADMIN, RISK}),
}
"""Which roles may do what."""

RUNG: Final = frozenset({OWNER, ADMIN, RISK})
"""Who is told in private what concerns all operators, where no group is bound for them."""

HOUSE: Final = 0
"""The house itself: the process that starts, a check that found something broken. Never a person's id."""

STATES: Final = ("open", "maintenance", "read_only")


def may(role: str, act: Act) -> bool:
    """Whether a role may do it; "" is nobody's and may do nothing."""
    return role in PERMISSIONS[act]


def demand(books: Books, telegram_id: int, act: Act) -> None:
    """Raise `NotAllowed` unless whoever asks has a role that may."""
    if telegram_id == HOUSE:
        return
    role = books.find(Role, telegram_id)
    if role is None or not may(role.role, act):
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


@frozen()
class Appointed(Outcome):
    """Somebody has a role, or has none any more."""

    person: int
    before: str
    role: str
    """"" for none."""


@frozen(kw_only=True)
class Appoint(Command):
    """An owner makes a member an operator, gives an operator another role, or takes it away."""

    operator: int
    """Telegram id of the owner."""
    person: int
    """Telegram id of whoever is appointed."""
    role: str
    """One of `ROLES`, or "" to take it away."""

    def reads(self, today: int) -> Iterable[Key]:
        return (Role, self.operator), (Role, self.person), (Claim, telegram_claim(self.person))

    def decide(self, books: Books) -> Outcome:
        """Refusals: `NotAllowed`, `OnOneself`, `OperatorIsNoMember`, `MinorNoOperator`."""
        assert self.role in ("", *ROLES)
        demand(books, self.operator, Act.APPOINT)
        if self.person == self.operator:
            raise refusals.OnOneself
        held = books.find(Role, self.person)
        before = held.role if held else ""
        if before == self.role:
            return Appointed(self.person, before, self.role)
        if self.role:
            self._member(books)
        if held is None:
            books.add(Role(self.person, self.role, books.now, self.operator))
        else:
            held = books.edit(Role, self.person)
            held.role, held.at, held.by = self.role, books.now, self.operator
        books.audit(0, "appointed", f"{self.person} {self.role or 'nobody'} by {self.operator}")
        books.tell(0, RoleChanged(self.role, self.operator), telegram_id=self.person)
        return Appointed(self.person, before, self.role)

    def _member(self, books: Books) -> None:
        """Raise unless the person has a wallet that is in order: the PIN by which operators sign belongs to it."""
        claim = books.find(Claim, telegram_claim(self.person))
        member = books.find(Member, claim.owner) if claim else None
        if member is None or member.state != "active":
            raise refusals.OperatorIsNoMember
        if member.safeguards & Safeguard.WARD:
            raise refusals.MinorNoOperator


@frozen(kw_only=True)
class LookAtMember(Command):
    """An operator is about to be shown what is known of a member, which is written down first."""

    operator: int
    """Telegram id."""
    member: int

    def reads(self, today: int) -> Iterable[Key]:
        return ((Role, self.operator),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `NotAllowed`."""
        demand(books, self.operator, Act.LOOK_AT_MEMBERS)
        books.audit(self.member, "looked_at", f"by {self.operator}")
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
        demand(books, self.operator, Act.SWITCH_MONEY)
        switch = books.edit(Switch, 1)
        switch.state, switch.until, switch.reason = self.state, self.until, self.reason
        books.audit(0, f"money_{self.state}", f"by {self.operator}: {self.reason}")
        return Done()


@frozen(kw_only=True)
class StopMoney(Command):
    """The house found the ledger broken: money becomes read-only, and the operators are told in the same commit."""

    broken: tuple[str, ...]
    """The names of the checks that found something."""

    def reads(self, today: int) -> Iterable[Key]:
        return ((Switch, 1),)

    def decide(self, books: Books) -> Outcome:
        """Does nothing where money is read-only already, so that nobody is told twice."""
        if books.get(Switch, 1).state == "read_only":
            return Done()
        checks = "; ".join(self.broken)
        switch = books.edit(Switch, 1)
        switch.state, switch.until, switch.reason = "read_only", 0, checks
        books.audit(HOUSE, "money_read_only", f"by {HOUSE}: {checks}")
        books.ring(InvariantBroke(checks))
        return Done()
