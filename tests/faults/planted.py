"""Bugs planted on purpose, each a mistake that somebody could make, to see that the proof finds it.

    python -m tests.faults.planted NAME PYTEST-ARGUMENTS…

runs tests with one bug in place, in this process and in the workers it starts. Nothing here is ever imported by what
runs; a bug is a function that replaces a piece of the code while its process lives.
"""
from __future__ import annotations

import os
import random
import re
import sys
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Final

VARIABLE: Final = "IKMPAY_PLANTED"


def no_row_lock_on_the_payer() -> None:
    """Members are read, but not locked."""
    _in_the_lock(r' FOR NO KEY UPDATE\)', ")")


def ids_locked_unsorted() -> None:
    """Members are locked one by one, in the order in which they happen to be named."""
    from storage import postgres_store

    _in_the_lock(r'FROM (\w+) WHERE "(\w+)" = ANY\((\$[\w:]+\[\])\) ORDER BY "\w+" FOR NO KEY UPDATE',
                 r'FROM unnest(\3) u(k) CROSS JOIN LATERAL (SELECT * FROM \1 r WHERE r."\2" = u.k LIMIT 1'
                 r' FOR NO KEY UPDATE) t')
    parameters = postgres_store._parameters

    def as_named(classes: Any, wanted: Any) -> Any:
        return parameters(classes, {cls: random.sample(list(keys), len(keys)) if cls.ROOT else keys
                                    for cls, keys in wanted.items()})

    postgres_store._parameters = as_named


def _in_the_lock(pattern: str, instead: str) -> None:
    """Change the statement that locks members."""
    from storage import postgres_store

    lock = postgres_store._lock

    @lru_cache(maxsize=16)
    def changed(roots: Any) -> str:
        statement, count = re.subn(pattern, instead, lock(roots))
        assert count == len(roots), "the statement has changed; so must this bug"
        return statement

    postgres_store._lock = changed


def acknowledged_before_stored() -> None:
    """Telegram hears that we have an update while it is still on its way to the database."""
    from bot.inbox import Inbox

    accept = Inbox.accept
    behind: set[Any] = set()

    async def at_once(self: Inbox, arrivals: Sequence[Any]) -> None:
        import asyncio

        task = asyncio.create_task(accept(self, arrivals))
        behind.add(task)
        task.add_done_callback(behind.discard)
        await asyncio.sleep(0)

    Inbox.accept = at_once  # type: ignore[method-assign]


def key_not_checked() -> None:
    """Whether a key was used before is not looked up; the last outcome is stored under it."""
    from wallet.books import Books
    from wallet.engine import Batch
    from wallet.rows import Operation

    decided = Batch._decided

    class Forgetful:
        """Books that know no operation, and take a second one for a change of the first."""

        def __init__(self, books: Books) -> None:
            self._books = books

        def find(self, cls: Any, key: Any) -> Any:
            return None if cls is Operation else self._books.find(cls, key)

        def add(self, row: Any) -> Any:
            if isinstance(row, Operation) and self._books.find(Operation, row.key) is not None:
                known = self._books.edit(Operation, row.key)
                known.outcome, known.fingerprint = row.outcome, row.fingerprint
                return known
            return self._books.add(row)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._books, name)

    Batch._decided = staticmethod(lambda books, item: decided(  # type: ignore[method-assign]
        Forgetful(books), item))  # type: ignore[arg-type]


def fingerprint_not_compared() -> None:
    """Whatever comes under a known key hears what was heard under it before."""
    from wallet.commands import Command

    Command.fingerprint = lambda self: b"the same"  # type: ignore[method-assign]


def an_expiry_that_ignores_a_claim() -> None:
    """The clock gives back whatever falls due, claimed or not."""
    from wallet import holds, refusals
    from wallet.rows import Hold

    look = holds.open_hold

    def ended_too(books: Any, hold: Hold, *more: Any) -> Any:
        try:
            return look(books, hold, *more)
        except refusals.HoldOver:
            return None

    def decide(self: holds.ExpireHold, books: Any) -> Any:
        hold = books.find(Hold, self.hold)
        if hold is None:
            raise refusals.HoldUnknown
        ended_too(books, hold)
        if books.now < hold.expires_at:
            raise refusals.HoldNotDue
        return holds.give_back(books, hold, "expired")

    holds.ExpireHold.decide = decide  # type: ignore[method-assign]


def a_card_forgotten_with_its_draft() -> None:
    """What a card became is known by its draft alone, which is forgotten after a week."""
    from wallet import appeals, envelopes, gifts

    def nothing(books: Any, card: str, payer: int) -> None:
        """Neither looked for nor written down."""

    for module in (appeals, envelopes, gifts):
        module.has_nothing_behind = module.put_behind = nothing  # type: ignore[attr-defined]


def a_share_paid_again() -> None:
    """Whoever has paid their share of a split pays it as often as they press."""
    from wallet import refusals, splits

    look = splits._payable

    def again(books: Any, payer: Any, number: int) -> int:
        try:
            return look(books, payer, number)
        except refusals.SharePaidBefore as before:
            return before.amount

    splits._payable = again


def a_day_that_stays_due() -> None:
    """What comes again is paid, and not moved on to its next day."""
    from wallet import schedules
    from wallet.rows import Schedule

    advance = schedules._advance

    def stays(books: Any, number: int, day: int) -> int:
        before = books.find(Schedule, number)
        following = advance(books, number, day)
        books.edit(Schedule, number).next_day = books.edit(Schedule, number).try_day = before.next_day
        return following

    schedules._advance = stays


def a_kept_share_returned_when_it_was_opened() -> None:
    """The clock gives back every place whose time is over, whatever became of it."""
    from wallet import keeping
    from wallet.rows import KeptShare

    decide = keeping.ReturnKept.decide

    def whatever(self: keeping.ReturnKept, books: Any) -> Any:
        kept = books.find(KeptShare, (self.envelope, self.person))
        if kept is not None and kept.state == "opened":
            books.edit(KeptShare, kept.pk()).state = "kept"
        return decide(self, books)

    keeping.ReturnKept.decide = whatever  # type: ignore[method-assign]


def a_release_that_ignores_the_end() -> None:
    """Operators let go on what was let go, or sent back, a moment ago."""
    from wallet import refusals, releases
    from wallet.rows import TO_CHECK, Hold, Interception

    def again(books: Any, number: int) -> Any:
        hold = books.find(Hold, number)
        if hold is None:
            raise refusals.HoldUnknown
        if hold.state != "open":
            hold = books.edit(Hold, number)
            hold.state, hold.purpose = "open", TO_CHECK
            books.edit(Interception, number).state = "open"
        return hold

    releases._held_back = again


def an_expiry_that_ignores_a_release() -> None:
    """The clock gives back what was held back, decided or not."""
    from wallet import holds
    from wallet.rows import TO_CHECK, Hold, Interception, Member

    decide = holds.ExpireHold.decide

    def whatever(self: holds.ExpireHold, books: Any) -> Any:
        hold = books.find(Hold, self.hold)
        if hold is not None and hold.purpose == TO_CHECK and hold.state == "settled" and hold.expires_at <= books.now:
            books.need((Interception, hold.id), (Member, hold.member))
            hold = books.edit(Hold, self.hold)
            hold.state, books.edit(Interception, self.hold).state = "open", "open"
            books.edit(Member, hold.member).waiting += 1
        return decide(self, books)

    holds.ExpireHold.decide = whatever  # type: ignore[method-assign]


def what_is_held_back_not_counted() -> None:
    """A payment that a rule holds back counts towards no limit."""
    from wallet import limits, risk, transfers
    from wallet.rules import Verdict

    count = limits.count

    def uncounted(books: Any, payer: int, *more: Any, **named: Any) -> Any:
        if risk.becomes(books, payer) is not Verdict.HOLD:
            count(books, payer, *more, **named)

    transfers.limits = _but(limits, count=uncounted)  # type: ignore[attr-defined]


def _but(module: Any, **instead: Any) -> Any:
    """A module in which something is another one, for whoever holds this one."""
    from types import SimpleNamespace

    return SimpleNamespace(**{**vars(module), **instead})


def the_done_mark_taken_for_the_effect() -> None:
    """An update is marked as done when it is begun."""
    from bot.inbox import Inbox

    ending = Inbox._ending

    async def marked_first(self: Inbox, arrival: Any) -> Any:
        await self._store.mark({arrival.id: "done"}, self._clock.now())
        return await ending(self, arrival)

    Inbox._ending = marked_first  # type: ignore[method-assign]


BUGS: Final[dict[str, tuple[Callable[[], None], str]]] = {
    "no row lock on the payer": (no_row_lock_on_the_payer, "tests/faults/test_races.py"),
    "ids locked unsorted": (ids_locked_unsorted, "tests/faults/test_races.py"),
    "acknowledged before stored": (acknowledged_before_stored, "tests/faults/test_kills.py"),
    "key not checked": (key_not_checked, "tests/faults/test_kills.py"),
    "fingerprint not compared": (fingerprint_not_compared, "tests/wallet/test_machine.py"),
    "an expiry that ignores a claim": (an_expiry_that_ignores_a_claim, "tests/faults/test_races.py"),
    "a card forgotten with its draft": (a_card_forgotten_with_its_draft, "tests/faults/test_races.py"),
    "a share paid again": (a_share_paid_again, "tests/faults/test_races.py"),
    "a day that stays due": (a_day_that_stays_due, "tests/faults/test_races.py"),
    "a kept share returned when it was opened": (a_kept_share_returned_when_it_was_opened,
                                                 "tests/wallet/test_machine.py"),
    "a release that ignores the end": (a_release_that_ignores_the_end, "tests/faults/test_races.py"),
    "an expiry that ignores a release": (an_expiry_that_ignores_a_release, "tests/faults/test_races.py"),
    "what is held back not counted": (what_is_held_back_not_counted, "tests/faults/test_races.py"),
    "the done-mark taken for the effect": (the_done_mark_taken_for_the_effect, "tests/faults/test_kills.py"),
}
"""Each bug with the tests that have to find it. Payouts, refunds and fees bring theirs along."""


def from_environment() -> None:
    """Plant the bug that this process was started with, if any."""
    name = os.environ.get(VARIABLE)
    if name:
        BUGS[name][0]()


def main(arguments: list[str]) -> int:
    """Plant a bug and run tests with it."""
    import pytest

    os.environ[VARIABLE] = arguments[0]
    from_environment()
    return int(pytest.main(["-x", "--tb=line", *(arguments[1:] or [BUGS[arguments[0]][1]])]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
