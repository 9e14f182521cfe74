"""`/send … every month on 5` and `/schedules`: payments that come again are set up, looked at and stopped.

Guards: one is set up by the PIN alone, after its payer was told whom it pays, how much, when first and until when. Only
its payer sees it and stops it; for others it does not exist.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from aiogram import F, Router
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message

from handlers import payments
from handlers import schedules as words
from handlers.asking import answers
from handlers.chat import buttons
from handlers.chat.buttons import AgainButton, ScheduleButton
from handlers.chat.cards import Cards, Place
from handlers.chat.payloads import payload
from handlers.chat.saying import answer, change, toast, whisper
from handlers.chat.strangers import with_warning
from handlers.chat.till import Till, Words, spoken
from handlers.commands import Verb, declared
from handlers.ground import Config, Dialogs, People, accepts, group_of, new_token, press_key
from handlers.keyboards import Open, pressed_message
from handlers.namesakes import Payee, named, told_apart
from handlers.parsing import SendRequest
from handlers.texts import Fact, Lines, Person, Speaker, _
from wallet import dates, drafts, refusals
from wallet.engine import Engine
from wallet.protocols import Reads
from wallet.schedules import MOST_SCHEDULES, AskSchedule, ScheduleIntent, ScheduleMade, StopSchedule
from wallet.views import MemberView, ScheduleView

MOST_LISTED: Final = MOST_SCHEDULES
"""All that one may have."""


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="scheduling")
    answers(router, Verb.SCHEDULES, schedules)
    router.callback_query.register(opened, Open.filter(F.what == "schedules"), flags=declared(Verb.SCHEDULES))
    router.callback_query.register(stop, ScheduleButton.filter(), flags=accepts(group=True))
    router.callback_query.register(plan_again, AgainButton.filter(), flags=accepts())
    return router


# ----------------------------------------------------------------------------------------------- setting up
async def plan(message: Message, key: str, request: SendRequest, payee: Payee, till: Till) -> None:
    """Ask for the PIN for a payment that comes again."""
    assert request.every is not None
    every = request.every
    outcome = await till.cards.engine.run(AskSchedule(
        key=key, payer=till.member.id, person=payee.telegram_id, amount=request.minor_units, note=request.note or "",
        unit=every.unit, on=every.on, last_day=every.until.toordinal() if every.until else 0,
        by_number=payee.by_number, token=new_token(), chat=group_of(message)))
    assert isinstance(outcome, drafts.Asked)
    await till.ask(message, outcome)


async def plan_again(press: CallbackQuery, callback_data: AgainButton, engine: Engine, reads: Reads, dialogs: Dialogs,
                     cards: Cards, speaker: Speaker, member: MemberView, now: Callable[[], datetime]) -> None:
    """*Set it up again* under the word that it was stopped: the same, with the PIN, from the next of its days on."""
    before = await reads.schedule(member.id, callback_data.schedule)
    if before is None:
        raise refusals.ScheduleUnknown
    outcome = await engine.run(AskSchedule(
        key=press_key(press, "again"), payer=member.id, person=before.person, amount=before.amount, note=before.note,
        unit=before.unit, on=before.on, last_day=before.last_day, by_number=before.by_number, token=new_token()))
    assert isinstance(outcome, drafts.Asked)
    await toast(press)
    till = Till(cards, dialogs, speaker, member, cards.payer(press.from_user, member), now)
    await till.ask(pressed_message(press), outcome)


@spoken(ScheduleIntent)
class Schedules(Words[ScheduleIntent]):
    """Payments that come again, which always need the PIN."""

    async def question(self, intent: ScheduleIntent, till: Till, payer: Fact | None) -> Fact:
        first = dates.next_after(intent.unit, intent.on, till.now().astimezone(till.cards.config.zone).toordinal())
        payees = till.payees or await _payees(intent, till.cards)
        name, = await told_apart(payees, till.member.id, till.cards.people, till.cards.reads)
        said = words.question(name, intent.amount, intent.note, intent.unit, intent.on, first, intent.last_day, payer)
        return await with_warning(said, payees, payer, till.cards, till.member, till.now())

    async def waiting_line(self, intent: ScheduleIntent, till: Till) -> Fact:
        return words.waiting_line(till.payer, await _name(intent, till.cards))

    def cancelled_line(self, intent: ScheduleIntent) -> Fact:
        return words.cancelled_line()

    async def done(self, intent: ScheduleIntent, outcome: ScheduleMade, place: Place, press: CallbackQuery,
                   keypad: Message, cards: Cards, speaker: Speaker, member: MemberView) -> None:
        """What was set up in the keypad's place, and that it was where the group waits."""
        name = await _name(intent, cards)
        said = words.made(name, intent.amount, intent.note, intent.unit, intent.on, outcome.first_day, intent.last_day)
        await change(keypad, speaker, said, buttons.to_schedules(speaker, outcome.schedule))
        if place.message and place.chat < 0:
            voice = await cards.speaker_of(place.chat, member.telegram_id)
            line = words.set_up_line(cards.payer(press.from_user, member), name)
            await cards.put(place.chat, voice, line, instead=place.message)


async def _payees(intent: ScheduleIntent, cards: Cards) -> list[Payee]:
    by_number = (intent.person,) if intent.by_number else ()
    return await named((intent.person,), by_number, cards.people, cards.reads)


async def _name(intent: ScheduleIntent, cards: Cards) -> Person:
    """The receiver, as far as the payer knows them."""
    payee, = await _payees(intent, cards)
    return payee.name


# ---------------------------------------------------------------------------------------------- one's own list
async def schedules(message: Message, reads: Reads, people: People, speaker: Speaker, group_speaker: Speaker,
                    member: MemberView, config: Config) -> None:
    """`/schedules`, `定时`."""
    said, markup = await _list(await reads.schedules(member.id), people, reads, speaker)
    await whisper(message, member.telegram_id, speaker, said, group_speaker, config, markup=markup,
                  payload="schedules_now")


async def opened(press: CallbackQuery, reads: Reads, people: People, speaker: Speaker, group_speaker: Speaker,
                 member: MemberView, config: Config) -> None:
    """The button."""
    await toast(press)
    said, markup = await _list(await reads.schedules(member.id), people, reads, speaker)
    await whisper(pressed_message(press), member.telegram_id, speaker, said, group_speaker, config, markup=markup,
                  payload="schedules_now", press=press)


@payload("schedules")
async def came_to_look(message: Message, rest: str, reads: Reads, people: People, speaker: Speaker,
                       member: MemberView) -> None:
    """Somebody whom the group could not be hidden from."""
    await answer(message, speaker, *await _list(await reads.schedules(member.id), people, reads, speaker))


async def stop(press: CallbackQuery, callback_data: ScheduleButton, engine: Engine, reads: Reads, people: People,
               speaker: Speaker, member: MemberView) -> None:
    """Stop was pressed: in the list, under a notice, or where it was set up."""
    message = pressed_message(press)
    await engine.run(StopSchedule(key=press_key(press, "stop"), member=member.id, schedule=callback_data.schedule))
    await toast(press, speaker.plain(_("Stopped. Nothing more is paid by it.")))
    if group_of(message) and message.ephemeral_message_id is None:
        return  # Forged under what others read.
    await change(message, speaker, *await _list(await reads.schedules(member.id), people, reads, speaker))


async def _list(found: Sequence[ScheduleView], people: People, reads: Reads, speaker: Speaker
                ) -> tuple[Fact, InlineKeyboardMarkup | None]:
    if not found:
        return Lines((_("You have no recurring payments."), _(
            "Set it up like this: /send @bob 20 rent every month on 5, … every week on Monday, or … every day.")),
            "\n\n"), None
    shown = found[:MOST_LISTED]
    called = await payments.names([view.person for view in shown], people, reads)
    names = [payments.as_known(called[view.person], by_number=view.by_number) for view in shown]
    lines: list[Fact] = [_("<b>Recurring payments</b>")]
    lines += [words.listed(name, view.amount, view.note, view.unit, view.on, view.try_day, view.last_day,
                           late=view.try_day > view.next_day) for view, name in zip(shown, names, strict=True)]
    ways = [(view.id, view.amount, name) for view, name in zip(shown, names, strict=True)]
    return Lines(tuple(lines), "\n\n"), buttons.stop_list(speaker, ways)


