"""Who may do it at all."""
from __future__ import annotations

from tests.faults.dialogs.scripts import meets
from tests.faults.town import Town, name_of, phone_of
from wallet import refusals
from wallet.standing import Restriction


@meets(refusals.NotAMember)
async def a_stranger_pays(town: Town) -> None:
    await town.says(town.stranger(), f"/send @{name_of(town.bob)} 1")


@meets(refusals.AgreementsNeeded)
async def what_payments_need_was_not_accepted(town: Town) -> None:
    await town.says(await town.resident(gates=("join",)), f"/send @{name_of(town.bob)} 1")


async def _pays_after(town: Town, state: str, restrictions: int = 0) -> None:
    payer = await town.resident()
    await town.ordain(payer, state, restrictions)
    await town.says(payer, f"/send @{name_of(town.bob)} 1", group=True)


@meets(refusals.AccountBanned)
async def who_is_banned_pays(town: Town) -> None:
    await _pays_after(town, "banned")


@meets(refusals.AccountFrozen)
async def who_is_frozen_pays(town: Town) -> None:
    await _pays_after(town, "frozen")


@meets(refusals.AccountDormant)
async def whose_wallet_sleeps_pays(town: Town) -> None:
    await _pays_after(town, "dormant")


@meets(refusals.AnotherNumber)
async def a_wallet_is_woken_by_another_number(town: Town) -> None:
    person = await town.resident()
    await town.ordain(person, "dormant")
    await town.says(person, "", contact={"phone_number": phone_of(town.bob), "first_name": "x", "user_id": person})


@meets(refusals.DirectionRestricted)
async def who_may_not_send_pays(town: Town) -> None:
    await _pays_after(town, "active", Restriction.SENDING)
