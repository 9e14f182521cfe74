"""Vouchers are found in the chat where their card stands, on both databases."""
from __future__ import annotations

from storage.reads import SqlReads
from tests.wallet.bank import ALICE, GROUP, open_bank
from wallet.vouchers import PlaceVoucher, WithdrawVoucher


async def test_open_vouchers_are_found_by_the_chat_in_which_their_card_stands(database_url: str) -> None:
    async with open_bank(database_url) as bank:
        await bank.settle()
        alice, made = bank.members[ALICE], [(await bank.makes(ALICE, amount=5)).voucher for _ in range(4)]
        for voucher, chat in zip(made, (GROUP, GROUP, -200, GROUP), strict=True):
            await bank.run(PlaceVoucher(key=bank.key(), member=alice, voucher=voucher, chat=chat, message=7))
        await bank.run(WithdrawVoucher(key=bank.key(), member=alice, voucher=made[1]))
        assert bank.database is not None
        reads = SqlReads(bank.database, lambda: 1)
        assert [view.id for view in await reads.vouchers_in(GROUP, 10)] == [made[3], made[0]]
        assert [view.id for view in await reads.vouchers_in(GROUP, 1)] == [made[3]]
        assert await reads.vouchers_in(-300, 10) == ()
