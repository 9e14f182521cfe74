"""`/red`: red envelopes for a group, from the wish to the last share.

Guards: whoever opens a share is told theirs at once and alone; the group's card follows at a bounded pace however many
tap, names nobody's balance, and shows in the end what everybody got. It has a cover where that can be drawn, and
a cover that fails takes nothing from the card.
"""
from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any, Final

from aiogram import Bot, Router
from aiogram.exceptions import TelegramAPIError
from aiogram.filters import BaseFilter
from aiogram.types import BufferedInputFile, CallbackQuery, InlineKeyboardMarkup, InputMediaPhoto, Message

from handlers import envelopes as said_of
from handlers import payments
from handlers.asking import answers
from handlers.chat import buttons, questions, red_wizard
from handlers.chat.buttons import AnswerButton, EnvelopeButton
from handlers.chat.cards import Cards, Place
from handlers.chat.following import pages
from handlers.chat.keeping import keep
from handlers.chat.payees import payee_of
from handlers.chat.payloads import payload
from handlers.chat.saying import answer, aside, change, change_card, toast
from handlers.chat.till import Till, Words, spoken
from handlers.commands import Verb
from handlers.ground import (
    Config,
    Dialogs,
    EnvelopeWords,
    People,
    Phones,
    accepts,
    group_of,
    message_key,
    new_token,
    press_key,
)
from handlers.keyboards import hangs_there, message_of_ones_own, pressed_message
from handlers.namesakes import Payee, named, told_apart
from handlers.parsing import Asked, CodeAsked, EnvelopeRequest, Unclear
from handlers.pictures.covers import Covers
from handlers.pictures.easel import Easel, NotDrawn
from handlers.proof import proof
from handlers.texts import Fact, Money, Speaker, _
from wallet import drafts, ids, refusals
from wallet.engine import Engine
from wallet.envelopes import AskEnvelope, EnvelopeIntent, EnvelopeMade, Opened, OpenEnvelope, PlaceEnvelope
from wallet.keeping import OpenKept
from wallet.protocols import Reads
from wallet.rows import EQUAL, LUCKY
from wallet.text import MAX_WORD, as_said
from wallet.views import EnvelopeView, MemberView, WordedView

MOST_WORDED: Final = 10
"""So many open envelopes of a group may be opened by a word; of more, the newest."""


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="envelopes")
    answers(router, Verb.RED, red)
    router.callback_query.register(open_share, EnvelopeButton.filter(),
                                   flags=accepts(private=False, group=True, joined=False))
    router.callback_query.register(answer_question, AnswerButton.filter(), flags=accepts(group=True))
    return router


def make_listening_router() -> Router:
    """What is said in groups, which comes after everything that is asked."""
    router = Router(name="words of envelopes")
    router.message.register(say_word, SaysWord(), flags=accepts(private=False, group=True, joined=False))
    return router


# ------------------------------------------------------------------------------------------------ the wish
async def red(message: Message, asked: Asked, bot: Bot, engine: Engine, reads: Reads, people: People, phones: Phones,
              dialogs: Dialogs, cards: Cards, speaker: Speaker, group_speaker: Speaker, member: MemberView,
              config: Config, now: Callable[[], datetime]) -> None:
    """`/red`, `红包`: everything in one message, or the wizard for the bare word and, in private, for the group."""
    assert message.from_user is not None
    request = asked.argument
    if isinstance(request, CodeAsked):
        await _prove(message, request.number, cards, group_speaker, member)
        return
    if group_of(message) > 0:  # What has a person's number is no group, whatever it calls itself.
        raise refusals.GroupOnly
    key = message_key(bot.id, message, "red")
    if not isinstance(request, EnvelopeRequest):
        await red_wizard.ask_kind(message, key, dialogs, speaker, group_speaker, member, config)
        return
    receiver = request.receiver
    alone = await payee_of(message, receiver, people, reads, phones, config) if receiver else None
    if not group_of(message):
        await red_wizard.ask_group(message, key, request, alone, dialogs, speaker, member)
        return
    outcome = await engine.run(AskEnvelope(
        key=key,
        payer=member.id,
        kind=EQUAL if request.equal else LUCKY,
        amount=request.minor_units * request.shares if request.equal else request.minor_units,
        shares=request.shares,
        greeting=request.greeting or "",
        seed=secrets.token_hex(32),
        token=new_token(),
        chat=group_of(message),
        beneficiary=alone.telegram_id if alone else 0,
        word=request.word or "",
    ))
    assert isinstance(outcome, drafts.Asked)
    till = Till(cards, dialogs, speaker, member, cards.payer(message.from_user, member), now, (alone,) if alone else ())
    await till.ask(message, outcome)


async def _prove(message: Message, code: int, cards: Cards, group_speaker: Speaker, member: MemberView) -> None:
    """`/red verify CODE`: everybody who could open an envelope may see how it was divided."""
    view = await cards.reads.envelope_of(member.id, code, group_of(message))
    if view is None:
        raise refusals.EnvelopeNotFound
    await answer(message, group_speaker, proof(view))


@spoken(EnvelopeIntent)
class Envelopes(Words[EnvelopeIntent]):
    """Red envelopes, which always need a word."""

    async def question(self, intent: EnvelopeIntent, till: Till, payer: Fact | None) -> Fact:
        payees = till.payees or await _alone(intent, till.cards)
        exactly = await told_apart(payees, till.member.id, till.cards.people, till.cards.reads)
        return said_of.question(intent, exactly[0] if exactly else None, payer)

    async def waiting_line(self, intent: EnvelopeIntent, till: Till) -> Fact:
        return said_of.waiting_line(intent, await _name(intent, till.cards), till.payer)

    def cancelled_line(self, intent: EnvelopeIntent) -> Fact:
        return said_of.cancelled_line(intent.amount)

    async def done(self, intent: EnvelopeIntent, outcome: EnvelopeMade, place: Place, thread: int | None,
                   keypad: Message | None, cards: Cards, covers: Covers, speaker: Speaker) -> None:
        """The card in the group, and "confirmed" in place of the keypad, or of a question in private: all else is said
        by the receipt, which comes below."""
        said = _("✅ Confirmed. Balance: {balance}", balance=Money(outcome.balance))
        if keypad is not None:
            await change(keypad, speaker, said, buttons.to_balance(speaker))
        elif place.chat > 0 and not intent.card:
            await cards.put(place.chat, speaker, said, buttons.to_balance(speaker), instead=place.message)
        if intent.card:
            await redraw_under(outcome.envelope, cards)
        else:
            await _show(outcome, cards, covers, place, thread)


async def _alone(intent: EnvelopeIntent, cards: Cards) -> list[Payee]:
    """Whoever alone may open it, if it is for one."""
    return await named([intent.beneficiary] if intent.beneficiary else [], [], cards.people, cards.reads)


async def _name(intent: EnvelopeIntent, cards: Cards) -> Fact | None:
    return next((payee.name for payee in await _alone(intent, cards)), None)


# ------------------------------------------------------------------------------------------------- the card
async def _show(made: EnvelopeMade, cards: Cards, covers: Covers, place: Place, thread: int | None) -> None:
    """Put the card where the question stood."""
    view = await cards.reads.envelope(made.envelope)
    assert view is not None
    await _put(view, made.chat, cards, covers, thread, place.message if place.chat == made.chat else 0)


async def _put(view: EnvelopeView, chat: int, cards: Cards, covers: Covers, thread: int | None = None, instead: int = 0
               ) -> None:
    """Put a card into a chat, remember where it is, and give it its cover: above its words, or where these will be too
    many for that, in a message of its own before them."""
    voice = await cards.speaker_of(chat, view.maker.telegram_id)
    said = await _card(view, cards.people, cards.reads)
    alone, below = not said_of.fits_under_a_picture(view, voice.plain(said)), 0
    if alone and await _covered(view, Place(chat, instead), cards, covers, voice, thread):
        below, instead = instead, 0  # As an answer to its cover it stays in that one's topic.
    shown = await cards.put(chat, voice, said, _under(voice, view), thread=thread, reply_to=below, instead=instead)
    with suppress(refusals.Busy, refusals.DeadlinePassed):
        await cards.engine.run(PlaceEnvelope(
            key=f"envelope:{view.id}:place:{shown.chat}:{shown.message}", member=view.maker.member,
            envelope=view.id, chat=shown.chat, message=shown.message))
    if not alone:
        await cards.redraws.soon(view.id, partial(_dress, view.id, shown, cards, covers))


async def _covered(view: EnvelopeView, place: Place, cards: Cards, covers: Covers, voice: Speaker, thread: int | None
                   ) -> bool:
    """Put a cover where something stands, or below all; whether that was possible."""
    try:
        cover = BufferedInputFile(await _cover(view, cards, covers, voice), "envelope.png")
        if place.message:
            await cards.bot.edit_message_media(InputMediaPhoto(media=cover), chat_id=place.chat,
                                               message_id=place.message)
        else:
            await cards.bot.send_photo(place.chat, cover, message_thread_id=thread)
    except (NotDrawn, TelegramAPIError):
        return False
    return True


async def _cover(view: EnvelopeView, cards: Cards, covers: Covers, voice: Speaker) -> bytes:
    """The picture of an envelope to be opened. Raises `NotDrawn`."""
    names = await payments.parties((view.maker,), cards.people)
    return await covers.cover(view.greeting, names[view.maker.telegram_id].name, said_of.theme(view, voice),
                              voice.language)


async def follow_envelopes(message: Message, reads: Reads, cards: Cards, covers: Covers) -> None:
    """A group has become another chat: what is open there is shown again, in a card that can be pressed."""
    assert message.migrate_from_chat_id is not None
    async for envelope in pages(reads.envelopes_in, message.migrate_from_chat_id, int):
        view = await reads.envelope(envelope)
        assert view is not None
        await _put(view, message.chat.id, cards, covers)


async def _dress(envelope: int, place: Place, cards: Cards, covers: Covers) -> None:
    """Put the cover above the words of a card that stands there already. Without one the words are the card, and what
    has ended meanwhile gets the picture of its end instead."""
    view = await cards.reads.envelope(envelope)
    assert view is not None
    voice = await cards.speaker_of(place.chat, view.maker.telegram_id)
    with suppress(NotDrawn):
        cover = await _cover(view, cards, covers, voice)
        view = await cards.reads.envelope(envelope)
        if view is None or view.state != "open":
            return
        said = await _card(view, cards.people, cards.reads)
        await cards.bot.edit_message_media(
            InputMediaPhoto(media=BufferedInputFile(cover, "envelope.png"), caption=voice.say(said), parse_mode="HTML"),
            chat_id=place.chat, message_id=place.message, reply_markup=_under(voice, view))


async def _card(view: EnvelopeView, people: People, reads: Reads) -> Any:
    """A card with the names that people go by."""
    return said_of.card(view, await payments.parties(view.people, people))


def _under(voice: Speaker, view: EnvelopeView) -> InlineKeyboardMarkup | None:
    return buttons.open_envelope(voice, view.id) if view.state == "open" else None


async def redraw_under(envelope: int, cards: Cards) -> None:
    """A card that was sent through us, as it must look now. Telegram takes no new picture there."""
    view = await cards.reads.envelope(envelope)
    if view is not None and view.card:
        voice = await cards.speaker_of(0, view.maker.telegram_id)
        await cards.rewrite(view.card, voice, await _card(view, cards.people, cards.reads), _under(voice, view))


async def _redraw(envelope: int, place: Place, cards: Cards, *, pictured: bool) -> None:
    """The card as it must look now."""
    view = await cards.reads.envelope(envelope)
    if view is not None:
        voice = await cards.speaker_of(place.chat, view.maker.telegram_id)
        await change_card(cards.bot, place.chat, place.message, voice.say(await _card(view, cards.people, cards.reads)),
                          _under(voice, view), pictured=pictured)


async def draw_anew(envelope: int, cards: Cards, covers: Covers) -> None:
    """The whole card as it must look now, its picture, too: something that stood on it may not stand there any more."""
    view = await cards.reads.envelope(envelope)
    if view is None:
        return
    if view.card:
        await redraw_under(envelope, cards)
    elif view.message and view.state == "open":
        await cards.redraws.soon(envelope, partial(_dress, envelope, Place(view.chat, view.message), cards, covers))
    elif view.message:
        await cards.redraws.soon(envelope, partial(_dress_ended, view, cards, covers))


async def _dress_ended(view: EnvelopeView, cards: Cards, covers: Covers) -> None:
    """The card of one that is over, with the picture of its end; its words alone where that can't be drawn."""
    voice = await cards.speaker_of(view.chat, view.maker.telegram_id)
    names = await payments.parties(view.people, cards.people)
    said, shows = voice.say(said_of.card(view, names)), said_of.finished(view, names, voice)
    with suppress(NotDrawn, TelegramAPIError):
        if shows is not None:
            picture = await covers.finished(shows, voice.language)
            await cards.bot.edit_message_media(
                InputMediaPhoto(media=BufferedInputFile(picture, "envelope.png"), caption=said, parse_mode="HTML"),
                chat_id=view.chat, message_id=view.message)
            return
    await change_card(cards.bot, view.chat, view.message, said, pictured=True)


# ---------------------------------------------------------------------------------------------- opening one
async def open_share(press: CallbackQuery, callback_data: EnvelopeButton, engine: Engine, cards: Cards,
                     easel: Easel, speaker: Speaker, group_speaker: Speaker, member: MemberView | None, config: Config
                     ) -> None:
    """*Open* was pressed: whoever pressed is told their share, or why there is none."""
    message = pressed_message(press)
    if member is None or not member.joined:
        await keep(press, message, callback_data.envelope, engine, speaker, group_speaker, config)
        return
    try:
        outcome = await engine.run(OpenEnvelope(key=press_key(press, "open"), member=member.id,
                                                envelope=callback_data.envelope, chat=message.chat.id))
    except refusals.QuestionAsked as asked:
        await questions.ask(message, member.telegram_id, callback_data.envelope, asked, easel, speaker, group_speaker,
                            config, press)
        return
    assert isinstance(outcome, Opened)
    await toast(press, speaker.plain(await own_share(outcome, cards)), alert=True)
    if hangs_there(press):
        place = Place(message.chat.id, message.message_id)
        await cards.redraws.soon(outcome.envelope, partial(_redraw, outcome.envelope, place, cards,
                                                           pictured=bool(message.photo)))


async def answer_question(press: CallbackQuery, callback_data: AnswerButton, engine: Engine, cards: Cards,
                          speaker: Speaker, group_speaker: Speaker, member: MemberView, config: Config) -> None:
    """The question was answered, in the group by whoever alone sees it, or in private; or its picture does not help
    them and they want it in words."""
    message, envelope = message_of_ones_own(press), callback_data.envelope
    try:
        outcome = await engine.run(OpenEnvelope(
            key=press_key(press, "answer"), member=member.id, envelope=envelope, chat=0, answer=callback_data.answer,
            proof=callback_data.proof))
    except refusals.QuestionAsked as asked:
        await questions.ask_in_words(message, member.telegram_id, envelope, asked, speaker, group_speaker, config,
                                     press)
        return
    assert isinstance(outcome, Opened)
    said = await own_share(outcome, cards)
    await toast(press, speaker.plain(said), alert=True)
    await change(message, speaker, said)
    view = await cards.reads.envelope(envelope)
    if view is not None and view.message:
        await cards.redraws.soon(envelope, partial(_redraw, envelope, Place(view.chat, view.message), cards,
                                                   pictured=True))


@payload("share")
async def came_for_share(message: Message, rest: str, bot: Bot, engine: Engine, reads: Reads, cards: Cards,
                         easel: Easel, speaker: Speaker, group_speaker: Speaker, member: MemberView, config: Config
                         ) -> None:
    """Somebody for whom a share is kept has a wallet now; a group that asks a question has them answer it here, and
    whoever has to wait comes back. Refuses what else `OpenKept` refuses."""
    envelope = ids.from_code(rest) or 0
    try:
        outcome = await engine.run(OpenKept(key=message_key(bot.id, message, f"share:{rest}"), member=member.id,
                                            envelope=envelope))
    except refusals.QuestionAsked as asked:
        await questions.ask(message, member.telegram_id, envelope, asked, easel, speaker, group_speaker, config)
        return
    except refusals.WalletTooNew as young:
        until = await reads.kept_until(envelope, member.telegram_id)
        if until <= young.until:
            raise
        await answer(message, speaker, said_of.kept_meanwhile(young.until, until),
                     buttons.open_kept(speaker, config, envelope))
        return
    assert isinstance(outcome, Opened)  # Its receipt comes as a notice, which says it once and for all.
    view = await reads.envelope(outcome.envelope)
    if view is not None and view.card:
        await cards.redraws.soon(view.id, partial(redraw_under, view.id, cards))
    elif view is not None and view.message:
        await cards.redraws.soon(view.id, partial(_redraw, view.id, Place(view.chat, view.message), cards,
                                                  pictured=True))


async def own_share(opened: Opened, cards: Cards) -> Fact:
    """To whoever opened one."""
    maker = await cards.reads.party(opened.maker)
    names = await payments.parties((maker,), cards.people)
    assert maker is not None
    name = names[maker.telegram_id]
    if opened.alone:
        return said_of.own_share_of_one(opened.amount, name)
    return said_of.own_share(opened.amount, opened.number, opened.shares, name)


# ------------------------------------------------------------------------------------------ saying its word
class SaysWord(BaseFilter):
    """Something said in a group that is the word of an envelope there: the one whose card it answers, else all that
    open by it, newest first; injects `opens`. What asks for something is never taken for a word."""

    async def __call__(self, message: Message, words: EnvelopeWords, asked: Asked | Unclear | None = None
                       ) -> bool | dict[str, Any]:
        typed = message.text or ""
        if asked is not None or message.chat.type == "private" or not 0 < len(typed) <= 4 * MAX_WORD:
            return False
        said = as_said(typed)
        found = [one for one in await words.worded(message.chat.id, MOST_WORDED) if as_said(one.word) == said]
        answered = message.reply_to_message.message_id if message.reply_to_message else 0
        chosen = [one for one in found if one.message == answered] or found
        return {"opens": chosen} if chosen else False


async def say_word(message: Message, opens: Sequence[WordedView], bot: Bot, engine: Engine, cards: Cards,
                   speaker: Speaker, group_speaker: Speaker, member: MemberView | None) -> None:
    """The word of an envelope was said. Whoever has a share already, or comes too late, is not talked at."""
    assert message.from_user is not None
    if member is None or not member.joined:
        raise refusals.NotAMember
    for one in opens:
        try:
            outcome = await engine.run(OpenEnvelope(
                key=message_key(bot.id, message, f"open{one.id}"), member=member.id, envelope=one.id,
                chat=message.chat.id, word=(message.text or "")[:4 * MAX_WORD]))
        except (refusals.OpenedBefore, refusals.EnvelopeEmpty, refusals.EnvelopeOver, refusals.EnvelopeUnknown,
                refusals.WordNeeded):
            continue
        assert isinstance(outcome, Opened)
        said = await own_share(outcome, cards)
        await aside(message, message.from_user.id, speaker, said, group_speaker, cards.config,
                    publicly=said_of.share_taken(outcome.number, outcome.shares))
        if one.message:
            place = Place(message.chat.id, one.message)
            await cards.redraws.soon(outcome.envelope, partial(_redraw, outcome.envelope, place, cards, pictured=True))
        return
