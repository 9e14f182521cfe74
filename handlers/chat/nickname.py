"""One's nickname: what it is, and the one change of it.

Guards: a member changes only their own, once, and only after they saw the new one and confirmed it; a name that is
refused, or that they have already, costs nothing; and what is kept was cleaned before anything is decided about it.
"""
from __future__ import annotations

from typing import Final

from aiogram import F, Router
from aiogram.enums import ButtonStyle
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message

from handlers.asking import InDialog, answers
from handlers.chat.saying import answer, change, toast
from handlers.commands import Verb, declared
from handlers.ground import Config, Dialogs, accepts, new_token, press_key
from handlers.keyboards import NicknameWord, Open, button, keyboard, pressed_message
from handlers.parsing import Asked, WordsAsked
from handlers.texts import Lines, Person, Speaker, Text, _
from wallet import refusals
from wallet.engine import Engine
from wallet.members import NICKNAME_CHANGES, ChangeNickname, Nicknamed
from wallet.text import MAX_NICKNAME, MIN_NICKNAME, TextRefused, clean_nickname
from wallet.views import MemberView

DIALOG: Final = "nickname"
"""The kind of the dialog that asks for a new one, and then whether it is meant."""


def make_router() -> Router:
    """`/nickname`."""
    router = Router(name="nickname")
    answers(router, Verb.NICKNAME, nickname)
    router.message.register(name_nickname, InDialog(DIALOG), F.text, flags=declared(Verb.NICKNAME))
    router.callback_query.register(answered, NicknameWord.filter(), flags=accepts())
    router.callback_query.register(open_nickname, Open.filter(F.what == "nickname"), flags=declared(Verb.NICKNAME))
    return router


async def nickname(message: Message, asked: Asked, dialogs: Dialogs, speaker: Speaker, member: MemberView,
                   config: Config) -> None:
    """`/nickname NAME`, `昵称`; bare, it shows the nickname and asks for another while there may be one."""
    if isinstance(asked.argument, WordsAsked):
        await _ask(message, asked.argument.words, dialogs, speaker, member, config)
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


async def name_nickname(message: Message, dialogs: Dialogs, speaker: Speaker, member: MemberView, config: Config
                        ) -> None:
    """The name that was asked for, or another one instead. Whoever is refused may send another one."""
    await _ask(message, message.text or "", dialogs, speaker, member, config)


async def _ask(message: Message, typed: str, dialogs: Dialogs, speaker: Speaker, member: MemberView, config: Config
               ) -> None:
    """Whether this shall be it for good. Refuses `NicknameRefused` and `NicknameSpent`."""
    try:
        name = clean_nickname(typed, config.brand)
    except TextRefused as refused:
        raise refusals.NicknameRefused(refused.reason.value, refused.least, refused.most) from None
    if name == member.nickname:
        await dialogs.drop(member.telegram_id)
        await answer(message, speaker, _outcome(Nicknamed(name, False)))
        return
    if member.nickname_changes >= NICKNAME_CHANGES:
        raise refusals.NicknameSpent
    token = new_token()
    await dialogs.put(member.telegram_id, {"kind": DIALOG, "name": name, "token": token})
    await answer(message, speaker, _(
        "Change your nickname from {old} to {name}? You can do this exactly once; after that it stays.",
        old=Person(member.nickname), name=Person(name)), _sure_or_not(speaker, token))


def _sure_or_not(speaker: Speaker, token: str) -> InlineKeyboardMarkup:
    return keyboard([button(speaker, _("Confirm"), NicknameWord(sure=True, token=token), ButtonStyle.SUCCESS),
                     button(speaker, _("Cancel"), NicknameWord(sure=False, token=token), ButtonStyle.DANGER)])


async def answered(press: CallbackQuery, callback_data: NicknameWord, engine: Engine, dialogs: Dialogs,
                   speaker: Speaker, member: MemberView) -> None:
    """Yes or no, once. Refuses `NicknameSpent`."""
    message = pressed_message(press)
    dialog = await dialogs.get(member.telegram_id)
    if dialog is None or dialog.get("kind") != DIALOG or dialog.get("token") != callback_data.token:
        raise refusals.ButtonStale
    if callback_data.sure:
        outcome = await engine.run(ChangeNickname(key=press_key(press, "nickname"), member=member.id,
                                                  nickname=dialog["name"]))
        assert isinstance(outcome, Nicknamed)
        said = _outcome(outcome)
    else:
        said = _("Nothing was changed: your nickname is {name}.", name=Person(member.nickname))
    await toast(press)
    await change(message, speaker, said)
    await dialogs.drop(member.telegram_id)


def _outcome(outcome: Nicknamed) -> Text:
    if outcome.changed:
        return _("✅ Your nickname is {name} from now on. It can't be changed again.", name=Person(outcome.nickname))
    return _("Your nickname is {name} already, so nothing was changed.", name=Person(outcome.nickname))
