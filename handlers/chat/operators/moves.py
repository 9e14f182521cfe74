"""Deciding who a wallet belongs to that somebody asked for from another Telegram account.

Guards: how they proved who they are is written down before the first of two operators signs; a no takes one.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from aiogram import Bot, F, Router
from aiogram.enums import ParseMode
from aiogram.exceptions import TelegramForbiddenError
from aiogram.types import CallbackQuery, Message

from handlers import refusals as said_of
from handlers.asking import InDialog
from handlers.chat.buttons import MoveButton, ProvenButton
from handlers.chat.cards import Cards
from handlers.chat.operators.signing import propose
from handlers.chat.saying import answer, change, toast
from handlers.ground import FRESH, Accepts, Dialogs, Who, press_key
from handlers.keyboards import hangs_there, pressed_message
from handlers.texts import Speaker, _
from wallet import refusals
from wallet.engine import Engine
from wallet.moving import MoveDeed, RejectMove
from wallet.operators import Act
from wallet.text import TextRefused, clean_note
from wallet.views import MemberView

DIALOG: Final = "move proof"
"""The kind of the dialog that asks an operator how somebody proved who they are."""
_FLAGS: Final = {"accepts": Accepts(private=Who.OPERATORS, group=Who.OPERATORS, fresh=FRESH, act=Act.MOVE)}


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="moves")
    router.callback_query.register(ask_proof, ProvenButton.filter(), flags=_FLAGS)
    router.callback_query.register(reject, MoveButton.filter(F.member != 0), flags=_FLAGS)
    router.message.register(proven, InDialog(DIALOG), F.text, flags=_FLAGS)
    return router


async def ask_proof(press: CallbackQuery, callback_data: ProvenButton, bot: Bot, dialogs: Dialogs, speaker: Speaker
                    ) -> None:
    """In private, where the PIN is asked, too."""
    if not hangs_there(press):
        raise refusals.ButtonStale
    await dialogs.put(press.from_user.id, {"kind": DIALOG, "member": callback_data.member,
                                           "person": callback_data.person})
    said = speaker.say(_("How did they prove who they are? Please write it in a few words; a second operator reads it "
                         "and signs, too. /cancel leaves."))
    with suppress(TelegramForbiddenError):  # Whoever has blocked us signs nothing.
        await bot.send_message(press.from_user.id, said, parse_mode=ParseMode.HTML)
    await toast(press, speaker.plain(_("Please continue in our private chat.")))


async def proven(message: Message, dialog: Mapping[str, Any], cards: Cards, dialogs: Dialogs, speaker: Speaker,
                 member: MemberView | None, now: Callable[[], datetime]) -> None:
    """The proof: sign it. Refuses what `MoveDeed` refuses."""
    assert message.from_user is not None
    try:
        proof = clean_note(message.text or "")
    except TextRefused as refused:
        await answer(message, speaker, said_of.about_note(refused))
        return
    await dialogs.drop(message.from_user.id)
    wallet, person = dialog["member"], dialog["person"]
    move, party = await cards.reads.move(wallet), await cards.reads.party(wallet)
    if move is None or party is None:
        raise refusals.MoveOver
    await propose(message, MoveDeed(wallet, party.telegram_id, move.asker, person, proof or ""), cards, dialogs,
                  speaker, member, now)


async def reject(press: CallbackQuery, callback_data: MoveButton, engine: Engine, speaker: Speaker) -> None:
    """No. Refuses `MoveOver`."""
    if not hangs_there(press):
        raise refusals.ButtonStale
    await engine.run(RejectMove(key=press_key(press, "reject"), operator=press.from_user.id,
                                member=callback_data.member))
    await toast(press)
    await change(pressed_message(press), speaker, _("✖️ Rejected: the wallet stays where it is, and both are told."))
