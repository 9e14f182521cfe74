"""What the clock has to do about penalties, and what operators see of them, on both databases."""
from __future__ import annotations

from handlers.jobs.penalties import end_penalties, settle_thawed, sweep_bans
from storage.operators import SqlOperatorReads
from storage.reads import SqlReads
from tests.wallet.bank import ALICE, BOB, CAROL, Bank, open_bank
from wallet.appeals import Appeal
from wallet.engine import microseconds
from wallet.operators import AppointOwners
from wallet.penalties import Lift, Penalise, Penalised
from wallet.rows import LIMITED, WARNING
from wallet.standing import BANNED, FROZEN

OWNER = 1


async def decide(bank: Bank, person: int, kind: str, *, direction: str = "", hours: int = 0) -> int:
    decided = await bank.run(Penalise(key=bank.key(), operator=OWNER, person=person, member=bank.members[person],
                                      kind=kind, direction=direction, reason="theft", note="seen",
                                      hours=hours or (24 if kind == BANNED else 0)))
    assert isinstance(decided, Penalised)
    return decided.penalty


async def test_what_a_ban_ends_is_found_until_nothing_is_left(database_url: str) -> None:
    async with open_bank(database_url) as bank:
        await bank.settle()
        await bank.run(AppointOwners(key="owners", telegram_ids=(OWNER,)))
        assert bank.database is not None
        reads = SqlReads(bank.database, lambda: 1)
        await bank.set_pin(BOB)
        await bank.pays(BOB, 999, amount=5)
        await bank.gives(BOB, amount=5, card="gift")
        await bank.makes(BOB, amount=5)
        await bank.asks_for(BOB, CAROL, amount=5)
        await bank.splits(BOB, CAROL, amount=5, heads=1)
        await bank.run(Appeal(key=bank.key(), asker=bank.members[BOB], amount=5, card="asks", token="asks"))
        await bank.plans(BOB, CAROL, amount=5)
        await bank.fills(BOB, amount=5, shares=1)
        await bank.asks_for(ALICE, BOB, amount=5)
        assert await reads.bans_to_sweep(9) == ()
        penalty = await decide(bank, BOB, BANNED)
        assert await reads.bans_to_sweep(9) == ((penalty, bank.members[BOB]),)
        assert sorted(one.what for one in await reads.ends_with_ban(bank.members[BOB], 9)) == [
            "card", "hold", "hold", "request", "schedule", "split", "voucher"]
        assert [await sweep_bans(bank.engine, reads, limit=4) for _ in range(3)] == [4, 3, 0]
        assert await reads.bans_to_sweep(9) == ()
        assert await bank.balance(BOB) == 100_000 - 5


async def test_what_runs_out_and_who_is_free_is_found(database_url: str) -> None:
    async with open_bank(database_url) as bank:
        await bank.settle()
        await bank.run(AppointOwners(key="owners", telegram_ids=(OWNER,)))
        assert bank.database is not None
        reads = SqlReads(bank.database, lambda: 1)
        await decide(bank, BOB, FROZEN)
        (hold,) = (await bank.pays(ALICE, BOB, amount=5)).holds
        assert await reads.thawed(9) == ()
        await bank.run(Lift(key="lift", operator=OWNER, person=BOB, member=bank.members[BOB], kind=FROZEN))
        assert await reads.thawed(9) == ((hold, bank.members[BOB]),)
        assert [await settle_thawed(bank.engine, reads) for _ in range(2)] == [1, 0]
        penalty = await decide(bank, BOB, LIMITED, direction="sending", hours=1)
        hour = 60 * 60 * 1_000_000
        now = microseconds()
        assert (await reads.due_penalties(now, 9), await reads.due_penalties(now + 2 * hour, 9)) == ((), (penalty,))
        assert await end_penalties(bank.engine, reads, now + 2 * hour) == 0, "the database says when"


async def test_operators_alone_see_what_is_in_force_and_how_much_was_before(database_url: str) -> None:
    async with open_bank(database_url) as bank:
        await bank.settle()
        await bank.run(AppointOwners(key="owners", telegram_ids=(OWNER,)))
        assert bank.database is not None
        reads = SqlOperatorReads(bank.database)
        for kind in (WARNING, FROZEN, BANNED):
            last = await decide(bank, BOB, kind)
        await bank.run(Lift(key="lift", operator=OWNER, person=BOB, member=bank.members[BOB], kind=FROZEN))
        found, before = await reads.penalties(OWNER, bank.members[BOB])
        assert ([(view.penalty, view.kind, view.reason, view.note, view.by) for view in found], before) == (
            [(last, BANNED, "theft", "seen", OWNER)], 2)
        assert await reads.penalties(ALICE, bank.members[BOB]) == ([], 0)
        assert (await reads.penalised(OWNER, last), await reads.penalised(ALICE, last)) == (BOB, 0)
