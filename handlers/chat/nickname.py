"""One's nickname: what it is, and the one change of it.

Guards: a member changes only their own, once; a name that is refused, or that they have already, costs nothing; and
what is kept was cleaned before anything is decided about it.
"""
from __future__ import annotations

from typing import Final

from aiogram import Bot, F, Router
from aiogram.types import CallbackQuery, Message

from handlers.asking import InDialog, answers
from handlers.chat.saying import answer, toast
from handlers.commands import Verb, declared
from handlers.ground import Config, Dialogs, message_key
from handlers.keyboards import Open, pressed_message
from handlers.parsing import Asked, WordsAsked
from handlers.texts import Lines, Person, Speaker, _
from wallet import refusals
from wallet.engine import Engine
from wallet.members import NICKNAME_CHANGES, ChangeNickname, Nicknamed
from wallet.text import MAX_NICKNAME, MIN_NICKNAME, TextRefused, clean_nickname
from wallet.views import MemberView

DIALOG: Final = "nickname"
"""The kind of the dialog that asks for a new one."""


async def nickname(message: Message, asked: Asked, bot: Bot, engine: Engine, dialogs: Dialogs, speaker: Speaker,
                   member: MemberView, config: Config) -> None:
    """`/nickname NAME`, `昵称`; bare, it shows the nickname and asks for another while there may be one."""
    if isinstance(asked.argument, WordsAsked):
        await _change(message, asked.argument.words, bot, engine, speaker, member, config)
    else:
        await _show(message, dialogs, speaker, member)


async def open_nickname(press: CallbackQuery, dialogs: Dialogs, speaker: Speaker, member: MemberView) -> None:
    """The bare command by a button."""
    message = pressed_message(press)
    await toast(press)
    await _show(message, dialogs, speaker, member)


async def _show(message: Message, dialogs: Dialogs, speaker: Speaker, member: MemberView) -> None:
    is_now = _("Your nickname: {name}", name=Person(member.nickname))
    if member.nickname_changes >= NICKNAME_CHANGES:
        await answer(message, speaker, Lines((is_now, _("You have changed it once, so it stays."))))
        return
    await dialogs.put(member.telegram_id, {"kind": DIALOG})
    await answer(message, speaker, Lines((is_now, _(
        "You may change it exactly once. Please send me the new one, {least} to {most} characters, or /cancel to keep "
        "this one.", least=MIN_NICKNAME, most=MAX_NICKNAME)), gap="\n\n"))


async def name_nickname(message: Message, bot: Bot, engine: Engine, dialogs: Dialogs, speaker: Speaker,
                        member: MemberView, config: Config) -> None:
    """The name that was asked for. Whoever is refused may send another one."""
    await _change(message, message.text or "", bot, engine, speaker, member, config)
    await dialogs.drop(member.telegram_id)


async def _change(message: Message, typed: str, bot: Bot, engine: Engine, speaker: Speaker, member: MemberView,
                  config: Config) -> None:
    """Refuses `NicknameRefused` and `NicknameSpent`."""
    try:
        name = clean_nickname(typed, config.brand)
    except TextRefused as refused:
        raise refusals.NicknameRefused(refused.reason.value, refused.least, refused.most) from None
    outcome = await engine.run(ChangeNickname(key=message_key(bot.id, message, "nickname"), member=member.id,
                                              nickname=name))
    assert isinstance(outcome, Nicknamed)
    if outcome.changed:
        said = _("✅ Your nickname is {name} from now on. It can't be changed again.", name=Person(outcome.nickname))
    else:
        said = _("Your nickname is {name} already, so nothing was changed.", name=Person(outcome.nickname))
    await answer(message, speaker, said)


def make_router() -> Router:
    """`/nickname`."""
    router = Router(name="nickname")
    answers(router, Verb.NICKNAME, nickname)
    router.message.register(name_nickname, InDialog(DIALOG), F.text, flags=declared(Verb.NICKNAME))
    router.callback_query.register(open_nickname, Open.filter(F.what == "nickname"), flags=declared(Verb.NICKNAME))
    return router
