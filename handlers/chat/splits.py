"""A bill that several people pay their shares of, from its card to the last of them.

Guards: nobody pays by anything but their own press, with the PIN in private above the no-PIN limit, and only somebody
who is named, or who is in the group that was asked. The group's card follows at a bounded pace and tells no balance;
what is somebody's own is told to them alone.
"""
from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from operator import attrgetter

from aiogram import Bot, F, Router
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest
from aiogram.types import (
    CallbackQuery,
    InlineKeyboardMarkup,
    Message,
)

from handlers import payments
from handlers import splits as said_of
from handlers.chat import buttons
from handlers.chat.attending import is_in
from handlers.chat.buttons import SplitAct, SplitButton
from handlers.chat.cards import Cards, Place
from handlers.chat.following import pages
from handlers.chat.payloads import payload
from handlers.chat.saying import answer, change, change_card, toast, whisper
from handlers.chat.strangers import with_warning
from handlers.chat.till import Till, Words, spoken
from handlers.commands import Verb, declared
from handlers.ground import Config, Dialogs, People, accepts, group_of, new_token, press_key
from handlers.keyboards import deep_link, hangs_there, pressed_message, to_private
from handlers.namesakes import Payee
from handlers.refusals import sentence
from handlers.texts import Fact, Lines, Person, Speaker, _
from wallet import drafts, ids, refusals
from wallet.engine import Engine
from wallet.protocols import Reads
from wallet.rows import NAMED
from wallet.splits import (
    CloseSplit,
    PayShare,
    PlaceSplit,
    Reminded,
    RemindSplit,
    ShareIntent,
    SharePaid,
    next_share,
)
from wallet.views import MemberView, SplitView

MOST_LISTED = 10
"""So many of one's own are shown at once; the others follow when these are over."""


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="splits")
    press = router.callback_query.register
    press(pay, SplitButton.filter(F.act == SplitAct.PAY), flags=accepts(group=True, joined=False))
    press(remind, SplitButton.filter(F.act == SplitAct.REMIND), flags=accepts(group=True, joined=False))
    press(close, SplitButton.filter(F.act == SplitAct.CLOSE), flags=accepts(group=True, joined=False))
    press(show, SplitButton.filter(F.act == SplitAct.SHOW), flags=declared(Verb.SPLIT))
    return router


# ------------------------------------------------------------------------------------------------------- showing
async def put_card(split: int, cards: Cards, chat: int, *, reply_to: int = 0, thread: int | None = None,
                   instead: int = 0) -> None:
    """Put the card of a split that was just made, and remember where; nothing where that was done before."""
    view = await cards.reads.split(split)
    assert view is not None
    if view.message:
        return
    voice = await cards.speaker_of(chat, view.maker.telegram_id)
    shown = await cards.put(chat, voice, await _card(view, cards.people), _under(voice, view, cards.config),
                            reply_to=reply_to, thread=thread, instead=instead)
    await _place(cards, view, shown)


async def _place(cards: Cards, view: SplitView, place: Place) -> None:
    """Remember where a card stands. Without it the card merely follows no more."""
    with suppress(refusals.Busy, refusals.DeadlinePassed):
        await cards.engine.run(PlaceSplit(key=f"split:{view.id}:place:{place.chat}:{place.message}",
                                          member=view.maker.member, split=view.id, chat=place.chat,
                                          message=place.message))


async def show_own(message: Message, reads: Reads, speaker: Speaker, member: MemberView) -> None:
    """The open ones of one's own, where there are any."""
    found = await reads.splits_of(member.id, MOST_LISTED)
    if found:
        lines = [(view.id, said_of.line_of(view)) for view in found]
        await answer(message, speaker, _("<b>Your open splits</b>"), buttons.own_splits(speaker, lines))


# ------------------------------------------------------------------------------------------------------ the card
async def _card(view: SplitView, people: People) -> Lines:
    """A card with the names that people go by."""
    parties = (view.maker, *(share.party for share in view.shares))
    return said_of.card(view, await payments.parties(parties, people))


def _under(voice: Speaker, view: SplitView, config: Config) -> InlineKeyboardMarkup | None:
    if view.state != "open":
        return None
    return buttons.under_split(voice, view.id) if view.chat < 0 else buttons.own_split(voice, config, view.id)


async def redraw(split: int, cards: Cards) -> None:
    """Let the card be as it must look now, soon."""
    await cards.redraws.soon(split, partial(_redraw, split, cards))


async def _redraw(split: int, cards: Cards) -> None:
    view = await cards.reads.split(split)
    if view is not None and view.message:
        voice = await cards.speaker_of(view.chat, view.maker.telegram_id)
        await change_card(cards.bot, view.chat, view.message, voice.say(await _card(view, cards.people)),
                          _under(voice, view, cards.config), pictured=False)


async def follow(chat: int, into: int, cards: Cards) -> None:
    """A group has become another chat: what is still to be paid is shown again there."""
    async for view in pages(cards.reads.splits_in, chat, attrgetter("id")):
        voice = await cards.speaker_of(into, view.maker.telegram_id)
        shown = await cards.put(into, voice, await _card(view, cards.people), buttons.under_split(voice, view.id))
        await _place(cards, view, shown)


# -------------------------------------------------------------------------------------------------------- paying
async def pay(press: CallbackQuery, callback_data: SplitButton, engine: Engine, dialogs: Dialogs, cards: Cards,
              speaker: Speaker, group_speaker: Speaker, member: MemberView | None, config: Config,
              now: Callable[[], datetime]) -> None:
    """*Pay my share* was pressed: under the card in the group, or under the question in private."""
    message = pressed_message(press)
    view = await cards.reads.split(callback_data.split)
    chat = group_of(message)
    if view is None:
        raise refusals.SplitUnknown
    if not chat and view.chat < 0 and await _is_in(view, press.from_user.id, cards.bot):
        chat = view.chat
    if member is None or not member.joined:
        _may_take_part(view, press.from_user.id, chat)
        await _join_first(press, message, view, speaker, group_speaker, config)
        return
    share = PayShare(key=press_key(press, "share"), member=member.id, split=view.id, chat=chat,
                     person=member.telegram_id, maker=view.maker.member, asked_in=group_of(message), token=new_token())
    try:
        outcome = await engine.run(share)
    except (refusals.SharePaidBefore, refusals.SplitClosed) as over:
        if not group_of(message):
            await change(message, speaker, sentence(over))  # What asked for it stays, and need not ask any more.
        raise
    if isinstance(outcome, drafts.Asked):
        await toast(press)
        till = Till(cards, dialogs, speaker, member, cards.payer(press.from_user, member), now)
        await till.ask(message, outcome)
        return
    assert isinstance(outcome, SharePaid)
    name = await _maker(view, cards.people)
    if group_of(message):
        await toast(press, speaker.plain(said_of.paid_alert(name, outcome.amount)), alert=True)
    else:
        await toast(press)
        said = said_of.receipt(name, outcome.transfer, outcome.amount, outcome.note, outcome.balance)
        await change(message, speaker, said, buttons.after_payment(speaker, outcome.transfer))
        await cards.close_share(view.id, member.telegram_id, told=message.message_id)
    await redraw(view.id, cards)


def _may_take_part(view: SplitView, person: int, chat: int) -> None:
    """What somebody without a wallet hears: the way to one is for those who can pay then."""
    if view.share_of(person) is None and view.chat != chat:
        raise refusals.SplitUnknown
    if view.kind == NAMED and view.share_of(person) is None:
        raise refusals.NotInSplit
    if view.state != "open":
        raise refusals.SplitClosed(view.state)


async def _is_in(view: SplitView, person: int, bot: Bot) -> bool:
    """Whether somebody in private may pay what an open split asks of its group. Those who are named may pay anywhere,
    and nobody else."""
    return view.kind != NAMED and await is_in(bot, view.chat, person)


async def _join_first(press: CallbackQuery, message: Message, view: SplitView, speaker: Speaker,
                      group_speaker: Speaker, config: Config) -> None:
    """The way to a wallet, which comes back to the share."""
    way = buttons.split_payload(view.id)
    try:
        await press.answer(url=deep_link(config, way))
    except TelegramBadRequest:
        await whisper(message, press.from_user.id, speaker, _("Open a wallet first; then you can pay your share."),
                      group_speaker, config, markup=buttons.open_wallet(speaker, config, way), payload=way, press=press)


async def _maker(view: SplitView, people: People) -> Person:
    return (await payments.parties((view.maker,), people))[view.maker.telegram_id]


@payload("split")
async def came_for_split(message: Message, rest: str, bot: Bot, reads: Reads, people: People, cards: Cards,
                         speaker: Speaker, member: MemberView, config: Config) -> None:
    """`/start split_<code>`: somebody came for their share, or for what they collect. Refuses `SplitUnknown` to all
    who have no part in it."""
    number = ids.from_code(rest)
    view = await reads.split(number) if number is not None else None
    if view is None:
        raise refusals.SplitUnknown
    if view.maker.member == member.id:
        await _show_one(message, view, people, speaker, config)
        return
    share = view.share_of(member.telegram_id)
    if share is None and not await _is_in(view, member.telegram_id, bot):
        raise refusals.SplitUnknown
    if share is not None and share.transfer:
        raise refusals.SharePaidBefore(share.amount, share.transfer)
    if view.state != "open":
        raise refusals.SplitClosed(view.state)
    name = await _maker(view, people)
    if share is not None:
        said = said_of.asks(name, share, view.note, view.expires_at, again=False)
    else:
        amount = next_share(view.amount, view.heads, view.paid)
        said = said_of.offered(name, amount, view.note, view.expires_at)
    shown = await answer(message, speaker, said, buttons.pay_share(speaker, view.id))
    # From now on this is what asks them, and what asks no more when nothing is left to pay.
    await cards.place_share(view.id, view.maker.member, member.telegram_id, shown.message_id)


@spoken(ShareIntent)
class Shares(Words[ShareIntent]):
    """Shares that need the PIN. Whoever pays one has pressed its button."""

    async def question(self, intent: ShareIntent, till: Till, payer: Fact | None) -> Fact:
        party = await till.cards.reads.party(intent.maker)
        assert party is not None
        name = await _collects(intent, till.cards)
        said = said_of.question(name, intent.amount, intent.note, payer)
        return await with_warning(said, (Payee(party.telegram_id, name),), payer, till.cards, till.member, till.now())

    async def waiting_line(self, intent: ShareIntent, till: Till) -> Fact:
        return said_of.waiting_line(till.payer, intent.amount, intent.note)

    def cancelled_line(self, intent: ShareIntent) -> Fact:
        return said_of.cancelled_line(intent.amount)

    async def done(self, intent: ShareIntent, outcome: SharePaid, place: Place, keypad: Message | None,
                   press: CallbackQuery, cards: Cards, speaker: Speaker, member: MemberView) -> None:
        """The receipt in the keypad's place, a line where the group waited, and the card."""
        if keypad is not None:
            said = said_of.receipt(await _collects(intent, cards), outcome.transfer, outcome.amount, outcome.note,
                                   outcome.balance)
            await change(keypad, speaker, said, buttons.after_payment(speaker, outcome.transfer))
        if place.chat < 0 and place.message:
            voice = await cards.speaker_of(place.chat, member.telegram_id)
            line = said_of.paid_line(cards.payer(press.from_user, member), outcome.amount)
            await cards.put(place.chat, voice, line, instead=place.message)
        else:
            await cards.close_share(outcome.split, member.telegram_id, told=keypad.message_id if keypad else 0)
        await redraw(outcome.split, cards)


async def _collects(intent: ShareIntent, cards: Cards) -> Person:
    party = await cards.reads.party(intent.maker)
    assert party is not None
    return (await payments.parties((party,), cards.people))[party.telegram_id]


# ------------------------------------------------------------------------------------------- one's own, later on
async def show(press: CallbackQuery, callback_data: SplitButton, reads: Reads, people: People, speaker: Speaker,
               group_speaker: Speaker, member: MemberView, config: Config) -> None:
    """One of those in the list."""
    message = pressed_message(press)
    view = await reads.split(callback_data.split)
    if view is None or view.maker.member != member.id:
        raise refusals.SplitUnknown
    await toast(press)
    if group_of(message):
        await whisper(message, member.telegram_id, speaker, await _card(view, people), group_speaker, config,
                      markup=buttons.own_split(speaker, config, view.id), payload=buttons.split_payload(view.id),
                      press=press)
    else:
        await _show_one(message, view, people, speaker, config)


async def _show_one(message: Message, view: SplitView, people: People, speaker: Speaker, config: Config) -> None:
    markup = buttons.own_split(speaker, config, view.id) if view.state == "open" else None
    await answer(message, speaker, await _card(view, people), markup)


async def remind(press: CallbackQuery, callback_data: SplitButton, engine: Engine, cards: Cards, speaker: Speaker,
                 member: MemberView | None) -> None:
    """*Remind* was pressed, by whoever collects or by somebody else."""
    message, view = await _looked_at(press, callback_data, cards, member)
    assert member is not None
    persons = tuple(share.party.telegram_id for share in view.shares)
    outcome = await engine.run(RemindSplit(key=press_key(press, "remind"), member=member.id, split=view.id,
                                           chat=group_of(message), persons=persons))
    assert isinstance(outcome, Reminded)
    told = len(outcome.persons) or view.payers - view.paid
    await toast(press, speaker.plain(said_of.reminded(told) if outcome.persons else _("The group is reminded.")),
                alert=True)
    if view.chat < 0:
        await _call(view, outcome.persons, cards)


async def _call(view: SplitView, persons: tuple[int, ...], cards: Cards) -> None:
    """Speak in the group to those whom nobody can write to in private: whoever has no wallet, or is not named."""
    voice = await cards.speaker_of(view.chat, view.maker.telegram_id)
    names = await payments.parties((view.maker, *(share.party for share in view.shares)), cards.people)
    maker = names[view.maker.telegram_id]
    strangers = [(number, names[number]) for number in persons if not (await cards.reads.member(number))]
    if strangers:
        said: Fact = said_of.called(maker, strangers, view.note)
        markup = to_private(voice, cards.config, buttons.split_payload(view.id))
    elif view.kind != NAMED:
        said, markup = said_of.places_left(maker, view.payers - view.paid, view.note), None
    else:
        return
    with suppress(TelegramAPIError):  # Those who could be written to are told anyway.
        await cards.put(view.chat, voice, said, markup, reply_to=view.message)


async def close(press: CallbackQuery, callback_data: SplitButton, engine: Engine, cards: Cards, speaker: Speaker,
                member: MemberView | None) -> None:
    """*Close* was pressed, by whoever collects or by somebody else."""
    message, view = await _looked_at(press, callback_data, cards, member)
    assert member is not None
    persons = tuple(share.party.telegram_id for share in view.waits_for)
    await engine.run(CloseSplit(key=press_key(press, "close"), member=member.id, split=view.id,
                                chat=group_of(message), persons=persons))
    await toast(press)
    await redraw(view.id, cards)
    closed = await cards.reads.split(view.id)
    is_the_card = (message.chat.id, message.message_id) == (view.chat, view.message)
    if closed is not None and not is_the_card and hangs_there(press):
        await change(message, speaker, await _card(closed, cards.people))


async def _looked_at(press: CallbackQuery, callback_data: SplitButton, cards: Cards, member: MemberView | None
                     ) -> tuple[Message, SplitView]:
    """The message under which a button for whoever collects was pressed, and the split. The wallet checks who did;
    somebody without a wallet collects nothing."""
    message, view = pressed_message(press), await cards.reads.split(callback_data.split)
    if view is None:
        raise refusals.SplitUnknown
    if member is None or not member.joined:
        raise refusals.NotYours if view.chat == group_of(message) else refusals.SplitUnknown
    return message, view
