"""Minors and their guardians: who answers for whom, and what a minor may spend.

Guards: a minor's wallet opens only after an adult member of identity level 1 or more accepted, with their PIN, to
answer for it, by a link that the minor gave them, that is sealed, that is over after a while and that works once.
Nobody is their own guardian, no minor is one, and nobody answers for more than a few. What the guardian allows is
judged in the commit that moves the money; making it stricter asks for nothing, and making it looser for the guardian's
PIN, whoever holds their phone. Without a guardian who may act, a minor's wallet takes money and nothing goes out.

Adulthood is what level 1 stands for: the ID number that was checked for it tells the age. Where everybody counts as
verified because all is play money (`LEAST_LEVEL`), it is what they declared in joining.
"""
from __future__ import annotations

import hmac
from collections.abc import Iterable
from typing import Final

from wallet import gate, limits, pins, refusals, tallies, wards
from wallet.books import Books, Policy, digest_of
from wallet.commands import Command, Done, Outcome, unasked
from wallet.events import CameOfAge, GuardianAnswered, GuardianLeft, GuardianStands, WardRulesChanged
from wallet.gate import Safeguard
from wallet.plain import frozen
from wallet.rows import Key, Member, Pin, Ward

MOST_WARDS: Final = 5
"""For so many minors one may answer."""
LEVEL: Final = 1
"""The identity level that a guardian needs."""
LINK_LIFE: Final = 7 * 24 * 60 * 60
"""For so many seconds a link may be answered."""
SEAL: Final = 20
"""Signs of a link's seal: as many as a button holds beside the rest, and more than anybody can try."""
CAPS: Final = ("payment", "day", "month")
"""What a guardian may cap, as `Ward` calls it."""
STOPPED: Final = "stopped"
"""What a guardian decides besides: whether anything goes out."""


def seal_of(policy: Policy, ward: int, until: int) -> str:
    """What stands in the link by which a minor asks, until a moment in seconds: nobody makes one for somebody else."""
    return digest_of(policy.voucher_key, f"guardian of {ward} until {until}").hex()[:SEAL]


def is_sealed(policy: Policy, ward: int, until: int, seal: str) -> bool:
    """Whether a link was made here."""
    return hmac.compare_digest(seal_of(policy, ward, until).encode(), seal.encode())


def is_over(until: int, now: int, since: int) -> bool:
    """Whether a link may be answered no more: its time is over, or a guardian came or went since it was made. `until`
    in seconds, the others in microseconds."""
    return until * 1_000_000 <= now or until - LINK_LIFE < since // 1_000_000


@frozen(kw_only=True)
class _Answer(Command):
    """Somebody answers a minor whose link they have."""

    guardian: int
    ward: int
    until: int
    seal: str
    """As the link says."""

    def actor(self) -> int:
        return self.guardian

    def reads(self, today: int) -> Iterable[Key]:
        return (Member, self.ward), (Ward, self.ward), (Pin, self.guardian), *tallies.reads(self.guardian,
                                                                                            tallies.WARDS)

    def _asked_by(self, books: Books) -> Member:
        """The minor who asks. Refuses `NotAMember`, `GuardianUnknown`, `OwnGuardian`, `GuardedAlready` and
        `GuardianLinkOver`."""
        guardian = books.find(Member, self.guardian)
        if guardian is None or guardian.step:
            raise refusals.NotAMember
        ward, row = books.find(Member, self.ward), books.find(Ward, self.ward)
        if ward is None or not is_sealed(books.policy, self.ward, self.until, self.seal):
            raise refusals.GuardianUnknown
        if ward.id == guardian.id:
            raise refusals.OwnGuardian
        if not needs_one(ward):
            raise refusals.GuardedAlready
        if is_over(self.until, books.now, row.since if row else 0):
            raise refusals.GuardianLinkOver
        return ward


@frozen(kw_only=True)
class BecomeGuardian(_Answer):
    """Somebody accepts to answer for a minor."""

    pin_version: int = unasked(default=0)
    """The version of the PIN that was just proven, or 0."""

    def decide(self, books: Books) -> Outcome:
        """Refuses what `_asked_by` does, `GuardianNotAllowed`, `LevelNeeded`, `TooManyWards`, `PinNotSet`, `PinNeeded`
        and `PinChanged`."""
        ward, guardian = self._asked_by(books), books.get(Member, self.guardian)
        if not gate.answers(books, guardian):
            raise refusals.GuardianNotAllowed
        if limits.level_of(books.policy, guardian) < LEVEL:
            raise refusals.LevelNeeded(LEVEL)
        if tallies.still_open(books, guardian.id, tallies.WARDS) >= MOST_WARDS:
            raise refusals.TooManyWards(MOST_WARDS)
        pins.proven(books, guardian.id, self.pin_version)
        wards.has_one(books, ward.id, guardian.id)
        if ward.step:
            books.edit(Member, ward.id).step = "agree"
        books.audit(ward.id, "guardian_accepted", str(guardian.id))
        books.tell(ward.id, GuardianAnswered(guardian.id, True, bool(ward.step)))
        return Done()


@frozen(kw_only=True)
class DeclineWard(_Answer):
    """Somebody does not want to answer for a minor. The link may still be given to somebody else."""

    def decide(self, books: Books) -> Outcome:
        """Refuses what `_asked_by` does."""
        ward = self._asked_by(books)
        books.audit(ward.id, "guardian_declined", str(self.guardian))
        books.tell(ward.id, GuardianAnswered(self.guardian, False, bool(ward.step)))
        return Done()


@frozen(kw_only=True)
class DecideForWard(Command):
    """A guardian decides what their ward may spend."""

    guardian: int
    ward: int
    what: str
    """One of `CAPS`, or `STOPPED`."""
    value: int
    """Minor units, 0 for none; of `STOPPED` 1 or 0."""
    pin_version: int = unasked(default=0)
    """The version of the PIN that was just proven, or 0."""

    def actor(self) -> int:
        return self.guardian

    def reads(self, today: int) -> Iterable[Key]:
        return (Member, self.ward), (Ward, self.ward), (Pin, self.guardian)

    def decide(self, books: Books) -> Outcome:
        """Refuses `GuardianUnknown`, of somebody else's ward as of nobody's, `GuardianNotAllowed`, `SettingOutOfRange`,
        `PinNotSet`, `PinNeeded` and `PinChanged`."""
        assert self.what in (*CAPS, STOPPED)
        row = _own_ward(books, self.guardian, self.ward)
        if not gate.answers(books, books.get(Member, self.guardian)):
            raise refusals.GuardianNotAllowed
        most = 1 if self.what == STOPPED else most_of(books.policy, self.what)
        if not 0 <= self.value <= most:
            raise refusals.SettingOutOfRange(0, most)
        stopped = int(bool(books.get(Member, self.ward).safeguards & Safeguard.STOPPED))
        now = stopped if self.what == STOPPED else getattr(row, self.what)
        if now == self.value:
            return Done()
        if now and (not self.value or self.value > now):
            pins.proven(books, self.guardian, self.pin_version)
        if self.what == STOPPED:
            books.edit(Member, self.ward).safeguards ^= Safeguard.STOPPED
        else:
            setattr(books.edit(Ward, self.ward), self.what, self.value)
        books.audit(self.ward, "guardian_decided", f"{self.what} {self.value} by {self.guardian}")
        books.tell(self.ward, WardRulesChanged(self.what, self.value))
        return Done()


def most_of(policy: Policy, what: str) -> int:
    """The highest cap that would still say something."""
    return policy.max_amount if what == "payment" else max(policy.level_limits)


@frozen(kw_only=True)
class LeaveGuardian(Command):
    """A guardian no longer answers for their ward, or the ward wants somebody else to: from this commit on nothing of
    theirs goes out."""

    member: int
    """Whoever says so, one of the two."""
    ward: int

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return (Member, self.ward), (Ward, self.ward)

    def decide(self, books: Books) -> Outcome:
        """Refuses `GuardianUnknown`."""
        row = books.find(Ward, self.ward)
        if row is None or not row.guardian or self.member not in (row.guardian, self.ward):
            raise refusals.GuardianUnknown
        guardian = row.guardian
        books.need((Member, guardian), *tallies.reads(guardian, tallies.WARDS))
        wards.has_none(books, self.ward)
        if books.get(Member, self.ward).step:  # They have not joined yet, and go on with somebody else.
            books.edit(Member, self.ward).step = "barred"
        books.audit(self.ward, "guardian_left", f"{guardian} by {self.member}")
        by_guardian = self.member == guardian
        books.tell(self.ward if by_guardian else guardian, GuardianLeft(self.ward, guardian, by_guardian))
        return Done()


@frozen(kw_only=True)
class TellWard(Command):
    """The clock finds that a guardian's own wallet is stopped or asleep, whatever stopped it, so that nothing goes out
    of their ward's; or that it is in order again. Runs while money rests, too."""

    ward: int

    def reads(self, today: int) -> Iterable[Key]:
        return (Member, self.ward), (Ward, self.ward)

    def decide(self, books: Books) -> Outcome:
        """Tells the minor, once of each."""
        row = books.get(Ward, self.ward)
        if row.guardian:
            away = int(not gate.answers(books, books.get(Member, row.guardian)))
            if away != row.away:
                books.edit(Ward, self.ward).away = away
                books.tell(self.ward, GuardianStands(row.guardian, bool(away)))
        return Done()


@frozen()
class Released(Outcome):
    """Whether nobody answers for them any more."""

    free: bool


@frozen(kw_only=True)
class ReleaseWard(Command):
    """The clock finds that a minor is of age. Runs while money rests, too."""

    ward: int

    def reads(self, today: int) -> Iterable[Key]:
        return (Member, self.ward), (Ward, self.ward)

    def decide(self, books: Books) -> Outcome:
        """Frees them, once; not before the day that their ID number tells."""
        row, member = books.get(Ward, self.ward), books.get(Member, self.ward)
        if not member.safeguards & Safeguard.WARD or not 0 < row.free_on <= books.today:
            return Released(False)
        guardian = row.guardian
        if guardian:
            books.need((Member, guardian), *tallies.reads(guardian, tallies.WARDS))
            books.tell(guardian, CameOfAge(self.ward, False))
        wards.is_of_age(books, self.ward)
        books.audit(self.ward, "came_of_age", str(row.free_on))
        books.tell(self.ward, CameOfAge(self.ward, True))
        return Released(True)


# ------------------------------------------------------------------------------------------------- leaves
def needs_one(member: Member) -> bool:
    """Whether somebody is a minor for whom nobody answers."""
    return member.step in ("minor", "barred") or bool(member.safeguards & Safeguard.UNGUARDED)


def _own_ward(books: Books, guardian: int, ward: int) -> Ward:
    """Whoever asks must be the guardian; what is somebody else's sounds like what there is not."""
    row = books.find(Ward, ward)
    if row is None or not row.guardian or row.guardian != guardian:
        raise refusals.GuardianUnknown
    return row
