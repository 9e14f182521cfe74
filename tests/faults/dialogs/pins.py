"""The payment PIN."""
from __future__ import annotations

from base64 import b32encode

from tests.faults.dialogs.scripts import ANOTHER_PIN, WRONG_PIN, meets
from tests.faults.town import PIN, Town, name_of
from wallet import refusals
from wallet.codes import EnrolCodes, UseCode, code_at
from wallet.operators import AppointOwners
from wallet.pins import ATTEMPTS

SECRET = b"12345678901234567890"


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


@meets(refusals.CodeUsed)
async def a_one_time_code_signs_twice(town: Town) -> None:
    person = await town.resident(pin=True)
    member = await town.member(person)
    await town.run(AppointOwners(key=town.key(), telegram_ids=(person,)))
    sealed = await town.app.reads.sealed_phone(member)
    assert sealed is not None
    await town.run(EnrolCodes(key=town.key(), member=member, pin_version=1,
                              sealed=town.app.vault.seal_for(sealed[1], b32encode(SECRET).decode())))
    await town.run(UseCode(key=town.key(), member=member, step=1, first=True))
    code = code_at(SECRET, town.app.clock.now() // 30_000_000)
    for amount in (1, 2):
        await town.says(person, f"/adjust @{name_of(town.bob)} +{amount} counted twice")
        await town.types(person, code)
