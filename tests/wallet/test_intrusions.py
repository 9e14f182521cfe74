"""Whoever tries out PINs again and again is frozen until operators have looked; operators are only named."""
from __future__ import annotations

from tests.wallet.bank import ALICE, BOB, Bank
from wallet.events import AttackStopped, PenaltyGiven
from wallet.ids import OPERATORS
from wallet.intrusions import BUTTONS, LOCKS, StopAttack, StopGuesses
from wallet.operators import AppointOwners
from wallet.penalties import Lift
from wallet.pins import ATTEMPTS, PinFailed, ReserveAttempt
from wallet.refusals import PinLocked, PinWrong
from wallet.rows import Member
from wallet.standing import FROZEN


async def locks(bank: Bank, member: int) -> None:
    """Five wrong PINs, after the last lock has ended."""
    bank.clock.forward(hours=24)
    for _ in range(ATTEMPTS):
        await bank.run(ReserveAttempt(key=bank.key(), member=member))
        try:
            await bank.run(PinFailed(key=bank.key(), member=member))
        except (PinWrong, PinLocked):
            continue
    await bank.run(StopGuesses(key=bank.key(), member=member))


def told(bank: Bank, event: type) -> list[tuple[int, int]]:
    return [(row.member, row.telegram_id) for row in bank.told if row.event == event.__name__]


async def test_the_third_lock_in_a_row_freezes_and_rings_and_an_operator_lifts_it(bank: Bank) -> None:
    member = bank.members[BOB]
    await bank.set_pin(BOB)
    await bank.run(AppointOwners(key="owners", telegram_ids=(ALICE,)))
    for _ in range(LOCKS - 1):
        await locks(bank, member)
    assert bank.row(Member, member).state == "active"
    await locks(bank, member)
    assert bank.row(Member, member).state == FROZEN
    assert (told(bank, PenaltyGiven), told(bank, AttackStopped)) == ([(member, 0)], [(0, OPERATORS)])
    await bank.run(StopAttack(key=bank.key(), member=member, kind=BUTTONS, count=30))
    assert len(told(bank, AttackStopped)) == 1, "what is stopped is stopped once"
    await bank.run(Lift(key=bank.key(), operator=ALICE, person=BOB, member=member, kind=FROZEN))
    assert bank.row(Member, member).state == "active"


async def test_an_operator_is_named_and_not_frozen(bank: Bank) -> None:
    member = bank.members[BOB]
    await bank.run(AppointOwners(key="owners", telegram_ids=(BOB,)))
    await bank.run(StopAttack(key=bank.key(), member=member, kind=BUTTONS, count=30))
    assert bank.row(Member, member).state == "active"
    assert (told(bank, PenaltyGiven), told(bank, AttackStopped)) == ([], [(0, OPERATORS)])
