"""`/announce` and `/incident`: what many people are told at once.

Guards: nothing goes out that was not shown as it will look, with how many will read it, and confirmed by whoever wrote
it; what is confirmed is what was shown, by a token of its own, and goes out once however often the button is pressed.
Whether they may is asked again then, by the wallet.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, ClassVar, Final

from aiogram import F, Router
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message, User

from handlers.announcements import as_told, language_in, parts_in
from handlers.asking import answers, typed_as_command
from handlers.chat.buttons import Number
from handlers.chat.buttons.confirming import Token
from handlers.chat.operators.affected import affected
from handlers.chat.saying import answer, change, toast
from handlers.commands import Verb, declared
from handlers.ground import Config, Dialogs, People, Phones, new_token, press_key
from handlers.keyboards import Renamed, button, hangs_there, keyboard, pressed_message
from handlers.parsing import Asked, WordsAsked
from handlers.texts import Fact, Language, Lines, Moment, Speaker, Text, _
from wallet import refusals
from wallet.announcements import (
    GROUPS,
    INCIDENT,
    LONGEST,
    MEMBERS,
    NAMED,
    NEWS,
    Announce,
    Announced,
    StopAnnouncement,
)
from wallet.engine import Engine
from wallet.protocols import Announcements, OperatorReads, Reads
from wallet.views import AnnouncementView

DIALOG: Final = "announcement"
"""The kind of the dialog that holds what is not confirmed yet."""
SECONDS: Final = 30 * 60
LISTED: Final = 5
_TO_GROUPS: Final = ("groups", "群", "群组", "群聊")
_VERBS: Final = {NEWS: Verb.ANNOUNCE, INCIDENT: Verb.INCIDENT}
_COLUMNS: Final[Mapping[Language, str]] = {"en": "english", "zh_CN": "chinese"}
_OTHER: Final[Mapping[Language, Language]] = {"en": "zh_CN", "zh_CN": "en"}


class DraftAct(StrEnum):
    """What may be done with what was shown."""

    SEND = "s"
    TRANSLATE = "t"
    LEAVE = "l"


class ProclaimButton(Renamed, prefix="pc"):
    """Under what was shown; its token is in its author's dialog and nowhere else."""

    FORMER: ClassVar[str] = "pd"

    kind: str
    act: DraftAct
    token: Token


class GoingButton(CallbackData, prefix="pg"):
    """Under what is on its way: how it stands, or to stop it."""

    kind: str
    stop: bool
    announcement: Number


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="announcements")
    for kind, verb in _VERBS.items():
        answers(router, verb, announce if kind == NEWS else incident)
        for act, handler in ((DraftAct.SEND, send), (DraftAct.TRANSLATE, translate), (DraftAct.LEAVE, leave)):
            router.callback_query.register(handler, ProclaimButton.filter((F.kind == kind) & (F.act == act)),
                                           flags=declared(verb))
        for stop, going in ((False, show), (True, stop_)):
            router.callback_query.register(going, GoingButton.filter((F.kind == kind) & (F.stop == stop)),
                                           flags=declared(verb))
    return router


def make_listening_router() -> Router:
    """The same in the other language. It comes before all that reads plain words."""
    router = Router(name="announcement_words")
    # Whoever may tell of an incident is let in; the wallet says at the end what they may announce.
    router.message.register(translated, translating, flags=declared(Verb.INCIDENT))
    return router


async def translating(message: Message, dialogs: Dialogs) -> bool | dict[str, Any]:
    """Whether somebody was asked for the other language of what they announce, in private; injects `dialog`."""
    if message.from_user is None or message.chat.type != "private" or not message.text:
        return False
    if await typed_as_command(message):
        return False
    dialog = await dialogs.get(message.from_user.id)
    return {"dialog": dialog} if dialog is not None and dialog.get("kind") == DIALOG and dialog["asks"] else False


# --------------------------------------------------------------------------------------------- writing
async def announce(message: Message, asked: Asked, announcements: Announcements, dialogs: Dialogs, speaker: Speaker,
                   speakers: Mapping[Language, Speaker]) -> None:
    """`/announce`, `/announce TEXT`, `/announce groups TEXT`."""
    operator = _author(message)
    if not isinstance(asked.argument, WordsAsked):
        await _list(message, operator, announcements, speaker)
        return
    first, *rest = asked.argument.words.split(maxsplit=1)
    to_groups = first in _TO_GROUPS  # "Groups …" begins a sentence.
    parts = parts_in(NEWS, "".join(rest) if to_groups else asked.argument.words)
    await _offer(message, operator.id, {"what": NEWS, "audience": GROUPS if to_groups else MEMBERS, "named": [],
                                        _COLUMNS[language_in(parts[0])]: list(parts)},
                 announcements, dialogs, speaker, speakers)


async def incident(message: Message, asked: Asked, announcements: Announcements, dialogs: Dialogs, reads: Reads,
                   operator_reads: OperatorReads, people: People, phones: Phones, speaker: Speaker, config: Config,
                   speakers: Mapping[Language, Speaker]) -> None:
    """`/incident`: in the first line whom it concerns, below it the three parts."""
    operator = _author(message)
    whom, _gap, rest = (asked.argument.words if isinstance(asked.argument, WordsAsked) else "").partition("\n")
    parts = parts_in(INCIDENT, rest) if rest.strip() else ()
    if not parts:
        await answer(message, speaker, _HOW_TO)
        return
    named = await affected(whom, message, operator.id, reads, operator_reads, people, phones, config)
    await _offer(message, operator.id, {"what": INCIDENT, "audience": NAMED if named else MEMBERS,
                                        "named": list(named), _COLUMNS[language_in("".join(parts))]: list(parts)},
                 announcements, dialogs, speaker, speakers)


_HOW_TO: Final = Lines((
    _("🛡 Tell people of a security incident in one message: in the first line whom it concerns, then three paragraphs "
      "– what happened, what it means for them, and what they should do."),
    _("For example:"),
    _("<code>/incident all</code>\nOn 3 May somebody copied a list of nicknames.\n\nNo money and no PIN is "
      "affected.\n\nYou need to do nothing."),
    _("Instead of <code>all</code> name them: @names, phone numbers, or codes of receipts, whose two sides it then "
      "concerns.")), gap="\n\n")


async def translated(message: Message, dialog: Mapping[str, Any], announcements: Announcements, dialogs: Dialogs,
                     speaker: Speaker, speakers: Mapping[Language, Speaker]) -> None:
    """The same in the other language."""
    assert message.text is not None
    parts = parts_in(dialog["what"], message.text)
    if not parts:
        await answer(message, speaker, _("That has not got three paragraphs: what happened, what it means, and what to "
                                         "do. Please send it again, or /cancel."))
        return
    await _offer(message, _author(message).id, {**dialog, dialog["asks"]: list(parts)}, announcements, dialogs, speaker,
                 speakers)


async def _offer(message: Message, operator: int, draft: Mapping[str, Any], announcements: Announcements,
                 dialogs: Dialogs, speaker: Speaker, speakers: Mapping[Language, Speaker]) -> None:
    """Show it as it will look, and ask."""
    token, named, kind = new_token(), draft["named"], draft["what"]
    given = [language for language, column in _COLUMNS.items() if draft.get(column)]
    for language in given:
        await answer(message, speakers[language], as_told(kind, draft[_COLUMNS[language]], named=bool(named)))
    reach = len(named) or await announcements.reach(operator, draft["audience"])
    await dialogs.put(operator, {**draft, "kind": DIALOG, "token": token, "asks": "", "reach": reach}, seconds=SECONDS)
    rows = [[button(speaker, _("📣 Send it"), ProclaimButton(kind=kind, act=DraftAct.SEND, token=token)),
             button(speaker, _("Leave it"), ProclaimButton(kind=kind, act=DraftAct.LEAVE, token=token))]]
    if len(given) == 1 and message.chat.type == "private":
        add = _("🌐 Add it in Chinese") if given == ["en"] else _("🌐 Add it in English")
        rows.insert(0, [button(speaker, add, ProclaimButton(kind=kind, act=DraftAct.TRANSLATE, token=token))])
    await answer(message, speaker, Lines((_as_above(given), _readers(draft["audience"], reach))), keyboard(*rows))


def _as_above(given: Sequence[Language]) -> Text:
    if len(given) > 1:
        return _("This is how it will look, in each reader's language.")
    return _("This is how it will look. It is in one language, so everybody reads it in that.")


def _readers(audience: str, reach: int) -> Text:
    if audience == GROUPS:
        return _("It goes to {n} group.", "It goes to {n} groups.", n=reach)
    return _("It goes to {n} member.", "It goes to {n} members.", n=reach)


async def translate(press: CallbackQuery, callback_data: ProclaimButton, dialogs: Dialogs, speaker: Speaker) -> None:
    """Its author wants to say it in the other language too."""
    draft = await _draft(press, callback_data, dialogs)
    given = next(language for language, column in _COLUMNS.items() if draft.get(column))
    await dialogs.put(press.from_user.id, {**draft, "asks": _COLUMNS[_OTHER[given]]}, seconds=SECONDS)
    await toast(press)
    asks = (_("Please send me the same in Chinese, of at most {most} characters, or /cancel.", most=LONGEST)
            if given == "en" else
            _("Please send me the same in English, of at most {most} characters, or /cancel.", most=LONGEST))
    await answer(pressed_message(press), speaker, asks)


async def leave(press: CallbackQuery, callback_data: ProclaimButton, dialogs: Dialogs, speaker: Speaker) -> None:
    """Its author does not want to send it."""
    await _draft(press, callback_data, dialogs)
    await dialogs.drop(press.from_user.id)
    await toast(press)
    await change(pressed_message(press), speaker, _("Nothing was sent."))


async def _draft(press: CallbackQuery, pressed: ProclaimButton, dialogs: Dialogs) -> Mapping[str, Any]:
    """What was shown with this button to whoever presses it. Refuses `ButtonStale` for everything else."""
    draft = await dialogs.get(press.from_user.id)
    if not hangs_there(press) or draft is None or draft.get("kind") != DIALOG:
        raise refusals.ButtonStale
    if draft["token"] != pressed.token or draft["what"] != pressed.kind:
        raise refusals.ButtonStale
    return draft


# --------------------------------------------------------------------------------------------- going out
async def send(press: CallbackQuery, callback_data: ProclaimButton, engine: Engine, announcements: Announcements,
               dialogs: Dialogs, speaker: Speaker) -> None:
    """Confirmed. Refuses what `Announce` refuses."""
    draft = await _draft(press, callback_data, dialogs)
    done = await engine.run(Announce(
        key=f"announce:{draft['token']}", operator=press.from_user.id, kind=draft["what"], audience=draft["audience"],
        named=tuple(draft["named"]), english=tuple(draft.get("english", ())), chinese=tuple(draft.get("chinese", ()))))
    assert isinstance(done, Announced)
    await dialogs.drop(press.from_user.id)
    await _show(press, done.announcement, announcements, speaker)


async def show(press: CallbackQuery, callback_data: GoingButton, announcements: Announcements, speaker: Speaker
               ) -> None:
    """How it stands now."""
    if not hangs_there(press):
        raise refusals.ButtonStale
    await _show(press, callback_data.announcement, announcements, speaker)


async def stop_(press: CallbackQuery, callback_data: GoingButton, engine: Engine, announcements: Announcements,
                speaker: Speaker) -> None:
    """Whoever was not told yet is not told. Refuses what `StopAnnouncement` refuses."""
    if not hangs_there(press):
        raise refusals.ButtonStale
    await engine.run(StopAnnouncement(key=press_key(press, "stop"), operator=press.from_user.id,
                                      announcement=callback_data.announcement))
    await _show(press, callback_data.announcement, announcements, speaker)


async def _show(press: CallbackQuery, announcement: int, announcements: Announcements, speaker: Speaker) -> None:
    view = await announcements.one(press.from_user.id, announcement)
    if view is None:
        raise refusals.NotAllowed
    await toast(press)
    await change(pressed_message(press), speaker, _stands(view), _under(view, speaker))


def _under(view: AnnouncementView, speaker: Speaker) -> InlineKeyboardMarkup | None:
    if view.state != "open":
        return None
    return keyboard([button(speaker, label, GoingButton(kind=view.kind, stop=stop, announcement=view.id))
                     for label, stop in ((_("🔄 How far is it?"), False), (_("⏹ Stop it"), True))])


def _stands(view: AnnouncementView) -> Text:
    at = Moment.of_microseconds(view.at)
    if view.state == "open":
        return _("📣 Of {time}: on its way, {n} told so far.", n=view.told, time=at)
    if view.state == "done":
        return _("📣 Of {time}: it has gone out to {n}.", n=view.told, time=at)
    return _("📣 Of {time}: stopped after {n}.", n=view.told, time=at)


async def _list(message: Message, operator: User, announcements: Announcements, speaker: Speaker) -> None:
    """How one is made, and how the last ones stand, with the way to stop what is on its way."""
    found = await announcements.latest(operator.id, LISTED)
    said: list[Fact] = [_("📣 /announce and the text tells all members; /announce groups and the text tells the groups "
                          "that I am in. I show it to you first.")]
    if found:
        said.append(Lines(tuple(_stands(one) for one in found)))
    running = next((one for one in found if one.state == "open"), None)
    await answer(message, speaker, Lines(tuple(said), gap="\n\n"), _under(running, speaker) if running else None)


def _author(message: Message) -> User:
    assert message.from_user is not None
    return message.from_user
