"""What is refused around e-mail addresses and forgotten PINs. No mail is ever taken from the town."""
from __future__ import annotations

from datetime import date

from handlers.chat.buttons import MoveButton, ProvenButton, ResetButton
from handlers.keyboards import Open
from handlers.mail import digest_of
from tests.faults.dialogs.scripts import ANOTHER_PIN, meets
from tests.faults.town import Town, name_of, phone_of
from wallet import refusals
from wallet.applications import DOCUMENTS, BeginApplication
from wallet.emails import BIND, FORGOTTEN, MOST_MAILS, TRIES, AskCode, BindEmail
from wallet.identity import GiveIdentity
from wallet.moving import AskMove
from wallet.operators import AppointOwners
from wallet.recovery import ForgetPin

FORGOT = Open(what="forgot_pin").pack()


async def _bound(town: Town) -> int:
    """Somebody with a PIN and an address."""
    person = await town.resident(pin=True)
    sealed = await town.app.reads.sealed_phone(await town.member(person))
    assert sealed is not None
    address = town.app.vault.seal_for(sealed[1], "somebody@example.com")
    await town.run(AskCode(key=town.key(), member=await town.member(person), purpose=BIND, code="x", sealed=address,
                           pin_version=1))
    await town.run(BindEmail(key=town.key(), member=await town.member(person), code="x"))
    return person


@meets(refusals.AddressInvalid)
async def something_is_no_address(town: Town) -> None:
    person = await town.resident(pin=True)
    await town.forges(person, Open(what="email").pack())
    await town.says(person, "not at all")


@meets(refusals.EmailMissing)
async def nothing_is_bound(town: Town) -> None:
    await town.forges(await town.resident(pin=True), FORGOT)


@meets(refusals.TooManyMails)
async def somebody_forgets_and_forgets(town: Town) -> None:
    person = await _bound(town)
    for _ in range(MOST_MAILS):
        await town.forges(person, FORGOT)


@meets(refusals.MailCodeWrong)
async def a_code_is_guessed(town: Town) -> None:
    person = await _bound(town)
    await town.forges(person, FORGOT)
    await town.says(person, "000000")


@meets(refusals.MailCodeOver)
async def a_code_is_guessed_too_often(town: Town) -> None:
    person = await _bound(town)
    await town.forges(person, FORGOT)
    for _ in range(TRIES + 1):
        await town.says(person, "000000")


async def _verified(town: Town) -> int:
    """The same, who gave an ID number; returns their Telegram id."""
    person = await _bound(town)
    await town.run(GiveIdentity(key=town.key(), member=await town.member(person), digest=town.key(),
                                sealed=b"sealed", born=date(1990, 1, 1).toordinal()))
    return person


@meets(refusals.IdentityOther)
async def whoever_forgot_names_another_number(town: Town) -> None:
    person = await _verified(town)
    await town.forges(person, FORGOT)
    await town.says(person, "11010519491231002X")


@meets(refusals.TheyHaveNoPin)
async def a_pin_that_there_is_not_is_replaced(town: Town) -> None:
    operator, person = await town.resident(pin=True), await town.resident()
    await town.run(AppointOwners(key=town.key(), telegram_ids=(operator,)))
    await town.says(person, "hello")
    await town.says(operator, f"/resetpin @{name_of(person)} showed the identity card")


@meets(refusals.TheyGaveNoIdentity)
async def a_number_that_there_is_not_is_taken_off(town: Town) -> None:
    operator, person = await town.resident(pin=True), await town.resident()
    await town.run(AppointOwners(key=town.key(), telegram_ids=(operator,)))
    await town.says(person, "hello")
    await town.says(operator, f"/resetid @{name_of(person)} showed the identity card")


@meets(refusals.IdentityInUse)
async def a_number_is_taken_off_while_its_documents_are_open(town: Town) -> None:
    operator, person = await town.resident(pin=True), await town.resident()
    await town.run(AppointOwners(key=town.key(), telegram_ids=(operator,)))
    await town.says(person, "hello")
    member, number = await town.member(person), f"1101{10 + person % 90}19900307{person // 90 % 1000:03}"
    phone = await town.app.reads.sealed_phone(member)
    assert phone is not None
    await town.run(GiveIdentity(
        key=town.key(), member=member, digest=town.app.vault.digest("identity", number),
        sealed=town.app.vault.seal_for(phone[1], f"Somebody\n{number}"), born=date(1990, 3, 7).toordinal()))
    await town.run(BeginApplication(key=town.key(), member=member, kind=DOCUMENTS))
    await town.says(operator, f"/resetid @{name_of(person)} showed the identity card")


@meets(refusals.ResetOver)
async def nobody_forgot_anything(town: Town) -> None:
    await town.forges(await town.resident(pin=True), ResetButton(stop=True).pack())


@meets(refusals.ResetWaits)
async def somebody_does_not_wait(town: Town) -> None:
    person = await _bound(town)
    member = await town.member(person)
    code = digest_of(town.app.vault, member, FORGOTTEN, "012345")
    await town.run(AskCode(key=town.key(), member=member, purpose=FORGOTTEN, code=code))
    await town.run(ForgetPin(key=town.key(), member=member, code=code))
    await town.forges(person, ResetButton(stop=False).pack())
    for _ in range(2):
        await town.types(person, ANOTHER_PIN)


async def _moving(town: Town) -> tuple[int, int]:
    """Somebody verified whose wallet another account asks for; returns both Telegram ids."""
    person, asker = await town.resident(pin=True), await town.newcomer()
    member, number = await town.member(person), town.key()
    phone = town.app.vault.digest("phone", phone_of(person))
    await town.run(GiveIdentity(key=town.key(), member=member, digest=number, sealed=b"sealed",
                                born=date(1990, 1, 1).toordinal()))
    await town.run(AskMove(key=town.key(), member=await town.member(asker), phone=phone, number=number))
    return person, asker


@meets(refusals.WalletMoving)
async def a_wallet_pays_that_somebody_asks_for(town: Town) -> None:
    person, _asker = await _moving(town)
    receiver = await town.resident()
    await town.says(receiver, "hello")
    await town.says(person, f"/send @{name_of(receiver)} 1")


@meets(refusals.MoveOver)
async def nobody_asked_for_the_wallet(town: Town) -> None:
    await town.forges(await town.resident(), MoveButton(member=0).pack())


@meets(refusals.MoveTooEarly)
async def operators_decide_at_once(town: Town) -> None:
    person, asker = await _moving(town)
    operator = await town.resident(pin=True)
    await town.run(AppointOwners(key=town.key(), telegram_ids=(operator,)))
    await town.forges(operator, ProvenButton(member=await town.member(person), person=asker).pack())
    await town.says(operator, "identity card in a video call")


@meets(refusals.MoveUnmatched)
async def a_wallet_is_asked_for_by_somebody_elses_number(town: Town) -> None:
    asker = await town.newcomer()
    await town.says(asker, "/recover")
    await town.says(asker, "", contact={"phone_number": phone_of(asker), "first_name": "x", "user_id": asker})
    await town.says(asker, "11010519491231002X")


@meets(refusals.QQWrong)
async def something_is_no_qq_number(town: Town) -> None:
    person = await town.resident()
    await town.forges(person, Open(what="qq").pack())
    for said in ("1234", "012345", "123456789012", "my number"):
        await town.says(person, said)


@meets(refusals.QQMissing)
async def a_qq_number_is_taken_away_that_was_never_stated(town: Town) -> None:
    await town.forges(await town.resident(), Open(what="qq_off").pack())
