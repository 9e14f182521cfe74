"""What waits is found in its chat, and by the code that was quoted to both sides, on both databases."""

from __future__ import annotations

from storage.reads import SqlReads
from tests.wallet.bank import open_bank
from wallet.holds import CancelHold, Claimed, ClaimHold, PlaceHold
from wallet.views import Party

ALICE, BOB, EVE = 101, 102, 105
GROUP = -100


async def test_open_holds_are_found_by_the_chat_in_which_their_card_stands(database_url: str) -> None:
    async with open_bank(database_url) as bank:
        alice = await bank.join(ALICE, 10_000)
        holds = []
        for chat in (GROUP, GROUP, -200, GROUP, 0):
            sent = await bank.pays(ALICE, EVE, amount=100, note="tea")
            holds.append(sent.holds[0])
            if chat:
                await bank.run(PlaceHold(key=bank.key(), payer=alice, hold=sent.holds[0], chat=chat, message=7))
        await bank.run(CancelHold(key=bank.key(), member=alice, hold=holds[1]))
        assert bank.database is not None
        reads = SqlReads(bank.database, lambda: 1)
        found = await reads.waiting_in(GROUP, 10)
        assert [view.id for view in found] == [holds[3], holds[0]]
        assert [(view.payer.telegram_id, view.beneficiary, view.note, view.chat) for view in found] == [
            (ALICE, EVE, "tea", GROUP)] * 2
        assert [view.id for view in await reads.waiting_in(GROUP, 1)] == [holds[3]]
        assert await reads.waiting_in(-300, 10) == ()


async def test_what_was_said_of_money_is_told_to_whoever_claims_it_and_when_it_comes_back(database_url: str) -> None:
    async with open_bank(database_url) as bank:
        alice = await bank.join(ALICE, 10_000)
        holds = [(await bank.pays(ALICE, EVE, amount=100, note=note)).holds[0] for note in ("tea", "cake")]
        eve = await bank.join(EVE)
        await bank.run(ClaimHold(key=bank.key(), member=eve, hold=holds[0]))
        await bank.run(CancelHold(key=bank.key(), member=alice, hold=holds[1]))
        assert bank.database is not None
        reads = SqlReads(bank.database, lambda: 1)
        for viewer, notes in ((eve, ["tea"]), (alice, ["", "tea", "cake", "cake"])):
            assert [line.note for line in await reads.entries(viewer, 1, 10)] == notes
            assert [line.note for line in (await reads.history(viewer)).lines] == notes[::-1]


async def test_whoever_money_was_set_aside_for_opens_its_receipt_once_they_joined(database_url: str) -> None:
    async with open_bank(database_url) as bank:
        alice, bob = await bank.join(ALICE, 10_000), await bank.join(BOB)
        sent = await bank.pays(ALICE, EVE, amount=100, by_number=(EVE,))
        [code], [hold] = sent.transfers, sent.holds
        assert bank.database is not None
        reads = SqlReads(bank.database, lambda: 1)
        eve = await bank.join(EVE)
        waits = await reads.receipt(eve, code)
        assert waits is not None
        assert waits.hold is not None
        assert (waits.incoming, waits.hold.state, waits.hold.ended_by) == (True, "open", 0)
        assert waits.payer == Party(alice, ALICE, "member 101")
        assert waits.receiver == Party(eve, EVE, "member 105"), "their own name is no secret to them"
        assert await reads.receipt(bob, code) is None
        taken = await bank.run(ClaimHold(key=bank.key(), member=eve, hold=hold))
        assert isinstance(taken, Claimed)
        for viewer in (alice, eve):
            first, second = await reads.receipt(viewer, code), await reads.receipt(viewer, taken.transfer)
            assert first is not None
            assert second is not None
            assert first.hold is not None
            assert second.hold is not None
            assert (first.hold.ended_by, second.hold.transfer) == (taken.transfer, code)
        payers = await reads.receipt(alice, code)
        assert payers is not None
        assert payers.receiver == Party(0, EVE, "", by_number=True)
