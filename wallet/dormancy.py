"""Wallets that nobody uses: their owners are warned, then the wallet goes to sleep until its owner wakes it.

Guards: no wallet sleeps unless its owner was told 30, 7 and 1 days before, each time with at least so many days left;
whatever they do themselves begins the count anew, and nothing that others do. A wallet that sleeps takes nothing from
others and spends nothing; what was its owner's before still comes back to it, and nothing of it is ever lost. Only the
payment PIN wakes it, or where none was ever set the phone number that it was opened with.

What its owner had begun goes on to its own end: requests, splits and red envelopes are over long before, vouchers and
money that waits belong to those who may take them. A standing payment is use as long as it pays, and ends at the first
day on which its payer's wallet sleeps.
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from wallet import gate, ids, pins, refusals, standing
from wallet.books import Books
from wallet.commands import Command, Done, Outcome, unasked
from wallet.events import DormancyNear, FellAsleep
from wallet.movements import AccountKind
from wallet.plain import frozen
from wallet.rows import Account, Claim, Dormancy, Key, Member, Pin
from wallet.standing import DORMANT

WARNINGS: Final = (30, 7, 1)
"""How many days before they are told."""
_NEXT: Final = {0: 30, 30: 7, 7: 1, 1: 0}
"""After having been told of so many days, 0 for not yet, comes this many; 0 is the day itself."""


@frozen()
class Dozed(Outcome):
    """A step towards sleep: told of so many days, or asleep with 0. -1 is no step at all, for it is not time."""

    days: int


@frozen(kw_only=True)
class Doze(Command):
    """The clock finds that a wallet was not used for long. Runs while money rests, too."""

    member: int

    def reads(self, today: int) -> Iterable[Key]:
        return (Member, self.member), (Dormancy, self.member), (Account, ids.account(self.member,
                                                                                      AccountKind.AVAILABLE))

    def decide(self, books: Books) -> Outcome:
        """At most one step, the next one."""
        after, member = books.policy.dormant_after, books.get(Member, self.member)
        if not after or gate.state_of(books, member) != "active":
            return Dozed(-1)
        if not member.used_on:  # Nobody knows: they joined through a release that did not count.
            books.used(member.id)
            return Dozed(-1)
        told, sleeps_on = _so_far(books, member, after)
        days = _NEXT[told]
        if books.today < sleeps_on - days:
            return Dozed(-1)
        if days:
            _tell(books, member, days, max(sleeps_on, books.today + days))
        else:
            _sleep(books, member)
        return Dozed(days)


@frozen(kw_only=True)
class StayAwake(Command):
    """Somebody who was warned says that they still use their wallet. Being asked by them is all it takes."""

    member: int

    def actor(self) -> int:
        return self.member

    def decide(self, books: Books) -> Outcome:
        """Refuses `NotAMember`, and `AccountDormant` to whoever comes too late."""
        member = books.find(Member, self.member)
        if member is None or member.step:
            raise refusals.NotAMember
        if member.state == DORMANT:
            raise refusals.AccountDormant
        books.audit(self.member, "still_used")
        return Done()


@frozen(kw_only=True)
class Wake(Command):
    """The owner wakes their wallet."""

    member: int
    pin_version: int = unasked(default=0)
    """The version of the PIN that was just proven, or 0."""
    phone_digest: str = ""
    """Of their own number in E.164 form, as Telegram vouches for it; for whoever never set a PIN."""

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return (Pin, self.member), (Claim, f"phone:{self.phone_digest}")

    def decide(self, books: Books) -> Outcome:
        """Refuses `PinNeeded`, `PinChanged` and `AnotherNumber`. What an operator decided meanwhile stays in force; of
        two devices that wake it the second finds it awake."""
        member = books.get(Member, self.member)
        if member.state != DORMANT:
            return Done()
        if books.find(Pin, self.member) is not None:
            pins.proven(books, self.member, self.pin_version)
        else:
            claim = books.find(Claim, f"phone:{self.phone_digest}")
            if claim is None or claim.owner != self.member:
                raise refusals.AnotherNumber
        stopped = standing.summary(standing.read(member.penalties), books.now).state
        books.edit(Member, self.member).state = stopped or "active"
        books.audit(self.member, "woke", "by PIN" if self.pin_version else "by phone number")
        return Done()


# ------------------------------------------------------------------------------------------------- leaves
def _so_far(books: Books, member: Member, after: int) -> tuple[int, int]:
    """Of how many days they were told last since they used it, and the day on which it goes to sleep."""
    row = books.find(Dormancy, member.id)
    if row is not None and row.used_on == member.used_on:
        return row.told, row.sleeps_on
    return 0, member.used_on + after


def _tell(books: Books, member: Member, days: int, sleeps_on: int) -> None:
    if books.find(Dormancy, member.id) is None:
        books.add(Dormancy(member.id, member.used_on, days, sleeps_on))
    else:
        row = books.edit(Dormancy, member.id)
        row.used_on, row.told, row.sleeps_on = member.used_on, days, sleeps_on
    books.audit(member.id, "told_of_sleep", str(days))
    books.tell(member.id, DormancyNear(days, sleeps_on, books.balance(member.id)))


def _sleep(books: Books, member: Member) -> None:
    books.edit(Dormancy, member.id).told = 0
    books.edit(Member, member.id).state = DORMANT
    books.audit(member.id, "fell_asleep", f"used on {member.used_on}")
    books.tell(member.id, FellAsleep(books.balance(member.id)))
