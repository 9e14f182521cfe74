"""By which name one member knows another, on both databases."""

from __future__ import annotations

from storage.reads import SqlReads
from tests.wallet.bank import Bank, open_bank
from wallet.givebacks import GiveBack, GivenBack
from wallet.views import Party

ALICE, BOB, EVE = 101, 102, 103


async def pays_by_number(bank: Bank, payer: int, receiver: int) -> int:
    """The transfer; nothing but a number was typed."""
    sent = await bank.pays(payer, receiver, amount=1, by_number=(receiver,))
    return sent.transfers[0]


async def test_whoever_was_paid_by_number_is_known_by_no_more_until_more_is_known(database_url: str) -> None:
    async with open_bank(database_url) as bank:
        alice, bob, eve = [await bank.join(person, 1_000) for person in (ALICE, BOB, EVE)]
        assert bank.database is not None
        reads = SqlReads(bank.database, lambda: 1)

        async def in_history(viewer: int) -> list[tuple[int, bool]]:
            parties = [line.party for line in (await reads.history(viewer)).lines]
            return [(party.member, party.by_number) for party in parties if party is not None]

        transfer = await pays_by_number(bank, ALICE, BOB)
        await bank.pays(ALICE, EVE, amount=1)
        assert await in_history(alice) == [(eve, False), (bob, True)]
        assert [line.party for line in await reads.entries(alice, 1, 10)][1] == Party(bob, BOB, "member 102", True)
        receipt = await reads.receipt(alice, transfer)
        assert receipt is not None
        assert receipt.receiver is not None
        assert receipt.receiver.by_number
        # Whose number it is knows who paid.
        assert await in_history(bob) == [(alice, False)]

        await bank.pays(BOB, ALICE, amount=1)
        assert await in_history(alice) == [(bob, False), (eve, False), (bob, True)]

        await pays_by_number(bank, ALICE, EVE)
        assert await in_history(alice) == [(eve, True), (bob, False), (eve, False), (bob, True)]


async def test_the_list_of_recent_payees_tells_nothing_of_whom_a_number_belongs_to(database_url: str) -> None:
    async with open_bank(database_url) as bank:
        alice, bob, eve = [await bank.join(person, 1_000) for person in (ALICE, BOB, EVE)]
        assert bank.database is not None
        reads = SqlReads(bank.database, lambda: 1)

        async def lately() -> list[tuple[int, bool]]:
            return [(party.member, party.by_number) for party in await reads.recent_receivers(alice, 10)]

        await pays_by_number(bank, ALICE, BOB)
        await pays_by_number(bank, ALICE, BOB)
        assert await lately() == []
        await bank.pays(ALICE, BOB, amount=1)
        await bank.pays(ALICE, EVE, amount=1)
        assert await lately() == [(eve, False), (bob, False)]
        for number in (BOB, EVE, BOB):
            await pays_by_number(bank, ALICE, number)
            assert await lately() == [(eve, False), (bob, False)], "whom a number belongs to would be seen by its rise"
        await bank.pays(ALICE, BOB, amount=1)
        assert await lately() == [(bob, False), (eve, False)]


async def test_a_number_is_forgotten_once_a_name_was_named(database_url: str) -> None:
    async with open_bank(database_url) as bank:
        alice, bob = [await bank.join(person, 1_000) for person in (ALICE, BOB)]
        assert bank.database is not None
        reads = SqlReads(bank.database, lambda: 1)
        for by_number, known in (((BOB,), True), ((), False), ((BOB,), False)):
            await bank.pays(ALICE, BOB, amount=1, by_number=by_number)
            assert [party.member for party in await reads.recent_receivers(alice, 10)] == [bob] * (not known)
        lines = (await reads.history(alice)).lines
        assert [line.party.by_number for line in lines if line.party is not None] == [True, False, True]


async def test_what_was_paid_by_number_goes_back_without_a_name(database_url: str) -> None:
    async with open_bank(database_url) as bank:
        alice, bob = [await bank.join(person, 1_000) for person in (ALICE, BOB)]
        assert bank.database is not None
        reads = SqlReads(bank.database, lambda: 1)
        transfer = await pays_by_number(bank, ALICE, BOB)
        await bank.pays(ALICE, BOB, amount=1)
        back = await bank.run(GiveBack(key="back", member=bob, transfer=transfer, sure=True))
        assert isinstance(back, GivenBack)
        lines = (await reads.history(alice)).lines
        assert [line.party.by_number for line in lines if line.party is not None] == [True, False, True]
        assert not any(line.party.by_number for line in (await reads.history(bob)).lines if line.party is not None)
        for viewer, masked in ((alice, True), (bob, False)):
            for number in (transfer, back.transfer):
                receipt = await reads.receipt(viewer, number)
                assert receipt is not None
                assert receipt.payer is not None
                assert receipt.receiver is not None
                assert {receipt.payer.member: receipt.payer.by_number,
                        receipt.receiver.member: receipt.receiver.by_number} == {alice: False, bob: masked}
