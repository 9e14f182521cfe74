"""`/recover`: asking on a new Telegram account for the wallet of an old one, and the old one's no.

Guards: only a contact that Telegram says is the sender's own counts; the message with the ID number is taken out of the
chat as far as Telegram lets us; and nobody learns which numbers have a wallet, for whatever does not fit is refused
alike.
"""
from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from aiogram import Bot, F, Router
from aiogram.exceptions import TelegramAPIError
from aiogram.types import CallbackQuery, Message, ReplyKeyboardRemove

from handlers.asking import InDialog, answers
from handlers.chat.buttons import MoveButton, under_move
from handlers.chat.own_number import number_of
from handlers.chat.saying import answer, change, toast
from handlers.commands import Verb, declared
from handlers.ground import Dialogs, message_key, press_key
from handlers.keyboards import pressed_message, share_contact
from handlers.texts import Lines, Moment, Speaker, _
from wallet import refusals
from wallet.engine import Engine
from wallet.idnumbers import IdRefused, read_number
from wallet.moving import AskMove, MoveAskedFor, ObjectToMove
from wallet.protocols import Reads
from wallet.vault import Vault
from wallet.views import MemberView

DIALOG: Final = "recover"
"""The kind of the dialog that asks for the phone number, and then for the ID number."""
LASTS: Final = 15 * 60


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="moving")
    answers(router, Verb.RECOVER, recover)
    flags = declared(Verb.RECOVER)
    router.message.register(take_phone, InDialog(DIALOG), F.contact, flags=flags)
    router.message.register(take_number, InDialog(DIALOG), F.text, flags=flags)
    router.callback_query.register(object_to, MoveButton.filter(F.member == 0), flags=flags)
    return router


async def recover(message: Message, dialogs: Dialogs, reads: Reads, speaker: Speaker, member: MemberView | None
                  ) -> None:
    """`/recover`, `找回`: the first question; or how it stands, for whoever has a wallet."""
    if member is None:
        raise refusals.NotAMember
    if member.joined:
        move = await reads.move(member.id)
        if move is not None and move.state == "asked":
            await answer(message, speaker, _(
                "🚨 Somebody asks for this wallet from another Telegram account. Nothing goes out until that is "
                "decided, from {moment} on. If it isn't you, say no.", moment=Moment.of_microseconds(move.ready_at)),
                under_move(speaker))
            return
        await answer(message, speaker, _(
            "This account has its wallet. /recover is for a new Telegram account whose owner lost the old one, with "
            "the wallet on it."))
        return
    await dialogs.put(member.telegram_id, {"kind": DIALOG}, seconds=LASTS)
    await answer(message, speaker, Lines((_("🚚 <b>Get your wallet back</b>"), _(
        "You had a wallet on another Telegram account that you can't get into any more. I ask for the phone number and "
        "the ID number that belong to it. Then nothing goes out of it, the old account is told and may say no, and a "
        "day later two operators decide, once you have shown them who you are."), _(
        "Please share your phone number by the button below, or /cancel.")), gap="\n\n"), share_contact(speaker))


async def take_phone(message: Message, dialogs: Dialogs, vault: Vault, speaker: Speaker, member: MemberView) -> None:
    """One's own number. Refuses `ContactNotYours` and `PhoneInvalid`."""
    phone = vault.digest("phone", number_of(message))
    await dialogs.put(member.telegram_id, {"kind": DIALOG, "phone": phone}, seconds=LASTS)
    await answer(message, speaker, _("Now your ID number, please: 18 digits, the last of which may be an X. I delete "
                                     "the message when I have read it. /cancel leaves this."), ReplyKeyboardRemove())


async def take_number(message: Message, dialog: Mapping[str, Any], bot: Bot, engine: Engine, dialogs: Dialogs,
                      vault: Vault, speaker: Speaker, member: MemberView) -> None:
    """The ID number. Refuses `IdNumberWrong`, and what `AskMove` refuses."""
    if "phone" not in dialog:
        await answer(message, speaker, _("Please share your phone number by the button below, or /cancel."),
                     share_contact(speaker))
        return
    with suppress(TelegramAPIError):  # It is read; it need not stand in the chat.
        await message.delete()
    try:
        number = read_number(message.text or "")
    except IdRefused as refused:
        raise refusals.IdNumberWrong(refused.problem.value) from None
    asked = await engine.run(AskMove(key=message_key(bot.id, message, "recover"), member=member.id,
                                     phone=str(dialog["phone"]), number=vault.digest("identity", number.text)))
    assert isinstance(asked, MoveAskedFor)
    await dialogs.drop(member.telegram_id)
    await answer(message, speaker, _(
        "✅ Both numbers fit. Nothing goes out of the wallet now, and the old account is told. From {moment} on two "
        "operators can decide: please write to them with /support and show them who you are.",
        moment=Moment.of_microseconds(asked.ready_at)))


async def object_to(press: CallbackQuery, engine: Engine, speaker: Speaker, member: MemberView) -> None:
    """The old account says no. Refuses `MoveOver`."""
    await engine.run(ObjectToMove(key=press_key(press, "no"), member=member.id))
    await toast(press)
    await change(pressed_message(press), speaker, _(
        "🛑 You said no: the wallet stays yours, and money goes out again. The one who asked knew your ID number; if "
        "you don't know them, tell the operators by /support."))
