"""What a member does for their own safety: limits of their own, and the lock.

Guards: what makes a wallet safer holds from this commit on and asks for nothing; what makes it less safe takes the PIN,
and a raised limit waits for the next day besides. Neither is a penalty: only the member sets it and lifts it.
"""
from __future__ import annotations

from collections.abc import Iterable

from wallet import gate, limits, pins, refusals
from wallet.books import Books, Policy
from wallet.commands import Command, Done, Outcome, unasked
from wallet.gate import Safeguard
from wallet.plain import frozen
from wallet.rows import Key, Member, OwnLimits, Pin


@frozen()
class OwnLimitSet(Outcome):
    """A limit of one's own is as it was wanted, from a day on: today, or tomorrow where it was raised."""

    what: str
    limit: int
    """0 for none."""
    tomorrow: bool


@frozen(kw_only=True)
class SetOwnLimit(Command):
    """A member sets a limit of their own. Lowering holds at once; raising takes the PIN and holds from tomorrow."""

    member: int
    what: str
    """"payment" or "day"."""
    limit: int
    """0 for none."""
    pin_version: int = unasked(default=0)
    """The version of the PIN that was just proven, or 0."""

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return (Pin, self.member), (OwnLimits, self.member)

    def decide(self, books: Books) -> Outcome:
        """Refuses `NotAMember`, `SettingOutOfRange`, `PinNotSet`, `PinNeeded` and `PinChanged`."""
        assert self.what in ("payment", "day")
        _joined(books, self.member)
        most = most_of_ones_own(books.policy, self.what)
        if not 0 <= self.limit <= most:
            raise refusals.SettingOutOfRange(1, most)
        own = _brought_up_to_date(books, self.member)
        now = own.payment if self.what == "payment" else own.day
        raised = now != 0 and (self.limit == 0 or self.limit > now)
        if raised:
            pins.proven(books, self.member, self.pin_version)
            own.from_day = books.today + 1
        else:
            _put(own, self.what, self.limit)
        _put_next(own, self.what, self.limit)
        member = books.edit(Member, self.member)
        if own.payment or own.day or own.next_payment or own.next_day:
            member.safeguards |= Safeguard.LIMITED
        else:
            member.safeguards &= ~Safeguard.LIMITED
        books.audit(self.member, f"own_limit_{self.what}", f"{self.limit} from {own.from_day if raised else 0}")
        return OwnLimitSet(self.what, self.limit, raised)


def most_of_ones_own(policy: Policy, what: str) -> int:
    """The highest limit of one's own that would still say something."""
    return policy.max_amount if what == "payment" else max(policy.level_limits)


def _brought_up_to_date(books: Books, member: int) -> OwnLimits:
    """The limits, to be changed; what was raised before today holds by now."""
    if books.find(OwnLimits, member) is None:
        return books.add(OwnLimits(member, 0, 0, 0, 0, 0))
    own = books.edit(OwnLimits, member)
    own.payment, own.day = limits.in_force(own, books.today)
    if own.from_day <= books.today:
        own.next_payment, own.next_day, own.from_day = own.payment, own.day, 0
    return own


def _put(own: OwnLimits, what: str, limit: int) -> None:
    if what == "payment":
        own.payment = limit
    else:
        own.day = limit


def _put_next(own: OwnLimits, what: str, limit: int) -> None:
    if what == "payment":
        own.next_payment = limit
    else:
        own.next_day = limit


# ----------------------------------------------------------------------------------------------------------- the lock
@frozen(kw_only=True)
class LockWallet(Command):
    """A member locks their wallet: from this commit on nothing goes out. Locking what is locked changes nothing."""

    member: int

    def actor(self) -> int:
        return self.member

    def decide(self, books: Books) -> Outcome:
        """Refuses `NotAMember`."""
        member = _joined(books, self.member)
        if not gate.locked(member):
            books.edit(Member, self.member).safeguards |= Safeguard.LOCKED
            books.audit(self.member, "locked")
        return Done()


@frozen(kw_only=True)
class UnlockWallet(Command):
    """A member unlocks it again, which takes the PIN."""

    member: int
    pin_version: int = unasked(default=0)
    """The version of the PIN that was just proven, or 0."""

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Pin, self.member),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `NotAMember`, `NotLocked`, `PinNeeded` and `PinChanged`. Whoever has no PIN proves none: they lock
        themselves out otherwise."""
        member = _joined(books, self.member)
        if not gate.locked(member):
            raise refusals.NotLocked
        if books.find(Pin, self.member) is not None:
            pins.proven(books, self.member, self.pin_version)
        books.edit(Member, self.member).safeguards &= ~Safeguard.LOCKED
        books.audit(self.member, "unlocked")
        return Done()


def _joined(books: Books, number: int) -> Member:
    member = books.find(Member, number)
    if member is None or member.step:
        raise refusals.NotAMember
    return member
