"""One's QQ number, in the settings: stated, replaced and taken away.

Guards: a member sees and changes only their own; what was typed leaves the chat as far as Telegram lets us, and is
kept sealed; wherever it is shown it says that nobody checked it.
"""
from __future__ import annotations

from contextlib import suppress
from typing import Final

from aiogram import Bot, F, Router
from aiogram.enums import ButtonStyle
from aiogram.exceptions import TelegramAPIError
from aiogram.types import CallbackQuery, Message

from handlers.asking import InDialog
from handlers.chat.saying import answer, change, toast
from handlers.commands import Verb, declared
from handlers.ground import Dialogs, message_key, press_key
from handlers.keyboards import Open, button, keyboard, pressed_message
from handlers.texts import Code, Lines, Speaker, _
from wallet import refusals
from wallet.engine import Engine
from wallet.protocols import Reads
from wallet.qq import LONGEST, SHORTEST, RemoveQQ, StateQQ, read_qq
from wallet.vault import Unreadable, Vault
from wallet.views import MemberView

DIALOG: Final = "qq"
"""The kind of the dialog that asks for the number, and what opens it."""
REMOVE: Final = "qq_off"


def make_router() -> Router:
    """The screen, what is typed on it, and the way back."""
    router = Router(name="own_qq")
    flags = declared(Verb.SETTINGS)
    router.message.register(state, InDialog(DIALOG), F.text, flags=flags)
    router.callback_query.register(open_qq, Open.filter(F.what == DIALOG), flags=flags)
    router.callback_query.register(remove, Open.filter(F.what == REMOVE), flags=flags)
    return router


async def stated(member: int, reads: Reads, vault: Vault) -> str:
    """What a member stated, "" for nothing."""
    found = await reads.sealed_qq(member)
    with suppress(Unreadable):  # Whose key was destroyed stated nothing any more.
        return vault.open_for(found[1], found[0]) if found is not None else ""
    return ""


async def open_qq(press: CallbackQuery, dialogs: Dialogs, reads: Reads, vault: Vault, speaker: Speaker,
                  member: MemberView) -> None:
    """Which one is stated, and the way to another."""
    number = await stated(member.id, reads, vault)
    await toast(press)
    await dialogs.put(member.telegram_id, {"kind": DIALOG})
    is_now = (_("🐧 Your QQ number: {number}, unverified", number=Code(number)) if number else
              _("🐧 You have stated no QQ number."))
    rows = [[button(speaker, _("Take it away"), Open(what=REMOVE), ButtonStyle.DANGER)]] if number else []
    await answer(pressed_message(press), speaker, Lines((is_now, _(
        "You may state one, so that operators can reach you. Nobody checks it, it gives no rights, and besides you "
        "only operators see it. Please send me the number now, or /cancel.")), gap="\n\n"), keyboard(*rows))


async def state(message: Message, bot: Bot, engine: Engine, dialogs: Dialogs, reads: Reads, vault: Vault,
                speaker: Speaker, member: MemberView) -> None:
    """A number. What is refused may be sent again. Refuses `QQWrong`."""
    with suppress(TelegramAPIError):  # It is read; it need not stand in the chat.
        await message.delete()
    number = read_qq(message.text or "")
    if number is None:
        raise refusals.QQWrong(SHORTEST, LONGEST)
    own = await reads.sealed_phone(member.id)
    assert own is not None, "who has joined has a key"
    await engine.run(StateQQ(key=message_key(bot.id, message, "qq"), member=member.id,
                             digest=vault.digest("qq", number), sealed=vault.seal_for(own[1], number)))
    await dialogs.drop(member.telegram_id)
    await answer(message, speaker, _("✅ Your QQ number is {number} from now on, unverified. /settings changes it or "
                                     "takes it away.", number=Code(number)))


async def remove(press: CallbackQuery, engine: Engine, dialogs: Dialogs, speaker: Speaker, member: MemberView) -> None:
    """It is kept no longer. Refuses `QQMissing`."""
    await engine.run(RemoveQQ(key=press_key(press, "qq_off"), member=member.id))
    await toast(press)
    await dialogs.drop(member.telegram_id)
    await change(pressed_message(press), speaker, _("✅ Your QQ number is deleted."))
