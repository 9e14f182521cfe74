"""Penalties: what operators decide against a member who breaks the agreement, and how that ends.

Guards: only an operator whose role may do it decides, never about themselves and never about another operator. What is
in force stands in the member's row, in the commit that decides it, so the next commit that would move their money sees
it, in every process. Each names a clause of the agreement, is in the audit, and is told to the member; one for a time
ends by itself.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from wallet import operators, refusals, standing
from wallet.books import Books
from wallet.commands import Command, Done, Outcome, unasked
from wallet.events import PenaltyEnded, PenaltyGiven
from wallet.operators import Act
from wallet.plain import frozen
from wallet.rows import LIMITED, WARNING, Key, Member, Penalty, Role
from wallet.standing import BANNED, DIRECTIONS, FROZEN, InForce

REASONS: Final = ("scraping", "intrusion", "bruteforce", "privacy", "theft", "tampering", "exploit", "laundering",
                  "fraud", "content", "impersonation", "defamation", "other")
"""Clauses of the user agreement, by their anchors there."""
KINDS: Final = (WARNING, LIMITED, FROZEN, BANNED)
"""In rising order."""
HOUR: Final = 60 * 60 * 1_000_000
MOST_HOURS: Final = 24 * 366 * 10
"""No penalty for a time is longer."""
NOTE_MOST: Final = 200
"""The longest note."""

DECIDES: Final[Mapping[str, Act]] = {
    WARNING: Act.WARN, LIMITED: Act.RESTRICT, FROZEN: Act.FREEZE, BANNED: Act.BAN}
"""What an operator must be allowed to do to decide each, and to lift it."""


def sort_of(kind: str, direction: str) -> str:
    """As what a penalty is in force."""
    return direction if kind == LIMITED else kind


@frozen()
class Penalised(Outcome):
    """It is decided, and in force from this moment on."""

    penalty: int
    person: int
    """Telegram id."""
    kind: str
    direction: str
    reason: str
    until: int
    """0 for ever, and of a warning."""
    at: int


@frozen()
class Lifted(Outcome):
    """It is in force no more."""

    penalty: int
    person: int
    kind: str
    direction: str


@frozen(kw_only=True)
class Penalise(Command):
    """An operator decides against a member."""

    operator: int
    """Telegram id."""
    person: int
    """Telegram id of whoever is meant, as they were resolved and shown."""
    member: int = unasked()
    """Their number, as it was looked up before."""
    kind: str
    direction: str = ""
    """Of one that limits."""
    reason: str
    note: str = ""
    hours: int
    """For how long; 0 for ever, and of a warning."""

    def reads(self, today: int) -> Iterable[Key]:
        return (Role, self.operator), (Role, self.person), (Member, self.member)

    def decide(self, books: Books) -> Outcome:
        """Refuses `NotAllowed`, `OnOneself`, `OperatorPenalised`, `PersonUnknown`, `TwoOperatorsNeeded` and
        `PenaltyInForce`."""
        assert self.kind in KINDS
        assert (self.kind == LIMITED) is (self.direction in DIRECTIONS)
        assert self.reason in REASONS
        assert 0 <= self.hours <= MOST_HOURS
        assert len(self.note) <= NOTE_MOST
        member = _meant(books, self.operator, self.person, self.member, self.kind)
        if self.kind == BANNED and not self.hours:
            raise refusals.TwoOperatorsNeeded
        return decided(books, member, self.operator, self.kind, self.direction, self.reason, self.note, self.hours)


@frozen(kw_only=True)
class Lift(Command):
    """An operator ends what is in force."""

    operator: int
    person: int
    member: int = unasked()
    kind: str
    direction: str = ""

    def reads(self, today: int) -> Iterable[Key]:
        return (Role, self.operator), (Role, self.person), (Member, self.member)

    def decide(self, books: Books) -> Outcome:
        """Refuses `NotAllowed`, `OnOneself`, `OperatorPenalised`, `PersonUnknown`, `NoPenaltyInForce` and
        `TwoOperatorsNeeded`."""
        assert self.kind in KINDS
        assert (self.kind == LIMITED) is (self.direction in DIRECTIONS)
        member = _meant(books, self.operator, self.person, self.member, self.kind)
        found = standing.found(member.penalties, sort_of(self.kind, self.direction), books.now)
        if found is None:
            raise refusals.NoPenaltyInForce
        if self.kind == BANNED and not found.until:
            raise refusals.TwoOperatorsNeeded
        return lifted(books, member, self.operator, found, self.kind, self.direction)


@frozen(kw_only=True)
class Announce(Command):
    """An operator is about to say in a group what was decided, which is written down first."""

    operator: int
    penalty: int
    chat: int

    def reads(self, today: int) -> Iterable[Key]:
        return (Role, self.operator), (Penalty, self.penalty)

    def decide(self, books: Books) -> Outcome:
        """Refuses `NotAllowed`, and `PenaltyOver` for what is in force no more."""
        penalty = books.find(Penalty, self.penalty)
        operators.demand(books, self.operator, DECIDES[penalty.kind] if penalty else Act.BAN)
        if penalty is None:
            raise refusals.PenaltyOver
        books.need((Role, self.operator), (Penalty, self.penalty), (Member, penalty.member))
        if penalty.ended_at and penalty.kind != WARNING:
            raise refusals.PenaltyOver
        books.audit(penalty.member, "announced", f"{penalty.id} in {self.chat} by {self.operator}")
        person = books.get(Member, penalty.member).telegram_id
        return Penalised(penalty.id, person, penalty.kind, penalty.direction, penalty.reason, penalty.until, penalty.at)


@frozen(kw_only=True)
class AnnounceLifted(Command):
    """An operator is about to say in a group, which read of what was decided, that it is lifted; which is written down
    first."""

    operator: int
    penalty: int
    chat: int

    def reads(self, today: int) -> Iterable[Key]:
        return (Role, self.operator), (Penalty, self.penalty)

    def decide(self, books: Books) -> Outcome:
        """Refuses `NotAllowed`; for what no operator lifted `NoPenaltyInForce`, and `PenaltyInForce` where they are
        stopped in the same way again."""
        penalty = books.find(Penalty, self.penalty)
        operators.demand(books, self.operator, DECIDES[penalty.kind] if penalty else Act.BAN)
        if penalty is None or not penalty.ended_by:
            raise refusals.NoPenaltyInForce
        books.need((Role, self.operator), (Penalty, self.penalty), (Member, penalty.member))
        member, sort = books.get(Member, penalty.member), sort_of(penalty.kind, penalty.direction)
        again = standing.found(member.penalties, sort, books.now)
        if again is not None:
            raise refusals.PenaltyInForce(again.until)
        books.audit(penalty.member, "lift_announced", f"{penalty.id} in {self.chat} by {self.operator}")
        return Lifted(penalty.id, member.telegram_id, penalty.kind, penalty.direction)


@frozen(kw_only=True)
class EndPenalty(Command):
    """The clock ends a penalty whose time is over. Runs while money rests, too."""

    penalty: int

    def reads(self, today: int) -> Iterable[Key]:
        return ((Penalty, self.penalty),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `PenaltyOver`; before its time, with `PenaltyNotDue`, it stays in force."""
        penalty = books.get(Penalty, self.penalty)
        books.need((Penalty, self.penalty), (Member, penalty.member))  # It is its member's child.
        if penalty.ended_at:
            raise refusals.PenaltyOver
        if not 0 < penalty.until <= books.now:
            raise refusals.PenaltyNotDue
        _end(books, penalty.id, 0)
        books.audit(penalty.member, "ran_out", f"{penalty.id}")
        books.tell(penalty.member, PenaltyEnded(penalty.id, penalty.kind, penalty.direction, False))
        return Done()


# ------------------------------------------------------------------------------------------------- leaves
def _meant(books: Books, operator: int, person: int, number: int, kind: str) -> Member:
    """Whom an operator may decide about."""
    operators.demand(books, operator, DECIDES[kind])
    if person == operator:
        raise refusals.OnOneself
    return meant(books, person, number)


def meant(books: Books, person: int, number: int) -> Member:
    """Whom may be decided about, whoever decides. Refuses `OperatorPenalised` and `PersonUnknown`."""
    role = books.find(Role, person)
    if role is not None and role.role:
        raise refusals.OperatorPenalised
    member = books.find(Member, number)
    if member is None or member.telegram_id != person or member.state in ("joining", "closed"):
        raise refusals.PersonUnknown(str(person))
    return member


def decided(books: Books, member: Member, operator: int, kind: str, direction: str, reason: str, note: str,
            hours: int) -> Penalised:
    """Put it in force, write it down and tell the member. Refuses `PenaltyInForce`."""
    until = books.now + hours * HOUR if hours else 0
    number, warns = books.number(), kind == WARNING
    if not warns:
        _put_in_force(books, member, InForce(sort_of(kind, direction), until, number), operator)
    books.add(Penalty(number, member.id, kind, direction, reason, note, books.now, operator, until,
                      books.now if warns else 0, 0, int(kind != BANNED)))
    books.audit(member.id, "penalised", f"{number} {kind} {direction} {reason} until {until} by {operator}")
    books.tell(member.id, PenaltyGiven(number, kind, direction, reason, until, books.now))
    return Penalised(number, member.telegram_id, kind, direction, reason, until, books.now)


def lifted(books: Books, member: Member, operator: int, found: InForce, kind: str, direction: str) -> Lifted:
    """End what is in force, write it down and tell the member."""
    books.need((Role, operator), (Role, member.telegram_id), (Member, member.id), (Penalty, found.penalty))
    _end(books, found.penalty, operator)
    books.audit(member.id, "lifted", f"{found.penalty} by {operator}")
    books.tell(member.id, PenaltyEnded(found.penalty, kind, direction, True))
    return Lifted(found.penalty, member.telegram_id, kind, direction)


def _put_in_force(books: Books, member: Member, new: InForce, operator: int) -> None:
    """A longer penalty takes the place of what is in force of its sort; the same one decided again does not, which only
    seems longer because it begins later. Refuses `PenaltyInForce`."""
    before = next((one for one in standing.read(member.penalties) if one.sort == new.sort), None)
    if before is not None:
        books.need((Role, operator), (Role, member.telegram_id), (Member, member.id), (Penalty, before.penalty))
        if not before.until or 0 < new.until <= before.until:
            raise refusals.PenaltyInForce(before.until)
        penalty = books.edit(Penalty, before.penalty)
        if new.until and before.until > books.now and new.until - books.now == before.until - penalty.at:
            raise refusals.PenaltyInForce(before.until)
        penalty.ended_at, penalty.ended_by, penalty.swept = books.now, operator, 1
    others = [one for one in standing.read(member.penalties) if one.sort != new.sort]
    _stands(books, member.id, (*others, new))


def _end(books: Books, number: int, operator: int) -> None:
    """It ends, which it does once."""
    penalty = books.edit(Penalty, number)
    assert not penalty.ended_at
    penalty.ended_at, penalty.ended_by, penalty.swept = books.now, operator, 1
    member = books.get(Member, penalty.member)
    _stands(books, member.id, [one for one in standing.read(member.penalties) if one.penalty != number])


def _stands(books: Books, number: int, items: Iterable[InForce]) -> None:
    """Write down what a member has to do without from now on."""
    listed = tuple(items)
    member, summed = books.edit(Member, number), standing.summary(listed, books.now)
    member.penalties = standing.written(listed)
    if member.state in ("active", FROZEN, BANNED):
        member.state = summed.state or "active"
    member.restrictions, member.restricted_until = summed.restrictions, summed.until
