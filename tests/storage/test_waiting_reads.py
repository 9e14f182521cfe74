"""What waits in a chat is found there, on both databases."""

from __future__ import annotations

from storage.reads import SqlReads
from tests.wallet.bank import open_bank
from wallet.transfers import CancelHold, PlaceHold

ALICE, EVE = 101, 105
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
