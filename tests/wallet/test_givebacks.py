"""Giving back: once, in full, by the receiver, to the payer, and never by any other way."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.wallet.bank import ALICE, BOB, CAROL, STRANGER, Bank, open_bank
from tests.wallet.machine.three import Ordain
from wallet import refusals
from wallet.events import MoneyGivenBack, read
from wallet.givebacks import GiveBack, GiveBackAsked, GivenBack
from wallet.holds import CancelHold, Claimed, ClaimHold
from wallet.refusals import Refusal
from wallet.rows import Counter, Pair, Transfer
from wallet.standing import Restriction


@pytest.fixture(params=["memory", "sqlite"])
async def bank(request: pytest.FixtureRequest) -> AsyncIterator[Bank]:
    url = "" if request.param == "memory" else request.getfixturevalue("sqlite_url")
    async with open_bank(url) as opened:
        await opened.settle()
        yield opened


def back(bank: Bank, who: int, transfer: int, *, key: str = "", pin_version: int = 0, sure: bool = True
         ) -> GiveBack:
    return GiveBack(key=key or bank.key(), member=bank.members[who], transfer=transfer, sure=sure,
                    pin_version=pin_version)


async def paid(bank: Bank, payer: int, receiver: int, amount: int) -> int:
    (transfer,) = (await bank.pays(payer, receiver, amount=amount)).transfers
    return transfer


async def refused(bank: Bank, command: GiveBack, kind: type[Refusal]) -> None:
    with pytest.raises(kind):
        await bank.run(command)


async def test_a_payment_is_given_back_in_full_and_its_payer_is_told(bank: Bank) -> None:
    transfer = await paid(bank, ALICE, CAROL, 700)
    outcome = await bank.run(back(bank, CAROL, transfer))
    assert isinstance(outcome, GivenBack)
    assert (outcome.reverses, outcome.payer, outcome.amount, outcome.balance) == (transfer, ALICE, 700, 0)
    assert (await bank.balance(ALICE), await bank.balance(CAROL)) == (100_000, 0)
    told = bank.told[-1]
    assert told.member == bank.members[ALICE]
    assert read(told.event, told.facts) == MoneyGivenBack(outcome.transfer, transfer, bank.members[CAROL], 700)


async def test_whom_one_never_paid_is_given_nothing_back_without_a_word(bank: Bank) -> None:
    transfer = await paid(bank, ALICE, BOB, 700)
    asked = await bank.run(back(bank, BOB, transfer, sure=False))
    assert asked == GiveBackAsked(transfer, ALICE, 700)
    assert (await bank.balance(ALICE), await bank.balance(BOB)) == (99_300, 100_700)
    assert isinstance(await bank.run(back(bank, BOB, transfer)), GivenBack)


async def test_whom_one_paid_before_is_given_back_at_once(bank: Bank) -> None:
    transfer = await paid(bank, ALICE, BOB, 700)
    await paid(bank, BOB, ALICE, 1)
    assert isinstance(await bank.run(back(bank, BOB, transfer, sure=False)), GivenBack)


async def test_what_is_refused_is_refused_before_a_word_is_asked(bank: Bank) -> None:
    transfer = await paid(bank, ALICE, BOB, 700)
    await refused(bank, back(bank, CAROL, transfer, sure=False), refusals.ReceiptUnknown)
    await refused(bank, back(bank, ALICE, transfer, sure=False), refusals.NotReceived)
    await bank.run(back(bank, BOB, transfer))
    await refused(bank, back(bank, BOB, transfer, sure=False), refusals.GivenBackBefore)


async def test_it_is_given_back_once_under_whatever_keys(bank: Bank) -> None:
    transfer = await paid(bank, ALICE, BOB, 700)
    heard = await asyncio.gather(*[bank.run(back(bank, BOB, transfer)) for _ in range(20)], return_exceptions=True)
    assert sorted(type(one).__name__ for one in heard) == ["GivenBack"] + ["GivenBackBefore"] * 19
    assert (await bank.balance(ALICE), await bank.balance(BOB)) == (100_000, 100_000)


async def test_a_redelivered_giving_back_is_the_same(bank: Bank) -> None:
    transfer = await paid(bank, ALICE, BOB, 700)
    first, second = [await bank.run(back(bank, BOB, transfer, key="once")) for _ in range(2)]
    assert first == second
    assert await bank.balance(BOB) == 100_000


async def test_only_who_received_it_can_give_it_back(bank: Bank) -> None:
    transfer = await paid(bank, ALICE, BOB, 700)
    await refused(bank, back(bank, ALICE, transfer), refusals.NotReceived)
    await refused(bank, back(bank, CAROL, transfer), refusals.ReceiptUnknown)
    await refused(bank, back(bank, CAROL, 2**40), refusals.ReceiptUnknown)
    assert await bank.balance(BOB) == 100_700


async def test_what_was_given_back_is_not_given_back_again(bank: Bank) -> None:
    transfer = await paid(bank, ALICE, BOB, 700)
    outcome = await bank.run(back(bank, BOB, transfer))
    assert isinstance(outcome, GivenBack)
    await refused(bank, back(bank, ALICE, outcome.transfer), refusals.NothingToGiveBack)
    await refused(bank, back(bank, BOB, outcome.transfer), refusals.NothingToGiveBack)


@pytest.mark.parametrize("by", ["claim", "set aside"])
async def test_what_was_claimed_is_given_back_by_either_code(bank: Bank, by: str) -> None:
    sent = await bank.pays(ALICE, STRANGER, amount=700)
    await bank.join(STRANGER)
    claimed = await bank.run(ClaimHold(key=bank.key(), member=bank.members[STRANGER], hold=sent.holds[0]))
    assert isinstance(claimed, Claimed)
    number = claimed.transfer if by == "claim" else sent.transfers[0]
    outcome = await bank.run(back(bank, STRANGER, number))
    assert isinstance(outcome, GivenBack)
    assert outcome.reverses == claimed.transfer
    for again in (claimed.transfer, sent.transfers[0]):
        await refused(bank, back(bank, STRANGER, again), refusals.GivenBackBefore)
    assert (await bank.balance(ALICE), await bank.balance(ALICE, 1), await bank.balance(STRANGER)) == (100_000, 0, 0)


async def test_what_still_waits_or_went_back_is_nobodys_to_give_back(bank: Bank) -> None:
    sent = await bank.pays(ALICE, STRANGER, amount=700)
    await bank.join(STRANGER)
    await refused(bank, back(bank, STRANGER, sent.transfers[0]), refusals.ReceiptUnknown)
    await refused(bank, back(bank, ALICE, sent.transfers[0]), refusals.NotReceived)
    await bank.run(CancelHold(key=bank.key(), member=bank.members[ALICE], hold=sent.holds[0]))
    await refused(bank, back(bank, STRANGER, sent.transfers[0]), refusals.ReceiptUnknown)


async def test_a_spent_payment_is_not_given_back_in_part(bank: Bank) -> None:
    transfer = await paid(bank, ALICE, CAROL, 700)
    await paid(bank, CAROL, BOB, 1)
    with pytest.raises(refusals.NotEnough) as caught:
        await bank.run(back(bank, CAROL, transfer))
    assert (caught.value.available, caught.value.needed) == (699, 700)


async def test_above_the_no_pin_limit_giving_back_takes_the_pin(bank: Bank) -> None:
    transfer = await paid(bank, ALICE, BOB, 20_000)
    await paid(bank, BOB, CAROL, 1)
    await refused(bank, back(bank, BOB, transfer, key="same"), refusals.PinNotSet)
    await bank.set_pin(BOB)
    await refused(bank, back(bank, BOB, transfer, key="same"), refusals.PinNeeded)
    await refused(bank, back(bank, BOB, transfer, pin_version=2), refusals.PinChanged)
    assert isinstance(await bank.run(back(bank, BOB, transfer, key="same", pin_version=1)), GivenBack)


async def test_what_is_given_back_without_a_pin_uses_up_the_days_sum(bank: Bank) -> None:
    first, second = await paid(bank, ALICE, BOB, 12_000), await paid(bank, ALICE, BOB, 8_000)
    assert isinstance(await bank.run(back(bank, BOB, first)), GivenBack)
    assert isinstance(await bank.run(back(bank, BOB, second)), GivenBack)
    sent = await bank.run(bank.send(BOB, CAROL, amount=1))
    assert getattr(sent, "needs", "") == "pin"


async def test_whoever_may_not_send_may_not_give_back(bank: Bank) -> None:
    transfer = await paid(bank, ALICE, BOB, 700)
    for state, bits, kind in (("frozen", 0, refusals.AccountFrozen), ("banned", 0, refusals.AccountBanned),
                              ("active", Restriction.SENDING, refusals.DirectionRestricted)):
        await bank.run(Ordain(key=bank.key(), member=bank.members[BOB], state=state, restrictions=int(bits), until=0))
        await refused(bank, back(bank, BOB, transfer), kind)


async def test_a_payer_whose_wallet_is_closed_gets_nothing_and_one_who_is_banned_what_was_theirs(bank: Bank) -> None:
    transfer = await paid(bank, ALICE, BOB, 700)
    for state in ("closed", "banned"):
        await bank.run(Ordain(key=bank.key(), member=bank.members[ALICE], state=state,
                              restrictions=int(Restriction.RECEIVING), until=0))
        if state == "closed":
            await refused(bank, back(bank, BOB, transfer), refusals.ReceiverUnavailable)
    assert isinstance(await bank.run(back(bank, BOB, transfer)), GivenBack)


async def test_giving_back_makes_nobody_known_as_paid_before() -> None:
    async with open_bank("") as bank:
        await bank.join(ALICE, 100_000)
        await bank.join(BOB)
        transfer = await paid(bank, ALICE, BOB, 700)
        await bank.run(back(bank, BOB, transfer))
        pairs = bank.store.all(Pair)  # type: ignore[attr-defined]
        assert [(row.sender, row.receiver) for row in pairs] == [(bank.members[ALICE], bank.members[BOB])]
        counters = bank.store.all(Counter)  # type: ignore[attr-defined]
        assert {row.sent_sum for row in counters if row.member == bank.members[BOB]} == {700}
        newest = max(bank.store.all(Transfer), key=lambda row: row.id)  # type: ignore[attr-defined]
        assert (newest.kind, newest.reverses) == ("giveback", transfer)
