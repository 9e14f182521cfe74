"""Pictures for an application: asked for one by one, copied, sealed, replaced, handed in or taken back.

Guards: what is kept of a picture is drawn anew and sealed before it is stored; the message that it came with leaves the
chat as far as Telegram lets us, whatever becomes of it. Nothing goes to the operators before its member says so.
"""
from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from aiogram import Bot, F, Router
from aiogram.enums import ButtonStyle
from aiogram.exceptions import TelegramAPIError
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message

from handlers import applications as said_of
from handlers.asking import InDialog
from handlers.chat.buttons import PaperAct, PaperButton
from handlers.chat.fetching import fetched
from handlers.chat.saying import answer, change, toast
from handlers.commands import Verb, declared
from handlers.ground import Dialogs, message_key, press_key
from handlers.keyboards import button, keyboard, pressed_message
from handlers.pictures.aside import NotRead
from handlers.pictures.copier import Copier
from handlers.texts import Fact, Lines, Moment, Speaker, Text, _
from wallet import refusals
from wallet.applications import DOCUMENTS, KINDS, BeginApplication, Begun, GivePaper, HandIn, Withdraw
from wallet.engine import Engine
from wallet.protocols import Applications
from wallet.views import ApplicationView, MemberView

DIALOG: Final = "papers"
"""The kind of the dialog in which a picture is waited for."""
LASTS: Final = 60 * 60
"""Seconds for which it is."""


def make_router() -> Router:
    """The buttons."""
    router = Router(name="papers")
    for what, handler in ((PaperAct.BEGIN, begin), (PaperAct.ASK, ask_for), (PaperAct.HAND_IN, hand_in),
                          (PaperAct.WITHDRAW, withdraw)):
        router.callback_query.register(handler, PaperButton.filter(F.act == what), flags=declared(Verb.VERIFY))
    return router


def make_listening_router() -> Router:
    """The pictures. It comes before the scanner, which looks at all others."""
    router = Router(name="papers_pictures")
    router.message.register(take, InDialog(DIALOG), F.photo | F.document, flags=declared(Verb.VERIFY))
    router.message.register(not_words, InDialog(DIALOG), F.text, flags=declared(Verb.VERIFY))
    return router


# -------------------------------------------------------------------------------------------- how it stands
def stands(application: ApplicationView, speaker: Speaker) -> tuple[Fact, list[list[InlineKeyboardButton]]]:
    """An application that goes on, and what its member may do with it."""
    def one(label: Text, act: PaperAct, style: ButtonStyle | None = None, name: str = "") -> InlineKeyboardButton:
        return button(speaker, label, PaperButton(act=act, application=application.id, name=name), style)

    if application.state == "waiting":
        return (_("⏳ The operators have it since {time}. You will hear from us here.",
                  time=Moment.of_microseconds(application.asked_at)), [[one(_("Take it back"), PaperAct.WITHDRAW)]])
    names = KINDS[application.kind].papers
    lines = [(_("✅ {picture}", picture=said_of.PAPERS[name]) if name in application.papers else
              _("▫️ {picture}", picture=said_of.PAPERS[name])) for name in names]
    asking = [[one(_("🔁 {picture}", picture=said_of.PAPERS[name]) if name in application.papers else
                   _("📷 {picture}", picture=said_of.PAPERS[name]), PaperAct.ASK, name=name)] for name in names]
    whole = [[one(_("Hand it in"), PaperAct.HAND_IN, ButtonStyle.SUCCESS)]] if len(application.papers) == len(
        names) else []
    lines.append(_("All pictures are there. Hand it in, or replace one.") if whole else
                 said_of.WANTED[missing(application)[0]])
    return Lines(tuple(lines)), [*whole, *asking, [one(_("Give it up"), PaperAct.WITHDRAW)]]


def missing(application: ApplicationView) -> list[str]:
    """Which pictures there are not yet."""
    return [name for name in KINDS[application.kind].papers if name not in application.papers]


async def wait_for_next(application: ApplicationView, dialogs: Dialogs, member: MemberView) -> None:
    """Whoever comes back may send the next picture at once."""
    if application.state == "open" and (names := missing(application)):
        await _wait_for(application, names[0], dialogs, member)


async def _wait_for(application: ApplicationView, name: str, dialogs: Dialogs, member: MemberView) -> None:
    await dialogs.put(member.telegram_id, {"kind": DIALOG, "application": application.id, "name": name}, seconds=LASTS)


def before(application: ApplicationView | None) -> list[Fact]:
    """What became of the last one, where its member may do better."""
    if application is None or application.state != "rejected":
        return []
    return [Lines((_("✖️ The last time it could not be accepted:"), said_of.WHY_NOT[application.reason]))]


# ------------------------------------------------------------------------------------------------ step by step
async def begin(press: CallbackQuery, engine: Engine, applications: Applications, dialogs: Dialogs, speaker: Speaker,
                member: MemberView) -> None:
    """The first picture of one's documents. Refuses what `BeginApplication` refuses."""
    begun = await engine.run(BeginApplication(key=press_key(press, "begin"), member=member.id, kind=DOCUMENTS))
    assert isinstance(begun, Begun)
    await toast(press)
    await go_on(pressed_message(press), begun.application, applications, dialogs, speaker, member)


async def go_on(message: Message, number: int, applications: Applications, dialogs: Dialogs, speaker: Speaker,
                member: MemberView) -> None:
    """Ask for the next picture, or whether that is all."""
    application = await _own(applications, member, number)
    if application.state == "open" and (names := missing(application)):
        await _ask(message, application, names[0], dialogs, speaker, member)
        return
    said, rows = stands(application, speaker)
    await answer(message, speaker, said, keyboard(*rows))


async def ask_for(press: CallbackQuery, callback_data: PaperButton, applications: Applications, dialogs: Dialogs,
                  speaker: Speaker, member: MemberView) -> None:
    """One picture of one's own choice. Refuses `ApplicationUnknown` and `ApplicationOver`."""
    application = await _own(applications, member, callback_data.application)
    if callback_data.name not in KINDS[application.kind].papers:
        raise refusals.ApplicationUnknown
    if application.state != "open":
        raise refusals.ApplicationOver
    await toast(press)
    await _ask(pressed_message(press), application, callback_data.name, dialogs, speaker, member)


async def _ask(message: Message, application: ApplicationView, name: str, dialogs: Dialogs, speaker: Speaker,
               member: MemberView) -> None:
    await _wait_for(application, name, dialogs, member)
    await answer(message, speaker, Lines((said_of.WANTED[name], _(
        "I seal it and delete it from this chat; only operators look at it. /cancel leaves this, and /verify goes on "
        "with it."))))


async def take(message: Message, dialog: Mapping[str, Any], bot: Bot, engine: Engine, applications: Applications,
               dialogs: Dialogs, copier: Copier, speaker: Speaker, member: MemberView) -> None:
    """A picture. Refuses `PaperUnreadable`, and what `GivePaper` refuses."""
    application = await _own(applications, member, dialog["application"])
    try:
        picture = await copier.copy(await fetched(message, bot))
    except NotRead:
        raise refusals.PaperUnreadable from None
    finally:
        with suppress(TelegramAPIError):  # It need not stand in the chat, and least of all when it is wrong.
            await message.delete()
    kept = await applications.sealed_paper(application, picture)
    await dialogs.drop(member.telegram_id)
    await engine.run(GivePaper(key=message_key(bot.id, message, "paper"), member=member.id, application=application.id,
                               name=dialog["name"], digest=kept.digest, sealed=kept.sealed))
    await go_on(message, application.id, applications, dialogs, speaker, member)


async def not_words(message: Message, dialog: Mapping[str, Any], speaker: Speaker) -> None:
    """What was asked for is a picture."""
    await answer(message, speaker, Lines((said_of.WANTED[dialog["name"]], _("Words won't do here; /cancel leaves "
                                                                           "this."))))


async def hand_in(press: CallbackQuery, callback_data: PaperButton, engine: Engine, applications: Applications,
                  speaker: Speaker, member: MemberView) -> None:
    """The operators may look at it. Refuses what `HandIn` refuses."""
    await engine.run(HandIn(key=press_key(press, "hand_in"), member=member.id, application=callback_data.application))
    said, rows = stands(await _own(applications, member, callback_data.application), speaker)
    await toast(press)
    await change(pressed_message(press), speaker, said, keyboard(*rows))


async def withdraw(press: CallbackQuery, callback_data: PaperButton, engine: Engine, dialogs: Dialogs,
                   speaker: Speaker, member: MemberView) -> None:
    """Take it back. Refuses what `Withdraw` refuses."""
    await engine.run(Withdraw(key=press_key(press, "withdraw"), member=member.id,
                              application=callback_data.application))
    dialog = await dialogs.get(member.telegram_id)
    if dialog is not None and dialog.get("kind") == DIALOG:
        await dialogs.drop(member.telegram_id)
    await toast(press)
    await change(pressed_message(press), speaker, _(
        "You took it back. Nobody looks at the pictures, and they are deleted within two days. /verify begins again."))


async def _own(applications: Applications, member: MemberView, number: int) -> ApplicationView:
    """Refuses `ApplicationUnknown`, for what is not theirs as for what there is not."""
    application = await applications.own_one(member.id, number)
    if application is None:
        raise refusals.ApplicationUnknown
    return application
