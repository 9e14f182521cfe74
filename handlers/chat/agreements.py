"""Agreements in the chat: what is in force, what one accepted, and the one button that accepts what is needed.

Guards: what is accepted is what was shown. The button carries a digest of the documents, versions and language on the
screen above it; when others have come into force since, or the reader's language is another one, they are shown first.
The wallet checks each version again. What somebody asked for when documents were missing goes on once they agree.
"""
from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from html import escape
from typing import Any, Final, TypeAlias

from aiogram import Bot, F, Router
from aiogram.enums import ButtonStyle, ParseMode
from aiogram.exceptions import TelegramAPIError
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message, ReplyParameters

from handlers import commands
from handlers.asking import answers
from handlers.chat import resuming
from handlers.chat.comparing import compare
from handlers.chat.payloads import payload
from handlers.chat.reading import (
    coming_button,
    compare_button,
    compared_with,
    open_document,
    opened,
    read_button,
)
from handlers.chat.renewing import NEWS, changed, renewed
from handlers.chat.resuming import Kept
from handlers.chat.saying import NO_PREVIEW, answer, change, toast, whisper
from handlers.commands import Verb, declared
from handlers.ground import Config, Dialogs, accepts, microseconds, press_key
from handlers.keyboards import Agree, Compare, Open, button, copies, keyboard, main_buttons, only_for, pressed_message
from handlers.legal import Document, Library
from handlers.parsing import Asked, WordsAsked
from handlers.texts import Code, Day, Fact, Html, Lines, Moment, Speaker, Text, _
from wallet import refusals
from wallet.agreements import Accept, Terms, versions
from wallet.books import Policy
from wallet.engine import Engine
from wallet.protocols import Reads
from wallet.views import AcceptanceView, MemberView

PAYMENT: Final = "payment"
GATES: Final = ("join", *commands.GATES)
"""What documents are asked for today."""
COMING_MOST: Final = 3
"""So many versions to come are listed of each document: the next ones."""
LONGEST_NAME: Final = 60
"""So much of a name that no document has is said back."""
_LATER: Final[Mapping[str, Text]] = {
    "envelopes": _("Will be asked for at your first red envelope"),
    "merchant": _("Will be asked for when you become a merchant, which isn't possible here yet"),
}
"""When a document is asked for that nothing asks for today, by the gate that will."""


def make_router() -> Router:
    """`/agreement`, and accepting what a feature needs."""
    router = Router(name="agreements")
    answers(router, Verb.AGREEMENT, show_agreements)
    router.callback_query.register(open_agreements, Open.filter(F.what == "agreements"),
                                   flags=declared(Verb.AGREEMENT))
    router.callback_query.register(open_news, Open.filter(F.what == NEWS), flags=accepts())
    router.callback_query.register(compare, Compare.filter(), flags=declared(Verb.AGREEMENT))
    router.callback_query.register(agree, Agree.filter(), flags=accepts())
    return router


def missing(terms: Terms, library: Library, accepted: str, gate: str, now: datetime, *, spends: bool = True
            ) -> tuple[Document, ...]:
    """The documents, in the version in force, that somebody has to accept before a gate opens."""
    in_force = library.in_force(now)
    return tuple(in_force[name] for name in terms.missing(accepted, gate, microseconds(now), spends=spends))


def shown_digest(documents: Sequence[Document], language: str) -> str:
    """Names which documents, in which versions, language and very words, stand on a screen."""
    text = "\n".join([language, *(f"{document.name}@{document.version} {document.texts[language].sha256}"
                                  for document in documents)])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def listed(documents: Sequence[Document], speaker: Speaker, accepted: str = "") -> Lines:
    """What the documents are about, in their own words; or, for whoever accepted an older version, what changed."""
    known = versions(accepted)
    return Lines((*changed([document for document in documents if document.name in known], speaker),
                  *(_summary(document, speaker) for document in documents if document.name not in known)), gap="\n\n")


def _summary(document: Document, speaker: Speaker) -> Text:
    text = document.texts[speaker.language]
    # A summary is ours and bounded where it is loaded; it must not be cut like what people type.
    return _("<b>{title}</b>\n<blockquote>{summary}</blockquote>", title=text.title,
             summary=Html(escape(text.summary)))


def agree_keyboard(documents: Sequence[Document], library: Library, accepted: str, gate: str, presser: int,
                   speaker: Speaker, label: Text) -> InlineKeyboardMarkup:
    """Read each, or what changed in what was accepted before, and accept all."""
    data = Agree(gate=gate, shown=shown_digest(documents, speaker.language), presser=presser)
    known = versions(accepted)
    rows = []
    for document in documents:
        before = compared_with(document, library, accepted) if document.name in known else None
        rows.append([read_button(speaker, document),
                     *([compare_button(speaker, before, document)] if before is not None else [])])
    return keyboard(*rows, [button(speaker, label, data, ButtonStyle.SUCCESS)])


# ------------------------------------------------------------------------------- when a payment needs them
async def show_needed(names: Sequence[str], message: Message, *, person: int, dialogs: Dialogs, library: Library,
                      speaker: Speaker, group_speaker: Speaker, config: Config, now: Callable[[], datetime],
                      event: Message | CallbackQuery | None = None, payload: str = "", about: Fact | None = None,
                      accepted: str = "") -> None:
    """Say which documents have to be accepted first: in private with the button that does, in a group as a way there.

    `names` are those of `AgreementsNeeded`; `message` is the person's own, or the one under which they pressed. What
    goes on as soon as they have agreed is `event`, or else the `payload`; `about` says what that is. `accepted` is what
    they accepted before.
    """
    in_force = library.in_force(now())
    documents = [in_force[name] for name in names]
    gate = next(gate for gate in commands.GATES if all(gate in document.gates for document in documents))
    kept = resuming.what_was_asked(event, payload)
    if message.chat.type != "private":
        await _keep_instead(kept, message, person, dialogs, speaker)
        said = _("This needs your consent to an agreement first, once. No money moved yet. Read and accept it in our "
                 "private chat, and what you asked for goes on by itself.")
        press = event if isinstance(event, CallbackQuery) else None
        await whisper(message, person, speaker, said, group_speaker, config, payload=f"agree_{gate}", press=press)
        return
    asked_by_text = isinstance(event, Message) and event.text is not None
    shown = await message.answer(
        speaker.say(_screen(documents, speaker, kept, accepted, about)), parse_mode=ParseMode.HTML,
        link_preview_options=NO_PREVIEW,
        reply_markup=agree_keyboard(documents, library, accepted, gate, person, speaker, _("I agree")),
        # What was asked stays in sight.
        reply_parameters=ReplyParameters(message_id=message.message_id, allow_sending_without_reply=True)
        if asked_by_text else None)
    await _keep_instead(kept, message, person, dialogs, speaker, shown.message_id)


async def _keep_instead(kept: Kept | None, message: Message, person: int, dialogs: Dialogs, speaker: Speaker,
                        *screens: int) -> None:
    """Remember what goes on, and take its promise from the screens of what was asked for before."""
    bot = message.bot
    assert bot is not None
    before = await resuming.kept_for(dialogs, person)
    if kept is not None and before is not None and before.asks_the_same(kept):
        kept.screens = before.screens  # The same again, after a crash: they all speak of it.
        before = None
    await resuming.keep(dialogs, person, kept, *screens)
    if before is None or before.taken:
        return
    said = _("You have asked for something else since, and only that goes on by itself once you agree. This wasn't "
             "done, and no money moved; if you still want it, please send it once more.")
    for screen in before.screens:
        with suppress(TelegramAPIError):  # One that cannot be changed is thanked for when it is pressed.
            await bot.edit_message_text(speaker.say(said), chat_id=person, message_id=screen,
                                        parse_mode=ParseMode.HTML, reply_markup=_copied(before, speaker))


def _copied(kept: Kept, speaker: Speaker) -> InlineKeyboardMarkup:
    """What was typed, to be sent again."""
    return keyboard([copies(speaker, _("Copy my message"), kept.words)] if kept.words else [])


def _screen(documents: Sequence[Document], speaker: Speaker, kept: Kept | None, accepted: str,
            about: Fact | None = None) -> Lines:
    """The documents, and what becomes of what was asked for."""
    lines = [] if about is None else [about]
    is_renewed = {*versions(accepted)}.issuperset(document.name for document in documents)
    lines += [_("What you agreed to has changed. To send money, please read and accept the new version; money that "
                "others send you still arrives. No money has moved yet.") if is_renewed else
              _("Before this works, please read and accept the following. No money has moved yet."),
              listed(documents, speaker, accepted),
              _("“I agree” accepts it as it stands today; /agreement shows it to you again at any time.")]
    if kept is not None and not kept.taken:
        lines.append(_goes_on(kept))
    return Lines(tuple(lines), gap="\n\n")


def _goes_on(kept: Kept) -> Text:
    if kept.from_group and kept.words:
        return _("Agree within 5 minutes, and what you asked for in the group goes on by itself: {words}",
                 words=Code(kept.words))
    if kept.kind == "message":
        return _("Agree within 5 minutes, and what you asked for goes on by itself.")
    return _("As soon as you agree, what you asked for goes on by itself.")


@payload("agree")
async def open_needed(message: Message, rest: str, member: MemberView, library: Library, policy: Policy,
                      dialogs: Dialogs, speaker: Speaker, now: Callable[[], datetime]) -> None:
    """`/start agree_<gate>`: where a group sends somebody who has documents to accept."""
    documents = missing(policy.terms, library, member.accepted, rest, now()) if rest in GATES else ()
    accepted = member.accepted
    kept = await resuming.kept_for(dialogs, member.telegram_id)
    if not documents:
        await answer(message, speaker, *_all_accepted(kept, speaker))
        return
    shown = await answer(message, speaker, _screen(documents, speaker, kept, accepted),
                         agree_keyboard(documents, library, accepted, rest, member.telegram_id, speaker, _("I agree")))
    if kept is not None and not kept.taken:
        await resuming.keep(dialogs, member.telegram_id, kept, shown.message_id)


def _all_accepted(kept: Kept | None, speaker: Speaker) -> tuple[Fact, InlineKeyboardMarkup | None]:
    """For somebody who came to accept what they have accepted elsewhere meanwhile."""
    if kept is None or kept.taken:
        return _("You have accepted everything that is needed."), main_buttons(speaker)
    if not kept.words:
        return _("You have accepted everything that is needed. Please press the button again."), None
    return (_("You have accepted everything that is needed. Please send it once more: {words}", words=Code(kept.words)),
            _copied(kept, speaker))


# ------------------------------------------------------------------------------------------------ accepting
async def accept_shown(press: CallbackQuery, data: Agree, member: MemberView, *, engine: Engine, library: Library,
                       policy: Policy, speaker: Speaker, now: datetime) -> tuple[Document, ...]:
    """Accept what stood on the screen. Returns what has to be shown (again) because it is not what was shown, or
    nothing when everything is accepted."""
    wanted = _asked_for(policy.terms, library, member.accepted, data.gate, now)
    if not any(wanted):
        return ()
    documents = next((some for some in wanted if shown_digest(some, speaker.language) == data.shown), ())
    if not documents:
        return wanted[0]
    try:
        await engine.run(Accept(key=press_key(press, "accept"), member=member.id,
                                documents=tuple((document.name, document.version) for document in documents),
                                language=speaker.language, chat=pressed_message(press).chat.id))
    except refusals.DocumentChanged:
        return _asked_for(policy.terms, library, member.accepted, data.gate, now)[0]
    return ()


def _asked_for(terms: Terms, library: Library, accepted: str, gate: str, now: datetime
               ) -> tuple[tuple[Document, ...], ...]:
    """What a screen can have asked for now. Whoever only receives is asked for less than whoever spends."""
    if gate == NEWS:
        return (renewed(terms, library, accepted, now),)
    return tuple(missing(terms, library, accepted, gate, now, spends=spends) for spends in (True, False))


async def agree(press: CallbackQuery, callback_data: Agree, engine: Engine, library: Library, policy: Policy,
                dialogs: Dialogs, speaker: Speaker, member: MemberView, now: Callable[[], datetime], **others: Any
                ) -> None:
    """*Agree* under documents that a feature needs. What was asked for when they were missing goes on now."""
    only_for(press, callback_data.presser)
    if callback_data.gate not in (*GATES, NEWS):
        raise refusals.ButtonStale
    message = pressed_message(press)
    kept = await resuming.kept_for(dialogs, member.telegram_id)
    if kept is not None and message.message_id not in kept.screens:
        kept = None  # The screen spoke of something else.
    left = await accept_shown(press, callback_data, member, engine=engine, library=library, policy=policy,
                              speaker=speaker, now=now())
    await toast(press)
    if left:
        await change(message, speaker, _news_screen(left, speaker) if callback_data.gate == NEWS else
                     _screen(left, speaker, kept, member.accepted),
                     agree_keyboard(left, library, member.accepted, callback_data.gate, callback_data.presser, speaker,
                                    _("I agree")))
        return
    if kept is None:
        await _thank(message, speaker)
    elif not kept.taken and kept.is_old(now()):
        await resuming.forget(dialogs, member.telegram_id)
        await change(message, speaker, _(
            "✅ Thank you. What you asked for is more than 5 minutes old, so it wasn't done and no money moved. If you "
            "still want it, please send it once more."),
            _copied(kept, speaker))
    elif await resuming.take(dialogs, member.telegram_id, kept, press):
        await change(message, speaker, _("✅ Thank you. What you asked for goes on now."))
        data = {**others, "engine": engine, "library": library, "policy": policy, "dialogs": dialogs,
                "speaker": speaker, "member": member, "now": now}
        await resuming.go_on(kept, message, data)


async def _thank(message: Message, speaker: Speaker) -> None:
    """Nothing goes on: nothing was asked for, or it is not known any more what, or whether it was done."""
    command = message.reply_to_message.text if message.reply_to_message else None
    if command:
        said = _("✅ Thank you. If what you asked for is not done yet (/history tells), please send it once more.")
        await change(message, speaker, said, keyboard([copies(speaker, _("Copy my message"), command)]))
    else:
        await change(message, speaker, _("✅ Thank you. You have accepted everything that is needed."),
                     main_buttons(speaker))


async def open_news(press: CallbackQuery, library: Library, policy: Policy, speaker: Speaker,
                    now: Callable[[], datetime], member: MemberView) -> None:
    """New versions of what somebody accepted, with the button that accepts them."""
    documents = renewed(policy.terms, library, member.accepted, now())
    message = pressed_message(press)
    await toast(press)
    if not documents:
        await answer(message, speaker, _("You have accepted everything that is needed."), main_buttons(speaker))
        return
    await answer(message, speaker, _news_screen(documents, speaker),
                 agree_keyboard(documents, library, member.accepted, NEWS, member.telegram_id, speaker, _("I agree")))


def _news_screen(documents: Sequence[Document], speaker: Speaker) -> Lines:
    return Lines((_("This is new in what you agreed to:"), *changed(documents, speaker),
                  _("“I agree” accepts the new version, also one that takes effect later. Until that day the one that "
                    "you accepted before holds.")), gap="\n\n")


# ------------------------------------------------------------------------------------------------- the list
async def show_agreements(message: Message, asked: Asked, bot: Bot, library: Library, policy: Policy, reads: Reads,
                          speaker: Speaker, now: Callable[[], datetime], member: MemberView | None) -> None:
    """`/agreement [document]`: one of them to read, or all of them."""
    said, markup = await _list(library, policy, reads, speaker, now(), member)
    if isinstance(asked.argument, WordsAsked):
        found = _named(asked.argument.words, library.in_force(now()).values(), speaker)
        if found is not None:
            await open_document(bot, message.chat.id, opened(found, library, member, speaker))
            return
        said = Lines((_("There is no agreement called “{name}”. These are all of them:",
                        name=asked.argument.words[:LONGEST_NAME]), said), gap="\n\n")
    await answer(message, speaker, said, markup)


async def open_agreements(press: CallbackQuery, library: Library, policy: Policy, reads: Reads, speaker: Speaker,
                          now: Callable[[], datetime], member: MemberView | None) -> None:
    """The list, by a button."""
    message = pressed_message(press)
    await toast(press)
    await answer(message, speaker, *await _list(library, policy, reads, speaker, now(), member))


def _named(words: str, documents: Iterable[Document], speaker: Speaker) -> Document | None:
    """The document that somebody means by its name or by a part of its title."""
    wanted = words.casefold().strip()
    for document in documents:
        if wanted.replace(" ", "-") == document.name or wanted in document.texts[speaker.language].title.casefold():
            return document
    return None


async def _list(library: Library, policy: Policy, reads: Reads, speaker: Speaker, now: datetime,
                member: MemberView | None) -> tuple[Lines, InlineKeyboardMarkup]:
    """Every document in force and every version to come: since when, what was accepted when, and its fingerprint."""
    accepted = {(one.document, one.version): one for one in await reads.acceptances(member.id)} if member else {}
    terms, coming = policy.terms, library.coming(now)
    said: list[Fact] = []
    rows: list[list[InlineKeyboardButton]] = []
    for document in library.in_force(now).values():
        theirs = [one for one in coming if one.name == document.name][:COMING_MOST]
        sha256 = document.texts[speaker.language].sha256
        said.append(Lines((*_entry(document, accepted, member, terms, speaker, now),
                           *(_coming(one, accepted) for one in theirs),
                           _("SHA-256: {code}", code=Code(f"{sha256[:16]}…")))))
        rows.append([read_button(speaker, document)])
        rows += [[coming_button(speaker, one), compare_button(speaker, document, one)] for one in theirs]
    if member is not None and member.joined:
        rows += _greens(member, library, terms, speaker, now)
    return Lines((_("📄 <b>Agreements</b>"), *said), gap="\n\n"), keyboard(*rows)


def _greens(member: MemberView, library: Library, terms: Terms, speaker: Speaker, now: datetime
            ) -> list[list[InlineKeyboardButton]]:
    """What can be agreed to: what paying needs, or else what is to come."""
    needed = missing(terms, library, member.accepted, PAYMENT, now)
    if needed:
        titles = [document.texts[speaker.language].title for document in needed]
        data = Agree(gate=PAYMENT, shown=shown_digest(needed, speaker.language), presser=member.telegram_id)
        label = _("Agree to “{title}”", title=titles[0]) if len(titles) == 1 else _("Agree to all that is needed")
        return [[button(speaker, label, data, ButtonStyle.SUCCESS)]]
    if renewed(terms, library, member.accepted, now):
        return [[button(speaker, _("Accept what is new"), Open(what=NEWS), ButtonStyle.SUCCESS)]]
    return []


_Accepted: TypeAlias = Mapping[tuple[str, str], AcceptanceView]


def _entry(document: Document, accepted: _Accepted, member: MemberView | None, terms: Terms, speaker: Speaker,
           now: datetime) -> list[Fact]:
    lines: list[Fact] = [_("<b>{title}</b>", title=document.texts[speaker.language].title),
                         _("Version {version}, in force since {day}", version=document.version,
                           day=Day(document.effective))]
    theirs = accepted.get((document.name, document.version))
    older = [one for (name, _version), one in accepted.items() if name == document.name]
    if theirs is not None:
        lines.append(_("Accepted on {time}", time=Moment.of_microseconds(theirs.at)))
    elif older and member is not None:
        last = max(older, key=lambda one: one.version)
        lines.append(_("Version {version} accepted on {time}", version=last.version,
                       time=Moment.of_microseconds(last.at)))
        if document.name in terms.missing(member.accepted, PAYMENT, microseconds(now)):
            lines.append(_("The new version is waiting for your consent: until then you can receive money, but send "
                           "none"))
        elif last.version < document.version:
            lines.append(_("What is new since then is small; by going on you accept it"))
    else:
        early = document.gates & {"join", PAYMENT}
        later = [said for gate, said in _LATER.items() if gate in document.gates and not early]
        lines += later or [_("Not accepted yet")]
    return lines


def _coming(document: Document, accepted: _Accepted) -> Text:
    """A version that is not in force yet."""
    theirs = accepted.get((document.name, document.version))
    if theirs is not None:
        return _("Version {version} takes effect on {day}; you accepted it on {time}", version=document.version,
                 day=Day(document.effective), time=Moment.of_microseconds(theirs.at))
    if document.kind == "minor":
        return _("Version {version} takes effect on {day}, with small changes", version=document.version,
                 day=Day(document.effective))
    if PAYMENT in document.gates:
        return _("Version {version} takes effect on {day}; from then on it is needed for sending money",
                 version=document.version, day=Day(document.effective))
    return _("Version {version} takes effect on {day}", version=document.version, day=Day(document.effective))
