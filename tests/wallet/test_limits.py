"""How much members may pay: by identity level, by their own choice, and not at all while their wallet is locked."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Final

import pytest

from tests.wallet.bank import ALICE, BOB, CAROL, POLICY, STRANGER, ZONE, Bank, open_bank
from wallet import refusals
from wallet.commands import Command, Outcome
from wallet.dates import day_of
from wallet.drafts import Asked, Confirm
from wallet.envelopes import ExpireEnvelope
from wallet.givebacks import GiveBack, GivenBack
from wallet.holds import CancelHold, ClaimHold
from wallet.refusals import Refusal
from wallet.rows import EQUAL, Counter, OwnLimits
from wallet.safeguards import LockWallet, OwnLimitSet, SetOwnLimit, UnlockWallet
from wallet.transfers import Sent
from wallet.vouchers import WithdrawVoucher

LIMITS: Final = (1_000, 10_000, 20_000)
STRICT: Final = replace(POLICY, level_limits=LIMITS)
DAY: Final = 24.0


@asynccontextmanager
async def strict(url: str = "", level: int = 1) -> AsyncIterator[Bank]:
    """A bank with low limits, where everybody has a level."""
    async with open_bank(url, policy=replace(STRICT, least_level=level)) as bank:
        await bank.settle()
        yield bank


async def refused(bank: Bank, command: Command) -> Refusal:
    """What is heard instead of an outcome."""
    with pytest.raises(Refusal) as caught:
        await bank.run(command)
    return caught.value


def used(bank: Bank, who: int) -> tuple[int, int]:
    """What counts of what somebody paid: ever, and this year."""
    row = bank.row(Counter, (bank.members[who], 0))  # type: ignore[arg-type]
    return row.sent_sum - row.uncounted, row.year_sum


def years_later(bank: Bank, year: int) -> None:
    """The clock stands in the first hour of a year."""
    bank.clock.now = int(datetime(year, 1, 1, 0, 30, tzinfo=ZONE).timestamp()) * 1_000_000


# ------------------------------------------------------------------------------------------------ identity levels
async def test_without_a_level_one_pays_so_much_in_all_and_years_change_nothing() -> None:
    async with strict(level=0) as bank:
        await bank.pays(ALICE, BOB, amount=700)
        over = await refused(bank, bank.send(ALICE, BOB, amount=301))
        assert over == refusals.LevelLimitReached(0, 1_000, 300, 0)
        years_later(bank, 2030)
        assert await refused(bank, bank.send(ALICE, BOB, amount=301)) == over
        await bank.pays(ALICE, BOB, amount=300)
        assert used(bank, ALICE) == (1_000, 300)


async def test_a_level_pays_so_much_in_a_year_which_begins_where_the_deployment_lives() -> None:
    async with strict() as bank:
        await bank.pays(ALICE, BOB, amount=9_000)
        over = await refused(bank, bank.send(ALICE, BOB, amount=1_001))
        assert over == refusals.LevelLimitReached(1, 10_000, 1_000, 2026)
        years_later(bank, 2027)
        await bank.pays(ALICE, BOB, amount=10_000)
        assert used(bank, ALICE) == (19_000, 10_000)


async def test_a_members_own_level_counts_where_it_is_above_the_deployments() -> None:
    async with strict() as bank:
        bank.change(ALICE, level=2)
        await bank.pays(ALICE, BOB, amount=11_000)
        assert await refused(bank, bank.send(ALICE, BOB, amount=9_001)) == refusals.LevelLimitReached(
            2, 20_000, 9_000, 2026)


async def test_what_several_are_paid_at_once_counts_together() -> None:
    async with strict() as bank:
        over = await refused(bank, bank.send(ALICE, BOB, CAROL, amount=5_001))
        assert over == refusals.LevelLimitReached(1, 10_000, 10_000, 2026)
        await bank.pays(ALICE, BOB, CAROL, amount=5_000)


async def test_every_debit_is_judged_and_counted() -> None:
    async with strict() as bank:
        await bank.set_pin(ALICE)
        await bank.pays(ALICE, BOB, amount=1_000)
        await bank.pays(ALICE, STRANGER, amount=1_000)
        await bank.fills(ALICE, amount=1_000, shares=2)
        await bank.makes(ALICE, amount=500, uses=2)
        await bank.gives(ALICE, amount=1_000, card="card")
        await bank.run(bank.pay_request(ALICE, await bank.asks_for(BOB, ALICE, amount=1_000)))
        await bank.pays_share(await bank.splits(BOB, amount=2_000, heads=2), ALICE) if False else None
        assert used(bank, ALICE) == (6_000, 6_000)


async def test_a_draft_is_judged_again_when_it_is_confirmed() -> None:
    async with strict() as bank:
        wanted = await bank.asks(ALICE, CAROL, amount=6_000)
        await bank.pays(ALICE, BOB, amount=6_000)
        over = await refused(bank, Confirm(key=bank.key(), member=bank.members[ALICE], token=wanted.token))
        assert over == refusals.LevelLimitReached(1, 10_000, 4_000, 2026)


# ------------------------------------------------------------------------------------------------ what comes back
async def test_what_waited_and_came_back_counts_no_more() -> None:
    async with strict() as bank:
        sent = await bank.pays(ALICE, STRANGER, amount=10_000)
        await bank.run(CancelHold(key=bank.key(), member=bank.members[ALICE], hold=sent.holds[0]))
        made = await bank.makes(ALICE, amount=5_000, uses=2)
        await bank.run(bank.redeem(made, BOB))
        await bank.run(WithdrawVoucher(key=bank.key(), member=bank.members[ALICE], voucher=made.voucher))
        assert used(bank, ALICE) == (5_000, 5_000)
        envelope = await bank.fills(ALICE, amount=3_000, shares=3, kind=EQUAL)
        await bank.opens(envelope.envelope, BOB)
        await bank.opens(envelope.envelope, ALICE)
        assert used(bank, ALICE) == (7_000, 7_000), "her own share never left her"
        bank.clock.forward(hours=DAY)
        await bank.run(ExpireEnvelope(key=bank.key(), envelope=envelope.envelope))
        assert used(bank, ALICE) == (6_000, 6_000)


async def test_giving_back_counts_for_nobody() -> None:
    async with strict() as bank:
        sent = await bank.pays(ALICE, BOB, amount=6_000)
        await bank.pays(BOB, CAROL, amount=10_000)
        given = await bank.run(GiveBack(key=bank.key(), member=bank.members[BOB], transfer=sent.transfers[0],
                                        sure=True))
        assert isinstance(given, GivenBack), "whoever is at the limit may still give back"
        assert (used(bank, ALICE), used(bank, BOB)) == ((0, 0), (10_000, 10_000))


async def test_what_comes_back_in_another_year_makes_no_room_in_that_one() -> None:
    async with strict() as bank:
        years_later(bank, 2027)
        bank.clock.forward(hours=-1)
        sent = await bank.pays(ALICE, STRANGER, amount=10_000)
        bank.clock.forward(hours=2)
        await bank.pays(ALICE, BOB, amount=100)
        await bank.run(CancelHold(key=bank.key(), member=bank.members[ALICE], hold=sent.holds[0]))
        assert used(bank, ALICE) == (100, 100)
        day = day_of(bank.clock.now, ZONE)
        assert bank.row(Counter, (bank.members[ALICE], day - 1)).uncounted == 10_000  # type: ignore[arg-type]


async def test_money_that_was_claimed_and_given_back_counts_no_more_on_the_day_it_was_set_aside() -> None:
    async with strict() as bank:
        sent = await bank.pays(ALICE, STRANGER, amount=1_000)
        bank.clock.forward(hours=20)
        await bank.join(STRANGER)
        await bank.run(ClaimHold(key=bank.key(), member=bank.members[STRANGER], hold=sent.holds[0]))
        await bank.run(GiveBack(key=bank.key(), member=bank.members[STRANGER], transfer=sent.transfers[0], sure=True))
        assert used(bank, ALICE) == (0, 0)


# ---------------------------------------------------------------------------------------------------- at once
async def test_twenty_payments_at_once_pass_a_limit_as_far_as_it_reaches(database_url: str) -> None:
    async with strict(database_url) as bank:
        heard = await asyncio.gather(*[bank.run(bank.send(ALICE, BOB, amount=900)) for _ in range(20)],
                                     return_exceptions=True)
        assert sum(isinstance(answer, Sent) for answer in heard) == 11
        assert sum(isinstance(answer, refusals.LevelLimitReached) for answer in heard) == 9
        assert await bank.balance(BOB) == 100_000 + 11 * 900


# -------------------------------------------------------------------------------------------- limits of one's own
def limit(bank: Bank, what: str, amount: int, *, pin: int = 0) -> SetOwnLimit:
    return SetOwnLimit(key=bank.key(), member=bank.members[ALICE], what=what, limit=amount, pin_version=pin)


async def test_a_lower_limit_of_ones_own_holds_at_once(bank: Bank) -> None:
    assert await bank.run(limit(bank, "payment", 500)) == OwnLimitSet("payment", 500, False)
    await bank.run(limit(bank, "day", 800))
    assert await refused(bank, bank.send(ALICE, BOB, amount=501)) == refusals.OwnLimitReached("payment", 500, 500)
    await bank.pays(ALICE, BOB, amount=500)
    assert await refused(bank, bank.send(ALICE, BOB, amount=301)) == refusals.OwnLimitReached("day", 800, 300)
    assert await refused(bank, bank.send(ALICE, BOB, CAROL, amount=151)) == refusals.OwnLimitReached("day", 800, 300)
    bank.clock.forward(hours=DAY)
    await bank.pays(ALICE, BOB, CAROL, amount=400)


async def test_a_higher_one_takes_the_pin_and_holds_from_tomorrow(bank: Bank) -> None:
    await bank.set_pin(ALICE)
    await bank.run(limit(bank, "day", 500))
    for more in (501, 0):
        assert await refused(bank, limit(bank, "day", more)) == refusals.PinNeeded()
    assert await bank.run(limit(bank, "day", 0, pin=1)) == OwnLimitSet("day", 0, True)
    assert await refused(bank, bank.send(ALICE, BOB, amount=501)) == refusals.OwnLimitReached("day", 500, 500)
    bank.clock.forward(hours=DAY)
    await bank.pays(ALICE, BOB, amount=501)


async def test_lowering_it_again_forgets_what_was_to_be_higher_tomorrow(bank: Bank) -> None:
    await bank.set_pin(ALICE)
    await bank.run(limit(bank, "payment", 700))
    await bank.run(limit(bank, "day", 500))
    await bank.run(limit(bank, "day", 900, pin=1))
    await bank.run(limit(bank, "day", 400))
    bank.clock.forward(hours=DAY)
    assert await refused(bank, bank.send(ALICE, BOB, amount=401)) == refusals.OwnLimitReached("day", 400, 400)
    row = bank.row(OwnLimits, bank.members[ALICE])
    assert (row.next_payment, row.next_day) == (700, 400)


async def test_what_waits_and_comes_back_makes_room_under_a_limit_a_day(bank: Bank) -> None:
    await bank.run(limit(bank, "day", 500))
    sent = await bank.pays(ALICE, STRANGER, amount=500)
    await bank.run(CancelHold(key=bank.key(), member=bank.members[ALICE], hold=sent.holds[0]))
    await bank.pays(ALICE, BOB, amount=500)


async def test_limits_of_ones_own_are_neither_below_nothing_nor_above_what_says_something(bank: Bank) -> None:
    assert await refused(bank, limit(bank, "payment", -1)) == refusals.SettingOutOfRange(1, POLICY.max_amount)
    assert await refused(bank, limit(bank, "payment", POLICY.max_amount + 1)) == refusals.SettingOutOfRange(
        1, POLICY.max_amount)


async def test_a_draft_over_a_limit_of_ones_own_is_confirmed_with_all_its_look_ups(bank: Bank) -> None:
    await bank.run(limit(bank, "day", 500))
    wanted = await bank.asks(ALICE, CAROL, STRANGER, amount=200)
    done = await bank.run(Confirm(key=bank.key(), member=bank.members[ALICE], token=wanted.token))
    assert isinstance(done, Sent)


# ---------------------------------------------------------------------------------------------------- the lock
async def ask_each_way(bank: Bank) -> list[Outcome | Refusal]:
    """What comes of each way in which Alice's money might go out."""
    alice, heard = bank.members[ALICE], list[Outcome | Refusal]()
    request = await bank.asks_for(BOB, ALICE, amount=10)
    for command in (bank.send(ALICE, BOB, amount=1), bank.pay_request(ALICE, request),
                    bank.wish(ALICE, amount=1, card="c"), LockWallet(key=bank.key(), member=alice)):
        try:
            heard.append(await bank.run(command))
        except Refusal as refusal:
            heard.append(refusal)
    return heard


async def test_from_a_locked_wallet_nothing_goes_out_and_all_comes_in(bank: Bank) -> None:
    alice = bank.members[ALICE]
    await bank.set_pin(ALICE)
    waits = await bank.pays(ALICE, STRANGER, amount=700)
    wanted = await bank.asks(ALICE, CAROL, amount=10)
    await bank.run(LockWallet(key=bank.key(), member=alice))
    heard = await ask_each_way(bank)
    assert heard[:3] == [refusals.WalletLocked()] * 3
    assert await refused(bank, Confirm(key=bank.key(), member=alice, token=wanted.token)) == refusals.WalletLocked()
    await bank.join(STRANGER)
    claim = ClaimHold(key=bank.key(), member=bank.members[STRANGER], hold=waits.holds[0])
    assert await refused(bank, claim) == refusals.PayerUnavailable()
    await bank.pays(BOB, ALICE, amount=5)
    assert await refused(bank, UnlockWallet(key=bank.key(), member=alice)) == refusals.PinNeeded()
    await bank.run(UnlockWallet(key=bank.key(), member=alice, pin_version=1))
    assert await refused(bank, UnlockWallet(key=bank.key(), member=alice, pin_version=1)) == refusals.NotLocked()
    await bank.pays(ALICE, BOB, amount=5)
    assert isinstance(wanted, Asked)
