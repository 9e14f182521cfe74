"""Help, leaving whatever one is in the middle of, and the last word on what nobody else understood.

Guards: in a private chat nobody is left without an answer, and in a group nobody is talked at: what is not for us stays
unanswered there. The last router of this module comes last of all.
"""
from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from aiogram import Bot, F, Router
from aiogram.types import CallbackQuery, Message, ReplyKeyboardRemove

from handlers.asking import Asks, typed_as_command
from handlers.chat.joining import show_expected
from handlers.chat.payloads import payload
from handlers.chat.pin import DIALOG, leave_pad
from handlers.chat.resuming import forget
from handlers.chat.saying import answer, toast, whisper
from handlers.ground import Config, Dialogs, accepts
from handlers.keyboards import Open, main_buttons, pressed_message, to_private
from handlers.legal import Library
from handlers.texts import Fact, Lines, Speaker, _
from wallet.books import Policy
from wallet.views import MemberView


async def show_help(message: Message, speaker: Speaker, config: Config) -> None:
    """`/help` in private."""
    await answer(message, speaker, _page(config))


async def open_help(press: CallbackQuery, speaker: Speaker, config: Config) -> None:
    """The same, by a button."""
    message = pressed_message(press)
    await toast(press)
    await answer(message, speaker, _page(config))


def _page(config: Config) -> Lines:
    """Everything that works today, in sections."""
    top_up = [_("/topup 100 – fill your wallet with play money")] if config.play_money else []
    return Lines((
        _("❓ <b>How {brand} works</b>"),
        Lines((_("<b>Send money</b>"),
               _("/send @bob 20 lunch – to somebody by name or phone number"),
               _("/send 20 lunch – as a reply to somebody's message"),
               _("/send @bob @eve 20 each – to several people"),
               _("Whoever has no wallet yet gets 24 hours to claim it; then it comes back to you."))),
        Lines((_("<b>Your money</b>"), _("/balance – what you have"), *top_up,
               _("/history – what came and went, month by month"),
               _("/statement – a month as a picture and as a table; /statement last month too"),
               _("/receipt CODE – one payment in full"),
               _("/giveback CODE – return what somebody sent you"))),
        Lines((_("<b>Your account</b>"), _("/settings – language, no-PIN limit, PIN, agreements"),
               _("/nickname – see your nickname, or change it once"),
               _("/pin – set or change your payment PIN"), _("/agreement – read what you accepted"),
               _("/language – choose the language; in a group its administrators do"),
               _("/cancel – leave whatever we are in the middle of"))),
        _plain_words(),
        _("<b>Be careful</b>: pay nobody who asks for codes or your PIN. We never ask for them in a message."),
        _("<b>Reach us</b>, to ask or to appeal: {contact}", contact=config.contact) if config.contact else
        _("<b>Reach us</b>, to ask or to appeal: whoever runs this bot has left no address here. My profile may name "
          "one; otherwise ask whoever brought me into your group."),
    ), gap="\n\n")


@payload("help")
async def came_for_help(message: Message, rest: str, speaker: Speaker, config: Config) -> None:
    """Somebody to whom a group could not say more."""
    await show_help(message, speaker, config)


def _plain_words() -> Fact:
    return _("<b>Plain words</b> work too: <code>转账 @bob 20 午饭</code>, <code>余额</code>, <code>充值 100</code>, "
             "<code>账单</code>. In a group I see them only where I am an administrator or my privacy mode is off; "
             "commands always reach me.")


async def show_help_in_group(message: Message, group_speaker: Speaker, config: Config) -> None:
    """`/help` in a group: what works here, and the way to the rest."""
    await answer(message, group_speaker, Lines((
        _("Reply to somebody's message with <code>/send 20 lunch</code>, or write <code>/send @bob 20 lunch</code>."),
        _("/balance and /history answer so that only you see it. Plain words such as <code>转账 @bob 20</code> reach "
          "me only where I am an administrator or my privacy mode is off."))), to_private(group_speaker, config))


async def cancel(message: Message, bot: Bot, dialogs: Dialogs, speaker: Speaker, member: MemberView | None,
                 **others: Any) -> None:
    """`/cancel`: leave the dialog, whatever it is."""
    person = message.from_user
    waited = person is not None and await forget(dialogs, person.id)
    dialog = await dialogs.get(person.id) if person else None
    if dialog is None or person is None:
        await answer(message, speaker, _("Cancelled. No money moved.") if waited else _("There is nothing to cancel."))
        return
    if dialog.get("kind") == DIALOG and member is not None:
        await leave_pad(dialog, others, bot=bot, dialogs=dialogs, speaker=speaker, member=member)
        return
    await dialogs.drop(person.id)
    await answer(message, speaker, _("Cancelled. No money moved."), ReplyKeyboardRemove())


async def cancel_in_group(message: Message, bot: Bot, dialogs: Dialogs, speaker: Speaker, group_speaker: Speaker,
                          member: MemberView | None, config: Config, **others: Any) -> None:
    """Dialogs live in the private chat, but whoever says it here means it too. Nobody else needs to read of it."""
    person = message.from_user
    waited = person is not None and await forget(dialogs, person.id)
    dialog = await dialogs.get(person.id) if person else None
    if dialog is None or person is None:
        if person is not None:
            said = _("Cancelled. No money moved.") if waited else _("There is nothing to cancel.")
            await whisper(message, person.id, speaker, said, group_speaker, config)
        return
    if dialog.get("kind") == DIALOG and member is not None:
        await leave_pad(dialog, {**others, "config": config}, bot=bot, dialogs=dialogs, speaker=speaker, member=member)
    else:
        await dialogs.drop(person.id)
    await whisper(message, person.id, speaker, _("Cancelled. No money moved."), group_speaker, config)


async def not_understood(message: Message, speaker: Speaker, library: Library, policy: Policy, config: Config,
                         member: MemberView | None, now: Callable[[], datetime]) -> None:
    """The last handler in private: whoever is still joining sees where they are, everybody else the way to help."""
    if member is not None and member.step:
        await show_expected(message, member, speaker, library, policy, config, now)
    elif member is None:
        await answer(message, speaker, _("Hello! Send /start to open a wallet, or /help to see what I do."))
    else:
        await answer(message, speaker, _("Sorry, I didn't understand that, so nothing happened. /help shows what I "
                                         "can do."), main_buttons(speaker))


def make_router() -> Router:
    """`/help` and `/cancel`."""
    router = Router(name="help")
    private, group = F.chat.type == "private", F.chat.type != "private"
    router.message.register(show_help, Asks("help"), private, flags=accepts(joined=False))
    router.message.register(show_help_in_group, Asks("help"), group, flags=accepts(group=True, joined=False))
    router.message.register(cancel, Asks("cancel"), private, flags=accepts(joined=False))
    router.message.register(cancel_in_group, Asks("cancel"), group, typed_as_command,
                            flags=accepts(group=True, joined=False))
    router.callback_query.register(open_help, Open.filter(F.what == "help"), flags=accepts(joined=False))
    return router


def make_last_router() -> Router:
    """What comes after everything else. Buttons that nobody knows are the process's to answer."""
    router = Router(name="last")
    router.message.register(not_understood, F.chat.type == "private", flags=accepts(joined=False))
    return router
