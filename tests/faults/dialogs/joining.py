"""Joining, and settings."""
from __future__ import annotations

from handlers.keyboards import NoPinLimit
from tests.faults.dialogs.scripts import meets
from tests.faults.town import Town, phone_of
from wallet import refusals


async def _shares(town: Town, phone: str, *, owner: int = 0) -> None:
    person = await town.newcomer()
    await town.says(person, "", contact={"phone_number": phone, "first_name": "x", "user_id": owner or person})


@meets(refusals.ContactNotYours)
async def somebody_elses_contact_is_shared(town: Town) -> None:
    await _shares(town, phone_of(town.bob), owner=town.bob)


@meets(refusals.PhoneTaken)
async def one_number_joins_twice(town: Town) -> None:
    await _shares(town, phone_of(town.bob))


@meets(refusals.PhoneInvalid)
async def a_number_that_none_can_be_is_shared(town: Town) -> None:
    await _shares(town, "+1")


@meets(refusals.NicknameRefused)
async def a_nickname_is_an_operators(town: Town) -> None:
    await town.says(town.alice, "/nickname Official Support")


@meets(refusals.NicknameSpent)
async def a_nickname_is_changed_twice(town: Town) -> None:
    person = await town.resident(gates=("join",))
    await town.says(person, "/nickname Green Tea")
    await town.taps(person, "Confirm", "确认")
    await town.says(person, "/nickname Black Tea")


@meets(refusals.SettingOutOfRange)
async def a_limit_is_forged(town: Town) -> None:
    await town.forges(town.alice, NoPinLimit(limit=10**12).pack())
