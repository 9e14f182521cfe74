"""`/request`: ask people for money, and what becomes of that: paid, declined, taken back.

Guards: only whoever is asked pays or declines and only whoever asked takes it back, whoever presses; others hear that
the button is not theirs where they see it, and else the same as of a request that never was. Asking moves nothing.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from typing import Any, Final

from aiogram import Bot, F, Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message, ReplyKeyboardRemove, User

from handlers import payments
from handlers import refusals as said_of
from handlers import requests as words
from handlers.asking import InDialog, answers, said_in
from handlers.chat import buttons
from handlers.chat.buttons import AskedBefore, RequestAct, RequestButton
from handlers.chat.cards import Cards, Place, thread_of
from handlers.chat.following import pages
from handlers.chat.payees import payees_of
from handlers.chat.payloads import payload
from handlers.chat.saying import answer, answered, change, closed, toast, whisper
from handlers.chat.strangers import with_warning
from handlers.chat.till import Till, Words, spoken
from handlers.chat.wizard import named_in
from handlers.commands import Verb, declared
from handlers.ground import (
    Config,
    Dialogs,
    People,
    Phones,
    accepts,
    group_of,
    message_key,
    microseconds,
    new_token,
    press_key,
)
from handlers.keyboards import Open, deep_link, message_of_ones_own, pressed_message
from handlers.namesakes import Payee, labels, told_apart
from handlers.parsing import Asked, SendRequest, Unclear, parse_collection
from handlers.texts import Fact, Lines, Moment, Money, Person, Speaker, _
from wallet import drafts, ids, refusals
from wallet.engine import Engine
from wallet.protocols import Reads
from wallet.requests import (
    AskFor,
    DeclineRequest,
    PayRequest,
    RequestDone,
    RequestIntent,
    RequestSettled,
    RequestsMade,
    WithdrawRequest,
)
from wallet.views import MemberView, RequestView

DIALOG: Final = "request"
"""The kind of the wizard's dialog."""
MOST_LISTED: Final = 10
"""So many requests are shown at once; the others follow when these are gone."""
MOST_RECENT: Final = 6
"""So many people who were paid lately are offered."""
MOST_KNOWN: Final = 100
"""Among so many of them somebody is looked for whose button was shown a while ago."""


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="requesting")
    answers(router, Verb.REQUEST, request)
    router.message.register(go_on, InDialog(DIALOG), flags=declared(Verb.REQUEST))
    press = router.callback_query.register
    press(opened, Open.filter(F.what == "request"), flags=declared(Verb.REQUEST))
    press(picked, AskedBefore.filter(), flags=accepts())
    press(pay, RequestButton.filter(F.act == RequestAct.PAY), flags=accepts(group=True, joined=False))
    press(decline, RequestButton.filter(F.act == RequestAct.DECLINE), flags=accepts(group=True, joined=False))
    press(take_back, RequestButton.filter(F.act == RequestAct.TAKE_BACK), flags=accepts(group=True, joined=False))
    press(take_from_list, RequestButton.filter(F.act == RequestAct.TAKE_FROM_LIST), flags=accepts(group=True))
    return router


# -------------------------------------------------------------------------------------------------- asking
async def request(message: Message, asked: Asked, bot: Bot, reads: Reads, people: People, phones: Phones,
                  dialogs: Dialogs, cards: Cards, speaker: Speaker, group_speaker: Speaker, member: MemberView,
                  config: Config, now: Callable[[], datetime]) -> None:
    """`/request`, `请求`: everything in one message, or for the bare word what is open and the wizard."""
    assert message.from_user is not None
    key = message_key(bot.id, message, "request")
    wanted = asked.argument
    if not isinstance(wanted, SendRequest):
        await _begin(message, message.from_user, key, dialogs, reads, people, speaker, group_speaker, member, config,
                     now())
        return
    payees = await payees_of(message, wanted.receivers, people, reads, phones, config)
    await _ask(message, message.from_user, key, payees, wanted.minor_units, wanted.note or "", cards, speaker, member)


async def _ask(message: Message, person: User, key: str, payees: Sequence[Payee], amount: int, note: str,
               cards: Cards, speaker: Speaker, member: MemberView) -> None:
    """Ask them, and put a card for each where it was asked."""
    made = await cards.engine.run(AskFor(
        key=key, asker=member.id, people=tuple(payee.telegram_id for payee in payees), amount=amount, note=note,
        by_number=tuple(payee.telegram_id for payee in payees if payee.by_number)))
    assert isinstance(made, RequestsMade)
    group = group_of(message)
    voice = await cards.speaker_of(group, member.telegram_id) if group else speaker
    payee = cards.payer(person, member)
    for one, number in zip(payees, made.requests, strict=True):
        if group:
            said = words.card(payee, one.name, amount, note, made.expires_at)
            markup = buttons.request_card(voice, number, amount)
        else:
            said = words.own(one.name, amount, note, made.expires_at)
            markup = buttons.own_request(voice, cards.config, number)
        shown = await cards.put(message.chat.id, voice, said, markup, thread=thread_of(message),
                                reply_to=message.message_id if group else 0)
        await cards.place_request(member.id, number, shown)


# ------------------------------------------------------------------------------------------------ the wizard
async def _begin(message: Message, person: User, key: str, dialogs: Dialogs, reads: Reads, people: People,
                 speaker: Speaker, group_speaker: Speaker, member: MemberView, config: Config, now: datetime) -> None:
    """What is open, and whom to ask; in a group the way to the private chat."""
    if group_of(message):
        said = _("To see your requests or to ask step by step, come to our private chat. Here you can write it in one "
                 "line: /request @bob 20 lunch.")
        await whisper(message, person.id, speaker, said, group_speaker, config, payload="request_now")
        return
    await _show_open(message, reads, people, speaker, member, now)
    await dialogs.put(person.id, _dialog(key, message.message_id))
    offered = await _ask_person(message, reads, people, speaker, member)
    if offered:
        await dialogs.put(person.id, _dialog(key, message.message_id, offered=offered))


def _dialog(key: str, last: int, payees: Sequence[Payee] = (), offered: int = 0) -> dict[str, Any]:
    """Where somebody is, as the dialog keeps it: they name people first, then the amount. `offered` is the message
    with people to choose from, or 0."""
    kept = [[one.telegram_id, one.name.name, one.username, one.pointed_at, one.by_number, one.digits]
            for one in payees]
    return {"kind": DIALOG, "key": key, "last": last, "payees": kept, "offered": offered}


async def opened(press: CallbackQuery, dialogs: Dialogs, reads: Reads, people: People, speaker: Speaker,
                 group_speaker: Speaker, member: MemberView, config: Config, now: Callable[[], datetime]) -> None:
    """The bare command by a button."""
    await toast(press)
    await _begin(pressed_message(press), press.from_user, press_key(press, "request"), dialogs, reads, people, speaker,
                 group_speaker, member, config, now())


@payload("request")
async def came_to_ask(message: Message, rest: str, bot: Bot, dialogs: Dialogs, reads: Reads, people: People,
                      speaker: Speaker, member: MemberView, config: Config, now: Callable[[], datetime]) -> None:
    """Somebody came from a group."""
    person = message.from_user
    assert person is not None
    await _begin(message, person, message_key(bot.id, message, "request"), dialogs, reads, people, speaker, speaker,
                 member, config, now())


async def go_on(message: Message, dialog: Mapping[str, Any], reads: Reads, people: People, phones: Phones,
                dialogs: Dialogs, cards: Cards, speaker: Speaker, member: MemberView, config: Config) -> None:
    """The answer to the question that was asked last: whom, or how much and for what."""
    payees = tuple(Payee(number, Person(name), *how) for number, name, *how in dialog["payees"])
    if message.message_id <= dialog["last"]:
        return
    if not payees:
        found = await named_in(message, people, reads, phones, config)
        if isinstance(found, Unclear):
            unclear = replace(found, verb=Verb.REQUEST)
            await answer(message, speaker, said_of.about_unclear(unclear, config.currency))
            return
        await _take(message, dialog["key"], found, dialogs, reads, people, speaker, member)
        await closed(message, dialog.get("offered", 0))
        return
    said = said_in(message, config)
    wanted = parse_collection(said, config.currency, config.region) if said is not None else None
    if wanted is None:
        await _ask_amount(message, payees, reads, people, speaker, member)
        return
    if isinstance(wanted, Unclear):
        unclear = replace(wanted, verb=Verb.REQUEST)
        await answer(message, speaker, said_of.about_unclear(unclear, config.currency))
        return
    assert message.from_user is not None
    try:
        await _ask(message, message.from_user, dialog["key"], payees, wanted.minor_units, wanted.note or "", cards,
                   speaker, member)
    except refusals.Refusal as refusal:
        if refusal.stored:
            await dialogs.drop(member.telegram_id)
        raise
    await dialogs.drop(member.telegram_id)


async def picked(press: CallbackQuery, callback_data: AskedBefore, dialogs: Dialogs, reads: Reads, people: People,
                 speaker: Speaker, member: MemberView) -> None:
    """Somebody who was paid before."""
    message = pressed_message(press)
    dialog = await dialogs.get(press.from_user.id)
    lately = await reads.recent_receivers(member.id, MOST_KNOWN)
    found = next((party for party in lately if party.member == callback_data.member), None)
    if found is None or dialog is None or dialog.get("kind") != DIALOG:
        raise refusals.ButtonStale
    await toast(press)
    await answered(press)
    seen = (await people.by_ids((found.telegram_id,))).get(found.telegram_id)
    payee = Payee(found.telegram_id, payments.party_name(found, seen), seen.username if seen else "")
    await _take(message, dialog["key"], (payee,), dialogs, reads, people, speaker, member)


async def _take(message: Message, key: str, payees: Sequence[Payee], dialogs: Dialogs, reads: Reads, people: People,
                speaker: Speaker, member: MemberView) -> None:
    if any(payee.telegram_id == member.telegram_id for payee in payees):
        raise refusals.AskYourself
    await dialogs.put(member.telegram_id, _dialog(key, message.message_id, payees))
    await _ask_amount(message, payees, reads, people, speaker, member)


async def _ask_person(message: Message, reads: Reads, people: People, speaker: Speaker, member: MemberView) -> int:
    """Ask whom; returns the message with those who were paid lately, or 0."""
    said = _("Whom do you want to ask for money? Pick somebody with the button below, or send me a @username or a "
             "phone number. /cancel leaves.")
    await answer(message, speaker, said, buttons.pick_person(speaker))
    found = await reads.recent_receivers(member.id, MOST_RECENT)
    if not found:
        return 0
    names = await labels(found, people, reads)
    lately = [(party.member, names[party.telegram_id]) for party in found]
    shown = await answer(message, speaker, _("Or somebody you paid lately:"), buttons.whom_to_ask(speaker, lately))
    return shown.message_id


async def _ask_amount(message: Message, payees: Sequence[Payee], reads: Reads, people: People, speaker: Speaker,
                      member: MemberView) -> None:
    names = await told_apart(payees, member.id, people, reads)
    said = _("How much do you ask {names} for? Send me the amount, and a note behind it if you like: 20 lunch.",
             names=payments.listed(names))
    await answer(message, speaker, said, ReplyKeyboardRemove())


# ---------------------------------------------------------------------------------------------- what is open
async def _show_open(message: Message, reads: Reads, people: People, speaker: Speaker, member: MemberView,
                     now: datetime) -> None:
    """What one is asked for, each with its buttons, and what one asked for, with a way to take it back."""
    theirs = [view for view in await reads.requests_to(member.telegram_id) if view.expires_at > microseconds(now)]
    for view in theirs[:MOST_LISTED]:
        await _show_asked(message, view, people, speaker)
    own = await reads.requests_of(member.id)
    if own:
        await answer(message, speaker, *await _own_list(own, people, reads, speaker))


async def _show_asked(message: Message, view: RequestView, people: People, speaker: Speaker) -> None:
    names = await payments.parties([view.payee], people)
    said = words.asked(names[view.payee.telegram_id], view.amount, view.note, view.expires_at)
    await answer(message, speaker, said, buttons.answering(speaker, view.id, view.amount))


async def _own_list(own: Sequence[RequestView], people: People, reads: Reads, speaker: Speaker
                    ) -> tuple[Fact, InlineKeyboardMarkup | None]:
    if not own:
        return _("You ask nobody for money at the moment."), None
    found = own[:MOST_LISTED]
    called = await payments.names([view.person for view in found], people, reads)
    names = [payments.as_known(called[view.person], by_number=view.by_number) for view in found]
    lines: list[Fact] = [_("<b>You asked for</b>")]
    lines += [_("{amount} from {name}, until {until}", amount=Money(view.amount), name=name,
                until=Moment.of_microseconds(view.expires_at)) for view, name in zip(found, names, strict=True)]
    ways = [(view.id, view.amount, name) for view, name in zip(found, names, strict=True)]
    return Lines(tuple(lines)), buttons.requests_to_take_back(speaker, ways)


@payload("req")
async def came_to_pay(message: Message, rest: str, reads: Reads, people: People, speaker: Speaker, member: MemberView,
                      now: Callable[[], datetime]) -> None:
    """Somebody with a wallet opened a link to a request. Nobody pays by following a link."""
    number = ids.from_code(rest)
    view = await reads.request(number) if number is not None else None
    if view is None or view.person != member.telegram_id:
        raise refusals.RequestUnknown
    _must_be_open(view, now())
    await _show_asked(message, view, people, speaker)


def _must_be_open(view: RequestView, now: datetime) -> None:
    """Refuses `RequestOver`."""
    if view.state != "open":
        raise refusals.RequestOver(view.state)
    if view.expires_at <= microseconds(now):
        raise refusals.RequestOver("expired")


# ----------------------------------------------------------------------------------------- paying, declining
async def pay(press: CallbackQuery, callback_data: RequestButton, engine: Engine, reads: Reads, people: People,
              dialogs: Dialogs, cards: Cards, speaker: Speaker, group_speaker: Speaker, member: MemberView | None,
              config: Config, now: Callable[[], datetime]) -> None:
    """Pay was pressed: under the card in a group, or in private."""
    message, number = pressed_message(press), callback_data.request
    view = await reads.request(number)
    if view is None or view.person != press.from_user.id:
        raise _stranger(view, message)  # Whether they have joined, or what they accepted, is not the point.
    if member is None or not member.joined:
        _must_be_open(view, now())
        await _join_first(press, message, number, speaker, group_speaker, config)
        return
    try:
        outcome = await engine.run(PayRequest(key=press_key(press, "pay"), member=member.id, request=number,
                                              token=new_token(), chat=group_of(message)))
    except refusals.RequestOver:
        await _too_late(message, number, cards)
        raise
    if isinstance(outcome, drafts.Asked):
        await toast(press)
        till = Till(cards, dialogs, speaker, member, cards.payer(press.from_user, member), now)
        await till.ask(message, outcome)
        return
    assert isinstance(outcome, RequestSettled)
    payee = (await payments.parties([view.payee], people))[view.payee.telegram_id]
    if group_of(message):
        await cards.close_asked(number, outcome.offer)
        said: Fact = _("✅ You paid {payee} {amount}.", payee=payee, amount=Money(outcome.amount))
        await toast(press, speaker.plain(said), alert=True)
        return
    await toast(press)
    said = payments.receipt([payee], [outcome.transfer], outcome.amount, outcome.note, outcome.balance, purposes=[""])
    await change(message, speaker, said, buttons.after_payment(speaker, outcome.transfer))


@spoken(RequestIntent)
class Requests(Words[RequestIntent]):
    """What is paid above the no-PIN limit."""

    async def question(self, intent: RequestIntent, till: Till, payer: Fact | None) -> Fact:
        payee = await _party_of(intent, till.cards)
        said = words.question(payee.name, intent.amount, intent.note, payer)
        return await with_warning(said, (payee,), payer, till.cards, till.member, till.now())

    async def waiting_line(self, intent: RequestIntent, till: Till) -> Fact:
        return words.waiting_line(till.payer, await _payee_of(intent, till.cards), intent.amount)

    def cancelled_line(self, intent: RequestIntent) -> Fact:
        return words.not_paid(intent.amount)

    async def done(self, intent: RequestIntent, outcome: RequestSettled, place: Place, press: CallbackQuery,
                   keypad: Message, cards: Cards, speaker: Speaker, member: MemberView) -> None:
        """The receipt in the keypad's place, and "paid" where the group waits."""
        payee = await _payee_of(intent, cards)
        said = payments.receipt([payee], [outcome.transfer], outcome.amount, outcome.note, outcome.balance,
                                purposes=[""])
        await change(keypad, speaker, said, buttons.after_payment(speaker, outcome.transfer))
        await cards.close_asked(outcome.request, outcome.offer)
        if place.message:
            voice = await cards.speaker_of(place.chat, member.telegram_id)
            paid = words.card_ended(payee, cards.payer(press.from_user, member), outcome.amount, outcome.note, "paid")
            await cards.put(place.chat, voice, paid, instead=place.message)


async def _party_of(intent: RequestIntent, cards: Cards) -> Payee:
    """Who asks."""
    party = await cards.reads.party(intent.payee)
    assert party is not None
    name = (await payments.parties([party], cards.people))[party.telegram_id]
    return Payee(party.telegram_id, name, by_number=party.by_number)


async def _payee_of(intent: RequestIntent, cards: Cards) -> Person:
    """What they are called."""
    return (await _party_of(intent, cards)).name


async def _join_first(press: CallbackQuery, message: Message, request: int, speaker: Speaker, group_speaker: Speaker,
                      config: Config) -> None:
    """Whoever is asked is led to joining, which comes back to the request."""
    way = buttons.request_payload(request)
    try:
        await press.answer(url=deep_link(config, way))
    except TelegramBadRequest:
        await whisper(message, press.from_user.id, speaker, _("Open a wallet first, then you can pay it."),
                      group_speaker, config, markup=buttons.open_wallet(speaker, config, way), payload=way, press=press)


async def decline(press: CallbackQuery, callback_data: RequestButton, engine: Engine, reads: Reads, cards: Cards,
                  speaker: Speaker) -> None:
    """Decline was pressed. Nobody has to join for that."""
    message, number = pressed_message(press), callback_data.request
    try:
        outcome = await engine.run(DeclineRequest(key=press_key(press, "decline"), person=press.from_user.id,
                                                  request=number))
    except refusals.RequestUnknown:
        raise _stranger(await reads.request(number), message) from None
    except refusals.RequestOver:
        await _too_late(message, number, cards)
        raise
    assert isinstance(outcome, RequestDone)
    if outcome.offer and (group_of(message) or outcome.offer != message.message_id):
        await cards.close_asked(number, outcome.offer)
    if group_of(message):
        said = _("You declined. Whoever asked is told.")
        await toast(press, speaker.plain(said), alert=True)
        return
    await toast(press)
    await cards.close_asked(number, message.message_id)


def _stranger(view: RequestView | None, message: Message) -> refusals.Refusal:
    """What somebody hears who has no part in a request: that it is not theirs where they can see it anyway, else the
    same as for one that never was."""
    shown = view is not None and (view.chat, view.message) == (message.chat.id, message.message_id)
    return refusals.NotYours() if shown else refusals.RequestUnknown()


async def _too_late(message: Message, request: int, cards: Cards) -> None:
    """Somebody answered what has ended: nothing that they see asks for it any longer."""
    view = await cards.reads.request(request)
    if view is None or view.state == "open":
        return  # Its time is over, and the clock is about to say so.
    await cards.refresh_request(request)
    if not group_of(message):
        await cards.close_asked(request, message.message_id)


# -------------------------------------------------------------------------------------------- taking back
async def take_back(press: CallbackQuery, callback_data: RequestButton, engine: Engine, cards: Cards,
                    speaker: Speaker, member: MemberView | None) -> None:
    """Take back was pressed, under the card."""
    await _taken_back(press, callback_data.request, engine, cards, member)
    await toast(press, speaker.plain(_TAKEN_BACK))


async def take_from_list(press: CallbackQuery, callback_data: RequestButton, engine: Engine, reads: Reads,
                         people: People, cards: Cards, speaker: Speaker, member: MemberView) -> None:
    """Taken back in the list of what one asked for."""
    message = message_of_ones_own(press)
    await _taken_back(press, callback_data.request, engine, cards, member)
    await toast(press, speaker.plain(_TAKEN_BACK))
    await change(message, speaker, *await _own_list(await reads.requests_of(member.id), people, reads, speaker))


_TAKEN_BACK: Final = _("↩️ You took the request back.")


async def _taken_back(press: CallbackQuery, request: int, engine: Engine, cards: Cards, member: MemberView | None
                      ) -> None:
    message = pressed_message(press)
    if member is None or not member.joined:
        raise _stranger(await cards.reads.request(request), message)
    try:
        await engine.run(WithdrawRequest(key=press_key(press, "take_back"), asker=member.id, request=request))
    except refusals.RequestUnknown:
        raise _stranger(await cards.reads.request(request), message) from None
    except refusals.RequestOver:
        await _too_late(message, request, cards)
        raise
    await cards.refresh_request(request)


# ------------------------------------------------------------------------------------- following a group
async def follow_requests(message: Message, reads: Reads, cards: Cards) -> None:
    """A group has become another chat: what is still open is asked there again, in a card that has buttons."""
    assert message.migrate_from_chat_id is not None
    async for view in pages(reads.requests_in, message.migrate_from_chat_id, attrgetter("id")):
        names = await cards.names((view.payee.telegram_id, view.person))
        voice = await cards.speaker_of(message.chat.id, view.payee.telegram_id)
        name = payments.as_known(names[view.person], by_number=view.by_number)
        said = words.card(names[view.payee.telegram_id], name, view.amount, view.note, view.expires_at)
        place = await cards.put(message.chat.id, voice, said, buttons.request_card(voice, view.id, view.amount))
        await cards.place_request(view.payee.member, view.id, place)
