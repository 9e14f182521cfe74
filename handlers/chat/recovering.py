"""The ways back in: an e-mail address, bound in the settings, and a PIN that was forgotten.

Guards: an address is bound only after the PIN was proven and a code that was sent there was typed; a forgotten PIN
gives way to another one a day after such a code, in which its owner is told, by mail too, and may stop it. What mail
says holds no amount and no name.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from aiogram import Bot, F, Router
from aiogram.exceptions import TelegramAPIError
from aiogram.types import CallbackQuery, Message

from handlers import mail
from handlers.asking import InDialog
from handlers.chat.buttons import ResetButton
from handlers.chat.keypad import FORGOTTEN_PIN, Purpose
from handlers.chat.pin import FORGOT, act, ask_pin
from handlers.chat.saying import answer, change, toast
from handlers.commands import Verb, declared
from handlers.ground import Dialogs, message_key, press_key
from handlers.keyboards import Open, pressed_message
from handlers.mail import Mailer, NotMailed
from handlers.texts import Code, Lines, Moment, Speaker, Text, _
from wallet import refusals
from wallet.emails import BIND, FORGOTTEN, AskCode, BindEmail
from wallet.engine import Engine
from wallet.idnumbers import IdRefused, read_number
from wallet.protocols import Reads
from wallet.recovery import ForgetPin, StopReset, Waiting
from wallet.vault import Unreadable, Vault
from wallet.views import MemberView

ADDRESS: Final = "email"
"""The kind of the dialog that asks for an address."""
TYPED: Final = "mail code"
"""The kind of the one that asks for a code."""
NUMBER: Final = "forgotten number"
"""The kind of the one that asks whoever forgot the PIN for the ID number."""
ACT: Final = "bind_email"
LONG: Final = 15 * 60


def make_router() -> Router:
    """The screens, what is typed on them, and the buttons under what is told of a forgotten PIN."""
    router = Router(name="recovering")
    settings, pin = declared(Verb.SETTINGS), declared(Verb.PIN)
    router.message.register(name_address, InDialog(ADDRESS), F.text, flags=settings)
    router.message.register(type_code, InDialog(TYPED), F.text, flags=settings)
    router.message.register(type_number, InDialog(NUMBER), F.text, flags=pin)
    press = router.callback_query.register
    press(open_email, Open.filter(F.what == "email"), flags=settings)
    press(forgot, Open.filter(F.what == FORGOT), flags=pin)
    press(stop, ResetButton.filter(F.stop), flags=pin)
    press(choose_anew, ResetButton.filter(), flags=pin)
    return router


# ---------------------------------------------------------------------------------------------- the address
async def open_email(press: CallbackQuery, dialogs: Dialogs, reads: Reads, vault: Vault, mailer: Mailer | None,
                     speaker: Speaker, member: MemberView) -> None:
    """Which one is bound, and the way to another."""
    if mailer is None:
        raise refusals.ButtonStale
    bound = await _address(member, reads, vault)
    await toast(press)
    await dialogs.put(member.telegram_id, {"kind": ADDRESS})
    is_now = _("📧 Your e-mail address: {address}", address=Code(mail.masked(bound))) if bound else _(
        "📧 No e-mail address is bound to your wallet.")
    await answer(pressed_message(press), speaker, Lines((is_now, _(
        "By a code that I send there you get back in when you forget your PIN. Please send me the address now, or "
        "/cancel. I ask for your PIN then, and for the code.")), gap="\n\n"))


async def _address(member: MemberView, reads: Reads, vault: Vault) -> str:
    """The one that is bound, "" for none."""
    bound = await reads.sealed_email(member.id)
    with suppress(Unreadable):
        return vault.open_for(bound[1], bound[0]) if bound is not None else ""
    return ""


async def name_address(message: Message, bot: Bot, dialogs: Dialogs, reads: Reads, speaker: Speaker,
                       member: MemberView, now: Callable[[], datetime], **others: Any) -> None:
    """An address: the PIN first. Refuses `AddressInvalid`."""
    address = mail.address_in(message.text or "")
    if address is None:
        raise refusals.AddressInvalid
    await ask_pin({"act": ACT, "address": address}, _("Bind the address {address}?", address=Code(address)), others,
                  member=member, bot=bot, dialogs=dialogs, speaker=speaker, reads=reads, now=now)


@act(ACT)
async def send_bind_code(press: CallbackQuery, message: Message, purpose: Purpose, pin_version: int, engine: Engine,
                         dialogs: Dialogs, reads: Reads, vault: Vault, mailer: Mailer | None, speaker: Speaker,
                         member: MemberView) -> None:
    """The PIN was right: the code goes out. Refuses what `AskCode` refuses."""
    address, key = str(purpose["address"]), press_key(press, "act")
    sealed = await reads.sealed_phone(member.id)
    if mailer is None or sealed is None:
        raise refusals.ButtonStale
    code = mail.code_for(vault, key)
    await engine.run(AskCode(
        key=key, member=member.id, purpose=BIND, code=mail.digest_of(vault, member.id, BIND, code),
        address=vault.digest("email", address), sealed=vault.seal_for(sealed[1], address), pin_version=pin_version))
    sent = await _mail_code(mailer, speaker, address, code, _(
        "With it you bind this address to your wallet. If you did not ask for that, do nothing: without the code "
        "nothing happens."))
    await change(message, speaker, sent)
    await dialogs.put(member.telegram_id, {"kind": TYPED, "purpose": BIND}, seconds=LONG)


async def _mail_code(mailer: Mailer, speaker: Speaker, address: str, code: str, why: Text) -> Text:
    """Send it; returns what became of that."""
    try:
        await mailer.send(address, speaker.plain(_("Your code for {brand}")), speaker.plain(Lines((
            _("Your code: {code}", code=code), why, _("It works for 15 minutes. Nobody of us ever asks for it.")),
            gap="\n\n")))
    except NotMailed:
        return _("The mail could not be sent just now. Nothing changed and no money moved. Please try again in a few "
                 "minutes.")
    return _("📧 I have sent a code to {address}. Please send it to me here within 15 minutes; look among the junk, "
             "too.", address=Code(mail.masked(address)))


async def type_code(message: Message, dialog: Mapping[str, Any], bot: Bot, engine: Engine, dialogs: Dialogs,
                    reads: Reads, vault: Vault, mailer: Mailer | None, speaker: Speaker, member: MemberView) -> None:
    """The code of a mail. Refuses `MailCodeWrong` and `MailCodeOver`."""
    code, purpose = mail.code_in(message.text or ""), str(dialog["purpose"])
    if code is None:
        await answer(message, speaker, _("The code in the mail has six digits. Please send it to me, or /cancel."))
        return
    key, digest = message_key(bot.id, message, "code"), mail.digest_of(vault, member.id, purpose, code)
    if purpose == BIND:
        await engine.run(BindEmail(key=key, member=member.id, code=digest))
        await dialogs.drop(member.telegram_id)
        await answer(message, speaker, _("✅ The address is bound to your wallet."))
        return
    waiting = await engine.run(ForgetPin(key=key, member=member.id, code=digest))
    assert isinstance(waiting, Waiting)
    await dialogs.drop(member.telegram_id)
    await answer(message, speaker, _("✅ That is the code."))  # What comes of it they are told as its owner is.
    address = await _address(member, reads, vault)
    if mailer is not None and address:
        with suppress(NotMailed):  # They were told in the chat.
            await mailer.send(address, speaker.plain(_("Your PIN for {brand} was reported forgotten")), speaker.plain(_(
                "From {moment} on another PIN may be chosen in the chat. If that wasn't you, press Stop in your chat "
                "with {brand} now, and end the other sessions in Telegram's settings.",
                moment=Moment.of_microseconds(waiting.ready_at))))


# --------------------------------------------------------------------------------------------- a forgotten PIN
async def forgot(press: CallbackQuery, engine: Engine, dialogs: Dialogs, reads: Reads, vault: Vault,
                 mailer: Mailer | None, speaker: Speaker, member: MemberView) -> None:
    """A code goes to the address that is bound, after the ID number where one was given. Refuses `EmailMissing` and
    `TooManyMails`."""
    if mailer is None:
        raise refusals.ButtonStale
    if not await _address(member, reads, vault):
        raise refusals.EmailMissing
    message, key = pressed_message(press), press_key(press, "forgot")
    if await reads.sealed_identity(member.id) is None:
        await toast(press)
        await _forgotten_code(key, "", message, engine, dialogs, reads, vault, mailer, speaker, member)
        return
    await toast(press)
    await dialogs.put(member.telegram_id, {"kind": NUMBER}, seconds=LONG)
    await answer(message, speaker, _("First your ID number, please, the one that you gave by /verify. I delete the "
                                     "message when I have read it. /cancel leaves this."))


async def type_number(message: Message, bot: Bot, engine: Engine, dialogs: Dialogs, reads: Reads, vault: Vault,
                      mailer: Mailer | None, speaker: Speaker, member: MemberView) -> None:
    """The ID number of whoever forgot the PIN. Refuses `IdNumberWrong`, and what `AskCode` refuses."""
    with suppress(TelegramAPIError):  # It is read; it need not stand in the chat.
        await message.delete()
    if mailer is None:
        raise refusals.ButtonStale
    try:
        number = read_number(message.text or "")
    except IdRefused as refused:
        raise refusals.IdNumberWrong(refused.problem.value) from None
    await _forgotten_code(message_key(bot.id, message, "forgot"), vault.digest("identity", number.text), message,
                          engine, dialogs, reads, vault, mailer, speaker, member)


async def _forgotten_code(key: str, number: str, message: Message, engine: Engine, dialogs: Dialogs, reads: Reads,
                          vault: Vault, mailer: Mailer, speaker: Speaker, member: MemberView) -> None:
    """Send it."""
    address, code = await _address(member, reads, vault), mail.code_for(vault, key)
    await engine.run(AskCode(key=key, member=member.id, purpose=FORGOTTEN, number=number,
                             code=mail.digest_of(vault, member.id, FORGOTTEN, code)))
    sent = await _mail_code(mailer, speaker, address, code, _(
        "Somebody says in your chat with us that they forgot the payment PIN. With this code another one may be chosen "
        "a day later. If that wasn't you, give it to nobody."))
    await dialogs.put(member.telegram_id, {"kind": TYPED, "purpose": FORGOTTEN}, seconds=LONG)
    await answer(message, speaker, sent)


async def stop(press: CallbackQuery, engine: Engine, speaker: Speaker, member: MemberView) -> None:
    """It was somebody else, or they know it again. Refuses `ResetOver`."""
    await engine.run(StopReset(key=press_key(press, "stop"), member=member.id))
    await toast(press)
    await change(pressed_message(press), speaker, _(
        "🛑 Stopped: the PIN stays as it is. If it wasn't you who asked, end the other sessions in Telegram's settings "
        "now, and change the password of your mail."))


async def choose_anew(press: CallbackQuery, bot: Bot, dialogs: Dialogs, reads: Reads, speaker: Speaker,
                      member: MemberView, now: Callable[[], datetime], **others: Any) -> None:
    """The wait is over: the keypad, on which the wallet looks again."""
    await toast(press)
    await ask_pin(FORGOTTEN_PIN, None, others, member=member, bot=bot, dialogs=dialogs, speaker=speaker, reads=reads,
                  now=now)
