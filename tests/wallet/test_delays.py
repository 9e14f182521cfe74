"""Money that arrives later: its payer may take it back until then, and the clock settles it once."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import text

from handlers.jobs.expiry import expire_holds, settle_arrivals
from storage.reads import SqlReads
from tests.fakes.reads import FakeReads
from tests.wallet.bank import ALICE, BOB, CAROL, GROUP, STRANGER, Bank, open_bank
from wallet import refusals
from wallet.drafts import Asked, Confirm
from wallet.engine import microseconds
from wallet.events import HoldReturned, HoldSettled, HoldWithdrawn, MoneyArrived, MoneyWaits, read
from wallet.holds import CancelHold, Claimed, ClaimHold, DeclineHold, ExpireHold, Returned, SettleHold
from wallet.members import SetConfirmIncoming
from wallet.operators import HOUSE, SetSwitch
from wallet.rows import TO_ACCEPT, TO_ARRIVE, TO_CLAIM, Counter, Hold
from wallet.standing import Restriction
from wallet.transfers import ChooseArrival, SendIntent, Sent


async def sends(bank: Bank, *receivers: int, amount: int = 500, hours: int = 2, chat: int = 0) -> Sent:
    """Alice pays, to arrive later."""
    outcome = await bank.run(replace(bank.send(ALICE, *receivers, amount=amount, chat=chat), delay=hours))
    assert isinstance(outcome, Sent)
    return outcome


def settle(bank: Bank, hold: int, who: int = BOB) -> SettleHold:
    return SettleHold(key=bank.key(), hold=hold, receiver=bank.members[who])


def cancel(bank: Bank, hold: int, who: int = ALICE) -> CancelHold:
    return CancelHold(key=bank.key(), member=bank.members[who], hold=hold)


def told(bank: Bank, kind: type[object]) -> list[object]:
    return [read(notice.event, notice.facts) for notice in bank.told if notice.event == kind.__name__]


async def test_it_waits_with_its_payer_and_arrives_when_its_time_has_come(bank: Bank) -> None:
    sent = await sends(bank, BOB, chat=GROUP)
    (hold,) = sent.holds
    row = bank.row(Hold, hold)
    assert (sent.purposes, sent.arrives_at, row.purpose) == ((TO_ARRIVE,), row.expires_at, TO_ARRIVE)
    assert [await bank.balance(who) for who in (ALICE, BOB)] == [99_500, 100_000]
    (waits,) = told(bank, MoneyWaits)
    assert isinstance(waits, MoneyWaits)
    assert (waits.purpose, waits.expires_at) == (TO_ARRIVE, row.expires_at)
    with pytest.raises(refusals.HoldNotDue):
        await bank.run(settle(bank, hold))
    bank.clock.forward(hours=2)
    arrived = await bank.run(settle(bank, hold))
    assert isinstance(arrived, Claimed)
    assert (await bank.balance(BOB), await bank.balance(ALICE, 1)) == (100_500, 0)
    assert told(bank, MoneyArrived) == [MoneyArrived(hold, arrived.transfer, bank.members[ALICE], 500, 0)]
    assert told(bank, HoldSettled) == [HoldSettled(hold, row.transfer, bank.members[BOB], 500, TO_ARRIVE)]
    with pytest.raises(refusals.HoldOver):
        await bank.run(settle(bank, hold))


async def test_a_day_is_a_day(bank: Bank) -> None:
    (hold,) = (await sends(bank, BOB, hours=24)).holds
    bank.clock.forward(hours=23)
    with pytest.raises(refusals.HoldNotDue):
        await bank.run(settle(bank, hold))
    bank.clock.forward(hours=1)
    assert isinstance(await bank.run(settle(bank, hold)), Claimed)


async def test_its_payer_takes_it_back_until_then_and_not_after(bank: Bank) -> None:
    first, late = (await sends(bank, BOB)).holds[0], (await sends(bank, BOB)).holds[0]
    assert isinstance(await bank.run(cancel(bank, first)), Returned)
    assert told(bank, HoldWithdrawn)
    assert await bank.balance(ALICE) == 99_500
    assert bank.row(Counter, (bank.members[ALICE], 0)).pinless_sum == 500  # type: ignore[arg-type]
    with pytest.raises(refusals.HoldUnknown):
        await bank.run(cancel(bank, late, BOB))
    bank.clock.forward(hours=2)
    with pytest.raises(refusals.HoldArriving):
        await bank.run(cancel(bank, late))
    assert isinstance(await bank.run(settle(bank, late)), Claimed)


async def test_nobody_takes_or_declines_or_expires_what_is_on_its_way(bank: Bank) -> None:
    (hold,) = (await sends(bank, BOB)).holds
    for command in (ClaimHold(key=bank.key(), member=bank.members[BOB], hold=hold),
                    DeclineHold(key=bank.key(), member=bank.members[BOB], hold=hold)):
        with pytest.raises(refusals.HoldUnknown):
            await bank.run(command)
    bank.clock.forward(hours=2)
    with pytest.raises(refusals.HoldNotDue):
        await bank.run(ExpireHold(key=bank.key(), hold=hold))
    (other,) = (await bank.pays(ALICE, STRANGER, amount=5)).holds
    bank.clock.forward(hours=24)
    with pytest.raises(refusals.HoldNotDue):
        await bank.run(settle(bank, other))


async def test_somebody_who_has_yet_to_join_claims_it_as_ever(bank: Bank) -> None:
    sent = await sends(bank, STRANGER, BOB)
    assert sent.purposes == (TO_CLAIM, TO_ARRIVE)
    row = bank.row(Hold, sent.holds[0])
    assert row.expires_at - bank.row(Hold, sent.holds[1]).expires_at == 22 * 60 * 60 * 1_000_000


async def test_who_confirms_what_comes_in_is_asked_when_the_delay_is_over(bank: Bank) -> None:
    await bank.run(SetConfirmIncoming(key=bank.key(), member=bank.members[BOB], on=True))
    (hold,) = (await sends(bank, BOB)).holds
    bank.clock.forward(hours=2)
    await bank.run(settle(bank, hold))
    row = bank.row(Hold, hold)
    assert (row.purpose, row.state, await bank.balance(BOB)) == (TO_ACCEPT, "open", 100_000)
    assert told(bank, MoneyArrived) == [MoneyArrived(hold, row.transfer, bank.members[ALICE], 500, row.expires_at)]
    with pytest.raises(refusals.HoldNotDue):
        await bank.run(settle(bank, hold))
    assert isinstance(await bank.run(ClaimHold(key=bank.key(), member=bank.members[BOB], hold=hold)), Claimed)


@pytest.mark.parametrize(("who", "change"), [
    (BOB, {"restrictions": int(Restriction.RECEIVING)}), (BOB, {"state": "banned"}),
    (ALICE, {"state": "frozen"}), (ALICE, {"state": "banned"}), (ALICE, {"restrictions": int(Restriction.SENDING)})])
async def test_what_may_not_arrive_any_more_goes_back(bank: Bank, who: int, change: dict[str, object]) -> None:
    (hold,) = (await sends(bank, BOB)).holds
    bank.clock.forward(hours=2)
    bank.change(who, **change)
    assert isinstance(await bank.run(settle(bank, hold)), Returned)
    assert [await bank.balance(one) for one in (ALICE, BOB)] == [100_000, 100_000]
    (returned,) = told(bank, HoldReturned)
    assert isinstance(returned, HoldReturned)
    assert (returned.state, returned.purpose) == ("expired", TO_ARRIVE)


async def test_it_waits_while_money_rests(bank: Bank) -> None:
    (hold,) = (await sends(bank, BOB)).holds
    bank.clock.forward(hours=3)
    await bank.run(SetSwitch(key=bank.key(), operator=HOUSE, state="maintenance", reason="night"))
    reads = FakeReads(bank.store)  # type: ignore[arg-type]
    assert await settle_arrivals(bank.engine, reads, bank.clock()) == 0
    await bank.run(SetSwitch(key=bank.key(), operator=HOUSE, state="open", reason="morning"))
    assert await expire_holds(bank.engine, reads, bank.clock()) == 0
    assert [await settle_arrivals(bank.engine, reads, bank.clock()) for _ in range(2)] == [1, 0]
    assert bank.row(Hold, hold).state == "settled"


async def test_a_draft_remembers_the_delay(bank: Bank) -> None:
    asked = await bank.run(replace(bank.send(ALICE, CAROL, amount=500, sure=False), delay=24))
    assert isinstance(asked, Asked)
    sent = await bank.run(Confirm(key=bank.key(), member=bank.members[ALICE], token=asked.token))
    assert isinstance(sent, Sent)
    assert sent.purposes == (TO_ARRIVE,)


async def test_whoever_is_asked_chooses_when_it_arrives_and_what_was_shown_before_confirms_nothing(bank: Bank) -> None:
    asked = await bank.run(bank.send(ALICE, CAROL, amount=500, sure=False))
    assert isinstance(asked, Asked)

    def chooses(somebody: int, token: str) -> ChooseArrival:
        return ChooseArrival(key=bank.key(), member=bank.members[somebody], token=token, delay=24, new_token=bank.key())

    with pytest.raises(refusals.NotYours):
        await bank.run(chooses(BOB, asked.token))
    bank.clock.forward(minutes=5)
    anew = await bank.run(chooses(ALICE, asked.token))
    assert isinstance(anew, Asked)
    assert isinstance(asked.what, SendIntent)
    assert (anew.expires_at, anew.needs, anew.what) == (asked.expires_at, "confirm", replace(asked.what, delay=24))
    for stale in (chooses(ALICE, asked.token), Confirm(key=bank.key(), member=bank.members[ALICE], token=asked.token)):
        with pytest.raises(refusals.DraftOver):
            await bank.run(stale)
    sent = await bank.run(Confirm(key=bank.key(), member=bank.members[ALICE], token=anew.token))
    assert isinstance(sent, Sent)
    assert (sent.purposes, await bank.balance(CAROL)) == ((TO_ARRIVE,), 0)


# -------------------------------------------------------------------------------------------------- races
@pytest.fixture
async def real(database_url: str) -> AsyncIterator[Bank]:
    """The same on a database."""
    async with open_bank(database_url) as opened:
        await opened.settle()
        yield opened


async def test_taking_back_and_arriving_meet_and_one_of_them_wins(real: Bank) -> None:
    assert real.database is not None
    reads = SqlReads(real.database, lambda: 1)
    for _ in range(8):
        (hold,) = (await sends(real, BOB)).holds
        await real.database.write(lambda connection: connection.execute(
            text("UPDATE holds SET expires_at = :soon WHERE state = 'open'"), {"soon": microseconds() + 20_000}))

        async def clock(hold: int = hold) -> object:
            await asyncio.sleep(0)
            return await settle_arrivals(real.engine, reads, microseconds() + 10_000_000)

        heard = await asyncio.gather(*(real.run(cancel(real, hold)) for _ in range(3)), clock(), clock(),
                                     return_exceptions=True)
        assert not [one for one in heard if isinstance(one, Exception) and not isinstance(one, refusals.Refusal)]
        await asyncio.sleep(0.02)  # The moment that the database was told.
        await settle_arrivals(real.engine, reads, microseconds())
    assert await real.balance(ALICE, 1) == 0
    assert await real.balance(ALICE) + await real.balance(BOB) == 200_000
