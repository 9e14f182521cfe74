"""Help, leaving whatever one is in the middle of, and the last word on what nobody else understood.

Guards: the help tells of the commands in the table and of no others; in a private chat nobody is left without an
answer, and in a group nobody is talked at: what is not for us stays unanswered there. The last router of this module
comes last of all.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from aiogram import Bot, F, Router
from aiogram.types import CallbackQuery, Message, ReplyKeyboardRemove

from handlers.asking import answers
from handlers.chat.joining import show_expected
from handlers.chat.keypad import DIALOG
from handlers.chat.payloads import payload
from handlers.chat.pin import leave_pad
from handlers.chat.resuming import forget
from handlers.chat.saying import answer, toast, whisper
from handlers.commands import COMMANDS, Command, Section, Verb, declared, works
from handlers.ground import Config, Dialogs, Operators, Who, accepts
from handlers.keyboards import Open, main_buttons, pressed_message, to_private
from handlers.legal import Library
from handlers.texts import Code, Fact, Html, Lines, Listed, Speaker, Text, _
from wallet.books import Policy
from wallet.operators import may
from wallet.views import MemberView


def make_router() -> Router:
    """`/help` and `/cancel`."""
    router = Router(name="help")
    answers(router, Verb.HELP, show_help, private=True)
    answers(router, Verb.HELP, show_help_in_group, private=False)
    answers(router, Verb.CANCEL, cancel, private=True)
    answers(router, Verb.CANCEL, cancel_in_group, private=False)
    router.callback_query.register(open_help, Open.filter(F.what == "help"), flags=declared(Verb.HELP))
    return router


def make_last_router() -> Router:
    """What comes after everything else. Buttons that nobody knows are the process's to answer."""
    router = Router(name="last")
    router.message.register(not_understood, F.chat.type == "private", flags=accepts(joined=False))
    return router


async def show_help(message: Message, operators: Operators, speaker: Speaker, config: Config) -> None:
    """`/help` in private."""
    assert message.from_user is not None
    await _tell(message, await operators.role(message.from_user.id), speaker, config)


async def open_help(press: CallbackQuery, operators: Operators, speaker: Speaker, config: Config) -> None:
    """The same, by a button."""
    message = pressed_message(press)
    await toast(press)
    await _tell(message, await operators.role(press.from_user.id), speaker, config)


async def _tell(message: Message, role: str, speaker: Speaker, config: Config) -> None:
    """All of it, in as few messages as hold it: a section is never torn apart."""
    pages: list[list[Fact]] = [[]]
    for part in _parts(config, role):
        if pages[-1] and len(speaker.say(Lines((*pages[-1], part), gap=_GAP))) > PAGE:
            pages.append([])
        pages[-1].append(part)
    for page in pages:
        await answer(message, speaker, Lines(tuple(page), gap=_GAP))


PAGE: Final = 3_800
"""So many signs a page has at most, markup and all: Telegram takes 4,096, and some signs count twice."""
_GAP: Final = "\n\n"


def _parts(config: Config, role: str) -> Sequence[Fact]:
    """Every command that works today for whoever has a role or none, in sections, and what else one should know."""
    rows = _working(config, role)
    return (
        _("❓ <b>How {brand} works</b>"),
        *(_section(section, some) for section in Section if (some := [row for row in rows if row.section is section])),
        _("<b>Plain words</b>, those behind the dots, do the same without a slash: <code>转账 @bob 20 午饭</code>. In "
          "a group I see them only where I am an administrator or my privacy mode is off; commands always reach me."),
        _("<b>Be careful</b>: pay nobody who asks for codes or your PIN. We never ask for them in a message."),
        _("<b>Reach us</b>, to ask or to appeal: {contact}", contact=config.contact) if config.contact else
        _("<b>Reach us</b>, to ask or to appeal: whoever runs this bot has left no address here. My profile may name "
          "one; otherwise ask whoever brought me into your group."),
    )


def _working(config: Config, role: str) -> list[Command]:
    return [row for row in COMMANDS.values()
            if works(row, play_money=config.play_money) and (row.accepts.act is None or may(role, row.accepts.act))]


def _section(section: Section, rows: Sequence[Command]) -> Lines:
    """Its commands, each with its plain word on the first line, and what no command says."""
    lines: list[Text] = []
    for row in rows:
        first, *more = row.help
        lines += [_("{line} · {word}", line=first, word=Code(row.words[0])) if row.words else first, *more]
    return Lines((section.value, *lines, *_BESIDES.get(section, ())))


_BESIDES: Final[Mapping[Section, tuple[Text, ...]]] = {
    Section.SENDING: (_("Whoever has no wallet yet gets 24 hours to claim it; then it comes back to you."),),
}


@payload("help")
async def came_for_help(message: Message, rest: str, operators: Operators, speaker: Speaker, config: Config) -> None:
    """Somebody to whom a group could not say more."""
    await show_help(message, operators, speaker, config)


async def show_help_in_group(message: Message, operators: Operators, group_speaker: Speaker, config: Config) -> None:
    """`/help` in a group: what works here, and the way to the rest. In the operators' own that is what they work by."""
    if message.chat.id == config.operators_group and message.from_user is not None:
        role = await operators.role(message.from_user.id)
        theirs = [row for row in _working(config, role) if row.section is Section.OPERATORS]
        if theirs:
            await answer(message, group_speaker, _section(Section.OPERATORS, theirs))
            return
    await answer(message, group_speaker, Lines((
        _("Reply to somebody's message with <code>/send 20 lunch</code>, or write <code>/send @bob 20 lunch</code>."),
        _("{commands} work here too; what is personal only you see. For administrators: {administrators}.",
          commands=_FOR_MEMBERS, administrators=_FOR_ADMINISTRATORS),
        _("Plain words such as <code>转账 @bob 20</code> reach me only where I am an administrator or my privacy mode "
          "is off."))), to_private(group_speaker, config))


def _typed(who: Who) -> Listed:
    return Listed(tuple(Html(row.typed) for row in COMMANDS.values()
                        if row.accepts.group is who and row.verb is not Verb.SEND))


_FOR_MEMBERS: Final = _typed(Who.MEMBERS)
_FOR_ADMINISTRATORS: Final = _typed(Who.ADMINISTRATORS)


async def cancel(message: Message, bot: Bot, dialogs: Dialogs, speaker: Speaker, member: MemberView | None,
                 **others: Any) -> None:
    """`/cancel`: leave the dialog, whatever it is."""
    person = message.from_user
    waited = person is not None and await forget(dialogs, person.id)
    dialog = await dialogs.get(person.id) if person else None
    if dialog is None or person is None:
        said = _("Cancelled. No money moved.") if waited else _("There is nothing to cancel.")
        await answer(message, speaker, said, ReplyKeyboardRemove())  # Another command may have ended a dialog.
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
