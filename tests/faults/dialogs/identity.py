"""Who somebody says that they are."""
from __future__ import annotations

from handlers.chat.verifying import IdentityWord
from tests.faults.dialogs.scripts import meets
from tests.faults.town import Town
from wallet import refusals
from wallet.identity import MOST_A_DAY, GiveIdentity
from wallet.idnumbers import check_sign


def number_of(person: int, born: str = "19900307") -> str:
    """An ID number of their own."""
    digits = f"110{person % 1000:03d}{born}{person // 1000 % 1000:03d}"
    return digits + check_sign(digits)


async def _gives(town: Town, person: int, number: str) -> None:
    await town.says(person, "/verify")
    await town.says(person, "李明")
    await town.says(person, number)
    dialog = await town.app.dialogs.get(person)
    if dialog is not None and "token" in dialog:
        await town.forges(person, IdentityWord(right=True, token=dialog["token"]).pack())


@meets(refusals.NameWrong)
async def a_name_has_digits(town: Town) -> None:
    person = await town.resident()
    await town.says(person, "/verify")
    await town.says(person, "x1" * 2_000)


@meets(refusals.IdNumberWrong)
async def a_digit_is_mistyped(town: Town) -> None:
    person = await town.resident()
    number = number_of(person)
    await _gives(town, person, number[:16] + str((ord(number[16]) - 47) % 10) + number[17:])


@meets(refusals.UnderAge)
async def a_child_gives_its_number(town: Town) -> None:
    person = await town.resident()
    await _gives(town, person, number_of(person, "20200307"))


@meets(refusals.IdentityTaken)
async def somebody_elses_number_is_given(town: Town) -> None:
    first, second = await town.resident(), await town.resident()
    for person in (first, second):
        await _gives(town, person, number_of(first))


@meets(refusals.IdentityTooOften)
async def number_after_number_is_tried(town: Town) -> None:
    first, second = await town.resident(), await town.resident()
    for person in (first, *[second] * (MOST_A_DAY + 1)):
        await _gives(town, person, number_of(first))


@meets(refusals.IdentityKnown)
async def a_question_is_answered_that_another_device_answered(town: Town) -> None:
    person = await town.resident()
    await town.says(person, "/verify")
    await town.says(person, "李明")
    await town.says(person, number_of(person))
    dialog = await town.app.dialogs.get(person)
    assert dialog is not None
    await town.run(GiveIdentity(key=town.key(), member=await town.member(person), digest="d" * 56 + f"{person:08d}",
                                sealed=b"", born=726_532))
    await town.forges(person, IdentityWord(right=True, token=dialog["token"]).pack())
