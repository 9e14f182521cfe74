"""Who somebody says that they are."""
from __future__ import annotations

from handlers.chat import papers
from handlers.chat.buttons import PaperAct, PaperButton, ReviewAct, ReviewButton
from handlers.chat.verifying import IdentityWord
from tests.faults.dialogs.scripts import meets
from tests.faults.town import Town, changed
from wallet import refusals
from wallet.applications import (
    DOCUMENTS,
    ENTERPRISE,
    KINDS,
    MOST_IN_A_MONTH,
    MOST_PAPERS,
    BeginApplication,
    Begun,
    DecideApplication,
    GivePaper,
    HandIn,
    LookAtPapers,
    TakeApplication,
    Withdraw,
)
from wallet.identity import MOST_A_DAY, GiveIdentity
from wallet.idnumbers import check_sign
from wallet.operators import AppointOwners


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


async def _verified(town: Town) -> tuple[int, int]:
    """Somebody whose name and number are known, and their number in the wallet."""
    person = await town.resident()
    member = await town.member(person)
    await town.run(GiveIdentity(key=town.key(), member=member, digest="e" * 56 + f"{person:08d}", sealed=b"",
                                born=726_532))
    return person, member


async def _begins(town: Town, papers: tuple[str, ...] = (), kind: str = DOCUMENTS, digest: str = ""
                  ) -> tuple[int, int, int]:
    """Somebody puts an application together; returns them, their number and its."""
    person, member = await _verified(town)
    begun = await town.run(BeginApplication(key=town.key(), member=member, kind=kind, digest=digest))
    assert isinstance(begun, Begun)
    for name in papers:
        await town.run(GivePaper(key=town.key(), member=member, application=begun.application, name=name, digest="d",
                                 sealed=b"s"))
    return person, member, begun.application


async def _waits(town: Town, kind: str = DOCUMENTS, digest: str = "") -> int:
    """It is handed in."""
    _, member, application = await _begins(town, KINDS[kind].papers, kind, digest)
    await town.run(HandIn(key=town.key(), member=member, application=application))
    return application


async def _operator(town: Town) -> int:
    operator = await town.resident()
    await town.run(AppointOwners(key=town.key(), telegram_ids=(operator,)))
    return operator


@meets(refusals.IdentityMissing)
async def documents_come_before_the_name(town: Town) -> None:
    await town.forges(await town.resident(), PaperButton(act=PaperAct.BEGIN).pack())


@meets(refusals.ApplicationWaits)
async def it_is_begun_twice(town: Town) -> None:
    person, _, _ = await _begins(town)
    await town.forges(person, PaperButton(act=PaperAct.BEGIN).pack())


@meets(refusals.ApplicationUnknown)
async def somebody_hands_in_what_is_anothers(town: Town) -> None:
    _, _, application = await _begins(town)
    await town.forges(town.bob, PaperButton(act=PaperAct.HAND_IN, application=application).pack())


@meets(refusals.ApplicationLacks)
async def it_is_handed_in_without_pictures(town: Town) -> None:
    person, _, application = await _begins(town)
    await town.forges(person, PaperButton(act=PaperAct.HAND_IN, application=application).pack())


@meets(refusals.ApplicationOver)
async def it_is_taken_back_twice(town: Town) -> None:
    person, _, application = await _begins(town)
    for _ in range(2):
        await town.forges(person, PaperButton(act=PaperAct.WITHDRAW, application=application).pack())


@meets(refusals.PaperUnreadable)
async def a_picture_is_none(town: Town) -> None:
    person, _, application = await _begins(town)
    await town.forges(person, PaperButton(act=PaperAct.ASK, application=application, name="front").pack())
    await town.says(person, "", document={"file_id": "f", "file_unique_id": "f", "mime_type": "image/jpeg",
                                          "file_size": 2**30})


@meets(refusals.PapersTooMany)
async def one_picture_too_many_is_sent(town: Town) -> None:
    person, _, application = await _begins(town, ("front",) * MOST_PAPERS)
    await town.forges(person, PaperButton(act=PaperAct.ASK, application=application, name="front").pack())
    with changed(papers, "fetched", _a_picture), changed(town.app.provided["copier"], "copy", _a_picture):
        await town.says(person, "", photo=[{"file_id": "p", "file_unique_id": "p", "width": 400, "height": 400}])


async def _a_picture(*_: object) -> bytes:
    """Whatever was sent."""
    return b"picture"


@meets(refusals.ApplicationTooOften)
async def it_is_handed_in_again_and_again(town: Town) -> None:
    person, member = await _verified(town)
    for _ in range(MOST_IN_A_MONTH):
        begun = await town.run(BeginApplication(key=town.key(), member=member, kind=DOCUMENTS))
        assert isinstance(begun, Begun)
        for name in KINDS[DOCUMENTS].papers:
            await town.run(GivePaper(key=town.key(), member=member, application=begun.application, name=name,
                                     digest="d", sealed=b"s"))
        await town.run(HandIn(key=town.key(), member=member, application=begun.application))
        await town.run(Withdraw(key=town.key(), member=member, application=begun.application))
    await town.forges(person, PaperButton(act=PaperAct.BEGIN).pack())


@meets(refusals.ApplicationDone)
async def what_was_approved_is_begun_again(town: Town) -> None:
    operator = await _operator(town)
    person, member, application = await _begins(town, KINDS[DOCUMENTS].papers)
    await town.run(HandIn(key=town.key(), member=member, application=application))
    await town.run(TakeApplication(key=town.key(), operator=operator, application=application))
    await town.run(LookAtPapers(key=town.key(), operator=operator, application=application))
    await town.run(DecideApplication(key=town.key(), operator=operator, application=application))
    await town.forges(person, PaperButton(act=PaperAct.BEGIN).pack())


@meets(refusals.ApplicationTaken)
async def two_operators_take_it(town: Town) -> None:
    application = await _waits(town)
    for operator in (await _operator(town), await _operator(town)):
        await town.forges(operator, ReviewButton(act=ReviewAct.TAKE, application=application).pack())


@meets(refusals.ApplicationNotTaken)
async def an_operator_looks_without_taking_it(town: Town) -> None:
    application = await _waits(town)
    await town.forges(await _operator(town), ReviewButton(act=ReviewAct.PAPERS, application=application).pack())


@meets(refusals.PapersUnseen)
async def an_operator_says_yes_unseen(town: Town) -> None:
    operator, application = await _operator(town), await _waits(town, ENTERPRISE, f"{town.key():0>64}"[-64:])
    for act in (ReviewAct.TAKE, ReviewAct.SURE):
        await town.forges(operator, ReviewButton(act=act, application=application).pack())


@meets(refusals.EnterpriseTaken)
async def two_members_name_one_company(town: Town) -> None:
    operator = await _operator(town)
    for application in [await _waits(town, ENTERPRISE, f"{town.key():0>64}"[-64:])] * 1:
        digest = f"{application:064d}"
        for number in (await _waits(town, ENTERPRISE, digest), await _waits(town, ENTERPRISE, digest)):
            await town.forges(operator, ReviewButton(act=ReviewAct.TAKE, application=number).pack())
            await town.run(LookAtPapers(key=town.key(), operator=operator, application=number))
            await town.forges(operator, ReviewButton(act=ReviewAct.SURE, application=number).pack())


async def _names_a_company(town: Town) -> int:
    """Somebody is asked for its name."""
    person, _ = await _verified(town)
    await town.forges(person, PaperButton(act=PaperAct.COMPANY).pack())
    return person


@meets(refusals.CompanyWrong)
async def a_company_has_a_novel_for_a_name(town: Town) -> None:
    await town.says(await _names_a_company(town), "福州示例有限公司" * 100)


@meets(refusals.CreditCodeWrong)
async def a_companys_code_is_mistyped(town: Town) -> None:
    person = await _names_a_company(town)
    for said in ("福州示例有限公司", "91350100M000100Y44"):
        await town.says(person, said)
