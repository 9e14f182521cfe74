"""What minors are refused, and those who answer for them."""
from __future__ import annotations

from handlers.chat.buttons import GuardWord, PaperAct, PaperButton, WardAct, WardButton
from handlers.family import WORD
from tests.faults.dialogs.scripts import meets
from tests.faults.town import Town, name_of
from wallet import ids, refusals
from wallet.family import LINK_LIFE, MOST_WARDS, STOPPED, BecomeGuardian, DecideForWard, LeaveGuardian, seal_of
from wallet.identity import GiveIdentity
from wallet.operators import AppointOwners
from wallet.pins import SetPin

BORN = 739_000


async def _young(town: Town) -> int:
    """Somebody whose ID number says that they are under 18; they have a wallet and money."""
    person = await town.resident()
    await town.run(GiveIdentity(key=town.key(), member=await town.member(person), digest="e" * 56 + f"{person:08d}",
                                sealed=b"", born=BORN))
    return person


async def _guardian(town: Town) -> int:
    """Somebody who may be one."""
    person = await town.resident()
    number = await town.member(person)
    await town.run(GiveIdentity(key=town.key(), member=number, digest="f" * 56 + f"{person:08d}", sealed=b"",
                                born=726_532))
    await town.run(SetPin(key=town.key(), member=number, hash="argon2", pin_version=0))
    return person


async def _link(town: Town, ward: int, *, until: int = 0) -> GuardWord:
    number = await town.member(ward)
    until = until or town.app.clock.now() // 1_000_000 + LINK_LIFE
    return GuardWord(yes=True, ward=number, until=until, seal=seal_of(town.app.policy, number, until))


async def _guarded(town: Town) -> tuple[int, int]:
    """A minor, and who answers for them."""
    ward, guardian = await _young(town), await _guardian(town)
    await _accept(town, ward, guardian)
    return ward, guardian


async def _accept(town: Town, ward: int, guardian: int) -> None:
    link = await _link(town, ward)
    await town.run(BecomeGuardian(key=town.key(), guardian=await town.member(guardian), ward=link.ward,
                                  until=link.until, seal=link.seal, pin_version=1))


async def _decide(town: Town, ward: int, guardian: int, what: str, value: int) -> None:
    await town.run(DecideForWard(key=town.key(), guardian=await town.member(guardian), ward=await town.member(ward),
                                 what=what, value=value, pin_version=1))


@meets(refusals.GuardianUnknown)
async def a_link_is_made_up_and_somebody_elses_ward_is_stopped(town: Town) -> None:
    ward, _ = await _guarded(town)
    stranger, number = await town.resident(), await town.member(ward)
    await town.says(stranger, f"/start {WORD}_{ids.code(number)}{'0' * 20}{town.app.clock.now() // 1_000_000 + 60}")
    await town.forges(stranger, WardButton(act=WardAct.STOP, ward=number).pack())


@meets(refusals.GuardianLinkOver)
async def a_link_is_too_old(town: Town) -> None:
    ward, guardian = await _young(town), await _guardian(town)
    await town.forges(guardian, (await _link(town, ward, until=town.app.clock.now() // 1_000_000 - 1)).pack())


@meets(refusals.OwnGuardian)
async def a_minor_opens_their_own_link(town: Town) -> None:
    ward = await _young(town)
    await town.forges(ward, (await _link(town, ward)).pack())


@meets(refusals.GuardianNotAllowed)
async def a_minor_answers_for_a_minor(town: Town) -> None:
    await town.forges(await _young(town), (await _link(town, await _young(town))).pack())


@meets(refusals.GuardedAlready)
async def a_second_one_answers(town: Town) -> None:
    ward, _ = await _guarded(town)
    await town.forges(await _guardian(town), (await _link(town, ward)).pack())


@meets(refusals.TooManyWards)
async def somebody_answers_for_a_whole_class(town: Town) -> None:
    guardian = await _guardian(town)
    for _ in range(MOST_WARDS):
        await _accept(town, await _young(town), guardian)
    await town.forges(guardian, (await _link(town, await _young(town))).pack())


@meets(refusals.NoGuardian)
async def a_minor_whose_guardian_left_pays(town: Town) -> None:
    ward, guardian = await _guarded(town)
    await town.run(LeaveGuardian(key=town.key(), member=await town.member(guardian), ward=await town.member(ward)))
    await town.says(ward, f"/send @{name_of(town.bob)} 1")


@meets(refusals.GuardianAway)
async def a_minor_whose_guardian_is_frozen_pays(town: Town) -> None:
    ward, guardian = await _guarded(town)
    await town.ordain(guardian, "frozen")
    await town.says(ward, f"/send @{name_of(town.bob)} 1")


@meets(refusals.GuardianStopped)
async def a_minor_pays_what_their_guardian_stopped(town: Town) -> None:
    ward, guardian = await _guarded(town)
    await _decide(town, ward, guardian, STOPPED, 1)
    await town.says(ward, f"/send @{name_of(town.bob)} 1")


@meets(refusals.GuardianLimitReached)
async def a_minor_pays_more_than_they_may(town: Town) -> None:
    ward, guardian = await _guarded(town)
    for what, amount in (("payment", 50), ("day", 60), ("month", 70)):
        await _decide(town, ward, guardian, what, amount)
        await town.says(ward, f"/send @{name_of(town.bob)} 1")


@meets(refusals.MinorNoEnterprise)
async def a_minor_names_a_company(town: Town) -> None:
    await town.forges(await _young(town), PaperButton(act=PaperAct.COMPANY).pack())


@meets(refusals.MinorNoOperator)
async def a_minor_is_made_an_operator(town: Town) -> None:
    owner, young = await town.resident(), await _young(town)
    await town.run(AppointOwners(key=town.key(), telegram_ids=(owner,)))
    await town.says(young, "/help")
    await town.says(owner, f"/role @{name_of(young)} support")
    await town.taps(owner, "Yes, this one", "是，就是这个人")
