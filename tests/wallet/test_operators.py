"""Who may run what, who appoints them, and the money switch."""
from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.wallet.bank import Bank, open_bank
from wallet import refusals
from wallet.operators import HOUSE, PERMISSIONS, ROLES, Act, Appoint, Appointed, AppointOwners, SetSwitch, may

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


# ----------------------------------------------------------------------------------------------- who appoints
ALICE, BOB = 101, 102
"""Members with these Telegram ids."""


async def appoint(bank: Bank, operator: int, person: int, role: str) -> Appointed:
    outcome = await bank.run(Appoint(key=bank.key(), operator=operator, person=person, role=role))
    assert isinstance(outcome, Appointed)
    return outcome


@asynccontextmanager
async def a_house_with_an_owner() -> AsyncIterator[Bank]:
    async with open_bank("") as bank:
        await bank.join(ALICE, 1_000)
        await bank.join(BOB)
        await bank.run(AppointOwners(key="owners", telegram_ids=(ALICE,)))
        yield bank


async def test_an_owner_gives_a_role_changes_it_and_takes_it_away() -> None:
    async with a_house_with_an_owner() as bank:
        assert (await appoint(bank, ALICE, BOB, "risk")).before == ""
        await switch(bank, BOB, "read_only")
        assert (await appoint(bank, ALICE, BOB, "auditor")).before == "risk"
        with pytest.raises(refusals.NotAllowed):
            await switch(bank, BOB, "open")
        assert (await appoint(bank, ALICE, BOB, "")).before == "auditor"
        told = [row.facts for row in bank.told if row.event == "RoleChanged"]
        assert [json.loads(facts)[0] for facts in told] == ["risk", "auditor", ""]


async def test_only_an_owner_appoints_and_nobody_themselves() -> None:
    async with a_house_with_an_owner() as bank:
        await appoint(bank, ALICE, BOB, "admin")
        for operator, person, refusal in ((BOB, ALICE, refusals.NotAllowed), (BOB, BOB, refusals.NotAllowed),
                                          (NOBODY, BOB, refusals.NotAllowed), (ALICE, ALICE, refusals.OnOneself)):
            with pytest.raises(refusal):
                await appoint(bank, operator, person, "")


async def test_two_owners_who_dismiss_each_other_leave_one() -> None:
    async with a_house_with_an_owner() as bank:
        await appoint(bank, ALICE, BOB, "owner")
        said = await asyncio.gather(appoint(bank, ALICE, BOB, ""), appoint(bank, BOB, ALICE, ""),
                                    return_exceptions=True)
        assert sorted(type(one).__name__ for one in said) == ["Appointed", "NotAllowed"]


async def test_whoever_has_no_wallet_in_order_becomes_no_operator() -> None:
    async with a_house_with_an_owner() as bank:
        with pytest.raises(refusals.OperatorIsNoMember):
            await appoint(bank, ALICE, 999, "risk")


async def test_what_is_named_by_the_setting_again_does_not_bring_back_who_was_dismissed() -> None:
    async with a_house_with_an_owner() as bank:
        await appoint(bank, ALICE, BOB, "owner")
        await appoint(bank, BOB, ALICE, "")
        await bank.run(AppointOwners(key="start again", telegram_ids=(ALICE,)))
        with pytest.raises(refusals.NotAllowed):
            await switch(bank, ALICE, "read_only")


def test_every_act_is_somebodys_and_an_owner_may_do_all() -> None:
    assert set(PERMISSIONS) == set(Act)
    for act in Act:
        assert may("owner", act)
        assert PERMISSIONS[act] <= set(ROLES)
        assert not may("", act)
