"""`/red`: red envelopes for a group, from the wish to the last share.

Guards: whoever opens a share is told theirs at once and alone; the group's card follows at a bounded pace however many
tap, names nobody's balance, and shows in the end what everybody got. It has a cover where that can be drawn and leaves
room for all of it; a cover that fails takes nothing from the card.
"""
from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

from aiogram import Bot, Router
from aiogram.types import BufferedInputFile, CallbackQuery, InlineKeyboardMarkup, InputMediaPhoto, Message

from handlers import envelopes as said_of
from handlers import payments
from handlers import refusals as sentences
from handlers.asking import answers
from handlers.chat import buttons
from handlers.chat.buttons import EnvelopeButton
from handlers.chat.cards import Cards, Place, thread_of
from handlers.chat.saying import answer, change, change_card, toast
from handlers.chat.till import Till, Words, spoken
from handlers.commands import Verb
from handlers.ground import Dialogs, People, accepts, group_of, message_key, new_token, press_key
from handlers.keyboards import hangs_there, pressed_message
from handlers.parsing import Asked, CodeAsked, EnvelopeRequest, ParseProblem, Unclear
from handlers.pictures.cover import Theme
from handlers.pictures.covers import Covers
from handlers.pictures.easel import NotDrawn
from handlers.proof import proof
from handlers.texts import Fact, Speaker
from wallet import drafts, refusals
from wallet.engine import Engine
from wallet.envelopes import AskEnvelope, EnvelopeIntent, EnvelopeMade, Opened, OpenEnvelope, PlaceEnvelope
from wallet.protocols import Reads
from wallet.rows import EQUAL, LUCKY
from wallet.views import EnvelopeView, MemberView

ACT = "confirm_envelope"
"""What a proven PIN is for."""


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="envelopes")
    answers(router, Verb.RED, red)
    router.callback_query.register(open_share, EnvelopeButton.filter(),
                                   flags=accepts(private=False, group=True, joined=False))
    return router


# ------------------------------------------------------------------------------------------------ the wish
async def red(message: Message, asked: Asked, bot: Bot, engine: Engine, dialogs: Dialogs, cards: Cards,
              speaker: Speaker, group_speaker: Speaker, member: MemberView, now: Callable[[], datetime]) -> None:
    """`/red`, `红包`: everything in one message."""
    assert message.from_user is not None
    request = asked.argument
    if isinstance(request, CodeAsked):
        await _prove(message, request.number, cards, group_speaker, member)
        return
    if not group_of(message):
        raise refusals.GroupOnly
    if not isinstance(request, EnvelopeRequest):
        unclear = sentences.about_unclear(Unclear(Verb.RED, ParseProblem.SHARES), cards.config.currency)
        await cards.put(message.chat.id, group_speaker, unclear, reply_to=message.message_id,
                        thread=thread_of(message))
        return
    outcome = await engine.run(AskEnvelope(
        key=message_key(bot.id, message, "red"),
        payer=member.id,
        kind=EQUAL if request.equal else LUCKY,
        amount=request.minor_units * request.shares if request.equal else request.minor_units,
        shares=request.shares,
        greeting=request.greeting or "",
        seed=secrets.token_hex(32),
        token=new_token(),
        chat=group_of(message),
    ))
    assert isinstance(outcome, drafts.Asked)
    till = Till(cards, dialogs, speaker, member, cards.payer(message.from_user, member), now)
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
        return said_of.question(intent.kind, intent.amount, intent.shares, intent.greeting, payer)

    async def waiting_line(self, intent: EnvelopeIntent, till: Till) -> Fact:
        return said_of.waiting_line(intent.kind, intent.amount, intent.shares, intent.greeting, till.payer)

    def cancelled_line(self, intent: EnvelopeIntent) -> Fact:
        return said_of.cancelled_line(intent.amount)

    async def done(self, intent: EnvelopeIntent, outcome: EnvelopeMade, place: Place, thread: int | None,
                   keypad: Message | None, cards: Cards, covers: Covers, speaker: Speaker, member: MemberView) -> None:
        """The card in the group, and "confirmed" in the keypad's place."""
        if keypad is not None:
            said = said_of.made(intent.kind, intent.amount, intent.shares, intent.greeting, outcome.transfer,
                                outcome.balance)
            await change(keypad, speaker, said, buttons.to_balance(speaker))
        await _show(outcome, cards, covers, member, place, thread)


# ------------------------------------------------------------------------------------------------- the card
async def _show(made: EnvelopeMade, cards: Cards, covers: Covers, member: MemberView, place: Place, thread: int | None
                ) -> None:
    """Put the card where the question stood, remember where that is, and give it its cover."""
    view = await cards.reads.envelope(made.envelope)
    assert view is not None
    voice = await cards.speaker_of(made.chat, member.telegram_id)
    instead = place.message if place.chat == made.chat else 0
    shown = await cards.put(made.chat, voice, await _card(view, cards.people, cards.reads), _under(voice, view),
                            thread=thread, instead=instead)
    with suppress(refusals.Busy, refusals.DeadlinePassed):
        await cards.engine.run(PlaceEnvelope(
            key=f"envelope:{made.envelope}:place:{shown.chat}:{shown.message}", member=member.id,
            envelope=made.envelope, chat=shown.chat, message=shown.message))
    await cards.redraws.soon(made.envelope, partial(_dress, made.envelope, shown, cards, covers))


async def _dress(envelope: int, place: Place, cards: Cards, covers: Covers) -> None:
    """Put the cover above the words of a card that stands there already. Without one the words are the card."""
    view = await cards.reads.envelope(envelope)
    assert view is not None
    voice = await cards.speaker_of(place.chat, view.maker.telegram_id)
    said = await _card(view, cards.people, cards.reads)
    if not said_of.fits_under_a_picture(view, voice.plain(said)):
        return
    names = await payments.parties((view.maker,), cards.people)
    with suppress(NotDrawn):
        cover = await covers.cover(view.greeting, names[view.maker.telegram_id].name, Theme.CLASSIC, voice.language)
        await cards.bot.edit_message_media(
            InputMediaPhoto(media=BufferedInputFile(cover, "envelope.png"), caption=voice.say(said), parse_mode="HTML"),
            chat_id=place.chat, message_id=place.message, reply_markup=_under(voice, view))


async def _card(view: EnvelopeView, people: People, reads: Reads) -> Any:
    """A card with the names that people go by."""
    parties = (view.maker, *(share.party for share in view.taken))
    return said_of.card(view, await payments.parties(parties, people))


def _under(voice: Speaker, view: EnvelopeView) -> InlineKeyboardMarkup | None:
    return buttons.open_envelope(voice, view.id) if view.state == "open" else None


async def _redraw(envelope: int, message: Message, cards: Cards) -> None:
    """The card as it must look now."""
    view = await cards.reads.envelope(envelope)
    if view is not None:
        voice = await cards.speaker_of(message.chat.id, view.maker.telegram_id)
        await change_card(cards.bot, message.chat.id, message.message_id,
                          voice.say(await _card(view, cards.people, cards.reads)), _under(voice, view),
                          pictured=bool(message.photo))


# ---------------------------------------------------------------------------------------------- opening one
async def open_share(press: CallbackQuery, callback_data: EnvelopeButton, engine: Engine, cards: Cards,
                     speaker: Speaker, member: MemberView | None) -> None:
    """*Open* was pressed: whoever pressed is told their share, or why there is none."""
    message = pressed_message(press)
    if member is None or not member.joined:
        raise refusals.NotAMember
    outcome = await engine.run(OpenEnvelope(key=press_key(press, "open"), member=member.id,
                                            envelope=callback_data.envelope, chat=message.chat.id))
    assert isinstance(outcome, Opened)
    maker = await cards.reads.party(outcome.maker)
    names = await payments.parties((maker,), cards.people)
    assert maker is not None
    said = said_of.own_share(outcome.amount, outcome.number, outcome.shares, names[maker.telegram_id])
    await toast(press, speaker.plain(said), alert=True)
    if hangs_there(press):
        await cards.redraws.soon(outcome.envelope, partial(_redraw, outcome.envelope, message, cards))
