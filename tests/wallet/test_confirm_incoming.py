"""Confirming what comes in: money for such a member waits until they accept it, and ends once, whoever is first."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from storage.reads import SqlReads
from tests.fakes.store import FakeStore
from tests.wallet.bank import ALICE, BOB, CAROL, POLICY, STRANGER, Bank, open_bank
from tests.wallet.machine.three import Ordain
from wallet import ids, refusals
from wallet.drafts import Confirm
from wallet.events import HoldReturned, HoldSettled, HoldWithdrawn, MoneyWaits, MoneyWent, read
from wallet.givebacks import GiveBack, GivenBack
from wallet.holds import CancelHold, Claimed, ClaimHold, DeclineHold, ExpireHold, Returned
from wallet.members import Meet, Met, SetConfirmIncoming
from wallet.rows import TO_ACCEPT, TO_CLAIM, Audit, Hold, Member, Pair
from wallet.transfers import Sent


@pytest.fixture(params=["memory", "sqlite", "postgres"])
async def bank(request: pytest.FixtureRequest) -> AsyncIterator[Bank]:
    url = "" if request.param == "memory" else request.getfixturevalue(f"{request.param}_url")
    async with open_bank(url) as opened:
        await _begin(opened)
        yield opened


@pytest.fixture
async def clocked() -> AsyncIterator[Bank]:
    """The bank in memory, whose clock a test moves."""
    async with open_bank("") as opened:
        await _begin(opened)
        yield opened


async def _begin(bank: Bank) -> None:
    await bank.settle()
    await turn(bank, BOB, on=True)


async def turn(bank: Bank, who: int, *, on: bool) -> None:
    await bank.run(SetConfirmIncoming(key=bank.key(), member=bank.members[who], on=on))


async def offered(bank: Bank, amount: int = 500) -> int:
    """Alice sends Bob something; returns the hold."""
    return (await bank.pays(ALICE, BOB, amount=amount, note="lunch")).holds[0]


def accept(bank: Bank, hold: int, who: int = BOB) -> ClaimHold:
    return ClaimHold(key=bank.key(), member=bank.members[who], hold=hold)


def decline(bank: Bank, hold: int, who: int = BOB) -> DeclineHold:
    return DeclineHold(key=bank.key(), member=bank.members[who], hold=hold)


def take_back(bank: Bank, hold: int, who: int = ALICE) -> CancelHold:
    return CancelHold(key=bank.key(), member=bank.members[who], hold=hold)


async def has(bank: Bank) -> tuple[int, int, int]:
    """What Alice has, what of it waits, what Bob has."""
    return await bank.balance(ALICE), await bank.balance(ALICE, 1), await bank.balance(BOB)


def told(bank: Bank, event: str) -> list[object]:
    return [read(notice.event, notice.facts) for notice in bank.told if notice.event == event]


# ------------------------------------------------------------------------------------------------- waiting
async def test_what_is_sent_to_them_waits_for_their_word(bank: Bank) -> None:
    sent = await bank.pays(ALICE, BOB, amount=500, note="lunch")
    (hold,) = sent.holds
    assert (sent.to_accept, sent.purposes) == ((hold,), (TO_ACCEPT,))
    assert await has(bank) == (99_500, 500, 100_000)
    (waits,) = told(bank, "MoneyWaits")
    assert isinstance(waits, MoneyWaits)
    assert (waits.hold, waits.payer, waits.amount, waits.note, waits.purpose) == (
        hold, bank.members[ALICE], 500, "lunch", TO_ACCEPT)
    assert [notice.telegram_id for notice in bank.told if notice.event == "MoneyWaits"] == [BOB]
    assert told(bank, "MoneyCame") == []


async def test_of_several_receivers_only_those_who_confirm_are_asked(bank: Bank) -> None:
    sent = await bank.pays(ALICE, CAROL, BOB, STRANGER, amount=300)
    assert sent.purposes == ("", TO_ACCEPT, TO_CLAIM)
    assert await has(bank) == (99_100, 600, 100_000)
    assert await bank.balance(CAROL) == 300
    await bank.run(accept(bank, sent.holds[1]))
    assert await has(bank) == (99_100, 300, 100_300)


async def test_the_payer_reads_in_private_what_a_group_payment_waits_for(bank: Bank) -> None:
    await bank.run(bank.send(ALICE, BOB, CAROL, amount=10, chat=-5))
    waits, went = told(bank, "MoneyWent")
    assert isinstance(waits, MoneyWent)
    assert isinstance(went, MoneyWent)
    assert (bool(waits.hold), waits.purpose, went.hold, went.purpose) == (True, TO_ACCEPT, 0, "")


async def test_who_may_receive_nothing_is_not_asked_either(bank: Bank) -> None:
    await bank.run(Ordain(key=bank.key(), member=bank.members[BOB], state="banned", restrictions=0, until=0))
    with pytest.raises(refusals.ReceiverUnavailable):
        await bank.run(bank.send(ALICE, BOB, amount=10))
    assert await has(bank) == (100_000, 0, 100_000)


async def test_nothing_waits_beyond_what_one_has(bank: Bank) -> None:
    await bank.set_pin(ALICE)
    with pytest.raises(refusals.NotEnough):
        await bank.run(bank.send(ALICE, BOB, amount=100_001))
    asked = await bank.asks(ALICE, BOB, amount=100_000)
    sent = await bank.run(Confirm(key=bank.key(), member=bank.members[ALICE], token=asked.token, pin_version=1))
    assert isinstance(sent, Sent)
    assert await has(bank) == (0, 100_000, 100_000)
    await bank.run(accept(bank, sent.holds[0]))
    assert await has(bank) == (0, 0, 200_000)


async def test_money_that_waits_counts_towards_the_sum_without_a_pin(bank: Bank) -> None:
    hold = await offered(bank, 20_000)
    assert (await bank.asks(ALICE, BOB, amount=1, sure=True)).needs == "pin"
    await bank.run(decline(bank, hold))
    assert isinstance(await bank.run(bank.send(ALICE, BOB, amount=20_000)), Sent)


async def test_only_so_many_may_wait_and_those_for_strangers_count_with_them(bank: Bank) -> None:
    await bank.pays(ALICE, *range(1_000, 1_020), amount=1)
    await bank.pays(ALICE, *range(1_020, 1_040), amount=1)
    await bank.pays(ALICE, BOB, *range(1_040, 1_049), amount=1)
    with pytest.raises(refusals.TooManyWaiting):
        await bank.run(bank.send(ALICE, BOB, amount=1))
    assert isinstance(await bank.run(bank.send(ALICE, CAROL, amount=1)), Sent)


# -------------------------------------------------------------------------------------------- their word
async def test_accepted_once_however_often_it_is_pressed(bank: Bank) -> None:
    hold = await offered(bank)
    heard = await asyncio.gather(*[bank.run(accept(bank, hold)) for _ in range(10)], return_exceptions=True)
    assert sum(isinstance(answer, Claimed) for answer in heard) == 1
    assert {repr(answer) for answer in heard if not isinstance(answer, Claimed)} == {
        repr(refusals.HoldOver("settled"))}
    assert await has(bank) == (99_500, 0, 100_500)
    (settled,) = told(bank, "HoldSettled")
    assert isinstance(settled, HoldSettled)
    assert (settled.receiver, settled.purpose) == (bank.members[BOB], TO_ACCEPT)


async def test_declined_once_and_the_payer_is_told_alone(bank: Bank) -> None:
    hold = await offered(bank)
    heard = await asyncio.gather(*[bank.run(decline(bank, hold)) for _ in range(10)], return_exceptions=True)
    assert [answer.state for answer in heard if isinstance(answer, Returned)] == ["declined"]
    assert await has(bank) == (100_000, 0, 100_000)
    (returned,) = told(bank, "HoldReturned")
    assert isinstance(returned, HoldReturned)
    assert (returned.state, returned.purpose) == ("declined", TO_ACCEPT)
    assert told(bank, "HoldWithdrawn") == []


async def test_the_same_press_delivered_again_hears_the_same(bank: Bank) -> None:
    yes, no = accept(bank, await offered(bank)), decline(bank, await offered(bank))
    assert [await bank.run(yes), await bank.run(no)] == [await bank.run(yes), await bank.run(no)]
    assert await has(bank) == (99_500, 0, 100_500)


async def test_nobody_else_says_yes_or_no(bank: Bank) -> None:
    hold = await offered(bank)
    for who in (ALICE, CAROL):
        for command in (accept(bank, hold, who), decline(bank, hold, who)):
            with pytest.raises(refusals.NotForYou):
                await bank.run(command)
    with pytest.raises(refusals.HoldUnknown):
        await bank.run(decline(bank, hold + 64))
    assert await has(bank) == (99_500, 500, 100_000)


async def test_money_that_waits_to_be_claimed_is_not_declined(bank: Bank) -> None:
    hold = (await bank.pays(ALICE, STRANGER, amount=5)).holds[0]
    await bank.join(STRANGER)
    with pytest.raises(refusals.HoldUnknown):
        await bank.run(decline(bank, hold, STRANGER))


async def test_yes_no_and_taking_back_at_once_end_it_once(bank: Bank) -> None:
    for _ in range(4):
        hold = await offered(bank)
        before = await has(bank)
        heard = await asyncio.gather(
            bank.run(take_back(bank, hold)), bank.run(accept(bank, hold)), bank.run(decline(bank, hold)),
            bank.run(take_back(bank, hold)), bank.run(accept(bank, hold)), return_exceptions=True)
        assert sum(isinstance(answer, Claimed | Returned) for answer in heard) == 1
        after = await has(bank)
        assert (sum(before), 0) == (sum(after), after[1])


async def test_the_sender_takes_it_back_while_it_waits(bank: Bank) -> None:
    hold = await offered(bank)
    with pytest.raises(refusals.HoldUnknown):
        await bank.run(take_back(bank, hold, BOB))
    await bank.run(take_back(bank, hold))
    (withdrawn,) = told(bank, "HoldWithdrawn")
    assert isinstance(withdrawn, HoldWithdrawn)
    assert withdrawn.state == "released"
    for late in (accept(bank, hold), decline(bank, hold)):
        with pytest.raises(refusals.HoldOver) as over:
            await bank.run(late)
        assert over.value.state == "released"
    assert await has(bank) == (100_000, 0, 100_000)


async def test_who_may_take_nothing_may_still_say_no(bank: Bank) -> None:
    hold = await offered(bank)
    await bank.run(Ordain(key=bank.key(), member=bank.members[BOB], state="frozen", restrictions=0, until=0))
    with pytest.raises(refusals.AccountFrozen):
        await bank.run(accept(bank, hold))
    await bank.run(decline(bank, hold))
    assert await has(bank) == (100_000, 0, 100_000)


async def test_it_does_not_arrive_while_its_payer_is_frozen(bank: Bank) -> None:
    hold = await offered(bank)
    await bank.run(Ordain(key=bank.key(), member=bank.members[ALICE], state="frozen", restrictions=0, until=0))
    with pytest.raises(refusals.PayerUnavailable):
        await bank.run(accept(bank, hold))
    await bank.run(decline(bank, hold))
    assert await has(bank) == (100_000, 0, 100_000)


# ------------------------------------------------------------------------------------------------ the clock
async def test_after_a_day_it_goes_back_and_both_are_told(clocked: Bank) -> None:
    hold = await offered(clocked)
    with pytest.raises(refusals.HoldNotDue):
        await clocked.run(ExpireHold(key="early", hold=hold))
    clocked.clock.forward(hours=24)
    await clocked.run(ExpireHold(key=f"hold:{hold}:expire", hold=hold))
    assert await has(clocked) == (100_000, 0, 100_000)
    (returned,), (withdrawn,) = told(clocked, "HoldReturned"), told(clocked, "HoldWithdrawn")
    assert isinstance(returned, HoldReturned)
    assert isinstance(withdrawn, HoldWithdrawn)
    assert (returned.state, withdrawn.state) == ("expired", "expired")


async def test_a_word_after_the_day_is_too_late_even_before_the_clock_comes(clocked: Bank) -> None:
    hold = await offered(clocked)
    clocked.clock.forward(hours=24)
    for late in (accept(clocked, hold), decline(clocked, hold)):
        with pytest.raises(refusals.HoldOver) as over:
            await clocked.run(late)
        assert over.value.state == "expired"
    assert await has(clocked) == (99_500, 500, 100_000)


async def test_yes_against_the_clock_ends_it_once(clocked: Bank) -> None:
    for late in (False, True):
        hold = await offered(clocked)
        clocked.clock.forward(hours=24 if late else 23)
        heard = await asyncio.gather(clocked.run(accept(clocked, hold)), clocked.run(decline(clocked, hold)),
                                     clocked.run(ExpireHold(key=clocked.key(), hold=hold)), return_exceptions=True)
        (ended,) = [answer for answer in heard if isinstance(answer, Claimed | Returned)]
        assert isinstance(ended, Returned if late else Claimed)


# ---------------------------------------------------------------------------------------------- the setting
async def test_turned_off_what_waits_goes_on_waiting_and_what_is_new_arrives(bank: Bank) -> None:
    hold = await offered(bank)
    await turn(bank, BOB, on=False)
    assert (await bank.pays(ALICE, BOB, amount=7)).holds == (0,)
    assert await has(bank) == (99_493, 500, 100_007)
    await bank.run(accept(bank, hold))
    assert await has(bank) == (99_493, 0, 100_507)


async def test_turned_on_between_the_question_and_the_payer_s_word_it_counts(bank: Bank) -> None:
    asked = await bank.asks(ALICE, CAROL, amount=40)
    await turn(bank, CAROL, on=True)
    sent = await bank.run(Confirm(key=bank.key(), member=bank.members[ALICE], token=asked.token))
    assert isinstance(sent, Sent)
    assert sent.purposes == (TO_ACCEPT,)
    assert await bank.balance(CAROL) == 0


async def test_turning_it_twice_is_written_down_once(clocked: Bank) -> None:
    await turn(clocked, BOB, on=True)
    await turn(clocked, BOB, on=False)
    assert isinstance(clocked.store, FakeStore)
    assert [(row.member, row.facts) for row in clocked.store.all(Audit) if row.act == "confirm_incoming"] == [
        (clocked.members[BOB], "1"), (clocked.members[BOB], "0")]


async def test_nobody_has_it_before_they_joined(bank: Bank) -> None:
    met = await bank.run(Meet(key=bank.key(), telegram_id=STRANGER, language="en"))
    assert isinstance(met, Met)
    with pytest.raises(refusals.NotAMember):
        await bank.run(SetConfirmIncoming(key=bank.key(), member=met.member, on=True))


# ------------------------------------------------------------------------------------- with the other rules
async def test_they_are_known_to_each_other_only_when_it_arrived(bank: Bank) -> None:
    await bank.run(decline(bank, await offered(bank)))
    assert (await bank.asks(ALICE, BOB, amount=1)).needs == "confirm"
    await bank.run(accept(bank, await offered(bank)))
    assert isinstance(await bank.run(bank.send(ALICE, BOB, amount=1, sure=False)), Sent)
    if isinstance(bank.store, FakeStore):
        pair = bank.store.rows[Pair, (bank.members[ALICE], bank.members[BOB])]
        assert isinstance(pair, Pair)
        assert (pair.count, pair.total) == (1, 500)


async def test_what_was_accepted_is_given_back_once_and_arrives_at_once(bank: Bank) -> None:
    await turn(bank, ALICE, on=True)
    sent = await bank.pays(ALICE, BOB, amount=500)
    with pytest.raises(refusals.Refusal):
        await bank.run(GiveBack(key=bank.key(), member=bank.members[BOB], transfer=sent.transfers[0], sure=True))
    await bank.run(accept(bank, sent.holds[0]))
    back = await bank.run(GiveBack(key=bank.key(), member=bank.members[BOB], transfer=sent.transfers[0], sure=True))
    assert isinstance(back, GivenBack)
    assert await has(bank) == (100_000, 0, 100_000)
    with pytest.raises(refusals.GivenBackBefore):
        await bank.run(GiveBack(key=bank.key(), member=bank.members[BOB], transfer=back.reverses, sure=True))


async def test_accepting_may_fill_a_wallet_above_what_play_money_does() -> None:
    async with open_bank("", policy=replace(POLICY, balance_most=1_000, top_up_most=1_000)) as bank:
        await bank.join(ALICE, 1_000)
        await bank.join(BOB, 1_000)
        await turn(bank, BOB, on=True)
        await bank.run(accept(bank, await offered(bank, 1_000)))
        assert await has(bank) == (0, 0, 2_000)


async def test_everybody_reads_what_it_waits_for(database_url: str) -> None:
    async with open_bank(database_url) as bank:
        await _begin(bank)
        assert bank.database is not None
        reads = SqlReads(bank.database, lambda: 1)
        found = await reads.member(BOB)
        assert found is not None
        assert found.confirm_incoming
        sent = await bank.pays(ALICE, BOB, amount=500)
        (view,) = await reads.waiting_for(BOB)
        assert (view.purpose, view.state) == (TO_ACCEPT, "open")
        await bank.run(decline(bank, sent.holds[0]))
        back, out, _ = (await reads.history(bank.members[ALICE])).lines
        assert (out.hold_state, out.purpose, back.kind) == ("declined", TO_ACCEPT, "return")
        for reader, incoming in ((ALICE, False), (BOB, True)):
            receipt = await reads.receipt(bank.members[reader], sent.transfers[0])
            assert receipt is not None
            assert receipt.hold is not None
            assert (receipt.incoming, receipt.hold.state, receipt.hold.purpose) == (incoming, "declined", TO_ACCEPT)
        entries = await reads.entries(bank.members[ALICE], 1, 10)
        assert [entry.purpose for entry in entries] == ["", TO_ACCEPT, TO_ACCEPT]


async def test_a_number_stays_all_that_its_payer_knows(database_url: str) -> None:
    async with open_bank(database_url) as bank:
        await _begin(bank)
        assert bank.database is not None
        reads, alice = SqlReads(bank.database, lambda: 1), bank.members[ALICE]
        sent = await bank.run(replace(bank.send(ALICE, BOB, amount=5), by_number=(BOB,)))
        assert isinstance(sent, Sent)
        (view,) = await reads.waiting_of(alice)
        line, receipt = (await reads.history(alice)).lines[0], await reads.receipt(alice, sent.transfers[0])
        assert receipt is not None
        assert view.by_number
        for party in (line.party, receipt.receiver):
            assert party is not None
            assert party.by_number
        claimed = await bank.run(accept(bank, sent.holds[0]))
        assert isinstance(claimed, Claimed)
        assert claimed.by_number
        (settled,) = told(bank, "HoldSettled")
        assert isinstance(settled, HoldSettled)
        assert settled.by_number
        assert await reads.recent_receivers(alice, 5) == ()
        await bank.run(accept(bank, await offered(bank)))
        assert [party.by_number for party in await reads.recent_receivers(alice, 5)] == [False]


async def test_a_decision_that_finds_out_late_still_fits(clocked: Bank) -> None:
    many = tuple(range(201, 211))
    for person in many:
        await clocked.join(person)
        await turn(clocked, person, on=True)
    asked = await clocked.asks(ALICE, BOB, STRANGER, *many, amount=1)
    clocked.engine._clock = lambda: clocked.clock.now - 86_400_000_000
    await clocked.run(Meet(key=clocked.key(), telegram_id=STRANGER, language="en"))
    sent = await clocked.run(Confirm(key=clocked.key(), member=clocked.members[ALICE], token=asked.token))
    assert isinstance(sent, Sent)
    assert sent.purposes == (TO_ACCEPT, TO_CLAIM, *[TO_ACCEPT] * 10)
    assert isinstance(clocked.store, FakeStore)
    alice = clocked.store.rows[Member, clocked.members[ALICE]]
    assert isinstance(alice, Member)
    assert alice.waiting == len([hold for hold in clocked.store.all(Hold) if hold.state == "open"]) == 12
    assert ids.owner_of(ids.account(alice.id, 1)) == alice.id
