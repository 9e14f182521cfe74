"""Money that waits for somebody to join, or to say yes: taken or declined by them, or taken back by its payer.

Guards: only the person it waits for takes or declines it and only its payer takes it back, whoever presses; the wallet
decides which of them came first, and the card in the chat follows. Nobody accepts anything by following a link.
"""
from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from operator import attrgetter

from aiogram import Bot, F, Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message

from handlers import payments
from handlers import refusals as said_of
from handlers.chat import buttons, splits
from handlers.chat.agreements import show_needed
from handlers.chat.buttons import HoldAct, HoldButton
from handlers.chat.cards import Cards
from handlers.chat.envelopes import follow_envelopes
from handlers.chat.following import pages
from handlers.chat.group import take_rules_along
from handlers.chat.payloads import payload
from handlers.chat.requesting import follow_requests
from handlers.chat.saying import answer, change, toast, whisper
from handlers.chat.vouchers import follow_vouchers
from handlers.ground import Config, Dialogs, People, accepts, group_of, message_key, microseconds, press_key
from handlers.keyboards import Open, deep_link, message_of_ones_own, pressed_message
from handlers.legal import Library
from handlers.pictures.covers import Covers
from handlers.pictures.easel import Easel
from handlers.texts import Fact, Lines, Moment, Money, Speaker, Text, _
from wallet import ids, refusals
from wallet.books import Policy
from wallet.engine import Engine
from wallet.holds import CancelHold, Claimed, ClaimHold, DeclineHold, Returned
from wallet.protocols import Reads
from wallet.rows import TO_ACCEPT, TO_CHECK
from wallet.views import HoldView, MemberView

MOST_LISTED = 10
"""So many waiting payments are shown at once; the others follow when these are gone."""


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="waiting")
    press = router.callback_query.register
    press(claim, HoldButton.filter(F.act == HoldAct.CLAIM), flags=accepts(group=True, joined=False))
    press(decline, HoldButton.filter(F.act == HoldAct.DECLINE), flags=accepts(group=True, joined=False))
    press(take_back, HoldButton.filter(F.act == HoldAct.TAKE_BACK), flags=accepts(group=True, joined=False))
    press(take_from_list, HoldButton.filter(F.act == HoldAct.TAKE_FROM_LIST), flags=accepts(group=True))
    router.message.register(follow, F.migrate_from_chat_id, flags=accepts(group=True, joined=False))
    press(show_own, Open.filter(F.what == "waiting"), flags=accepts(group=True))
    press(show_offered, Open.filter(F.what == "offered"), flags=accepts(group=True))
    return router


# ----------------------------------------------------------------------------------------------- claiming
async def claim(press: CallbackQuery, callback_data: HoldButton, engine: Engine, reads: Reads, people: People,
                cards: Cards, speaker: Speaker, group_speaker: Speaker, member: MemberView | None, config: Config,
                dialogs: Dialogs, library: Library, now: Callable[[], datetime]) -> None:
    """Claim or Accept was pressed: under the card in a group, or under the notice in private."""
    message = pressed_message(press)
    if member is None or not member.joined:
        await _join_first(press, message, callback_data.hold, reads, speaker, group_speaker, config, now())
        return
    command = ClaimHold(key=press_key(press, "claim"), member=member.id, hold=callback_data.hold)
    try:
        outcome = await engine.run(command)
    except refusals.NotForYou:
        raise await _stranger(reads, message, callback_data.hold, refusals.NotForYou()) from None
    except refusals.AgreementsNeeded as needed:
        view = await reads.hold(callback_data.hold)
        if view is None or view.beneficiary != member.telegram_id:
            raise await _stranger(reads, message, callback_data.hold, refusals.NotForYou()) from None
        try:
            _must_wait(view, now())
        except refusals.HoldOver as over:
            await cards.refresh(view.id, over.state)
            raise over from None
        if not group_of(message):
            raise
        await toast(press)
        # By then it is too late to answer the press, so it goes on as if they had come by the link.
        await show_needed(needed.documents, message, person=press.from_user.id, dialogs=dialogs, library=library,
                          speaker=speaker, group_speaker=group_speaker, config=config, now=now, event=press,
                          payload=buttons.claim_payload(view.id))
        return
    except refusals.HoldOver as over:
        await _too_late(message, callback_data.hold, over, cards)
        raise
    assert isinstance(outcome, Claimed)
    await cards.claimed(outcome, press.from_user.id, told=0 if group_of(message) else message.message_id)
    said = await _received(outcome, people, reads)
    if group_of(message):
        await toast(press, speaker.plain(said), alert=True)
    else:
        await toast(press)
        await change(message, speaker, said, buttons.after_payment(speaker, outcome.transfer))


async def _join_first(press: CallbackQuery, message: Message, hold: int, reads: Reads, speaker: Speaker,
                      group_speaker: Speaker, config: Config, now: datetime) -> None:
    """The person it waits for is led to joining, which goes on with the claim; everybody else is told no."""
    view = await reads.hold(hold)
    if view is None or view.beneficiary != press.from_user.id:
        raise await _stranger(reads, message, hold, refusals.NotForYou())
    _must_wait(view, now)
    way = buttons.claim_payload(hold)
    try:
        await press.answer(url=deep_link(config, way))
    except TelegramBadRequest:
        await whisper(message, press.from_user.id, speaker, _("Open a wallet and the money is yours."), group_speaker,
                      config, markup=buttons.open_wallet(speaker, config, way), payload=way, press=press)


def _must_wait(view: HoldView, now: datetime) -> None:
    """Nobody is asked to do something first for money that is gone. Refuses `HoldOver`."""
    if view.state != "open":
        raise refusals.HoldOver(view.state)
    if view.expires_at <= microseconds(now):
        raise refusals.HoldOver("expired")


async def _stranger(reads: Reads, message: Message, hold: int, here: refusals.Refusal) -> refusals.Refusal:
    """What somebody hears who has no part in a hold: that it is not theirs where they can see it anyway, else the
    same as for one that never was."""
    view = await reads.hold(hold)
    shown = view is not None and (view.chat, view.message) == (message.chat.id, message.message_id)
    return here if shown else refusals.HoldUnknown()


@payload("claim")
async def came_to_claim(message: Message, rest: str, bot: Bot, engine: Engine, reads: Reads, people: People,
                        cards: Cards, speaker: Speaker, group_speaker: Speaker, member: MemberView, config: Config,
                        dialogs: Dialogs, library: Library, now: Callable[[], datetime]) -> None:
    """Somebody with a wallet opened the private chat to claim."""
    hold = ids.from_code(rest)
    view = await reads.hold(hold) if hold is not None else None
    if view is None or view.beneficiary != member.telegram_id:
        raise refusals.HoldUnknown
    try:
        if view.purpose == TO_ACCEPT:
            _must_wait(view, now())
            await _show_offer(message, view, people, speaker)
            return
        try:
            outcome = await engine.run(ClaimHold(key=message_key(bot.id, message, f"claim:{view.id}"), member=member.id,
                                                 hold=view.id))
        except refusals.AgreementsNeeded as needed:
            _must_wait(view, now())
            names = await payments.parties([view.payer], people)
            about = payments.offer(names[view.payer.telegram_id], view.amount, view.note, view.expires_at, view.purpose,
                                   view.transfer)
            await show_needed(needed.documents, message, person=member.telegram_id, dialogs=dialogs, library=library,
                              speaker=speaker, group_speaker=group_speaker, config=config, now=now,
                              payload=buttons.claim_payload(view.id), about=about)
            return
    except refusals.HoldOver as over:
        await cards.refresh(view.id, over.state)
        await answer(message, speaker, said_of.sentence(over))
    else:
        assert isinstance(outcome, Claimed)
        await cards.claimed(outcome, member.telegram_id)
        await answer(message, speaker, await _received(outcome, people, reads),
                     buttons.after_payment(speaker, outcome.transfer))
    await show_what_waits(message, reads, people, speaker, member, now())


async def _received(outcome: Claimed, people: People, reads: Reads) -> Text:
    payer = (await payments.names((outcome.payer,), people, reads))[outcome.payer]
    return _("✅ You received <b>{amount}</b> from {payer}. Balance: {balance}", amount=Money(outcome.amount),
             payer=payer, balance=Money(outcome.balance))


async def show_what_waits(message: Message, reads: Reads, people: People, speaker: Speaker, member: MemberView,
                          now: datetime) -> None:
    """Show somebody what waits for them, each with its buttons."""
    found = [view for view in await reads.waiting_for(member.telegram_id) if view.expires_at > microseconds(now)]
    for view in found[:MOST_LISTED]:
        await _show_offer(message, view, people, speaker)


async def _show_offer(message: Message, view: HoldView, people: People, speaker: Speaker) -> None:
    names = await payments.parties([view.payer], people)
    said = payments.offer(names[view.payer.telegram_id], view.amount, view.note, view.expires_at, view.purpose,
                          view.transfer)
    await answer(message, speaker, said, buttons.taking(speaker, view.id, view.purpose))


# ----------------------------------------------------------------------------------------------- declining
async def decline(press: CallbackQuery, callback_data: HoldButton, engine: Engine, reads: Reads, cards: Cards,
                  speaker: Speaker, member: MemberView | None) -> None:
    """Decline was pressed: under the card in a group, or under the notice in private."""
    message, hold = pressed_message(press), callback_data.hold
    if member is None or not member.joined:
        raise await _stranger(reads, message, hold, refusals.NotForYou())
    try:
        outcome = await engine.run(DeclineHold(key=press_key(press, "decline"), member=member.id, hold=hold))
    except refusals.NotForYou:
        raise await _stranger(reads, message, hold, refusals.NotForYou()) from None
    except refusals.HoldOver as over:
        await _too_late(message, hold, over, cards)
        raise
    assert isinstance(outcome, Returned)
    await cards.refresh(hold, outcome.state)
    view = await reads.hold(hold)
    if view is not None and view.offer and (group_of(message) or view.offer != message.message_id):
        await cards.close_offer(hold, outcome.state, view.offer)
    said = _("↩️ You declined {amount}, and it went back.", amount=Money(outcome.amount))
    if group_of(message):
        await toast(press, speaker.plain(said), alert=True)
        return
    await toast(press)
    await change(message, speaker, said)


async def _too_late(message: Message, hold: int, over: refusals.HoldOver, cards: Cards) -> None:
    """Somebody answered what has ended: nothing that they see offers it any longer."""
    await cards.refresh(hold, over.state)
    if not group_of(message):
        await cards.close_offer(hold, over.state, message.message_id)


async def show_offered(press: CallbackQuery, reads: Reads, people: People, speaker: Speaker, group_speaker: Speaker,
                       member: MemberView, config: Config, now: Callable[[], datetime]) -> None:
    """What waits for one's own word: each with its buttons, in the private chat."""
    message = pressed_message(press)
    await toast(press)
    if group_of(message):
        said = _("Somebody's money waits for your word. Please look at it in our private chat.")
        await whisper(message, press.from_user.id, speaker, said, group_speaker, config, payload="balance_now",
                      press=press)
        return
    if await reads.waiting_for(member.telegram_id):
        await show_what_waits(message, reads, people, speaker, member, now())
    else:
        await answer(message, speaker, _("Nothing waits for you any more."), buttons.to_balance(speaker))


# ------------------------------------------------------------------------------------- following a group
async def follow(message: Message, reads: Reads, cards: Cards, covers: Covers, easel: Easel, policy: Policy) -> None:
    """A group has become another chat. What stood in the old one can be neither pressed nor changed any more, so what
    waits is shown again; a card that was is in its new place, and no later try shows it twice."""
    assert message.migrate_from_chat_id is not None
    await take_rules_along(message, cards.engine)
    async for view in pages(reads.waiting_in, message.migrate_from_chat_id, attrgetter("id")):
        names = await cards.names((view.payer.telegram_id, view.beneficiary))
        voice = await cards.speaker_of(message.chat.id, view.payer.telegram_id)
        name = payments.as_known(names[view.beneficiary], by_number=view.by_number)
        said = payments.card_again(names[view.payer.telegram_id], name, view.amount, view.note)
        place = await cards.put(message.chat.id, voice, said, buttons.waiting_card(voice, view.id, view.purpose))
        await cards.place_hold(view.payer.member, view.id, place)
    await follow_requests(message, reads, cards)
    await follow_envelopes(message, reads, cards, covers)
    await splits.follow(message.migrate_from_chat_id, message.chat.id, cards)
    await follow_vouchers(message, cards, easel, policy)


# -------------------------------------------------------------------------------------------- taking back
async def take_back(press: CallbackQuery, callback_data: HoldButton, engine: Engine, cards: Cards, speaker: Speaker,
                    member: MemberView | None) -> None:
    """Take back was pressed: under the card, or under a receipt in private."""
    message = pressed_message(press)
    outcome = await _taken_back(press, callback_data.hold, engine, cards, member)
    said = _("↩️ {amount} is back in your wallet.", amount=Money(outcome.amount))
    if group_of(message):
        await toast(press, speaker.plain(said), alert=True)
        return
    await toast(press)
    if (outcome.chat, outcome.message) != (message.chat.id, message.message_id):
        await change(message, speaker, said, buttons.to_balance(speaker))


async def take_from_list(press: CallbackQuery, callback_data: HoldButton, engine: Engine, reads: Reads,
                         people: People, cards: Cards, speaker: Speaker, member: MemberView) -> None:
    """Taken back in the list of one's own waiting payments."""
    message = message_of_ones_own(press)
    outcome = await _taken_back(press, callback_data.hold, engine, cards, member)
    said = _("↩️ {amount} is back in your wallet.", amount=Money(outcome.amount))
    await toast(press, speaker.plain(said))
    found = (await reads.waiting_of(member.id))[:MOST_LISTED]
    await change(message, speaker, *await _own_list(found, people, reads, speaker))


async def _taken_back(press: CallbackQuery, hold: int, engine: Engine, cards: Cards,
                      member: MemberView | None) -> Returned:
    message = pressed_message(press)
    if member is None or not member.joined:
        raise await _stranger(cards.reads, message, hold, refusals.NotYours())
    try:
        outcome = await engine.run(CancelHold(key=press_key(press, "take_back"), member=member.id, hold=hold))
    except refusals.HoldUnknown:
        raise await _stranger(cards.reads, message, hold, refusals.NotYours()) from None
    except refusals.HoldOver as over:
        await cards.refresh(hold, over.state)
        raise
    assert isinstance(outcome, Returned)
    await cards.refresh(hold, outcome.state)
    return outcome


async def show_own(press: CallbackQuery, reads: Reads, people: People, speaker: Speaker, group_speaker: Speaker,
                   member: MemberView, config: Config) -> None:
    """The list of one's own payments that wait for others."""
    message = pressed_message(press)
    await toast(press)
    found = (await reads.waiting_of(member.id))[:MOST_LISTED]
    said, markup = await _own_list(found, people, reads, speaker)
    await whisper(message, press.from_user.id, speaker, said, group_speaker, config, markup=markup,
                  payload="balance_now", press=press)


async def _own_list(found: tuple[HoldView, ...], people: People, reads: Reads,
                    speaker: Speaker) -> tuple[Fact, InlineKeyboardMarkup]:
    if not found:
        return _("None of your payments is on its way."), buttons.to_balance(speaker)
    called = await payments.names([view.beneficiary for view in found], people, reads)
    names = [payments.as_known(called[view.beneficiary], by_number=view.by_number) for view in found]
    lines: list[Fact] = [_("<b>On its way</b>")]
    lines += [_one_of_ones_own(view, name) for view, name in zip(found, names, strict=True)]
    ways = [(view.id, view.amount, name) for view, name in zip(found, names, strict=True) if view.purpose != TO_CHECK]
    return Lines(tuple(lines)), buttons.take_back_list(speaker, ways) if ways else buttons.to_balance(speaker)


def _one_of_ones_own(view: HoldView, name: Fact) -> Text:
    amount, until = Money(view.amount), Moment.of_microseconds(view.expires_at)
    if view.purpose == TO_CHECK:
        return _("{amount} for {name}, looked at by the operators, until {until} at the latest", amount=amount,
                 name=name, until=until)
    return _("{amount} for {name}, until {until}", amount=amount, name=name, until=until)
