"""`/red`: red envelopes for a group, from the wish to the last share.

Guards: an envelope is filled only by the word of whoever asked for it, with the PIN in private above the no-PIN limit.
Whoever opens a share is told theirs at once and alone; the group's card follows at a bounded pace however many tap,
names nobody's balance, and shows in the end what everybody got. It has a cover where that can be drawn and leaves
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
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.types import BufferedInputFile, CallbackQuery, InlineKeyboardMarkup, InputMediaPhoto, Message

from handlers import envelopes as said_of
from handlers import payments
from handlers import refusals as sentences
from handlers.asking import answers
from handlers.chat import buttons
from handlers.chat.buttons import DraftAct, EnvelopeButton, EnvelopeWord
from handlers.chat.cards import Cards, Place, thread_of
from handlers.chat.keypad import Purpose
from handlers.chat.payloads import payload
from handlers.chat.pin import act, ask_pin
from handlers.chat.saying import answer, change, change_card, toast
from handlers.commands import Verb, declared
from handlers.ground import Dialogs, People, accepts, group_of, message_key, microseconds, new_token, press_key
from handlers.keyboards import hangs_there, pressed_message, to_private
from handlers.parsing import Asked, CodeAsked, EnvelopeRequest, ParseProblem, Unclear
from handlers.pictures.cover import Theme
from handlers.pictures.covers import Covers
from handlers.pictures.easel import NotDrawn
from handlers.proof import proof
from handlers.texts import Speaker
from wallet import refusals
from wallet.drafts import CancelDraft, EnvelopeAsked
from wallet.engine import Engine
from wallet.envelopes import AskEnvelope, ConfirmEnvelope, EnvelopeMade, Opened, OpenEnvelope, PlaceEnvelope
from wallet.protocols import Reads
from wallet.rows import EQUAL, LUCKY
from wallet.views import EnvelopeDraftView, EnvelopeView, MemberView

ACT = "confirm_envelope"
"""What a proven PIN is for."""


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="envelopes")
    answers(router, Verb.RED, red)
    router.callback_query.register(decide, EnvelopeWord.filter(), flags=declared(Verb.RED))
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
    assert isinstance(outcome, EnvelopeAsked)
    payer = cards.payer(message.from_user, member)
    if outcome.needs == "confirm":
        said = said_of.question(outcome.kind, outcome.amount, outcome.shares, outcome.greeting, payer)
        markup = buttons.ask_envelope(group_speaker, outcome.token)
    else:
        said = said_of.waiting_line(outcome.kind, outcome.amount, outcome.shares, outcome.greeting, payer)
        markup = _way_to_keypad(group_speaker, cards, outcome.token)
    shown = await cards.put(message.chat.id, group_speaker, said, markup, reply_to=message.message_id,
                            thread=thread_of(message))
    with suppress(refusals.Busy, refusals.DeadlinePassed):
        await cards.place_draft(member.id, outcome.token, shown)
    if outcome.needs == "pin":
        await _ask_for_pin(outcome, cards, dialogs, speaker, member, now)


async def _prove(message: Message, code: int, cards: Cards, group_speaker: Speaker, member: MemberView) -> None:
    """`/red verify CODE`: everybody who could open an envelope may see how it was divided."""
    view = await cards.reads.envelope_of(member.id, code, group_of(message))
    if view is None:
        raise refusals.EnvelopeNotFound
    await answer(message, group_speaker, proof(view))


def _way_to_keypad(voice: Speaker, cards: Cards, token: str) -> InlineKeyboardMarkup:
    return to_private(voice, cards.config, f"red_{token}")


async def _ask_for_pin(asked: EnvelopeAsked, cards: Cards, dialogs: Dialogs, speaker: Speaker, member: MemberView,
                       now: Callable[[], datetime]) -> None:
    """The PIN is asked in private; where we may not write first, the button in the group leads to it."""
    try:
        await _keypad(asked.token, asked.kind, asked.amount, asked.shares, asked.greeting, cards, dialogs, speaker,
                      member, now)
    except (TelegramForbiddenError, TelegramBadRequest):
        return
    except refusals.Refusal:
        await _call_off(cards, member, asked.token)
        raise


async def _keypad(token: str, kind: str, amount: int, shares: int, greeting: str, cards: Cards, dialogs: Dialogs,
                  speaker: Speaker, member: MemberView, now: Callable[[], datetime]) -> None:
    await ask_pin({"act": ACT, "token": token}, said_of.question(kind, amount, shares, greeting, None),
                  {"cards": cards}, member=member, bot=cards.bot, dialogs=dialogs, speaker=speaker, reads=cards.reads,
                  now=now)


@payload("red")
async def open_for_envelope(message: Message, rest: str, reads: Reads, cards: Cards, dialogs: Dialogs,
                            speaker: Speaker, member: MemberView, now: Callable[[], datetime]) -> None:
    """`/start red_<token>`: the keypad for an envelope that waits in a group. Refuses `DraftUnknown`, `DraftOver`."""
    draft = await reads.envelope_draft(member.id, rest)
    if draft is None:
        raise refusals.DraftUnknown
    if draft.state != "open":
        raise refusals.DraftOver(draft.state)
    if draft.expires_at <= microseconds(now()):
        raise refusals.DraftOver("expired")
    await _keypad(rest, draft.kind, draft.amount, draft.shares, draft.greeting, cards, dialogs, speaker, member, now)


# ------------------------------------------------------------------------------------------------- the word
async def decide(press: CallbackQuery, callback_data: EnvelopeWord, engine: Engine, dialogs: Dialogs, cards: Cards,
                 covers: Covers, speaker: Speaker, group_speaker: Speaker, member: MemberView,
                 now: Callable[[], datetime]) -> None:
    """The maker says yes or no; everybody else is told that the button is not theirs."""
    message, token = pressed_message(press), callback_data.token
    here = message.message_id if hangs_there(press) else 0
    if await cards.reads.envelope_draft(member.id, token) is None:
        raise refusals.NotYours  # Whose agreements would be missing is not the point.
    try:
        if callback_data.act is DraftAct.CANCEL:
            outcome = await engine.run(CancelDraft(key=press_key(press, "cancel"), member=member.id, token=token))
        else:
            outcome = await engine.run(ConfirmEnvelope(key=press_key(press, "red"), member=member.id, token=token))
    except refusals.DraftOver as over:
        if here and over.state != "used":
            await cards.put(message.chat.id, group_speaker, sentences.sentence(over), instead=here)
        raise
    await toast(press)
    if isinstance(outcome, EnvelopeMade):
        await _show(outcome, cards, covers, member, Place(message.chat.id, here), thread_of(message))
        return
    assert isinstance(outcome, EnvelopeAsked)
    if callback_data.act is DraftAct.CANCEL:
        await cards.put(message.chat.id, group_speaker, said_of.cancelled_line(outcome.amount), instead=here)
        return
    payer = cards.payer(press.from_user, member)
    line = said_of.waiting_line(outcome.kind, outcome.amount, outcome.shares, outcome.greeting, payer)
    await cards.put(message.chat.id, group_speaker, line, _way_to_keypad(group_speaker, cards, token), instead=here,
                    thread=thread_of(message))
    await _ask_for_pin(outcome, cards, dialogs, speaker, member, now)


async def _call_off(cards: Cards, member: MemberView, token: str) -> None:
    """Cancel a draft whose PIN can't be asked, and say so where it waits."""
    outcome = await cards.engine.run(CancelDraft(key=f"draft:{token}:cancel", member=member.id, token=token))
    assert isinstance(outcome, EnvelopeAsked)
    if outcome.message:
        voice = await cards.speaker_of(outcome.chat, member.telegram_id)
        await cards.put(outcome.chat, voice, said_of.cancelled_line(outcome.amount), instead=outcome.message)


async def _keypad_left(purpose: Purpose, cards: Cards, member: MemberView) -> None:
    """Cancel on the keypad cancels the envelope."""
    await _call_off(cards, member, str(purpose["token"]))


@act(ACT, cancelled=_keypad_left)
async def confirm_with_pin(press: CallbackQuery, message: Message, purpose: Purpose, pin_version: int, engine: Engine,
                           reads: Reads, cards: Cards, covers: Covers, speaker: Speaker, member: MemberView) -> None:
    """The PIN was right: fill it, and say so here and in the group that waits."""
    token = str(purpose["token"])
    try:
        outcome = await engine.run(ConfirmEnvelope(key=press_key(press, "red"), member=member.id, token=token,
                                                   pin_version=pin_version))
    except refusals.DraftOver as over:
        await _say_over(cards, member, over, await reads.envelope_draft(member.id, token))
        raise
    assert isinstance(outcome, EnvelopeMade)
    said = said_of.made(outcome.kind, outcome.amount, outcome.shares, outcome.greeting, outcome.transfer,
                        outcome.balance)
    await change(message, speaker, said, buttons.to_balance(speaker))
    await _show(outcome, cards, covers, member, Place(outcome.draft_chat, outcome.draft_message), None)


async def _say_over(cards: Cards, member: MemberView, over: refusals.DraftOver, draft: EnvelopeDraftView | None
                    ) -> None:
    """Take the buttons from a question that nobody can answer any more. One that was answered says so itself."""
    if draft is not None and draft.message and over.state != "used":
        voice = await cards.speaker_of(draft.chat, member.telegram_id)
        await cards.put(draft.chat, voice, sentences.sentence(over), instead=draft.message)


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
