"""Who may run what, and the money switch."""
from __future__ import annotations

import pytest

from tests.wallet.bank import Bank, open_bank
from wallet import refusals
from wallet.operators import HOUSE, AppointOwners, SetSwitch

OWNER, NOBODY = 1, 2


async def switch(bank: Bank, operator: int, state: str) -> None:
    await bank.run(SetSwitch(key=bank.key(), operator=operator, state=state, reason="test"))


async def test_an_owner_lets_money_rest_and_opens_it_again() -> None:
    async with open_bank("") as bank:
        await bank.run(AppointOwners(key="owners", telegram_ids=(OWNER,)))
        await bank.join(101, 1_000)
        await bank.join(102)
        await switch(bank, OWNER, "read_only")
        with pytest.raises(refusals.ReadOnly):
            await bank.run(bank.send(101, 102, amount=1))
        await switch(bank, OWNER, "open")
        await bank.pays(101, 102, amount=1)


async def test_whoever_has_no_role_may_not() -> None:
    async with open_bank("") as bank:
        with pytest.raises(refusals.NotAllowed):
            await switch(bank, NOBODY, "read_only")


async def test_the_house_itself_may_stop_money() -> None:
    async with open_bank("") as bank:
        await switch(bank, HOUSE, "read_only")


async def test_appointing_again_changes_nothing() -> None:
    async with open_bank("") as bank:
        for _ in range(2):
            await bank.run(AppointOwners(key=bank.key(), telegram_ids=(OWNER,)))
        await switch(bank, OWNER, "maintenance")
