"""The payment PIN."""
from __future__ import annotations

from tests.faults.dialogs.scripts import ANOTHER_PIN, WRONG_PIN, meets
from tests.faults.town import PIN, Town
from wallet import refusals
from wallet.pins import ATTEMPTS


@meets(refusals.PinTooSimple)
async def a_pin_is_what_thieves_try_first(town: Town) -> None:
    person = await town.resident()
    await town.says(person, "/pin")
    await town.types(person, "111111")


@meets(refusals.PinWrong)
async def a_pin_is_wrong(town: Town) -> None:
    person = await town.resident(pin=True)
    await town.says(person, "/pin")
    await town.types(person, WRONG_PIN)


@meets(refusals.PinLocked)
async def a_pin_is_wrong_until_it_is_locked(town: Town) -> None:
    person = await town.resident(pin=True)
    await town.says(person, "/pin")
    await town.types(person, WRONG_PIN * ATTEMPTS)


@meets(refusals.PinChanged)
async def a_pin_is_changed_on_two_ways_at_once(town: Town) -> None:
    person = await town.resident(pin=True)
    await town.says(person, "/pin")
    await town.types(person, PIN + ANOTHER_PIN)
    await town.set_pin(person, 1)
    await town.types(person, ANOTHER_PIN)
