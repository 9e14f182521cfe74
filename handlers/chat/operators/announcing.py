"""What was decided against somebody, said in a group: only when the operator who decided it says so, and where; and
that it is lifted, where that was read.

Guards: nothing is announced by itself. The operator picks a group in which they, we and whoever it is about are; that
something is lifted is said only in groups that read of it. Either is written down before it is said.
"""
from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from aiogram import Bot, Router
from aiogram.enums import ParseMode
from aiogram.exceptions import TelegramAPIError, TelegramForbiddenError
from aiogram.types import CallbackQuery, Message, ReplyKeyboardRemove

from handlers import payments
from handlers import penalties as said_of
from handlers.asking import InDialog
from handlers.chat import buttons
from handlers.chat.attending import is_in
from handlers.chat.buttons.picking import CHAT_REQUEST
from handlers.chat.cards import Cards
from handlers.chat.operators.saying_so import AnnounceButton, LiftedButton
from handlers.chat.saying import answer, toast, write
from handlers.commands import Verb, declared
from handlers.ground import Dialogs, People, message_key, press_key
from handlers.keyboards import hangs_there, only_for, pressed_message
from handlers.legal import Library
from handlers.texts import Fact, Lines, Speaker, _
from wallet import refusals
from wallet.engine import Engine
from wallet.penalties import Announce, AnnounceLifted, Lifted, Penalised, sort_of
from wallet.protocols import OperatorReads, Reads
from wallet.rows import WARNING

DIALOG: Final = "announce"
"""The kind of the dialog in which an operator picks the group."""
MOST_GROUPS: Final = 10
"""In so many groups, the newest first, it is said that something is lifted."""


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="announcing")
    router.callback_query.register(ask_where, AnnounceButton.filter(), flags=declared(Verb.BAN))
    router.callback_query.register(say_lifted, LiftedButton.filter(), flags=declared(Verb.BAN))
    router.message.register(picked, InDialog(DIALOG), flags=declared(Verb.BAN))
    return router


async def ask_where(press: CallbackQuery, callback_data: AnnounceButton, bot: Bot, dialogs: Dialogs, speaker: Speaker
                    ) -> None:
    """In private, where alone Telegram lets a group be picked."""
    only_for(press, callback_data.presser)
    if not hangs_there(press):
        raise refusals.ButtonStale
    await dialogs.put(press.from_user.id, {"kind": DIALOG, "penalty": callback_data.penalty})
    said = speaker.say(_("In which group? Pick one with the button below. Everybody there reads who it is about, what "
                         "was decided and which clause they broke. /cancel leaves."))
    with suppress(TelegramForbiddenError):  # Whoever has blocked us announces nothing.
        await bot.send_message(press.from_user.id, said, parse_mode=ParseMode.HTML,
                               reply_markup=buttons.pick_group(speaker))
    await toast(press, speaker.plain(_("Please continue in our private chat.")))


async def picked(message: Message, dialog: Mapping[str, Any], bot: Bot, engine: Engine, dialogs: Dialogs,
                 operator_reads: OperatorReads, reads: Reads, people: People, cards: Cards, library: Library,
                 speaker: Speaker) -> None:
    """The group. Refuses what `Announce` refuses."""
    shared, operator = message.chat_shared, message.from_user
    assert operator is not None
    if shared is None or shared.request_id != CHAT_REQUEST:
        await answer(message, speaker, _("Please pick the group with the button below. /cancel leaves."))
        return
    penalty: int = dialog["penalty"]
    person = await operator_reads.penalised(operator.id, penalty)
    if not person or not (await is_in(bot, shared.chat_id, operator.id) and await is_in(bot, shared.chat_id, person)):
        await answer(message, speaker, _("They or you are not in that group, so nothing was announced. Pick another "
                                         "one, or /cancel."), buttons.pick_group(speaker))
        return
    decided = await engine.run(Announce(key=message_key(bot.id, message, "announce"), operator=operator.id,
                                        penalty=penalty, chat=shared.chat_id))
    assert isinstance(decided, Penalised)
    await dialogs.drop(operator.id)
    voice = await cards.speaker_of(shared.chat_id, operator.id)
    name = (await payments.names((person,), people, reads))[person]
    await write(bot, shared.chat_id, voice.say(_announcement(decided, name, library, voice)))
    await answer(message, speaker, _("📣 Announced."), ReplyKeyboardRemove())


async def say_lifted(press: CallbackQuery, callback_data: LiftedButton, bot: Bot, engine: Engine,
                     operator_reads: OperatorReads, reads: Reads, people: People, cards: Cards, speaker: Speaker
                     ) -> None:
    """In every group that read of the penalty, once. Refuses what `AnnounceLifted` refuses."""
    only_for(press, callback_data.presser)
    if not hangs_there(press):
        raise refusals.ButtonStale
    operator, said_in = press.from_user.id, 0
    for chat in (await operator_reads.announced_in(operator, callback_data.penalty))[:MOST_GROUPS]:
        lifted = await engine.run(AnnounceLifted(key=press_key(press, f"lifted:{chat}"), operator=operator,
                                                 penalty=callback_data.penalty, chat=chat))
        assert isinstance(lifted, Lifted)
        voice = await cards.speaker_of(chat, operator)
        name = (await payments.names((lifted.person,), people, reads))[lifted.person]
        with suppress(TelegramAPIError):  # A group that we left reads nothing.
            await write(bot, chat, voice.say(said_of.LIFTED_THERE[sort_of(lifted.kind, lifted.direction)](name)))
            said_in += 1
    await toast(press)
    message = pressed_message(press)
    await bot.edit_message_reply_markup(chat_id=message.chat.id, message_id=message.message_id)
    await answer(message, speaker, _("📣 Said in {n} group.", "📣 Said in {n} groups.", n=said_in) if said_in else
                 _("No group that I am in had read of it, so nothing was said."))


def _announcement(decided: Penalised, name: Fact, library: Library, voice: Speaker) -> Lines:
    """What everybody there reads."""
    document = said_of.agreement_at(library, decided.at)
    lines: list[Fact] = [said_of.DECIDED[sort_of(decided.kind, decided.direction)](name)]
    if decided.kind != WARNING:
        lines.append(said_of.lasts(decided.until))
    lines.append(_("Reason: clause {clause} of the {agreement}.", agreement=document.texts[voice.language].title,
                   clause=said_of.clause_called(document, decided.reason, voice)))
    return Lines(tuple(lines))
